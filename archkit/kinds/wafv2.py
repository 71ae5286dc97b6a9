"""AWS WAF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Helper, Join, Json, Kind, NodeId, Record, Refusal, prop
from archkit.scope import Link, Scope
from archkit.shared.retention import Days
from archkit.values import Sub

LOGS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Name}"


class Managed(Record):
    """A managed rule group. A bare value is its name."""

    short = "name"

    name: str = prop(doc="Name of the group, such as AWSManagedRulesSQLiRuleSet.", pattern="[A-Za-z0-9_-]+", shape=True)
    vendor: str = prop("AWS", "Vendor of the group.")
    version: str | None = prop(None, "Version (default: the vendor's current one).")
    count: list[str] = prop([], "Rules of the group that only count what they find.")
    only_count: bool = prop(False, "The whole group only counts.")


class Rate(Record):
    """How many requests one address may send. A bare value is the limit."""

    short = "limit"

    limit: int = prop(doc="Requests within the window.", ge=10, le=2_000_000_000)
    window: Literal[60, 120, 300, 600] = prop(300, "Seconds that are looked at.")
    forwarded: bool = prop(False, "Count by the first address of X-Forwarded-For, behind a proxy of your own.")
    challenge: bool = prop(False, "Challenge the browser instead of blocking.")


class Countries(Record):
    """Countries by their codes of two letters."""

    allow: list[str] = prop([], "The only countries let in.", pattern="[A-Z]{2}")
    deny: list[str] = prop([], "Countries kept out.", pattern="[A-Z]{2}")


class Protect(Join):
    """Every request to the other end passes the web ACL first."""

    word: ClassVar[str] = "protect"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.waf is not None or other.waf_not is not None

    def refuse(self, ends: Ends) -> Refusal | None:
        owner, other = ends.owner, ends.other
        if other.kind.waf_not is not None:
            return Refusal(f"'{other.id}' cannot be protected: {other.kind.waf_not}", None, "no-waf")
        if owner.existing is None and for_cloudfront(owner, ends.architecture):
            return Refusal(f"'{owner.id}' protects a CloudFront distribution; a web ACL is for those or for one Region",
                           f"give '{other.id}' a web ACL of its own", "waf-scope")  # fmt: skip
        if owner.existing is None and owner.place != other.place:
            return Refusal(
                "a web ACL protects what stands in its own Region", "put both into one Region", "wrong-region"
            )
        return None

    def apply(self, link: Link) -> None:
        from troposphere import wafv2

        link.make(wafv2.WebACLAssociation, "Association", WebACLArn=link.owner.attribute("arn"),
                  ResourceArn=link.other.fill(link.other.kind.waf))  # fmt: skip


class LogTo(Join):
    """Where the web ACL's log goes instead of a log group of its own, under a name that begins with aws-waf-logs-."""

    word: ClassVar[str] = "log_to"
    style: ClassVar[Any] = "event"
    replaces: ClassVar[str | None] = "logs"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "firehose"

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.existing is None and ends.owner.place != ends.other.place:
            where = ends.owner.place[1]
            help = f"put '{ends.other.id}' into a region group with 'code: {where}', or set the blueprint's 'region'"
            return Refusal(f"the web ACL logs in its own Region, {where}", help, "wrong-region")
        return None

    def apply(self, link: Link) -> None:
        if not link.other.exists:  # https://docs.aws.amazon.com/waf/latest/developerguide/logging-kinesis.html
            name = Sub("aws-waf-logs-${Name}", {"Name": link.other.physical(51)})
            link.other.main.set("DeliveryStreamName", name)
        link.owner.kind.log(link.owner, link.other.attribute("arn"))


def for_cloudfront(node: Node, world: Architecture) -> bool:
    """Say whether a web ACL protects a distribution: then a join of the distribution's draws the edge."""
    return any(
        node.id in (edge.source, edge.target) and effect.owner != node.id for edge, effect in world.effects("protect")
    )


DEFAULT = (
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
)


