"""A LocalStack of this test run, and stacks deployed on it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3

from tests.environments import LOCALSTACK

__all__ = ["REGION", "Cloud", "DeploymentFailed", "Stack", "eventually"]

T = TypeVar("T")
REGION = "us-east-1"
NOT_MADE = "deployed as a fallback"  # what LocalStack says of a type that it does not know and yet calls complete
HOST = Path(__file__).parent / "host"
LARGEST_BODY = 51_200  # bytes of a template that a request may hold
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
SETTINGS = {
    "DISABLE_EVENTS": "1",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    "EAGER_SERVICE_LOADING": "0",
    "DNS_ADDRESS": "0",
}


class DeploymentFailed(AssertionError):
    """A stack did not reach CREATE_COMPLETE; the message lists why, resource by resource."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its outputs, and the physical id and type of each resource by logical id."""

    name: str
    outputs: dict[str, str]
    physical_ids: dict[str, str]
    types: dict[str, str]

    def only(self, resource_type: str) -> str:
        """The physical id of the one resource of a type."""
        found = [logical for logical, its_type in self.types.items() if its_type == resource_type]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} resources of type {resource_type} in {self.types}")
        return self.physical_ids[found[0]]


@dataclass
class Cloud:
    """A running LocalStack; every request to it goes to the loopback address."""

    port: int
    log: Path
    clients: dict[str, Any] = field(default_factory=dict)

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator[Cloud]:
        """Start LocalStack on a free port and end it, and all that it wrote, with the block."""
        with tempfile.TemporaryDirectory(prefix="archkit-localstack-") as folder:
            cloud = cls(free_port(), Path(folder, "log.txt"))
            process = cloud._start(Path(folder, "volume"))
            try:
                cloud._wait_until_ready(process)
                yield cloud
            finally:
                stop(process)

    @property
    def address(self) -> str:
        """Where LocalStack answers."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client of this LocalStack."""
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=self.address,
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self.clients[service]

    def api_address(self, url: str) -> str:
        """Where LocalStack serves a REST API whose AWS address is given."""
        found = re.fullmatch(r"https?://(\w+)\.execute-api\.[^/]+/([^/]+)(/.*)?", url)
        if not found:
            raise AssertionError(f"not the address of a REST API: {url}")
        return f"{self.address}/_aws/execute-api/{found[1]}/{found[2]}{found[3] or '/'}"

    def request(self, method: str, url: str, body: Any = None) -> tuple[int, str]:
        """The status and text that a REST API, known by its AWS address, answers to a request with a JSON body."""
        request = urllib.request.Request(
            self.api_address(url),
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def deploy(
        self,
        template: str,
        parameters: Mapping[str, str] | None = None,
        name: str | None = None,
        missing: tuple[str, ...] = (),
    ) -> Stack:
        """Create a stack and wait for it; it fails unless every resource was really made, but for `missing` types."""
        name = name or f"stack-{uuid.uuid4().hex[:8]}"
        words = [{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()]
        cloudformation = self.client("cloudformation")
        where = self._handed_over(template)
        cloudformation.create_stack(StackName=name, Parameters=words, Capabilities=CAPABILITIES, **where)
        status = eventually(lambda: self._settled(name), 120, "the stack to settle", pause=0.1)
        if status != "CREATE_COMPLETE":
            raise DeploymentFailed(f"{name}: {status}\n{self._reasons(name)}\n{self.log_tail()}")
        not_made = [line for line in self._reasons(name, NOT_MADE).splitlines() if not of_type(line, missing)]
        if not_made:
            raise DeploymentFailed(f"{name}: LocalStack cannot make\n" + "\n".join(not_made))
        return self._stack(name)

    def delete(self, name: str) -> None:
        """Delete a stack, and wait for it without insisting: the cloud ends with the tests anyway."""
        cloudformation = self.client("cloudformation")
        with contextlib.suppress(
            Exception
        ):  # what is gone has no status: the question fails, and that ends the waiting
            cloudformation.delete_stack(StackName=name)
            eventually(lambda: self._settled(name), 20, "the stack to go", pause=0.1)

    def allowed(self, role: str, actions: Sequence[str], resource: str, via: str = "") -> set[str]:
        """Those of the actions that a deployed role may take on a resource, both known by ARN, `via` a service."""
        entry = {"ContextKeyName": "kms:ViaService", "ContextKeyValues": [via], "ContextKeyType": "string"}
        answer = self.client("iam").simulate_principal_policy(
            PolicySourceArn=role,
            ActionNames=list(actions),
            ResourceArns=[resource],
            ContextEntries=[entry] if via else [],
        )
        results = answer["EvaluationResults"]
        return {result["EvalActionName"] for result in results if result["EvalDecision"] == "allowed"}

    def log_tail(self, size: int = 3000) -> str:
        """The end of what LocalStack logged."""
        return self.log.read_text(errors="replace")[-size:]

    def _handed_over(self, template: str) -> dict[str, str]:
        """How CloudFormation gets a template: a large one through a bucket."""
        if len(template.encode()) <= LARGEST_BODY:
            return {"TemplateBody": template}
        place = {"Bucket": "templates", "Key": uuid.uuid4().hex}
        self.client("s3").create_bucket(Bucket=place["Bucket"])
        self.client("s3").put_object(**place, Body=template.encode())
        return {"TemplateURL": f"{self.address}/{place['Bucket']}/{place['Key']}"}

    def _start(self, volume: Path) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        environment |= SETTINGS
        environment |= {"GATEWAY_LISTEN": f"127.0.0.1:{self.port}", "LOCALSTACK_VOLUME_DIR": str(volume)}
        python = LOCALSTACK.python()
        with self.log.open("wb") as log:
            return subprocess.Popen([python, HOST], stdout=log, stderr=log, env=environment, start_new_session=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        def ready() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"LocalStack ended with {process.returncode}:\n{self.log_tail()}")
            return "Ready." in self.log.read_text(errors="replace") and answers(f"{self.address}/_localstack/health")

        eventually(ready, 120, "LocalStack to be ready", pause=0.5)

    def _settled(self, name: str) -> str | None:
        stack = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        status = str(stack["StackStatus"])
        return None if status.endswith("_IN_PROGRESS") else status

    def _reasons(self, name: str, word: str = "") -> str:
        """What went wrong with which resource, or what CloudFormation remarked with that word."""
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        remarks = [(event["LogicalResourceId"], event.get("ResourceStatusReason") or "") for event in events]
        return "\n".join(f"  {logical}: {reason}" for logical, reason in remarks if reason and word in reason)

    def _stack(self, name: str) -> Stack:
        cloudformation = self.client("cloudformation")
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        return Stack(
            name,
            {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
            {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources},
            {resource["LogicalResourceId"]: resource["ResourceType"] for resource in resources},
        )


def eventually(probe: Callable[[], T | None], seconds: float, what: str, pause: float = 0.5) -> T:
    """The first true answer of a probe that is asked again and again; a failure names what was waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := probe():
            return answer
        time.sleep(pause)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


def of_type(remark: str, beginnings: tuple[str, ...]) -> bool:
    """Whether the resource type that a remark names begins in one of these ways."""
    found = re.search(r"AWS::[\w:]+", remark)
    return bool(found) and found[0].startswith(beginnings)


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a GET request is answered well."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, and all that it started: nothing of it is worth an orderly end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
