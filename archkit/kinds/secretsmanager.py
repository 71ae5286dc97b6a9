"""AWS Secrets Manager."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Grant, Join, Kind, NodeId, Operation, Record, Refusal, prop
from archkit.scope import Link, Scope, Statement
from archkit.shared.logins import HOSTED, Store, rotate, rotation_refusal
from archkit.values import Sub, json_text

SERVICE = "secretsmanager.amazonaws.com"
ROTATION = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage")  # fmt: skip
READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:Decrypt", "kms:GenerateDataKey")


ENGINES = {
    "postgres": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "oracle": "Oracle",
    "sqlserver": "SQLServer",
    "redshift": "Redshift",
    "mongodb": "MongoDB",
}
DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Redshift::Cluster", "AWS::DocDB::DBInstance",
             "AWS::DocDB::DBCluster")  # fmt: skip


class Password(Record):
    """A password that Secrets Manager makes up when the stack is created."""

    short = "length"

    length: int = prop(32, "Characters.", ge=1, le=4_096)
    exclude: str | None = prop(None, "Characters that it must not hold.")
    punctuation: bool = prop(True, "Whether it holds punctuation.")
    numbers: bool = prop(True, "Whether it holds digits.")
    upper: bool = prop(True, "Whether it holds upper-case letters.")
    lower: bool = prop(True, "Whether it holds lower-case letters.")
    space: bool = prop(False, "Whether it may hold spaces.")
    each: bool = prop(True, "Whether each of those sorts must occur.")

    @property
    def form(self) -> dict[str, Any]:
        """The password's share of GenerateSecretString."""
        return {
            "PasswordLength": self.length, "ExcludeCharacters": self.exclude, "IncludeSpace": self.space or None,
            "ExcludePunctuation": None if self.punctuation else True, "ExcludeNumbers": None if self.numbers else True,
            "ExcludeUppercase": None if self.upper else True, "ExcludeLowercase": None if self.lower else True,
            "RequireEachIncludedType": None if self.each else False,
        }  # fmt: skip


PLAIN = Password(
    length=32, exclude=None, punctuation=True, numbers=True, upper=True, lower=True, space=False, each=True
)