class WebAcl(Kind, icon="aws/security/waf", service="AWS WAF",
             types=("AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::LoggingConfiguration",
                    "AWS::WAFv2::IPSet")):  # fmt: skip
    """Web ACL: filters the requests to a distribution, an API or a load balancer."""

    managed: list[Managed] = prop(
        [Managed(name=name) for name in DEFAULT],  # type: ignore[call-arg]
        "Managed rule groups, in this order.",
    )
    rate: Rate | None = prop(None, "Rate limit for each address.")
    allow: list[str] = prop([], "Addresses (CIDR) that no rule stops.", pattern=r"[0-9A-Fa-f.:]+/[0-9]{1,3}")
    deny: list[str] = prop([], "Addresses (CIDR) that are kept out.", pattern=r"[0-9A-Fa-f.:]+/[0-9]{1,3}")
    countries: Countries | None = prop(None, "Countries let in or kept out.")
    rules: list[Json] = prop([], "Rules of your own, as AWS documents them; their priority follows from the order.")
    default: Literal["allow", "block"] = prop("allow", "What happens to a request that no rule stops.")
    reach: Literal["regional", "cloudfront"] | None = prop(
        None, "Scope of the web ACL (default: by what it protects).", shape=True
    )
    logging: bool = prop(True, "Log every request, in a log group of its own.", shape=True)
    redact: list[str] = prop(["authorization", "cookie"], "Headers whose values the log leaves out.")
    logs: Days = prop(30, "Days that a log line is kept.")
    key: NodeId | None = prop(None, "Key that encrypts the log.", slot="key", to="kms.key")

    guard = True
    attributes = {"arn": "${.Arn}", "id": "${.Id}"}
    external = External(("arn",))
    joins = (Protect, LogTo)
    example = "{rate: 2000, countries: {deny: [KP]}}"

    def helpers(self) -> Mapping[str, Helper]:
        given = {"logs": self.logs, "prefix": "aws-waf-logs-", **({"key": self.key} if self.key else {})}
        return {"logs": Helper("logs.group", given)} if self.logging else {}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.countries and self.countries.allow and self.countries.deny:
            return [Refusal("countries are let in or kept out, not both", None, "bad-value", "countries")]
        for rule in self.rules:
            if not isinstance(rule, dict) or not {"Name", "Statement"} <= rule.keys():
                help = "{Name: ..., Action: {Block: {}}, Statement: {...}}"
                return [Refusal("a rule of your own has at least a Name and a Statement", help, "bad-value", "rules")]
        if self.reach == "cloudfront" and node.place[1] != "us-east-1":
            help = "an edge to the distribution moves it there"
            return [Refusal("a web ACL for CloudFront is made in us-east-1", help, "wrong-region", "reach")]
        return []

    def build(self, scope: Scope) -> None:
        edge = for_cloudfront(scope.node, scope.architecture) or self.reach == "cloudfront"
        reach = "CLOUDFRONT" if edge else "REGIONAL"
        rules = [*self._addresses(scope, reach), *self._countries(), *self._rate(), *map(_managed, self.managed)]
        numbered: list[dict[str, Any]] = []
        own: list[Any] = [*rules, *self.rules]
        for number, rule in enumerate(own):
            seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": rule["Name"]}
            numbered.append(
                {"Name": rule["Name"], "Priority": number, "VisibilityConfig": seen}
                | {key: value for key, value in rule.items() if key != "Priority"}
            )
        scope.make(  # by name: troposphere takes no references inside statements
            "AWS::WAFv2::WebACL", Scope=reach, DefaultAction={self.default.capitalize(): {}}, Rules=numbered,
            Description=scope.node.note,
            VisibilityConfig={"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": scope.id},
        )  # fmt: skip
        logs = scope.of(f"{scope.node.id}.logs")
        if logs is not None:  # without the `:*` that ends a log group's Arn
            self.log(scope, Sub(LOGS, {"Name": logs.attribute("name")}))

    def log(self, scope: Scope, destination: Any) -> None:
        """Send the log to a destination."""
        from troposphere import wafv2

        hidden = [{"SingleHeader": {"Name": name}} for name in self.redact]
        scope.make(wafv2.LoggingConfiguration, "Logging", ResourceArn=scope.main.att("Arn"),
                   LogDestinationConfigs=[destination], RedactedFields=hidden or None)  # fmt: skip

    def _addresses(self, scope: Scope, reach: str) -> list[dict[str, Any]]:
        from troposphere import wafv2

        rules = []
        for word, action, ranges in (("Allow", "Allow", self.allow), ("Deny", "Block", self.deny)):
            for version in ("IPV4", "IPV6"):
                mine = [text for text in ranges if (":" in str(text)) == (version == "IPV6")]
                if mine:
                    name = f"{word}{version.title()}"
                    found = scope.make(wafv2.IPSet, name, Addresses=mine, IPAddressVersion=version, Scope=reach)
                    statement = {"IPSetReferenceStatement": {"Arn": found.att("Arn")}}
                    rules.append({"Name": name, "Action": {action: {}}, "Statement": statement})
        return rules

    def _countries(self) -> list[dict[str, Any]]:
        if self.countries is None:
            return []
        match: dict[str, Any] = {"GeoMatchStatement": {"CountryCodes": [*self.countries.allow, *self.countries.deny]}}
        statement = {"NotStatement": {"Statement": match}} if self.countries.allow else match
        return [{"Name": "Countries", "Action": {"Block": {}}, "Statement": statement}]

    def _rate(self) -> list[dict[str, Any]]:
        if self.rate is None:
            return []
        rate = self.rate
        by = "FORWARDED_IP" if rate.forwarded else "IP"
        statement: dict[str, Any] = {"Limit": rate.limit, "AggregateKeyType": by, "EvaluationWindowSec": rate.window}
        if rate.forwarded:
            statement["ForwardedIPConfig"] = {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH"}
        action: dict[str, Any] = {"Challenge": {}} if rate.challenge else {"Block": {}}
        return [{"Name": "Rate", "Action": action, "Statement": {"RateBasedStatement": statement}}]


def _managed(group: Managed) -> dict[str, Any]:
    name = group.name.removeprefix("AWSManagedRules")
    counted = [{"Name": rule, "ActionToUse": {"Count": {}}} for rule in group.count]
    statement = {
        "VendorName": group.vendor,
        "Name": group.name,
        "Version": group.version,
        "RuleActionOverrides": counted or None,
    }
    return {"Name": name, "OverrideAction": {"Count" if group.only_count else "None": {}},
            "Statement": {"ManagedRuleGroupStatement": statement}}  # fmt: skip
