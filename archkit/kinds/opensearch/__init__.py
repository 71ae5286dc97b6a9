"""Amazon OpenSearch Service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, Listen, Metric, NodeId, Port, Refusal, Spread, prop
from archkit.kinds.opensearch.compose import cluster, endpoint, logging, policy, security, storage
from archkit.kinds.opensearch.rules import refusals
from archkit.kinds.opensearch.settings import INSTANCE, Masters, Volume, Vpc, Warm, family
from archkit.scope import Scope
from archkit.shared.retention import Days

__all__ = ["Domain"]

SEARCHED = ("_search", "_msearch", "_count", "*/_search", "*/_msearch", "*/_count")
NAMED = {"DomainName": "${name}", "ClientId": "${AWS::AccountId}"}


class Https(Listen):
    """A connection to a domain inside a VPC, as far as rights on it go."""

    usual = False


class Domain(Kind, icon="aws/analytics/amazon-opensearch-service", service="Amazon OpenSearch Service",
             types=("AWS::OpenSearchService::Domain", "AWS::Logs::LogGroup", "AWS::Logs::ResourcePolicy",
                    "AWS::CertificateManager::Certificate", "AWS::EC2::SecurityGroup")):  # fmt: skip
    """Search domain: indexes documents, and searches and adds them up within moments.

    Only requests signed by a role that an edge gives rights to are answered. With `master` or `master_secret` access is
    fine-grained: the domain itself maps users and roles to what they may do.
    """

    version: str = prop("OpenSearch_2.19", "Engine and version.", pattern=r"(OpenSearch|Elasticsearch)_[0-9]+\.[0-9]+")
    instance: str = prop("t3.small", "Instance type of a data node.", pattern=INSTANCE)
    count: int = prop(2, "Data nodes.", ge=1, le=1_002)
    zones: Literal[1, 2, 3] = prop(2, "Availability Zones that the data nodes are spread over.", shape=True)
    masters: Masters | None = prop(None, "Dedicated master nodes.")
    standby: bool = prop(False, "One of three zones stands by, ready when another fails.")
    warm: Warm | None = prop(None, "UltraWarm nodes.")
    volume: Volume = prop(
        Volume(size=10, type="gp3", iops=None, throughput=None), "EBS volume of each data node, or its GiB."
    )
    vpc: Vpc | None = prop(
        None, "Subnets and security groups (default: reached over the Internet, by signed requests)."
    )
    master: NodeId | None = prop(None, "Role or user that administers fine-grained access.", slot="role",
                                 to=("iam.role", "iam.user"))  # fmt: skip
    master_secret: NodeId | None = prop(None, "Secret with the name and password of an internal master user.",
                                        slot="secret", to="secretsmanager.secret")  # fmt: skip
    accounts: list[str] = prop([], "Ids of other accounts whose roles may send requests.", pattern="[0-9]{12}")
    addresses: list[str] = prop([], "Address ranges that an internal user may come from (default: any).",
                                pattern=r"[0-9a-f.:]+(/[0-9]+)?")  # fmt: skip
    publish: list[Literal["application", "search", "index", "audit"]] = prop(
        ["application"], "Logs that are published: errors, slow searches, slow indexing, audit.", shape=True
    )
    logs: Days = prop(30, "Days that log lines are kept.")
    tls: Literal["forward-secret", "compatible"] = prop("forward-secret", "Policy of TLS 1.2 and later.")
    domain: str | None = prop(None, "Domain name of an endpoint of one's own.", pattern=r"[A-Za-z0-9.-]+", shape=True)
    certificate: NodeId | None = prop(None, "Certificate for the domain name (default: one of its own).",
                                      slot="certificate", to="acm.certificate")  # fmt: skip
    off_peak: int | None = prop(None, "Hour (UTC) at which the ten quiet hours for changes begin.", ge=0, le=23)
    updates: bool = prop(True, "Take service software updates in the quiet hours.")
    snapshot_hour: int | None = prop(
        None, "Hour (UTC) of the daily snapshot (Elasticsearch 5.1 and older).", ge=0, le=23
    )
    options: dict[str, str] = prop({}, "Advanced options, such as indices.query.bool.max_clause_count.")
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    resides = "either"
    prefers = "isolated"
    listens = Https
    durable = True
    named = ("DomainName", 28)
    attributes = {
        "arn": "${.Arn}",
        "name": "${}",
        "endpoint": "${.DomainEndpoint}",
        "url": "https://${.DomainEndpoint}",
    }
    address = "${url}"
    external = External(("arn", "endpoint"), {"url": "https://${endpoint}"})
    grants = {
        "read": Grant("es:ESHttpGet", "es:ESHttpHead", on="${arn}/*"),
        "write": Grant("es:ESHttpDelete", "es:ESHttpPatch", "es:ESHttpPost", "es:ESHttpPut", on="${arn}/*"),
        "describe": Grant("es:DescribeDomain", "es:DescribeDomainConfig", "es:DescribeDomainHealth"),
    }
    metrics = {
        name: Metric("AWS/ES", metric, NAMED, statistic)
        for name, metric, statistic in (
            ("red", "ClusterStatus.red", "Maximum"), ("yellow", "ClusterStatus.yellow", "Maximum"),
            ("free-storage", "FreeStorageSpace", "Minimum"), ("cpu", "CPUUtilization", "Maximum"),
            ("memory-pressure", "JVMMemoryPressure", "Maximum"), ("nodes", "Nodes", "Minimum"),
            ("writes-blocked", "ClusterIndexWritesBlocked", "Maximum"),
        )
    }  # fmt: skip
    strict = {"logs": 365}

    @property
    def fine_grained(self) -> bool:
        """Whether the domain itself decides what each user and role may do."""
        return self.master is not None or self.master_secret is not None

    def helpers(self) -> Mapping[str, Helper]:
        found = {}
        if self.publish:
            found["logs"] = Helper("logs.group", {"logs": self.logs, **({"key": self.key} if self.key else {})})
        if self.domain and self.certificate is None:
            found["certificate"] = Helper("acm.certificate", {"domain": self.domain})
        return found

    def caption(self) -> str | None:
        return f"{self.count} x {family(self.instance)}" if isinstance(self.instance, str) else None

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """A search is a POST as often as a GET, so who reads may POST to the paths that search, and to no others."""
        yield grant
        if grant is type(self).grants["read"]:
            yield Grant("es:ESHttpPost", on=tuple(f"${{arn}}/{path}" for path in SEARCHED))

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        few = network.too_few_zones(node, world, self.zones) if network.stands(node, world) else None
        return [*refusals(self), *([few] if few is not None else [])]

    def build(self, scope: Scope) -> None:
        from troposphere import opensearchservice

        start = None if self.off_peak is None else {"Hours": self.off_peak, "Minutes": 0}
        published, after = logging(self, scope)
        domain = scope.make(
            opensearchservice.Domain, after=after, DomainName=scope.physical(28), EngineVersion=self.version,
            ClusterConfig=cluster(self), EBSOptions=storage(self), AccessPolicies=policy(self, scope),
            EncryptionAtRestOptions={"Enabled": True, "KmsKeyId": scope.arn(self.key)},
            NodeToNodeEncryptionOptions={"Enabled": True}, DomainEndpointOptions=endpoint(self, scope),
            AdvancedSecurityOptions=security(self, scope), AdvancedOptions=dict(self.options) or None,
            LogPublishingOptions=published,
            VPCOptions=self._network(scope),
            OffPeakWindowOptions={"Enabled": True, "OffPeakWindow": {"WindowStartTime": start}} if start else None,
            SoftwareUpdateOptions={"AutoSoftwareUpdateEnabled": self.updates},
            SnapshotOptions=None if self.snapshot_hour is None else {"AutomatedSnapshotStartHour": self.snapshot_hour},
        )  # fmt: skip
        # a new version upgrades the domain where it stands, instead of replacing it and its indexes
        domain.attributes["UpdatePolicy"] = {"EnableVersionUpgrade": True}

    def ports(self) -> tuple[Port, ...]:
        return (Port(443),)

    def spread(self) -> Spread:
        return "each" if self.zones > 1 else "one"

    def _network(self, scope: Scope) -> dict[str, Any] | None:
        """Return where it stands in a VPC: as many subnets as it has zones
        (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html)."""
        if self.vpc is not None:
            return {"SubnetIds": self.vpc.subnets, "SecurityGroupIds": self.vpc.groups}
        if not network.stands(scope.node, scope.architecture):
            return None
        return {"SubnetIds": network.subnets(scope)[: self.zones], "SecurityGroupIds": [network.security_group(scope)]}
