"""The environment: servers that run a version of an application, as a web site or as workers of a queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Helper, Join, Kind, Metric, NodeId, Origin, Record, Refusal, Spread, prop
from archkit.kinds.elasticbeanstalk.application import SERVICE, UPDATES
from archkit.kinds.elasticbeanstalk.platforms import Platform, is_windows, parameter
from archkit.kinds.elasticbeanstalk.settings import DAEMON, HTTP, SECRETS, VARIABLES, options, settings
from archkit.scope import Link, Resource, Scope
from archkit.shared.code import code_path
from archkit.shared.containers import Inject
from archkit.shared.retention import Days
from archkit.shared.servers import INSTANCE, graviton
from archkit.values import Sub

__all__ = ["Environment"]

NAMED = {"EnvironmentName": "${name}"}
MANAGED = "arn:${AWS::Partition}:iam::aws:policy/"
HEALTH = f"{MANAGED}service-role/AWSElasticBeanstalkEnhancedHealth"
TIERS = {"web": {"Name": "WebServer", "Type": "Standard"}, "worker": {"Name": "Worker", "Type": "SQS/HTTP"}}
Deployment = Literal["all-at-once", "rolling", "rolling-with-additional-batch", "immutable", "traffic-splitting"]
ALONE = ("all-at-once", "immutable")
"""Deployments of an environment of one server
(https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.deploy-existing-version.html)."""


class Split(Record):
    """How traffic is split while a new version is judged. A bare number is the percentage that it gets."""

    short = "percent"

    percent: int = prop(10, "Percentage of the requests that the new version gets.", ge=1, le=100)
    minutes: int = prop(5, "Minutes for which it is judged.", ge=3, le=600)


class Take(Join):
    """The environment's daemon takes messages from the queue and posts each to the application.

    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features-managing-env-tiers.html
    """

    word: ClassVar[str] = "work"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    path: str = prop("/", "Path of the application that each message is posted to.", pattern=r"/[^\s]*")
    mime: str = prop("application/json", "MIME type of the messages.", pattern=r"[a-z]+/[a-z0-9.+-]+")
    connections: int = prop(50, "Messages that a server handles at the same time.", ge=1, le=100)
    visibility: int = prop(300, "Seconds that a message is hidden while it is handled.", ge=0, le=43_200)
    retries: int = prop(10, "Attempts before the daemon gives a message up.", ge=1, le=100)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::SQS::Queue",)

    def refuse(self, ends: Ends) -> Refusal | None:
        if getattr(ends.owner.kind, "tier", "worker") != "worker":
            return Refusal(f"'{ends.owner.id}' is a web site; only workers take messages", f"tier: worker on "
                           f"'{ends.owner.id}'", "cannot-join")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        workers, queue = link.owner, link.other
        workers.grant(queue, "read", link.because)
        network.open_call(workers, queue, link.because)
        workers.main.set("Daemon", {
            "WorkerQueueURL": queue.attribute("url"), "HttpPath": self.path, "MimeType": self.mime,
            "HttpConnections": str(self.connections), "VisibilityTimeout": str(self.visibility),
            "MaxRetries": str(self.retries)})  # fmt: skip


class Secret(Inject):
    """The value stands in an environment variable, fetched from where it is kept when a server starts.

    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.secrets.env-vars.html
    """

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.field is not None:
            return Refusal("Elastic Beanstalk hands a secret over as a whole", "read the field in your code",
                           "bad-value", "field")  # fmt: skip
        return None


class Environment(Kind, icon="aws/compute/elastic-beanstalk", service="AWS Elastic Beanstalk",
                  types=("AWS::ElasticBeanstalk::Environment", "AWS::ElasticBeanstalk::ApplicationVersion",
                         "AWS::IAM::Role", "AWS::IAM::InstanceProfile", "AWS::EC2::SecurityGroup",
                         "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Servers that run your code: a web site behind a load balancer of its own, or workers of a queue.

    The version of the platform is a parameter of the template, since AWS supersedes each in weeks. In public subnets of
    its VPC, if there are any, stands its load balancer.
    """

    platform: Platform = prop("python3.14", "Platform, such as nodejs24 or docker.", shape=True)
    stack: str | None = prop(None, "Exact name of a solution stack, instead of a parameter of the template.")
    code: str | None = prop(None, "Folder, or archive, of the application (default: AWS's sample).", shape=True)
    application: NodeId | None = prop(None, "Application (default: one of its own).", slot="application",
                                      to="elasticbeanstalk.application")  # fmt: skip
    tier: Literal["web", "worker"] = prop("web", "Web site, or workers that take messages.", shape=True)
    single: bool = prop(False, "One server without a load balancer.", shape=True)
    instance: str | None = prop(None, "Instance type (default: t4g.small, on Windows t3.medium).", pattern=INSTANCE,
                                shape=True)  # fmt: skip
    min: int = prop(1, "Least servers.", ge=1, le=10_000, shape=True)
    max: int = prop(4, "Most servers.", ge=1, le=10_000, shape=True)
    cpu: int | None = prop(None, "Percentage of processor time above which there are more servers.", ge=1, le=100,
                            shape=True)  # fmt: skip
    deployment: Deployment | None = prop(None, "How a new version comes (default: rolling, of one server all-at-once).",
                                         shape=True)  # fmt: skip
    batch: str | None = prop(None, "Servers of a batch: a number, or a percentage such as 30%.",
                             pattern="[1-9][0-9]*%?", shape=True)  # fmt: skip
    split: Split | None = prop(None, "Traffic splitting; a number is the percentage that a new version gets.")
    health: str = prop("/", "Path that the load balancer asks for.", pattern=r"/[^\s]*")
    certificate: NodeId | None = prop(None, "Certificate of the load balancer, for HTTPS.", slot="certificate",
                                      to="acm.certificate")  # fmt: skip
    internal: bool = prop(False, "A load balancer with private addresses only.", shape=True)
    tracing: bool = prop(False, "Run the daemon of AWS X-Ray.", shape=True)
    logs: Days | None = prop(None, "Stream log lines to CloudWatch, and keep them for so many days.")
    updates: Literal["minor", "patch"] | None = prop("minor", "Updates of the platform that AWS makes weekly by "
                                                     "itself; null for none.", shape=True)  # fmt: skip
    update_at: str = prop("Sun:03:00", "When, in UTC.", pattern="(Mon|Tue|Wed|Thu|Fri|Sat|Sun):[0-2][0-9]:[0-5][0-9]")
    monitoring: bool = prop(False, "Metrics of the servers every minute instead of every five.")
    environment: dict[str, str] = prop({}, "Variables; edges add the addresses of what they reach.")
    tell: NodeId | None = prop(None, "Topic that is told of what happens.", slot="tell", to="sns.topic")
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    principal = "ec2.amazonaws.com"
    grantee = True
    variables = "Variables"
    joins: ClassVar[tuple[type[Join], ...]] = (Take, Secret)
    origin = Origin("${domain}", "custom")
    attributes = {"name": "${}", "domain": "${.EndpointURL}", "url": "http://${.EndpointURL}"}
    address = "${url}"
    external = External(("name", "domain"), {"url": "http://${domain}"})
    strict: ClassVar[Mapping[str, Any]] = {"logs": 365, "tracing": True, "monitoring": True}
    metrics = {
        "health": Metric("AWS/ElasticBeanstalk", "EnvironmentHealth", NAMED, "Maximum"),
        "server-errors": Metric("AWS/ElasticBeanstalk", "ApplicationRequests5xx", NAMED),
        "latency": Metric("AWS/ElasticBeanstalk", "ApplicationLatencyP99", NAMED, "Average"),
    }

    @property
    def balanced(self) -> bool:
        """Whether it has a load balancer."""
        return self.tier == "web" and not self.single

    @property
    def servers(self) -> str:
        """The instance type."""
        return self.instance or ("t3.medium" if is_windows(self.platform) else "t4g.small")

    @property
    def way(self) -> str:
        """How a new version comes."""
        return self.deployment or ("all-at-once" if self.single else "rolling")

    def caption(self) -> str | None:
        return f"{self.platform}, {self.tier}"

    def spread(self) -> Spread:
        return "one" if self.single else "across"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return self.tier == "web" and not self.internal

    def itself_calls(self) -> tuple[str, ...]:
        """https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/vpc-vpce.html."""
        more = [name for name, used in (("logs", self.logs), ("xray", self.tracing)) if used]
        return ("elasticbeanstalk", "elasticbeanstalk-health", "cloudformation", "s3", *more)

    def helpers(self) -> Mapping[str, Helper]:
        return {} if self.application else {"application": Helper("elasticbeanstalk.application", {})}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = list(self._wrong())
        if self.code is not None and not code_path(world.path, self.code).exists():
            found.append(Refusal(f"there is no '{self.code}' beside the blueprint", None, "no-code", "code"))
        if self.certificate is not None and not self.balanced:
            found.append(Refusal("a certificate is the load balancer's, and it has none", None, "bad-value",
                                 "certificate"))  # fmt: skip
        return found

    def _wrong(self) -> Iterator[Refusal]:
        """https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.rolling-version-deploy.html."""
        if self.min > self.max:
            yield Refusal(f"there cannot be {self.min} servers at least and {self.max} at most", f"max: {self.min}",
                          "out-of-bounds", "min")  # fmt: skip
        if self.single and self.way not in ALONE:
            yield Refusal(f"one server takes a new version all at once or by another server, not {self.way}",
                          "deployment: immutable", "bad-value", "deployment")  # fmt: skip
        if self.way == "traffic-splitting" and not self.balanced and not self.single:
            yield Refusal("traffic is split by a load balancer, and workers have none", "deployment: immutable",
                          "bad-value", "deployment")  # fmt: skip
        if self.split is not None and self.way != "traffic-splitting":
            yield Refusal("'split' is of traffic splitting", "deployment: traffic-splitting", "bad-value", "split")
        if self.batch is not None and not self.way.startswith("rolling"):
            yield Refusal(f"{self.way} has no batches", "deployment: rolling", "bad-value", "batch")
        if self.batch is not None and self.batch.endswith("%") and int(self.batch[:-1]) > 100:
            yield Refusal("a batch is 100% of the servers at most", "batch: 30%", "out-of-bounds", "batch")
        if is_windows(self.platform):
            if self.tier == "worker":
                yield Refusal("Windows Server has no workers", "platform: dotnet10", "bad-value", "tier")
            if graviton(self.servers):
                yield Refusal(f"Windows does not run on {self.servers}", "instance: t3.medium", "bad-value", "instance")

    def execution(self, scope: Scope) -> Any:
        """Return the role under which secrets are read: that of its servers."""
        return scope

    def definition(self, scope: Scope) -> Resource:
        """Return the environment, which names its secrets."""
        return scope.main

    def build(self, scope: Scope) -> None:
        role = scope.role()
        role.append("ManagedPolicyArns", Sub(f"{MANAGED}AWSElasticBeanstalk{self.tier.capitalize()}Tier"))
        profile = scope.make("AWS::IAM::InstanceProfile", "Profile", Roles=[role.ref])
        service = scope.principal(SERVICE, "Service").role()
        for policy in (HEALTH, UPDATES):
            service.append("ManagedPolicyArns", Sub(policy))
        application = scope.of(self.application or f"{scope.node.id}.application")
        assert application is not None
        name, version = application.attribute("name"), None
        if self.code is not None:
            bundle = scope.code(self.code, inline=False)
            version = scope.make("AWS::ElasticBeanstalk::ApplicationVersion", "Version", ApplicationName=name,
                                 SourceBundle=bundle, Description=scope.node.note)  # fmt: skip
        made = scope.make(
            "AWS::ElasticBeanstalk::Environment", ApplicationName=name, Tier=TIERS[self.tier],
            SolutionStackName=self.stack or scope.parameter("SolutionStack", parameter(self.platform)),
            VersionLabel=version.ref if version else None, OptionSettings=settings(self, scope, profile, service),
            Description=scope.node.note,
        )  # fmt: skip
        self._door(scope)
        made.properties |= {"Variables": dict(self.environment), "Secrets": {}, "Daemon": {}}
        made.written = _written

    def _door(self, scope: Scope) -> None:
        """Let requests in where one server serves them without a load balancer: it is its own front door."""
        tier = network.tier_of(scope.node, scope.architecture)
        if self.tier == "web" and self.single and not self.internal and tier and tier.kind.exposure() == "public":
            network.let_in(scope, network.ANYWHERE, HTTP, scope.node.id, "Anybody")
            scope.note("open-to-all", f"'{scope.node.id}' is one server that anybody reaches at port 80",
                       "leave out 'single' for a load balancer in front, or say 'internal: true'")  # fmt: skip


def _written(properties: dict[str, Any]) -> None:
    """Turn variables, secrets and the daemon's queue into option settings."""
    for name, namespace in (("Variables", VARIABLES), ("Secrets", SECRETS), ("Daemon", DAEMON)):
        properties["OptionSettings"] += options(namespace, properties.pop(name, None) or {})
