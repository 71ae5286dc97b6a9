"""ETL jobs: Spark and Python scripts that change data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Announce, External, Grant, Join, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.glue.shared import SERVICE, STEM, is_a, log_rights, network_rights, security
from archkit.scope import Link, Scope
from archkit.shared.code import code_path
from archkit.values import Sub

__all__ = ["Job"]

COMMANDS = {"spark": "glueetl", "streaming": "gluestreaming", "python": "pythonshell"}
ARGUMENTS = "DefaultArguments"
WORKERS = Literal["G.025X", "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"]


class Reach(Join):
    """Reaches a database by a connection, with its credentials, and from its subnet."""

    word: ClassVar[str] = "connect"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return is_a(other, "AWS::Glue::Connection")

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.place != ends.other.place:
            return Refusal("a job uses connections of its own Region and account only", None, "other-region")
        return None

    def apply(self, link: Link) -> None:
        link.owner.grant(link.other, "use", link.because)
        if getattr(link.other.kind, "subnet", None):
            network_rights(link.owner, link.because)
        link.owner.main.append("Connections.Connections", link.other.attribute("name"))


class Job(Kind, icon="aws/analytics/glue", service="AWS Glue",
          types=("AWS::Glue::Job", "AWS::IAM::Role", "AWS::Glue::SecurityConfiguration")):  # fmt: skip
    """ETL job: a script that changes data, by Spark on several workers or by plain Python.

    Addresses of what its edges reach are arguments of the job, such as --LAKE.
    """

    type: Literal["spark", "streaming", "python"] = prop("spark", "Spark, Spark on streams, or a Python shell.",
                                                          shape=True)  # fmt: skip
    code: str = prop(doc="Script beside the blueprint, or s3://bucket/script.py.", shape=True)
    version: Literal["5.1", "5.0", "4.0", "3.0"] | None = prop(None, "Version of Glue (default: 5.0; of Spark only).")
    worker: WORKERS = prop("G.1X", "Size of a worker; of Spark.")
    workers: int = prop(2, "Number of workers; of Spark.", ge=1, le=299)
    capacity: Literal["0.0625", "1"] = prop("0.0625", "Processing units of a Python shell.", shape=True)
    flexible: bool = prop(False, "Run on spare capacity: cheaper, and later.")
    timeout: int = prop(60, "Minutes after which a run is stopped.", ge=1, le=10_080)
    retries: int = prop(0, "Attempts after the first.", ge=0, le=10)
    concurrency: int = prop(1, "Runs at the same time.", ge=1)
    bookmarks: bool = prop(False, "Go on where the last run ended; of Spark.")
    metrics_on: bool = prop(True, "Metrics of the runs; of Spark.")
    autoscaling: bool = prop(False, "Take only as many workers as are busy; of Spark.")
    modules: list[str] = prop([], "Python modules to install, such as pyarrow==17.0.0.", shape=True)
    arguments: dict[str, str] = prop({}, "Arguments of the script by name, without the dashes.")
    key: NodeId | None = prop(None, "Key that encrypts what it writes, its bookmarks and its log lines.", slot="key",
                              to="kms.key")  # fmt: skip
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    principal = SERVICE
    grantee = True
    variables = ARGUMENTS
    attributes = {"name": "${}", "arn": STEM + "job/${name}"}
    address = "${name}"
    external = External(("name",), {"arn": STEM + "job/${name}"})
    grants = {
        "start": Grant("glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", usual=True),
        "stop": Grant("glue:BatchStopJobRun"),
    }
    operations = {"StartJobRun": Operation("glue", "StartJobRun", {"JobName": "${name}"}, usual=True)}
    announces = Announce("aws.glue", ("Glue Job State Change", "Glue Job Run Status"), {"jobName": ["${name}"]})
    metrics = {
        name: Metric("Glue", f"glue.driver.aggregate.{metric}", {"JobName": "${name}", "JobRunId": "ALL",
                                                                 "Type": "count"})
        for name, metric in (("failed-tasks", "numFailedTasks"), ("elapsed", "elapsedTime"),
                             ("records", "recordsRead"))
    }  # fmt: skip
    joins = (Reach,)
    example = "{code: s3://scripts-of-example/clean.py}"

    def caption(self) -> str | None:
        return {"python": "Python shell", "streaming": "Spark streaming"}.get(self.type, "Spark")

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if not self.code.startswith("s3://") and not code_path(world.path, self.code).is_file():
            return [Refusal(f"there is no file '{self.code}' beside the blueprint", None, "no-code", "code")]
        if self.code.startswith("s3://") and not re.fullmatch(r"s3://[a-z0-9.-]+/.+", self.code):
            return [Refusal(f"'{self.code}' is no file in S3", "code: s3://bucket/script.py", "bad-value", "code")]
        if self.type == "python":
            wrong = next((name for name in ("version", "flexible", "bookmarks", "autoscaling") if getattr(self, name)),
                         None)  # fmt: skip
            if wrong:
                return [Refusal(f"'{wrong}' is for Spark, and a Python shell is not that", None, "bad-value", wrong)]
        elif self.flexible and self.type == "streaming":
            return [Refusal("streams are not read on spare capacity", "type: spark", "bad-value", "flexible")]
        return []

    def build(self, scope: Scope) -> None:
        role, protected = scope.role(SERVICE), security(scope, self.key)
        log_rights(scope)
        shell = self.type == "python"
        scope.make(
            "AWS::Glue::Job", Description=scope.node.note, Role=role.att("Arn"),
            Command={"Name": COMMANDS.get(self.type, self.type), "ScriptLocation": self._script(scope),
                     "PythonVersion": "3.9" if shell else "3"},
            GlueVersion=None if shell else self.version or "5.0",
            WorkerType=None if shell else self.worker, NumberOfWorkers=None if shell else self.workers,
            MaxCapacity=float(self.capacity) if shell else None,
            ExecutionClass="FLEX" if self.flexible else None, Timeout=self.timeout, MaxRetries=self.retries,
            ExecutionProperty={"MaxConcurrentRuns": self.concurrency},
            DefaultArguments=self._defaults(scope, shell),
            SecurityConfiguration=protected.ref if protected else None, after=scope.after_rights(),
        )  # fmt: skip

    def _script(self, scope: Scope) -> Any:
        """Return where the script lies, and let the job read it."""
        if self.code.startswith("s3://"):
            place, arn = self.code, Sub(f"arn:${{AWS::Partition}}:s3:::{self.code.removeprefix('s3://')}")
        else:
            place, arn = scope.file(self.code)
        scope.allow("s3:GetObject", on=arn)
        return place

    def _defaults(self, scope: Scope, shell: bool) -> dict[str, Any]:
        """Return the arguments that Glue reads itself, and the author's."""
        found: dict[str, Any] = {}
        if self.modules:
            found["--additional-python-modules"] = ",".join(self.modules)
        if not shell:
            kept = "enable" if self.bookmarks else "disable"
            found |= {"--job-bookmark-option": f"job-bookmark-{kept}", "--enable-continuous-cloudwatch-log": "true"}
            if self.metrics_on:
                found |= {"--enable-metrics": "true", "--enable-observability-metrics": "true"}
                scope.allow("cloudwatch:PutMetricData", on="*", sid="MetricsTakeNoResource",
                            condition={"StringEquals": {"cloudwatch:namespace": "Glue"}})  # fmt: skip
            if self.autoscaling:
                found["--enable-auto-scaling"] = "true"
        return found | {f"--{name}": value for name, value in self.arguments.items()}

    def finish(self, scope: Scope) -> None:
        """Make the addresses that edges handed over arguments, which begin with two dashes."""
        main = scope.main
        given: Mapping[str, Any] = main.get(ARGUMENTS) or {}
        named = {name if name.startswith("--") else f"--{name}": value for name, value in given.items()}
        if named:
            main.set(ARGUMENTS, named)
        main.soft = {path.replace(f"{ARGUMENTS}.", f"{ARGUMENTS}.--") for path in main.soft}
