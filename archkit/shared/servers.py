"""Servers on EC2: what an instance by itself and those of an Auto Scaling group are launched with.

Both kinds are `Server`s: the same image, disks, role and first commands, written once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Files, Kind, Listen, NodeId, Port, Refusal, prop
from archkit.scope import Resource, Scope
from archkit.shared.disks import Disk, disk_refusals
from archkit.values import Sub

__all__ = ["INSTANCE", "Server", "graviton", "held"]

VARIABLES = "Variables"
FILES = "Mounts"
"""Where variables and mounts are gathered until they become commands in the user data."""
VARIABLES_FILE = "/etc/archkit.env"
KNOWN = (
    f"cat {VARIABLES_FILE} >> /etc/environment",
    f"while IFS='=' read -r name value; do export \"$name=$value\"; done < {VARIABLES_FILE}",
)
"""Sessions learn variables from /etc/environment, services by `EnvironmentFile=/etc/archkit.env`, and the commands that
follow by the loop, which takes each value as it is: no shell reads it."""
IMAGES = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
"""https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli"""
SESSIONS = ("ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel")  # fmt: skip
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html"""
MOST_DATA = 16_000
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html: 16 KB, some of them for what edges add."""
VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*")
BURSTS = re.compile("t[0-9]")
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html"""
INSTANCE = r"[a-z][a-z0-9-]*\.[a-z0-9-]+"

ROOT = Disk(size=8, type="gp3", iops=None, throughput=None, device=None, keep=False)


def graviton(instance: str) -> bool:
    """Say whether the processor of an instance type is Graviton: a g after the generation.

    >>> [graviton(one) for one in ("t4g.small", "c7gn.large", "a1.large", "g5.xlarge", "m7i.large", "g5g.xlarge")]
    [True, True, True, False, False, True]
    """
    found = re.match(r"[a-z]+[0-9]+([a-z]*)", instance)
    return instance.startswith("a1.") or (found is not None and "g" in found[1])


class Open(Listen):
    """A connection to the port that the server's program listens on."""


class Server(Kind, abstract=True):
    """What runs on EC2 instances."""

    instance: str = prop("t4g.small", "Instance type.", pattern=INSTANCE, shape=True)
    image: str | None = prop(
        None, "Image: an ami- id, or the name of a public SSM parameter that holds one (default: Amazon Linux 2023)."
    )
    user_data: str | None = prop(
        None, "Shell commands run at the first start, or the file that holds them.", shape=True
    )
    port: int | None = prop(None, "Port that its program listens on.", ge=1, le=65_535, shape=True)
    root: Disk = prop(ROOT, "Root volume; a bare number is its GiB.")
    volumes: list[Disk] = prop([], "Further volumes.", le=10)
    session_manager: bool = prop(True, "Log in by Session Manager, without keys or open ports.", shape=True)
    monitoring: bool = prop(False, "Metrics every minute instead of every five.")
    environment: dict[str, str] = prop({}, "Variables; edges add the addresses of what they reach.")
    hops: int = prop(1, "Hops that an answer of the metadata service lives; 2 for containers.", ge=1, le=64)
    credits: Literal["standard", "unlimited"] | None = prop(
        None, "Whether a T instance may burst beyond its credits, for a price (default: as AWS has it)."
    )
    tenancy: Literal["shared", "dedicated", "host"] = prop("shared", "Whether the hardware is shared with others.")
    key: NodeId | None = prop(None, "Key that encrypts the volumes (default: the AWS-managed one).", slot="key",
                              to="kms.key")  # fmt: skip
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    principal = "ec2.amazonaws.com"
    grantee = True
    listens = Open
    serves = "instance"
    mounts = frozenset({"nfs", "lustre", "smb"})
    holder: ClassVar[str] = ""
    strict: ClassVar[Mapping[str, Any]] = {"monitoring": True}

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),) if self.port else ()

    def caption(self) -> str | None:
        return self.instance

    def itself_calls(self) -> tuple[str, ...]:
        return ("ssm", "ssmmessages", "ec2messages") if self.session_manager else ()

    @property
    def arm(self) -> bool:
        """Whether its processor is Graviton."""
        return graviton(self.instance)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = disk_refusals(self.root, True, inside="root")
        for disk in self.volumes:
            found += disk_refusals(disk, False, inside="volumes")
        names = [name for disk in (self.root, *self.volumes) if (name := disk.device) is not None]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            found.append(Refusal(f"two volumes would be {twice}", None, "bad-value", "volumes"))
        wrong = next((name for name in self.environment if not VARIABLE.fullmatch(name)), None)
        if wrong is not None:
            found.append(Refusal(f"'{wrong}' is no name of a variable", "write it in letters, digits and '_'",
                                 "bad-value", "environment"))  # fmt: skip
        if len(self.commands(world).encode()) > MOST_DATA:
            found.append(Refusal(f"the first commands of a server are {MOST_DATA} bytes at most", "fetch a longer "
                                 "script from a bucket", "out-of-bounds", "user_data"))  # fmt: skip
        if self.credits is not None and not BURSTS.match(self.instance):
            found.append(Refusal(f"{self.instance} has no CPU credits; only T instances burst", None, "bad-value",
                                 "credits"))  # fmt: skip
        return found

    def image_id(self) -> Any:
        """Return the image: an id as it is, a parameter's name as a dynamic reference."""
        image = self.image or f"{IMAGES}{'arm64' if self.arm else 'x86_64'}"
        return f"{{{{resolve:ssm:{image}}}}}" if isinstance(image, str) and image.startswith("/") else image

    def launched(self, scope: Scope) -> dict[str, Any]:
        """Return the properties that an instance and a launch template share, and make role and profile."""
        role = scope.role()
        profile = scope.get("Profile") or scope.make("AWS::IAM::InstanceProfile", "Profile", Roles=[role.ref])
        if self.session_manager:
            mine = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")
            scope.allow(*SESSIONS, on="*", sid="SessionsTakeNoResource",
                        condition={"ArnLike": {"ec2:SourceInstanceARN": mine}})  # fmt: skip
        key = scope.arn(self.key)
        further = [disk.form(f"/dev/sd{chr(ord('f') + number)}", key) for number, disk in enumerate(self.volumes)]
        return {
            "ImageId": self.image_id(), "InstanceType": self.instance, "IamInstanceProfile": profile,
            "BlockDeviceMappings": [self.root.form("/dev/xvda", key), *further],
            "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled",
                                "HttpPutResponseHopLimit": self.hops},
            VARIABLES: dict(self.environment), FILES: [],
        }  # fmt: skip

    def commands(self, world: Architecture) -> str:
        """Return the author's first commands: those of the file, where the text names one beside the blueprint."""
        text = self.user_data or ""
        path = Path(world.path).parent / text.strip() if text and "\n" not in text.strip() else None
        if path is not None and len(text) < 255 and path.is_file():
            text = path.read_text("utf-8")
        return text.removeprefix("#!/bin/bash").strip()

    def attach_files(self, scope: Scope, files: Files, because: str) -> None:
        if scope.exists:
            return
        scope.build()
        holder = scope.get(type(self).holder.rpartition(":")[0]) if self.holder else scope.main
        assert holder is not None
        path = ".".join(part for part in (type(self).holder.rpartition(":")[2], FILES) if part)
        holder.append(path, {"protocol": files.protocol, "id": files.id, "dns": files.dns, "path": files.path,
                             "point": files.point, "name": files.name})  # fmt: skip
        holder.depends |= set(files.after)