class Rotate(Join):
    """The function makes a new value of the secret on a schedule: it is let in, and may read and write the secret.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    """

    word: ClassVar[str] = "rotate"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"

    days: int | None = prop(None, "Days between rotations (default: 30).", ge=1, le=1_000)
    schedule: str | None = prop(None, "Schedule instead of days.", pattern=r"rate\(.+\)|cron\(.+\)")
    window: str | None = prop(None, "How long a rotation may take, such as 3h.", pattern=r"[0-9]{1,2}h")
    now: bool = prop(True, "Rotate as soon as this is deployed.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda" and other.grantee

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.days is not None and self.schedule:
            return Refusal("a rotation has days or a schedule, not both", None, "bad-value", "schedule")
        twins = [edge for edge, effect in ends.architecture.effects("rotate") if effect.owner == ends.owner.id]
        if len(twins) > 1 and twins[0].id != ends.edge.id:
            return Refusal(f"'{ends.owner.id}' is rotated by '{twins[0].target}' already", None, "rotated-twice")
        return None

    def apply(self, link: Link) -> None:
        from troposphere import secretsmanager

        secret, function = link.owner, link.other
        function.grant(secret, "rotate", link.because)
        function.allow("secretsmanager:GetRandomPassword", on="*", because=link.because, sid="RandomTakesNoResource")
        door = function.admit(SERVICE, secret.attribute("arn"), link.because, account=True, via=secret.id)
        rules = {"AutomaticallyAfterDays": None if self.schedule else self.days or 30, "Duration": self.window,
                 "ScheduleExpression": self.schedule}  # fmt: skip
        link.make(
            secretsmanager.RotationSchedule, "Rotation", after=[door, *function.after_rights()],
            SecretId=secret.attribute("arn"), RotationLambdaARN=function.fill(function.kind.admits.endpoint),
            RotationRules=rules, RotateImmediatelyOnUpdate=None if self.now else False,
        )  # fmt: skip


class Attach(Join):
    """The secret holds a database's credentials: its address is written into it, and Secrets Manager can rotate them.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secrettargetattachment.html
    """

    word: ClassVar[str] = "attach"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "guard"

    rotate: int | None = prop(None, "Days between rotations by a function that AWS makes.", ge=1, le=1_000, shape=True)
    engine: Literal["postgres", "mysql", "mariadb", "oracle", "sqlserver", "redshift", "mongodb"] | None = prop(
        None, "Engine of the database, for rotation.", shape=True
    )
    subnets: list[str] = prop([], "Ids of the subnets from which the rotation reaches the database.")
    security_groups: list[str] = prop([], "Ids of the rotation's security groups; a node of a VPC needs none of these.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(other.types) and other.types[0] in DATABASES

    def refuse(self, ends: Ends) -> Refusal | None:
        database, world = ends.other, ends.architecture
        if isinstance(database.kind, Store) and database.existing is None:
            if self.engine or self.subnets or self.security_groups:
                return Refusal(f"'{database.id}' says its engine and where it stands itself", "rotate: 30 alone",
                               "bad-value")  # fmt: skip
            return rotation_refusal(database, world) if self.rotate is not None else None
        if self.rotate is not None and self.engine is None:
            return Refusal("a rotation by AWS needs the engine of the database", "engine: postgres", "missing-property")
        return None

    def apply(self, link: Link) -> None:
        from troposphere import secretsmanager

        secret = link.owner.attribute("arn")
        attachment = link.make(
            secretsmanager.SecretTargetAttachment, "Attachment", SecretId=secret, TargetId=link.other.main.ref,
            TargetType=link.other.main.type,
        )  # fmt: skip
        if self.rotate is not None and isinstance(link.other.kind, Store):
            rotate(link.other, self.rotate, attachment, link.make, link.owner)
        elif self.rotate is not None and self.engine is not None:
            link.owner.transform(HOSTED)
            hosted = {"RotationType": f"{ENGINES[self.engine]}SingleUser", "VpcSubnetIds": joined(self.subnets),
                      "VpcSecurityGroupIds": joined(self.security_groups),
                      "KmsKeyArn": link.owner.arn(link.owner.kind.key)}  # fmt: skip
            link.make(
                secretsmanager.RotationSchedule, "Rotation", after=[attachment], SecretId=secret,
                HostedRotationLambda=hosted, RotationRules={"AutomaticallyAfterDays": self.rotate},
            )  # fmt: skip


def joined(ids: list[Any]) -> Any:
    """Return ids as the text that a hosted rotation takes; None for none."""
    return {"Fn::Join": [",", list(ids)]} if ids else None


class Secret(
    Kind,
    icon="aws/security/secrets-manager",
    service="AWS Secrets Manager",
    types=(
        "AWS::SecretsManager::Secret",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::SecretTargetAttachment",
    ),
):
    """Secret: a password or credentials that code reads when it runs, generated here and never written down."""

    password: Password = prop(PLAIN, "How the password is made up; a bare number is its length.")
    username: str | None = prop(None, "User name kept beside the password, which makes the secret a JSON object.")
    fields: dict[str, str] = prop({}, "Further texts kept beside the password, by key.")
    field: str = prop("password", "Key of the password in a secret that is a JSON object.", pattern="[A-Za-z0-9_.-]+")
    readers: list[str] = prop([], "Ids of other accounts that may read it.", pattern="[0-9]{12}", shape=True)
    replicas: list[str] = prop([], "Regions that hold a copy.", pattern="[a-z]{2}(-[a-z]+)+-[0-9]", shape=True)
    secret_name: str | None = prop(
        None, "A fixed name (default: made from the stack's).", pattern="[A-Za-z0-9/_+=.@-]{1,512}"
    )
    key: NodeId | None = prop(
        None, "Encryption key (default: the account's AWS-managed one).", slot="key", to="kms.key"
    )

    guard = True
    durable = True
    attributes = {"arn": "${}", "value": "{{resolve:secretsmanager:${}}}"}
    address = "${arn}"
    external = External(("arn",), {"value": "{{resolve:secretsmanager:${arn}}}"})
    grants = {
        "read": Grant("secretsmanager:GetSecretValue", key=READ_KEY, usual=True),
        "describe": Grant("secretsmanager:DescribeSecret"),
        "write": Grant("secretsmanager:PutSecretValue", key=WRITE_KEY),
        "rotate": Grant(*ROTATION, key=WRITE_KEY),
    }
    operations = {
        "GetSecretValue": Operation(
            "secretsmanager", "GetSecretValue", {"SecretId": "${arn}"}, key=READ_KEY, usual=True
        )
    }
    joins = (Rotate, Attach)
    example = "{username: admin, password: {length: 40, punctuation: false}}"

    def attribute(self, name: str) -> str | None:
        """`value.KEY` is one text of a secret that is a JSON object."""
        if name.startswith("value."):
            return "{{resolve:secretsmanager:${}:SecretString:" + name.removeprefix("value.") + "}}"
        return super().attribute(name)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        sorts = [self.password.punctuation, self.password.numbers, self.password.upper, self.password.lower]
        if not any(sorts):
            found.append(Refusal("a password needs characters of some sort", "lower: true", "bad-value", "password"))
        if self.readers and self.key is None:
            found.append(Refusal("another account cannot use the AWS-managed key that this secret is encrypted with",
                                 "key: a kms.key of the blueprint", "needs-key", "readers"))  # fmt: skip
        if self.field in self.fields or (self.username is not None and self.field == "username"):
            found.append(
                Refusal(f"'{self.field}' would hold the password and another text", None, "bad-value", "field")
            )
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import secretsmanager

        texts = {**({"username": self.username} if self.username is not None else {}), **self.fields}
        generated = {**self.password.form}
        if texts:
            generated |= {"SecretStringTemplate": json_text(texts), "GenerateStringKey": self.field}
        scope.make(
            secretsmanager.Secret, Name=self.secret_name, Description=scope.node.note or scope.node.title,
            GenerateSecretString=generated, KmsKeyId=scope.arn(self.key),
            ReplicaRegions=[{"Region": region} for region in self.replicas] or None,
        )  # fmt: skip
        if self.readers:
            self._let_in(scope)

    def _let_in(self, scope: Scope) -> None:
        """Both the secret and its key must let another account in
        (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html)."""
        roots = {"AWS": [Sub(f"arn:${{AWS::Partition}}:iam::{number}:root") for number in self.readers]}
        scope.policy(Statement(("secretsmanager:GetSecretValue",), ("*",), scope.node.id, "OtherAccounts", roots))
        key = scope.of(self.key)
        if key is not None and not key.exists:
            condition = {"StringEquals": {"kms:ViaService": Sub("secretsmanager.${AWS::Region}.amazonaws.com")}}
            key.policy(Statement(READ_KEY, ("*",), scope.node.id, principal=roots, condition=condition))

    def finish(self, scope: Scope) -> None:
        from troposphere import secretsmanager

        document = scope.policy_document()
        if document["Statement"]:
            secret = scope.attribute("arn")
            scope.make(secretsmanager.ResourcePolicy, "Policy", SecretId=secret, ResourcePolicy=document,
                       BlockPublicPolicy=True)  # fmt: skip
