"""Service integrations: how a task names a call, what it hands over, and what waiting for a job needs.

See https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html: some calls have integrations of their
own, all others go by the AWS SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archkit.kind import Operation
from archkit.shared.calls import sdk
from archkit.values import Sub

__all__ = ["HTTP", "JOBS", "Job", "handed", "resource"]

OPTIMIZED = {
    ("lambda", "Invoke"): "lambda:invoke", ("sqs", "SendMessage"): "sqs:sendMessage", ("sns", "Publish"): "sns:publish",
    ("events", "PutEvents"): "events:putEvents", ("states", "StartExecution"): "states:startExecution",
    ("dynamodb", "GetItem"): "dynamodb:getItem", ("dynamodb", "PutItem"): "dynamodb:putItem",
    ("dynamodb", "UpdateItem"): "dynamodb:updateItem", ("dynamodb", "DeleteItem"): "dynamodb:deleteItem",
    ("bedrock", "InvokeModel"): "bedrock:invokeModel", ("batch", "SubmitJob"): "batch:submitJob",
    ("ecs", "RunTask"): "ecs:runTask", ("glue", "StartJobRun"): "glue:startJobRun",
    ("codebuild", "StartBuild"): "codebuild:startBuild",
    ("athena", "StartQueryExecution"): "athena:startQueryExecution",
    ("athena", "GetQueryResults"): "athena:getQueryResults",
}  # fmt: skip
NO_TOKEN = frozenset({"dynamodb", "batch", "glue", "codebuild", "athena"})
HTTP = Sub("arn:${AWS::Partition}:states:::http:invoke")


@dataclass(frozen=True)
class Job:
    """What `wait: job` needs besides the call: rights, and the rule by which the service tells that the job has ended
    (https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html).

    `grants` are grants of the target narrowed to actions; `anywhere` are actions for which IAM knows no resource before
    the job exists, `runs` is one on every job, with their ARN.
    """

    suffix: str = ".sync"
    grants: tuple[tuple[str, str], ...] = ()
    anywhere: tuple[str, ...] = ()
    here: tuple[str, ...] = ()
    runs: tuple[str, str] | None = None
    rule: str | None = None


JOBS = {
    ("states", "StartExecution"): Job(
        ".sync:2",
        (("describe", "states:DescribeExecution"), ("stop", "states:StopExecution")),
        rule="StepFunctionsGetEventsForStepFunctionsExecutionRule",
    ),
    ("ecs", "RunTask"): Job(
        anywhere=("ecs:StopTask", "ecs:DescribeTasks"), rule="StepFunctionsGetEventsForECSTaskRule"
    ),
    ("batch", "SubmitJob"): Job(
        anywhere=("batch:DescribeJobs",),
        runs=("batch:TerminateJob", "arn:${AWS::Partition}:batch:${AWS::Region}:${AWS::AccountId}:job/*"),
        rule="StepFunctionsGetEventsForBatchJobsRule",
    ),
    ("glue", "StartJobRun"): Job(here=("glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun")),
    ("codebuild", "StartBuild"): Job(
        here=("codebuild:StopBuild", "codebuild:BatchGetBuilds"), rule="StepFunctionsGetEventForCodeBuildStartBuildRule"
    ),
    ("athena", "StartQueryExecution"): Job(here=("athena:StopQueryExecution", "athena:GetQueryExecution")),
}


def resource(made: Operation, wait: str | None) -> Sub | None:
    """Return the Resource of a task; None where the call cannot be waited for in that way."""
    pair = (made.service, made.api)
    name = OPTIMIZED.get(pair) or f"aws-sdk:{sdk(made.service)}:{made.api[:1].lower()}{made.api[1:]}"
    if wait == "job":
        if pair not in JOBS:
            return None
        name += JOBS[pair].suffix
    elif wait == "token":
        if pair in OPTIMIZED and made.service in NO_TOKEN:
            return None
        name += ".waitForTaskToken"
    return Sub(f"arn:${{AWS::Partition}}:states:::{name}")


PAYLOAD = {("lambda", "Invoke"): "Payload", ("sqs", "SendMessage"): "MessageBody", ("sns", "Publish"): "Message",
           ("states", "StartExecution"): "Input", ("http", "Invoke"): "RequestBody"}  # fmt: skip


def handed(service: str, api: str, jsonata: bool, token: bool, said: Any, about: tuple[str, str]) -> dict[str, Any]:
    """Return what a call hands over where the author does not say it: the state's input, and the token to send back.

    `said` are the author's parameters, `about` the detail type and source of an event.
    """
    value = _input(jsonata, token)
    if (service, api) == ("events", "PutEvents"):
        kind, source = about
        entry = {"DetailType": kind, "Source": source, **_named("Detail", value, jsonata)}
        return {"Entries": [entry]}
    name = PAYLOAD.get((service, api))
    if name is None or (isinstance(said, dict) and (name in said or f"{name}.$" in said)):
        return {}
    return _named(name, value, jsonata)


def _input(jsonata: bool, token: bool) -> Any:
    if jsonata:
        whole = "{% $states.input %}"
        return {"input": whole, "token": "{% $states.context.Task.Token %}"} if token else whole
    return {"input.$": "$", "token.$": "$$.Task.Token"} if token else "$"


def _named(name: str, value: Any, jsonata: bool) -> dict[str, Any]:
    """A path stands under a name that ends in `.$`; an object holds its paths itself."""
    return {name: value} if jsonata or isinstance(value, dict) else {f"{name}.$": value}