def written_out(commands: str) -> Any:
    """Return the last touch of a server's properties: variables and mounts become user data."""

    def write(properties: dict[str, Any]) -> None:
        here = properties.get("LaunchTemplateData", properties)
        variables, mounts = here.pop(VARIABLES, {}), here.pop(FILES, [])
        lines, parts = ["#!/bin/bash", "set -eu"], dict[str, Any]()
        if variables:
            lines.append(f"cat > {VARIABLES_FILE} <<'END'")
            lines += [f"{name}={_hole(value, parts)}" for name, value in variables.items()]
            lines += ["END", *KNOWN]
        for mount in mounts:
            lines += _mounting(mount, parts)
        lines += [commands.replace("${", "${!")] if commands else []
        if len(lines) > 2:
            text = "\n".join(lines) + "\n"
            script: Any = {"Fn::Sub": [text, parts]} if parts else text.replace("${!", "${")
            here["UserData"] = {"Fn::Base64": script}

    return write


def _hole(value: Any, parts: dict[str, Any]) -> str:
    """Return a value as it stands in the script: text as it is, what CloudFormation works out as a hole."""
    if isinstance(value, str):
        return value.replace("${", "${!").replace("\n", " ")
    name = f"V{len(parts) + 1}"
    parts[name] = value
    return f"${{{name}}}"


def _mounting(mount: dict[str, Any], parts: dict[str, Any]) -> list[str]:
    """Return the commands that mount a file system, now and at every start.

    https://docs.aws.amazon.com/efs/latest/ug/efs-mount-helper.html
    https://docs.aws.amazon.com/fsx/latest/LustreGuide/mounting-ec2-instance.html
    """
    if mount["protocol"] == "ecs":
        return [f"echo ECS_CLUSTER={_hole(mount['cluster'], parts)} >> /etc/ecs/ecs.config"]
    path = mount["path"]
    if mount["protocol"] == "nfs":
        options = f"_netdev,tls,iam,accesspoint={_hole(mount['point'], parts)}"
        line = f"{_hole(mount['id'], parts)}:/ {path} efs {options} 0 0"
        install = "dnf install -y amazon-efs-utils"
    elif mount["protocol"] == "lustre":
        line = f"{_hole(mount['dns'], parts)}@tcp:/{_hole(mount['name'], parts)} {path} lustre _netdev,relatime 0 0"
        install = "dnf install -y lustre-client"
    else:
        line = f"//{_hole(mount['dns'], parts)}/share {path} cifs _netdev,vers=3.0,sec=krb5,multiuser 0 0"
        install = "dnf install -y cifs-utils"
    return [install, f"mkdir -p {path}", f"echo '{line}' >> /etc/fstab", f"mount {path}"]


def held(resource: Resource, kind: Server, scope: Scope) -> Resource:
    """Mark the resource that holds a server's variables, so that they become user data in the end."""
    resource.written = written_out(kind.commands(scope.architecture))
    return resource
