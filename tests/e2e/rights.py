"""What every grant of an edge should come to, in IAM's words: the table behind the tests of rights.

Each target is a node; each row one word of an edge from a function to it, with all the actions it gives and on what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["ADDRESSES", "NEVER", "RIGHTS", "SEALED", "TARGETS", "Right", "Sealed", "inside", "itself", "neighbour"]

TARGETS = {
    "links": "{kind: dynamodb.table, key: id}",
    "changes": "{kind: dynamodb.table, key: id, stream: KEYS_ONLY}",
    "files": "s3.bucket",
    "jobs": "sqs.queue",
    "orders": "sns.topic",
    "shop": "events.bus",
    "fulfil": "{kind: stepfunctions.state_machine, states: {Wait: {type: Wait, seconds: 1}}}",
    "quick": "{kind: stepfunctions.state_machine, type: express, states: {Wait: {type: Wait, seconds: 1}}}",
    "login": "secretsmanager.secret",
    "limit": '{kind: ssm.parameter, value: "100", path: /shop/limit}',
    "games": "{kind: kinesis.stream, shards: 1}",
    "clicks": "{kind: firehose.stream, overrides: {DeliveryStreamName: clicks}}",
    "other": "{kind: lambda.function, runtime: python3.13, code: other.py}",
    "lines": "logs.group",
    "sealing": "kms.key",
    "signing": "{kind: kms.key, spec: ECC_NIST_P256, use: sign}",
    "hashing": "{kind: kms.key, spec: HMAC_256, use: mac}",
    "api": "apigateway.rest",
    "slow": "{kind: cloudwatch.alarm, metric: {namespace: Shop/Orders, name: Refused}, above: 10}",
    "reminders": "scheduler.group",
    "morning": '{kind: scheduler.schedule, every: 1 day, calls: "rds:StopDBInstance", on: ["arn:aws:rds:::db:a"]}',
    "deployer": "{kind: iam.role, services: [ec2.amazonaws.com]}",
    "rules": '{kind: iam.policy, statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/*"]}]}',
    "ann": "iam.user",
    "model": "{kind: bedrock.model, models: ['amazon.nova-lite-v1:0']}",
    "pictures": "rekognition",
    "papers": "textract",
    "texts": "comprehend",
    "tongues": "translate",
    "calls": "transcribe",
    "voice": "polly",
    # LocalStack makes none of these: what is there already can be the end of an edge too.
    "mail": "{kind: ses.identity, existing: {identity: example.com}}",
    "zone": "{kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}",
    "cdn": "{kind: cloudfront.distribution, existing: {id: EDFDVBD6EXAMPLE, domain_name: d111.cloudfront.net}}",
    "pipe": "{kind: pipes.pipe, existing: {name: changes}}",
    "camera": "{kind: kinesisvideo.stream, existing: {name: door, "
    'arn: "arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1"}}',
    "flink": "{kind: kinesisanalytics.application, existing: {name: totals}}",
    "index": "{kind: opensearch.domain, existing: {arn: 'arn:aws:es:us-east-1:000000000000:domain/shop', "
    "endpoint: shop.es.amazonaws.com}}",
}

HERE = "us-east-1:000000000000"
ADDRESSES = {
    "changes": "${changes.stream_arn}",
    "limit": f"arn:aws:ssm:{HERE}:parameter/shop/limit",
    "api": "${api.execution_arn}",
    "model": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    "mail": f"arn:aws:ses:{HERE}:identity/example.com",
    "zone": "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
    "cdn": "arn:aws:cloudfront::000000000000:distribution/EDFDVBD6EXAMPLE",
    "pipe": f"arn:aws:pipes:{HERE}:pipe/changes",
    "camera": f"arn:aws:kinesisvideo:{HERE}:stream/door/1",
    "flink": f"arn:aws:kinesisanalytics:{HERE}:application/totals",
    "index": f"arn:aws:es:{HERE}:domain/shop",
    **dict.fromkeys(("pictures", "papers", "texts", "tongues", "calls", "voice"), "*"),
}
"""The ARN of a target where `${target.arn}` does not say it."""

NEVER = {
    "dynamodb": ["DeleteTable", "UpdateTable"],
    "s3": ["DeleteBucket", "PutBucketPolicy", "PutObjectAcl"],
    "sqs": ["DeleteQueue", "SetQueueAttributes"],
    "sns": ["DeleteTopic", "SetTopicAttributes"],
    "events": ["DeleteEventBus", "PutRule"],
    "states": ["DeleteStateMachine", "UpdateStateMachine"],
    "secretsmanager": ["DeleteSecret", "PutResourcePolicy"],
    "ssm": ["DeleteParameter", "GetParametersByPath"],
    "kinesis": ["DeleteStream", "UpdateShardCount"],
    "firehose": ["DeleteDeliveryStream", "UpdateDestination"],
    "lambda": ["UpdateFunctionCode", "AddPermission"],
    "logs": ["DeleteLogGroup", "PutRetentionPolicy"],
    "kms": ["ScheduleKeyDeletion", "PutKeyPolicy"],
    "cloudwatch": ["DeleteAlarms", "PutMetricAlarm"],
    "ses": ["DeleteIdentity"],
    "scheduler": ["DeleteScheduleGroup"],
    "iam": ["AttachRolePolicy", "CreateAccessKey", "DeleteRole", "PutRolePolicy"],
    "bedrock": ["CreateProvisionedModelThroughput"],
    "rekognition": ["DeleteCollection"],
    "textract": ["DeleteAdapter"],
    "comprehend": ["DeleteEndpoint"],
    "translate": ["DeleteTerminology"],
    "transcribe": ["DeleteVocabulary"],
    "polly": ["DeleteLexicon"],
    "route53": ["DeleteHostedZone"],
    "cloudfront": ["DeleteDistribution", "UpdateDistribution"],
    "pipes": ["DeletePipe", "UpdatePipe"],
    "kinesisvideo": ["DeleteStream"],
    "kinesisanalytics": ["DeleteApplication"],
    "es": ["DeleteDomain"],
}
"""Actions of a service that no edge to any of these nodes gives."""


def itself(arn: str) -> str:
    """The target; where its ARN stands for all that it holds, one of that."""
    return arn.replace("*", "one")


def inside(arn: str) -> str:
    """An object of a bucket, a page of a domain."""
    return f"{arn}/one"


def run(arn: str) -> str:
    """An execution of a state machine."""
    return arn.replace(":stateMachine:", ":execution:") + ":one"


def due(arn: str) -> str:
    """A schedule of a group."""
    return arn.replace(":schedule-group/", ":schedule/") + "/one"


def anything(arn: str) -> str:
    """IAM knows no resource for the action."""
    return "*"


def job(arn: str) -> str:
    """A job of Amazon Transcribe."""
    return f"arn:aws:transcribe:{HERE}:transcription-job/one"


def neighbour(arn: str) -> str:
    """The ARN of another resource whose name begins as the target's does."""
    stem, star, rest = arn.partition("*")
    mark = stem[-1] if star else ""
    return f"{stem.removesuffix(mark)}-neighbour{mark}{star}{rest}"


