"""AWS DataSync: files moved from where they are to AWS, again and again."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Join, Kind, Metric, NodeId, Refusal, prop
from archkit.scope import Link, Scope
from archkit.shared.schedules import Cron, Every, expression
from archkit.values import Sub

__all__ = ["Task"]

SERVICE = "datasync.amazonaws.com"
SOME = "arn:aws:datasync:us-east-1:123456789012:"
BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging",
           "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging")  # fmt: skip
"""https://docs.aws.amazon.com/datasync/latest/userguide/create-s3-location.html#create-s3-location-access"""
PLACES = {"AWS::S3::Bucket": "_s3", "AWS::EFS::FileSystem": "_efs", "AWS::FSx::FileSystem": "_fsx"}


class Into(Join):
    """The files go there."""

    word: ClassVar[str] = "copy"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"

    folder: str = prop("/", "Folder that they go to.", pattern=r"/[A-Za-z0-9_./-]*")
    storage_class: Literal[
        "STANDARD",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER_INSTANT_RETRIEVAL",
        "GLACIER",
        "DEEP_ARCHIVE",
    ] = prop("STANDARD", "Storage class of the objects (S3).")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(set(other.types[:1]) & set(PLACES))

    def refuse(self, ends: Ends) -> Refusal | None:
        twins = [edge for edge, effect in ends.architecture.effects("copy") if effect.owner == ends.owner.id]
        if twins[0].id != ends.edge.id:
            return Refusal(
                f"'{ends.owner.id}' copies to '{twins[0].target}' already", "make another task", "cannot-join"
            )
        windows = "Windows" in (ends.other.kind.service or "")
        if windows and getattr(ends.owner.kind, "secret", None) is None:
            hint = f"secret: a secret, on '{ends.owner.id}'"
            return Refusal(f"'{ends.other.id}' asks for a user and a password", hint, "missing-property")
        return None

    def apply(self, link: Link) -> None:
        place = getattr(self, PLACES[link.other.node.kind.types[0]])(link)
        link.owner.main.set("DestinationLocationArn", place.att("LocationArn"))

    def _s3(self, link: Link) -> Any:
        task, bucket = link.owner, link.other
        task.allow(*BUCKET, on=bucket.attribute("arn"), because=link.because)
        task.allow(*OBJECTS, on=bucket.fill("${arn}/*"), because=link.because)
        key = bucket.of(bucket.kind.encryption_key())
        if key is not None:
            task.grant(key, "encrypt", link.because)
            task.grant(key, "decrypt", link.because)
        return link.make(
            "AWS::DataSync::LocationS3",
            "Location",
            after=task.after_rights(),
            S3BucketArn=bucket.attribute("arn"),
            Subdirectory=self.folder,
            S3StorageClass=self.storage_class,
            S3Config={"BucketAccessRoleArn": task.role().att("Arn")},
        )

    def _ways(self, link: Link) -> dict[str, Any]:
        """Let the task's own interfaces in, which stand in the subnets of the file system."""
        files = link.other
        group = network.security_group(files)
        network.open_itself(files, files.node.kind.ports(), link.because)
        stem = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:"
        return {"group": Sub(stem + "security-group/${Group}", {"Group": group}),
                "subnet": Sub(stem + "subnet/${Subnet}", {"Subnet": network.subnets(files)[0]})}  # fmt: skip

    def _efs(self, link: Link) -> Any:
        task, files, ways = link.owner, link.other, self._ways(link)
        kind: Any = files.node.kind
        task.allow("elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess",
                   "elasticfilesystem:ClientWrite", on=files.attribute("arn"), because=link.because)  # fmt: skip
        return link.make(
            "AWS::DataSync::LocationEFS", "Location", after=[*task.after_rights(), *kind.targets(files)],
            EfsFilesystemArn=files.attribute("arn"), Subdirectory=self.folder, InTransitEncryption="TLS1_2",
            FileSystemAccessRoleArn=task.role().att("Arn"),
            Ec2Config={"SecurityGroupArns": [ways["group"]], "SubnetArn": ways["subnet"]},
        )  # fmt: skip

    def _fsx(self, link: Link) -> Any:
        files, ways = link.other, self._ways(link)
        common = {"FsxFilesystemArn": files.attribute("arn"), "SecurityGroupArns": [ways["group"]],
                  "Subdirectory": self.folder}  # fmt: skip
        if "lustre" in files.node.kind.name:
            return link.make("AWS::DataSync::LocationFSxLustre", "Location", **common)
        secret = link.owner.of(link.owner.kind.secret)
        assert secret is not None
        return link.make("AWS::DataSync::LocationFSxWindows", "Location", User=secret.attribute("value.username"),
                         Password=secret.attribute("value.password"), **common)  # fmt: skip


