"""What people connect, pair by pair: each means what they expect, with the least rights.

A row holds the two nodes, the edge, and what must be in the template: rights of a role (exact actions, exact
resource), or a value at a path. The words of a pair are those of `data/edge-frequency.tsv`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.options import at, synthesized

FN = "fn: {kind: lambda.function, runtime: python3.13, code: handler.py}"
TABLE, BUCKET, QUEUE, TOPIC = "table: dynamodb.table", "bucket: s3.bucket", "queue: sqs.queue", "topic: sns.topic"
BUS, RULE = "bus: events.bus", "rule: {kind: events.rule, pattern: {source: [app]}}"
FLOW = "flow: {kind: stepfunctions.state_machine, states: {Wait: {type: Wait, seconds: 1}}}"
API, REST, CDN = "api: apigateway.http", "api: apigateway.rest", "cdn: cloudfront.distribution"
MODEL = "model: {kind: bedrock.model, models: [anthropic.claude-3-haiku-20240307-v1:0]}"
STREAM, HOSE = "stream: kinesis.stream", "hose: firehose.stream"
MAIL = "mail: {kind: ses.identity, identity: example.com}"
CLOCK = "clock: {kind: scheduler.schedule, every: 5 minutes}"


class Rights(NamedTuple):
    """Exactly these actions of one service on one resource, for the role whose logical id begins so."""

    role: str
    actions: str
    resource: str


class At(NamedTuple):
    """The value at a path of the template: equal to, or holding as text, what is expected."""

    path: str
    expected: Any


class Pair(NamedTuple):
    """The nodes beside which the edge stands, the edge, and what it must have made."""

    nodes: list[str]
    edge: str
    wants: list[Rights | At]


def permitted(service: str, source: str) -> At:
    """A Lambda permission for one service and one source."""
    return At("Resources.*Permission.Properties", {"Principal": service, "SourceArn": source})


def sends(service: str, action: str, source: str) -> At:
    """A statement of a resource policy that lets one source of one service in."""
    return At("Resources.*Policy.Properties.PolicyDocument.Statement", f"{service} {action} {source}")


INVOKE = "lambda:InvokeFunction"
PAIRS: dict[str, Pair] = {
    "apigw -> lambda": Pair(
        [API, FN],
        "api -> fn: POST /x",
        [
            permitted("apigateway.amazonaws.com", "/POST/x"),
            At("Resources.*Integration.Properties.IntegrationType", "AWS_PROXY"),
        ],
    ),
    "api -> lambda": Pair([REST, FN], "api -> fn: POST /x", [permitted("apigateway.amazonaws.com", "/POST/x")]),
    "s3 -> lambda": Pair(
        [BUCKET, FN],
        "bucket -> fn: {suffix: .jpg}",
        [
            permitted("s3.amazonaws.com", "test-bucket-"),
            At(
                "Resources.Bucket.Properties.NotificationConfiguration.LambdaConfigurations.0.Event",
                "s3:ObjectCreated:*",
            ),
        ],
    ),
    "sqs -> lambda": Pair(
        [QUEUE, FN],
        "queue -> fn",
        [
            Rights("Fn", "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes", "Queue"),
            At("Resources.*Mapping.DependsOn", "FnRolePolicy"),
        ],
    ),
    "lambda -> bedrock": Pair(
        [FN, MODEL],
        "fn -> model",
        [Rights("Fn", "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream", "anthropic.claude-3-haiku")],
    ),
    "lambda -> dynamodb": Pair(
        [FN, TABLE],
        "fn -> table: read",
        [
            Rights("Fn", "dynamodb:GetItem dynamodb:Query", "Table"),
            At("Resources.Fn.Properties.Environment.Variables.TABLE", "Table"),
        ],
    ),
    "eventbridge -> lambda": Pair(
        [RULE, FN],
        "rule -> fn",
        [permitted("events.amazonaws.com", "Rule"), At("Resources.Rule.Properties.Targets.0.Arn", "Fn")],
    ),
    "lambda -> s3": Pair(
        [FN, BUCKET],
        "fn -> bucket: write",
        [
            Rights("Fn", "s3:PutObject", "test-bucket-${Stack}/*"),
            At("Resources.Fn.Properties.Environment.Variables.BUCKET", "test-bucket-"),
        ],
    ),
    "eventbridge-scheduler -> lambda": Pair(
        [CLOCK, FN], "clock -> fn", [Rights("Clock", INVOKE, "Fn"), At("Resources.Clock.Properties.Target.Arn", "Fn")]
    ),
    "lambda -> eventbridge": Pair(
        [FN, BUS],
        "fn -> bus",
        [Rights("Fn", "events:PutEvents", "Bus"), At("Resources.Fn.Properties.Environment.Variables.BUS", "Bus")],
    ),
    "sns -> sqs": Pair(
        [TOPIC, QUEUE],
        "topic -> queue",
        [
            sends("sns.amazonaws.com", "sqs:SendMessage", "Topic"),
            At("Resources.*Subscription.Properties.Protocol", "sqs"),
        ],
    ),
    "apigw -> dynamodb": Pair(
        [REST, TABLE],
        "api -> table: {does: 'GET /t/{id}', operation: GetItem}",
        [Rights("Api", "dynamodb:GetItem", "Table")],
    ),
    "apigw -> sqs": Pair([REST, QUEUE], "api -> queue: POST /q", [Rights("Api", "sqs:SendMessage", "Queue")]),
    "dynamodb -> lambda": Pair(
        [TABLE, FN],
        "table -> fn",
        [
            Rights(
                "Fn",
                "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams",
                "Table.StreamArn",
            ),
            At("Resources.Table.Properties.StreamSpecification.StreamViewType", "NEW_AND_OLD_IMAGES"),
        ],
    ),
    "s3 -> eventbridge": Pair(
        [BUCKET, "rule: events.rule"],
        "bucket -> rule",
        [
            At(
                "Resources.Bucket.Properties.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
                True,
            ),
            At("Resources.Rule.Properties.EventPattern.source", "aws.s3"),
        ],
    ),
    "lambda -> sns": Pair([FN, TOPIC], "fn -> topic", [Rights("Fn", "sns:Publish", "Topic")]),
    "sns -> lambda": Pair([TOPIC, FN], "topic -> fn", [permitted("sns.amazonaws.com", "Topic")]),
    "apigw -> eventbridge": Pair([REST, BUS], "api -> bus: POST /e", [Rights("Api", "events:PutEvents", "Bus")]),
    "apigw -> sfn": Pair([REST, FLOW], "api -> flow: POST /f", [Rights("Api", "states:StartExecution", "test-flow-")]),
    "apigw -> sns": Pair([REST, TOPIC], "api -> topic: POST /n", [Rights("Api", "sns:Publish", "Topic")]),
    "apigw -> s3": Pair(
        [REST, BUCKET],
        "api -> bucket: {does: 'GET /f/{key}', operation: GetObject}",
        [Rights("Api", "s3:GetObject", "test-bucket-")],
    ),
    "eventbridge -> sqs": Pair(
        [RULE, QUEUE], "rule -> queue", [sends("events.amazonaws.com", "sqs:SendMessage", "Rule")]
    ),
    "lambda -> sqs": Pair([FN, QUEUE], "fn -> queue", [Rights("Fn", "sqs:SendMessage", "Queue")]),
    "sfn -> lambda": Pair(
        [FN, "flow: {kind: stepfunctions.state_machine, states: {Call: {do: fn}}}"],
        "flow -> fn",
        [Rights("Flow", INVOKE, "Fn")],
    ),
    "cloudfront -> s3": Pair(
        [CDN, BUCKET],
        "cdn -> bucket",
        [
            sends("cloudfront.amazonaws.com", "s3:GetObject", "Cdn"),
            At("Resources.Cdn.Properties.DistributionConfig.Origins.0.OriginAccessControlId", "Cdn"),
        ],
    ),
    "eventbridge -> sns": Pair([RULE, TOPIC], "rule -> topic", [sends("events.amazonaws.com", "sns:Publish", "Rule")]),
    "lambda -> secretsmanager": Pair(
        [FN, "secret: secretsmanager.secret"], "fn -> secret", [Rights("Fn", "secretsmanager:GetSecretValue", "Secret")]
    ),
    "lambda -> sfn": Pair([FN, FLOW], "fn -> flow", [Rights("Fn", "states:StartExecution", "test-flow-")]),
    "cloudfront -> apigw": Pair(
        [CDN, API],
        "cdn -> api",
        [
            At(
                "Resources.Cdn.Properties.DistributionConfig.Origins.0.CustomOriginConfig.OriginProtocolPolicy",
                "https-only",
            )
        ],
    ),
    "cloudfront -> lambda": Pair(
        [CDN, FN.replace("code", "url: iam, code")],
        "cdn -> fn",
        [
            At("Resources.FnCdnInvoke.Properties", {"Principal": "cloudfront.amazonaws.com", "SourceArn": "Cdn"}),
            At("Resources.CdnLambdaAccess.Properties.OriginAccessControlConfig.SigningBehavior", "always"),
        ],
    ),
    "eventbridge -> sfn": Pair([RULE, FLOW], "rule -> flow", [Rights("Rule", "states:StartExecution", "test-flow-")]),
    "eventbridge-scheduler -> sqs": Pair(
        [CLOCK, QUEUE], "clock -> queue", [Rights("Clock", "sqs:SendMessage", "Queue")]
    ),
    "eventbridge-scheduler -> sns": Pair([CLOCK, TOPIC], "clock -> topic", [Rights("Clock", "sns:Publish", "Topic")]),
    "eventbridge-scheduler -> eventbridge": Pair(
        [CLOCK, BUS], "clock -> bus", [Rights("Clock", "events:PutEvents", "Bus")]
    ),
    "eventbridge-scheduler -> sfn": Pair(
        [CLOCK, FLOW], "clock -> flow", [Rights("Clock", "states:StartExecution", "test-flow-")]
    ),
    "sfn -> bedrock": Pair(
        [
            MODEL,
            "flow: {kind: stepfunctions.state_machine, states: {Ask: {do: model, arguments: "
            "{ModelId: anthropic.claude-3-haiku-20240307-v1:0}}}}",
        ],
        "flow -> model",
        [Rights("Flow", "bedrock:InvokeModel", "anthropic.claude-3-haiku")],
    ),
    "cloudwatch -> lambda": Pair(
        [QUEUE, FN, "alarm: {kind: cloudwatch.alarm, metric: messages, above: 9}"],
        "queue -> alarm -> fn",
        [
            permitted("lambda.alarms.cloudwatch.amazonaws.com", "Alarm"),
            At("Resources.Alarm.Properties.AlarmActions.0", "Fn"),
        ],
    ),
    "dynamodb -> eventbridge": Pair(
        [TABLE, BUS],
        "table -> bus",
        [
            Rights("TableBusPipe", "events:PutEvents", "Bus"),
            Rights(
                "TableBusPipe",
                "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams",
                "Table.StreamArn",
            ),
        ],
    ),
    "s3 -> sqs": Pair(
        [BUCKET, QUEUE],
        "bucket -> queue",
        [sends("s3.amazonaws.com", "sqs:SendMessage", "test-bucket-"), At("Resources.Bucket.DependsOn", "QueuePolicy")],
    ),
    "eventbridge -> cloudwatch": Pair(
        [RULE, "lines: logs.group"], "rule -> lines", [At("Resources.Rule.Properties.Targets.0.Arn", "Lines")]
    ),
    "sfn -> s3": Pair(
        [
            BUCKET,
            "flow: {kind: stepfunctions.state_machine, states: {Get: {do: bucket.GetObject, arguments: {Key: a}}}}",
        ],
        "flow -> bucket: read",
        [Rights("Flow", "s3:GetObject", "test-bucket-")],
    ),
    "sfn -> sns": Pair(
        [TOPIC, "flow: {kind: stepfunctions.state_machine, states: {Tell: {do: topic, arguments: {Message: a}}}}"],
        "flow -> topic",
        [Rights("Flow", "sns:Publish", "Topic")],
    ),
    "waf -> cloudfront": Pair(
        ["waf: wafv2.web_acl", CDN, BUCKET],
        "waf -> cdn -> bucket",
        [
            At("Resources.Cdn.Properties.DistributionConfig.WebACLId", "WafArn"),
            At("Resources.Waf.Properties.Scope", "CLOUDFRONT"),
        ],
    ),
    "lambda -> cloudwatch": Pair(
        [FN, "lines: logs.group"], "fn -> lines", [Rights("Fn", "logs:CreateLogStream logs:PutLogEvents", "Lines.Arn")]
    ),
    "bedrock -> lambda": Pair(
        [MODEL, FN],
        "model -> fn",
        [
            At("Resources.*Permission.Properties.Principal", "bedrock.amazonaws.com"),
            At("Resources.*Permission.Properties.SourceAccount", "AccountId"),
        ],
    ),
    "bedrock -> s3": Pair([MODEL, BUCKET], "model -> bucket: read", [Rights("Model", "s3:GetObject", "test-bucket-")]),
    "sfn -> dynamodb": Pair(
        [
            TABLE,
            "flow: {kind: stepfunctions.state_machine, states: {Put: {do: table.PutItem, arguments: "
            "{Item: {id: {S: a}}}}}}",
        ],
        "flow -> table: [write]",
        [Rights("Flow", "dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem", "Table")],
    ),
    "sfn -> internet": Pair(
        ["web: internet", "flow: {kind: stepfunctions.state_machine, states: {Wait: {type: Wait, seconds: 1}}}"],
        "flow -> web: {url: 'https://example.com/hook'}",
        [At("Resources", "states:InvokeHTTPEndpoint")],
    ),
    "eventbridge -> internet": Pair(
        [RULE, "web: internet"],
        "rule -> web: {url: 'https://example.com/hook'}",
        [At("Resources", "AWS::Events::ApiDestination"), Rights("Rule", "events:InvokeApiDestination", "")],
    ),
    "cloudwatch -> sns": Pair(
        [QUEUE, TOPIC, "alarm: {kind: cloudwatch.alarm, metric: messages, above: 9}"],
        "queue -> alarm -> topic",
        [At("Resources.Alarm.Properties.AlarmActions.0", "Topic")],
    ),
    "internet -> apigw": Pair(
        ["web: internet", API, FN], "web -> api -> fn", [At("Resources", "AWS::ApiGatewayV2::Api")]
    ),
    "internet -> s3": Pair(
        ["web: internet", BUCKET],
        "web -> bucket",
        [At("Resources.Bucket.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy", True)],
    ),
    "s3 -> internet": Pair(
        [BUCKET, "web: internet"],
        "bucket -> web",
        [At("Resources.Bucket.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy", True)],
    ),
    "lambda -> kinesis": Pair(
        [FN, STREAM], "fn -> stream", [Rights("Fn", "kinesis:PutRecord kinesis:PutRecords", "Stream")]
    ),
    "kinesis -> lambda": Pair(
        [STREAM, FN],
        "stream -> fn",
        [
            At("Resources.*Mapping.Properties.EventSourceArn", "Stream"),
            At("Resources.FnRolePolicy", "kinesis:GetShardIterator"),
        ],
    ),
    "apigw -> kinesis": Pair([REST, STREAM], "api -> stream: POST /s", [Rights("Api", "kinesis:PutRecord", "Stream")]),
    "firehose -> s3": Pair(
        [HOSE, BUCKET],
        "hose -> bucket",
        [Rights("Hose", "s3:AbortMultipartUpload s3:GetObject s3:PutObject", "test-bucket-")],
    ),
    "firehose -> lambda": Pair(
        [HOSE, BUCKET, FN], "hose -> bucket\n  - hose -> fn: transform", [Rights("Hose", INVOKE, "Fn")]
    ),
    "sns -> firehose": Pair(
        [TOPIC, HOSE, BUCKET],
        "hose -> bucket\n  - topic -> hose",
        [
            At("Resources.*Subscription.Properties.Protocol", "firehose"),
            At("Resources.TopicRolePolicy", "firehose:PutRecord"),
        ],
    ),
    "eventbridge -> firehose": Pair(
        [RULE, HOSE, BUCKET],
        "hose -> bucket\n  - rule -> hose",
        [At("Resources.Rule.Properties.Targets.0.Arn", "Hose"), At("Resources.RuleRolePolicy", "firehose:PutRecord")],
    ),
    "lambda -> ses": Pair(
        [FN, MAIL], "fn -> mail", [At("Resources.FnRolePolicy", "ses:SendEmail"), At("Resources.FnRolePolicy", "Mail")]
    ),
    "lambda -> ssm": Pair(
        [FN, "setting: {kind: ssm.parameter, value: x}"],
        "fn -> setting: read",
        [At("Resources.FnRolePolicy", "ssm:GetParameter"), At("Resources.FnRolePolicy", "Setting")],
    ),
    "lambda -> rekognition": Pair(
        [FN, "eyes: rekognition"], "fn -> eyes: DetectText", [At("Resources.FnRolePolicy", "rekognition:DetectText")]
    ),
    "lambda -> textract": Pair(
        [FN, "ai: textract"],
        "fn -> ai: DetectDocumentText",
        [At("Resources.FnRolePolicy", "textract:DetectDocumentText")],
    ),
    "lambda -> comprehend": Pair(
        [FN, "ai: comprehend"],
        "fn -> ai: DetectPiiEntities",
        [At("Resources.FnRolePolicy", "comprehend:DetectPiiEntities")],
    ),
    "lambda -> translate": Pair(
        [FN, "ai: translate"], "fn -> ai", [At("Resources.FnRolePolicy", "translate:TranslateText")]
    ),
    "lambda -> transcribe": Pair(
        [FN, "ai: transcribe"],
        "fn -> ai: StartTranscriptionJob",
        [At("Resources.FnRolePolicy", "transcribe:StartTranscriptionJob")],
    ),
    "apigw -> comprehend": Pair(
        [REST, "ai: comprehend"],
        "api -> ai: {does: POST /t, operation: DetectSentiment}",
        [At("Resources.*RolePolicy", "comprehend:DetectSentiment")],
    ),
    "sfn -> comprehend": Pair(
        [
            "ai: comprehend",
            "flow: {kind: stepfunctions.state_machine, states: {Ask: {do: "
            "ai.DetectSentiment, arguments: {LanguageCode: en, Text: a}}}}",
        ],
        "flow -> ai: DetectSentiment",
        [At("Resources.FlowRolePolicy", "comprehend:DetectSentiment")],
    ),
    "eventbridge-scheduler -> ssm": Pair(
        [CLOCK, "setting: {kind: ssm.parameter, value: x}"],
        "clock -> setting: {call: PutParameter, input: {Value: a, Overwrite: true}}",
        [At("Resources.ClockRolePolicy", "ssm:PutParameter")],
    ),
    "eventbridge-scheduler -> ses": Pair(
        [CLOCK, MAIL],
        "clock -> mail: {call: SendEmail, input: {Destination: {ToAddresses: "
        "[a@example.com]}, Content: {Simple: {Subject: {Data: a}, Body: {Text: {Data: a}}}}}}",
        [At("Resources.ClockRolePolicy", "ses:SendEmail")],
    ),
    "ses -> lambda": Pair(
        ["post: {kind: ses.receipt_rule, recipients: [example.com]}", FN],
        "post -> fn",
        [permitted("ses.amazonaws.com", "receipt-rule")],
    ),
    "lambda -> eventbridge-scheduler": Pair(
        [FN, CLOCK, QUEUE], "fn -> clock", [Rights("Fn", "scheduler:GetSchedule scheduler:UpdateSchedule", "")]
    ),
}


def template_of(pair: Pair, folder: Path) -> dict[str, Any]:
    """Return all templates of a pair's blueprint as one."""
    targets = {"clock": "clock -> queue"} if "fn -> clock" in pair.edge else {}
    edges = [pair.edge, *targets.values()]
    text = "name: test\nnodes:\n" + "".join(f"  {node}\n" for node in pair.nodes)
    text += "edges:\n" + "".join(f"  - {edge}\n" for edge in edges)
    merged: dict[str, Any] = {"Resources": {}}
    for template in synthesized(text, folder).values():
        merged["Resources"] |= template["Resources"]
    return merged


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    hold(PAIRS[name], tmp_path)