@dataclass(frozen=True)
class Right:
    """One word of an edge to a target: the IAM actions that it gives, and on what."""

    target: str
    word: str
    service: str
    actions: str
    on: Callable[[str], str] = itself

    def granted(self) -> set[str]:
        """The actions, with their service."""
        return {f"{self.service}:{action}" for action in self.actions.split()}


def rights(target: str, service: str, on: Callable[[str], str] = itself, **words: str) -> Iterator[Right]:
    """The rows of one target, by word."""
    return (Right(target, word, service, actions, on) for word, actions in words.items())


RIGHTS = [
    *rights("links", "dynamodb", read="GetItem Query", write="PutItem UpdateItem DeleteItem", scan="Scan",
            batch="BatchGetItem BatchWriteItem"),
    *rights("changes", "dynamodb", stream="DescribeStream GetRecords GetShardIterator ListStreams"),
    *rights("files", "s3", inside, read="GetObject", write="PutObject", delete="DeleteObject"),
    *rights("files", "s3", list="ListBucket"),
    *rights("jobs", "sqs", read="ReceiveMessage DeleteMessage GetQueueAttributes", write="SendMessage",
            change_visibility="ChangeMessageVisibility", purge="PurgeQueue"),
    *rights("orders", "sns", publish="Publish", subscribe="Subscribe"),
    *rights("shop", "events", publish="PutEvents"),
    *rights("fulfil", "states", start="StartExecution", list="ListExecutions"),
    *rights("fulfil", "states", run, describe="DescribeExecution GetExecutionHistory", stop="StopExecution",
            redrive="RedriveExecution"),
    *rights("fulfil", "states", anything, report="SendTaskSuccess SendTaskFailure SendTaskHeartbeat"),
    *rights("quick", "states", start_sync="StartSyncExecution"),
    *rights("login", "secretsmanager", read="GetSecretValue", describe="DescribeSecret", write="PutSecretValue",
            rotate="DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage"),
    *rights("limit", "ssm", read="GetParameter", read_many="GetParameters", history="GetParameterHistory",
            write="PutParameter"),
    *rights("games", "kinesis", write="PutRecord PutRecords",
            read="DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListShards"),
    *rights("clicks", "firehose", write="PutRecord PutRecordBatch",
            describe="DescribeDeliveryStream ListTagsForDeliveryStream"),
    *rights("other", "lambda", invoke="InvokeFunction"),
    *rights("lines", "logs", write="CreateLogStream PutLogEvents", read="GetLogEvents FilterLogEvents",
            query="StartQuery GetQueryResults"),
    *rights("sealing", "kms", encrypt="Encrypt GenerateDataKey", decrypt="Decrypt"),
    *rights("signing", "kms", sign="Sign GetPublicKey", verify="Verify"),
    *rights("hashing", "kms", mac="GenerateMac", verify_mac="VerifyMac"),
    *rights("api", "execute-api", invoke="Invoke"),
    *rights("slow", "cloudwatch", set_state="SetAlarmState", read="DescribeAlarms"),
    *rights("mail", "ses", send="SendEmail SendRawEmail", send_template="SendTemplatedEmail"),
    *rights("reminders", "scheduler", due, create="CreateSchedule GetSchedule UpdateSchedule DeleteSchedule"),
    *rights("morning", "scheduler", update="GetSchedule UpdateSchedule"),
    *rights("deployer", "iam", inspect="GetRole"),
    *rights("rules", "iam", read="GetPolicy GetPolicyVersion"),
    *rights("ann", "iam", inspect="GetUser"),
    *rights("model", "bedrock", invoke="InvokeModel InvokeModelWithResponseStream", count="CountTokens"),
    *rights("pictures", "rekognition", anything, labels="DetectLabels", faces="DetectFaces CompareFaces"),
    *rights("papers", "textract", anything, text="DetectDocumentText", AnalyzeID="AnalyzeID"),
    *rights("texts", "comprehend", anything, sentiment="DetectSentiment",
            personal_data="ContainsPiiEntities DetectPiiEntities"),
    *rights("tongues", "translate", anything, translate="TranslateText", document="TranslateDocument"),
    *rights("calls", "transcribe", job, transcribe="StartTranscriptionJob GetTranscriptionJob",
            delete="DeleteTranscriptionJob"),
    *rights("voice", "polly", anything, speak="SynthesizeSpeech", voices="DescribeVoices"),
    *rights("zone", "route53", change="ChangeResourceRecordSets", read="ListResourceRecordSets"),
    *rights("cdn", "cloudfront", invalidate="CreateInvalidation"),
    *rights("pipe", "pipes", control="DescribePipe StartPipe StopPipe"),
    *rights("camera", "kinesisvideo", write="DescribeStream GetDataEndpoint PutMedia",
            read="DescribeStream GetDataEndpoint GetMedia GetMediaForFragmentList ListFragments"),
    *rights("flink", "kinesisanalytics", start="StartApplication StopApplication DescribeApplication"),
    *rights("index", "es", inside, read="ESHttpGet ESHttpHead", write="ESHttpDelete ESHttpPatch ESHttpPost ESHttpPut"),
    *rights("index", "es", describe="DescribeDomain DescribeDomainConfig DescribeDomainHealth"),
]  # fmt: skip