class Task(Kind, icon="aws/migration/datasync", service="AWS DataSync",
           types=("AWS::DataSync::Task", "AWS::DataSync::LocationNFS", "AWS::DataSync::LocationSMB",
                  "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::DataSync::LocationS3", "AWS::DataSync::LocationEFS",
                  "AWS::DataSync::LocationFSxLustre", "AWS::DataSync::LocationFSxWindows")):  # fmt: skip
    """DataSync task: copies files of a server at a site to a bucket or file system, and checks that they arrived."""

    protocol: Literal["nfs", "smb"] = prop("nfs", "Protocol of the server.", shape=True)
    server: str | None = prop(None, "Name or address of the server.", pattern=r"[A-Za-z0-9.:-]+")
    share: str = prop("/", "Folder of the server.", pattern=r"/.*")
    agents: list[str] = prop([], "ARNs of the agents beside the server.", pattern="arn:.*")
    secret: NodeId | None = prop(None, "Secret with 'username' and 'password', for SMB.", slot="secret",
                                 to="secretsmanager.secret")  # fmt: skip
    every: Every | None = prop(None, "How often, such as 12 hours.")
    cron: Cron | None = prop(None, "When, as a cron expression.")
    delete: bool = prop(False, "Delete at the destination what the server no longer has.")
    verify: Literal["changed", "all", "none"] = prop("changed", "What is compared after copying.")
    megabits: int | None = prop(None, "Most megabits in a second.", ge=1)
    include: list[str] = prop(
        [], "Folders that are copied, such as /reports (default: all).", pattern="/.*", shape=True
    )
    exclude: list[str] = prop([], "What is left out, such as *.tmp.", shape=True)

    principal = SERVICE
    joins = (Into,)
    attributes = {"arn": "${.TaskArn}"}
    external = External(("arn",))
    metrics = {"bytes": Metric("AWS/DataSync", "BytesTransferred", {"TaskId": "${arn}"})}
    example = (f"{{server: nas.example.com, agents: ['{SOME}agent/agent-0123456789abcdef0'], "
               f"overrides: {{DestinationLocationArn: '{SOME}location/loc-0123456789abcdef0'}}}}")  # fmt: skip

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        if not self.server or not self.agents:
            found.append(Refusal("files are fetched from a server, by an agent beside it",
                                 "server: nas.example.com, agents: [its ARN]", "missing-property"))  # fmt: skip
        if self.protocol == "smb" and self.secret is None:
            found.append(Refusal("an SMB server asks who comes", "secret: a node with username and password",
                                 "missing-property", "protocol"))  # fmt: skip
        if self.every and self.cron:
            found.append(Refusal("'every' and 'cron' both say when", "keep one", "bad-value", "cron"))
        if not node.overrides and not any(effect.owner == node.id for _, effect in world.effects("copy")):
            found.append(Refusal(f"'{node.id}' copies nowhere", f"{node.id} -> a bucket or a file system",
                                 "needs-destination"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        secret = scope.of(self.secret)
        if self.protocol == "nfs":
            source = scope.make("AWS::DataSync::LocationNFS", "Source", ServerHostname=self.server,
                                Subdirectory=self.share, OnPremConfig={"AgentArns": list(self.agents)})  # fmt: skip
        else:
            assert secret is not None
            source = scope.make(
                "AWS::DataSync::LocationSMB", "Source", ServerHostname=self.server, Subdirectory=self.share,
                AgentArns=list(self.agents), User=secret.attribute("value.username"),
                Password=secret.attribute("value.password"),
            )  # fmt: skip
        when = expression(self.every, self.cron)
        verify = {"changed": "ONLY_FILES_TRANSFERRED", "all": "POINT_IN_TIME_CONSISTENT", "none": "NONE"}[self.verify]
        scope.make(
            "AWS::DataSync::Task", Name=f"{scope.architecture.name}-{scope.node.id}",
            SourceLocationArn=source.att("LocationArn"), DestinationLocationArn="",
            Schedule={"ScheduleExpression": when} if when else None,
            Includes=[{"FilterType": "SIMPLE_PATTERN", "Value": "|".join(self.include)}] if self.include else None,
            Excludes=[{"FilterType": "SIMPLE_PATTERN", "Value": "|".join(self.exclude)}] if self.exclude else None,
            Options={"VerifyMode": verify, "PreserveDeletedFiles": "REMOVE" if self.delete else "PRESERVE",
                     "BytesPerSecond": self.megabits * 125_000 if isinstance(self.megabits, int) else None},
        )  # fmt: skip
