"""Global tables: copies in several Regions, each written and read as if it were the only one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Grant, NodeId, Record, Refusal, prop
from archkit.kinds.dynamodb.capacity import Scaling
from archkit.kinds.dynamodb.items import Items
from archkit.kinds.dynamodb.keys import Index, definitions, projection, schema
from archkit.scope import Scope
from archkit.values import region

__all__ = ["GlobalTable"]

REGION = "[a-z]{2}(-[a-z]+)+-[0-9]"
HERE = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${name}"
TableClass = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]


class Replica(Record):
    """What differs for the copy in one Region."""

    point_in_time_recovery: bool | None = prop(None, "The copy can be restored to any second of the last days.")
    deletion_protection: bool | None = prop(None, "The copy cannot be deleted.")
    table_class: TableClass | None = prop(None, "Storage class.")
    contributor_insights: bool | None = prop(None, "Show the keys used most.")
    scaling: Scaling | None = prop(None, "How the capacity to read follows the load (provisioned tables).")
    key: str | None = prop(None, "Encryption key: a kms.key that stands in that Region, or the ARN of one.", shape=True)
    tags: dict[str, str] = prop({}, "Tags of the copy.")


SAME = Replica(**dict[str, Any]())


class GlobalTable(Items, icon="aws/database/dynamodb", service="DynamoDB global tables",
                  types="AWS::DynamoDB::GlobalTable"):  # fmt: skip
    """Table with a copy in each of several Regions, all of which can be written.

    The Region of the stack always has a copy; `replicas` names the others. Who is given rights gets them on the copy of
    the Region where it stands itself.
    """

    replicas: dict[str, Replica] | list[str] = prop(
        [],
        "Other Regions with a copy, such as [us-east-1], or a mapping of what differs there.",
        pattern=REGION,
        shape=True,
    )
    consistency: Literal["eventual", "strong"] = prop(
        "eventual", "Whether a read in any Region sees every write before it."
    )
    witness: str | None = prop(None, "Third Region of strong consistency, without a copy.", pattern=REGION, shape=True)
    scaling: Scaling | None = prop(None, "Provisioned capacity and how it follows the load (default: on demand).")
    point_in_time_recovery: bool = prop(True, "Each copy can be restored to any second of the last days.")
    recovery_days: int | None = prop(None, "Days that it can be restored to (default: 35).", ge=1, le=35)
    deletion_protection: bool | None = prop(None, "No copy can be deleted (default: yes, but for 'deletion: delete').")
    table_class: TableClass | None = prop(None, "Storage class.")
    contributor_insights: bool = prop(False, "Show the keys used most.")
    encryption: NodeId | None = prop(
        None, "Encryption key of the stack's Region (default: a key that DynamoDB owns).", slot="key", to="kms.key"
    )

    table_name: str | None = prop(None, "A fixed name, known to other Regions beforehand (default: CloudFormation's).",
                                  pattern="[a-zA-Z0-9_.-]{3,255}", shape=True)  # fmt: skip

    taggable: ClassVar[bool] = False
    example = "{key: id, replicas: [eu-central-1]}"

    @property
    def others(self) -> dict[str, Replica]:
        """The Regions that are named, with what differs there."""
        if isinstance(self.replicas, dict):
            return self.replicas
        return dict.fromkeys(self.replicas, SAME)

    def caption(self) -> str | None:
        return ", ".join(self.others) or super().caption()

    def attribute(self, name: str) -> str | None:
        return self.table_name if name == "name" and self.table_name else super().attribute(name)

    def grant_on(self, grant: Grant) -> tuple[str, ...]:
        """The Region in these ARNs is that of whoever holds the right: each uses the copy beside it."""
        return tuple(text.replace("${arn}", HERE) for text in super().grant_on(grant))

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        home = node.place[1]
        regions = {home or "the stack's Region", *self.others}
        if len(regions) < 2:
            found.append(Refusal("a global table has a copy in another Region", "replicas: [us-east-1]",
                                 "missing-property"))  # fmt: skip
        found += [*self._check_keys(world, home), *self._check_consistency(regions)]
        foreign = [key for name in self.others if (key := self.key_in(name, world)) and world[key].place[1] != home]
        for edge in world.edges:
            place = world[edge.source].place[1] if edge.target == node.id else ""
            if home and place and place not in regions and any(effect.grant for effect in edge.effects):
                found.append(Refusal(f"'{edge.source}' stands in {place}, where '{node.id}' has no copy",
                                     f"replicas: [{', '.join([*self.others, place])}]", "no-replica",
                                     span=edge.span))  # fmt: skip
            elif place and place != home and foreign and not self.table_name:
                found.append(Refusal(f"'{node.id}' waits for '{foreign[0]}', and '{edge.source}' there for its name",
                                     f"table_name: {world.name}-{node.id}", "stack-cycle", span=edge.span))  # fmt: skip
        return found

    def copies(self) -> Iterable[str]:
        return tuple(self.others)

    def key_in(self, region: str, world: Architecture) -> NodeId | None:
        """The key of a copy: the one named for it, or the blueprint's own of that Region."""
        named = self.others.get(region, SAME).key
        if self.encryption not in world.nodes:
            return None
        if named is not None or region not in self.others:
            return NodeId(named) if named in world.nodes else None if named else self.encryption
        own = world[str(self.encryption)]
        place = (own.place[0], region)
        near = [node.id for node in world.nodes.values() if (node.kind.name, node.place) == (own.kind.name, place)]
        return NodeId(near[0]) if near else None

    def _check_keys(self, world: Architecture, home: str) -> Iterator[Refusal]:
        for name, replica in self.others.items():
            if name == home:
                continue
            key = replica.key or self.key_in(name, world)
            if (self.encryption is None) != (key is None):
                yield Refusal(f"either every copy has a key of its Region or none has; {name} differs",
                              "a kms.key in a region group of that Region, or {" + name + ": {key: its ARN}}",
                              "bad-value", "replicas")  # fmt: skip
            elif replica.key is not None and replica.key not in world.nodes and not replica.key.startswith("arn:"):
                yield Refusal(f"'{replica.key}' is neither a node nor the ARN of a key", None, "bad-value", "replicas")

    def _check_consistency(self, regions: set[str]) -> Iterator[Refusal]:
        """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html."""
        count = len(regions) + (self.witness is not None)
        if self.consistency == "strong" and count != 3:
            yield Refusal(f"strong consistency needs 3 Regions, not {count}", "name two others, or one and a 'witness'",
                          "bad-value", "consistency")  # fmt: skip
        if self.consistency == "strong" and (self.ttl or self.local_indexes):
            yield Refusal("a strongly consistent table has neither a time to live nor local indexes", None, "bad-value",
                          "consistency")  # fmt: skip
        if self.consistency == "eventual" and self.witness:
            yield Refusal("only strong consistency has a witness", "consistency: strong", "bad-value", "witness")

    def build(self, scope: Scope) -> None:
        home = scope.node.place[1]
        copies = [(home or region, self.others.get(home, SAME), scope.arn(self.encryption))]
        copies += [(name, one, self._key(scope, name, one)) for name, one in self.others.items() if name != home]
        strong = self.consistency == "strong"
        scope.make(
            "AWS::DynamoDB::GlobalTable", TableName=self.table_name, KeySchema=schema(self.key.attributes),
            AttributeDefinitions=definitions(self.keys()),
            BillingMode="PROVISIONED" if self.scaling else "PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[self._index(name, index) for name, index in self.indexes.items()] or None,
            LocalSecondaryIndexes=self.locals(), StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"},
            TimeToLiveSpecification={"AttributeName": self.ttl, "Enabled": True} if self.ttl else None,
            SSESpecification={"SSEEnabled": True, "SSEType": "KMS"} if self.encryption else None,
            MultiRegionConsistency="STRONG" if strong else None,
            GlobalTableWitnesses=[{"Region": self.witness}] if self.witness else None,
            WriteProvisionedThroughputSettings=_writes(self.scaling),
            Replicas=[self._replica(name, one, key, scope) for name, one, key in copies],
        )  # fmt: skip

    def _key(self, scope: Scope, name: str, replica: Replica) -> Any:
        near = self.key_in(name, scope.architecture)
        return scope.arn(near) if near is not None else replica.key

    def _replica(self, name: Any, one: Replica, key: Any, scope: Scope) -> dict[str, Any]:
        protected = scope.node.deletion != "delete" if self.deletion_protection is None else self.deletion_protection
        recovery = _first(one.point_in_time_recovery, self.point_in_time_recovery)
        tags = {**scope.architecture.tags, **scope.node.tags, **one.tags}
        scaling = one.scaling or self.scaling
        made = {
            "Region": name, "DeletionProtectionEnabled": _first(one.deletion_protection, protected),
            "PointInTimeRecoverySpecification": _plain({
                "PointInTimeRecoveryEnabled": recovery, "RecoveryPeriodInDays": self.recovery_days}),
            "TableClass": one.table_class or self.table_class,
            "SSESpecification": {"KMSMasterKeyId": key} if key else None,
            "ContributorInsightsSpecification":
                {"Enabled": True} if _first(one.contributor_insights, self.contributor_insights) else None,
            "ReadProvisionedThroughputSettings": _reads(scaling) if self.scaling else None,
            "GlobalSecondaryIndexes": [
                {"IndexName": index, "ReadProvisionedThroughputSettings": _reads(said.scaling or scaling)}
                for index, said in self.indexes.items()] if self.scaling and self.indexes else None,
            "Tags": [{"Key": tag, "Value": scope.filled(value)} for tag, value in tags.items()] or None,
        }  # fmt: skip
        return _plain(made)

    def _index(self, name: str, index: Index) -> dict[str, Any]:
        writes = _writes(self.scaling and (index.scaling or self.scaling))
        return _plain({"IndexName": name, "KeySchema": schema(index.key.attributes),
                       "Projection": _plain(projection(index)),
                       "WriteProvisionedThroughputSettings": writes})  # fmt: skip


def _first(own: Any, common: Any) -> Any:
    return common if own is None else own


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _writes(scaling: Scaling | None) -> dict[str, Any] | None:
    return {"WriteCapacityAutoScalingSettings": _settings(scaling, "writes")} if scaling else None


def _reads(scaling: Scaling | None) -> dict[str, Any] | None:
    return {"ReadCapacityAutoScalingSettings": _settings(scaling, "reads")} if scaling else None


def _settings(scaling: Scaling, name: Literal["reads", "writes"]) -> dict[str, Any]:
    least, most, target = scaling.of(name)
    return {"MinCapacity": least or 1, "MaxCapacity": most,
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": target}}  # fmt: skip