@dataclass(frozen=True)
class Sealed:
    """A target with a key of its own, a word of an edge to it, and what that gives on the key through its service."""

    target: str
    word: str
    actions: str

    def service(self) -> str:
        """The service through which the key may be used."""
        name = self.target.split("kind: ")[1].split(".")[0]
        return f"{name}.us-east-1.amazonaws.com"


SEALED = [
    Sealed("{kind: dynamodb.table, encryption: %s}", "read", "Decrypt"),
    Sealed("{kind: dynamodb.table, encryption: %s}", "write", "Decrypt Encrypt GenerateDataKey"),
    Sealed("{kind: s3.bucket, key: %s}", "read", "Decrypt"),
    Sealed("{kind: s3.bucket, key: %s}", "write", "Decrypt GenerateDataKey"),
    Sealed("{kind: s3.bucket, key: %s}", "list", ""),
    Sealed("{kind: sqs.queue, key: %s}", "read", "Decrypt"),
    Sealed("{kind: sqs.queue, key: %s}", "write", "Decrypt GenerateDataKey"),
    Sealed("{kind: sqs.queue, key: %s}", "purge", ""),
    Sealed("{kind: sns.topic, key: %s}", "publish", "Decrypt GenerateDataKey"),
    Sealed("{kind: secretsmanager.secret, key: %s}", "read", "Decrypt"),
    Sealed("{kind: secretsmanager.secret, key: %s}", "write", "Decrypt GenerateDataKey"),
    Sealed("{kind: kinesis.stream, key: %s}", "read", "Decrypt"),
    Sealed("{kind: kinesis.stream, key: %s}", "write", "GenerateDataKey"),
]