def hold(pair: Pair, folder: Path) -> None:
    """Assert all that a pair must have made; the tests of kinds have pairs of their own."""
    template = template_of(pair, folder)
    for want in pair.wants:
        if isinstance(want, Rights):
            has_rights(want, template)
        else:
            has_value(want, template)


def has_rights(want: Rights, template: dict[str, Any]) -> None:
    """Assert the exact actions, found together on the resource, in a policy of the role."""
    found = []
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy" and resource["Properties"]["Roles"][0]["Ref"].startswith(want.role):
            found += resource["Properties"]["PolicyDocument"]["Statement"]
    service = want.actions.split(":")[0]
    for statement in found:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if sorted(actions) == sorted(want.actions.split()) and want.resource in words(statement["Resource"]):
            assert "*" not in actions and statement["Resource"] != "*"
            return
    raise AssertionError(f"no statement of exactly {want} among {[s for s in found if service in words(s)]}")


def has_value(want: At, template: dict[str, Any]) -> None:
    """Assert a value; a path `Resources.*Suffix` looks at every resource whose logical id ends so."""
    _, _, rest = want.path.partition(".")
    name = rest.split(".")[0]
    resources = template["Resources"]
    if not rest:
        assert str(want.expected) in words(resources)
        return
    ids = [id for id in resources if id.endswith(name[1:])] if name.startswith("*") else [name]
    inner = rest.partition(".")[2]
    values = [at(resources[id], inner) if inner else resources[id] for id in ids if id in resources]
    assert any(matches(value, want.expected) for value in values), (want, values or sorted(resources))


def matches(value: Any, expected: Any) -> bool:
    """Say whether a value is, or holds in its text, what is expected."""
    if isinstance(value, list) and value and isinstance(value[0], dict) and "Effect" in value[0]:
        return any(all(word in words(statement) for word in expected.split()) for statement in value)
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(item in words(value.get(key)) for key, item in expected.items())
    return value == expected if isinstance(expected, bool) else str(expected) in words(value)


def words(value: Any) -> str:
    """Return a value as text to look into; a GetAtt reads `Name.Attribute`."""
    text = json.dumps(value)
    return text.replace('", "', ".") if "Fn::GetAtt" in text else text
