"""DynamoDB, its streams, Kinesis and OpenSearch's domains from moto, in place of programs that LocalStack downloads."""

from localstack.aws.api.dynamodb import DynamodbApi
from localstack.aws.api.dynamodbstreams import DynamodbstreamsApi
from localstack.aws.api.kinesis import KinesisApi
from localstack.aws.api.opensearch import OpensearchApi
from localstack.services import providers  # noqa: F401  (importing it registers the stock services)
from localstack.services.moto import MotoFallbackDispatcher
from localstack.services.plugins import SERVICE_PLUGINS, Service

INTERFACES = {
    "dynamodb": DynamodbApi,
    "dynamodbstreams": DynamodbstreamsApi,
    "kinesis": KinesisApi,
    "opensearch": OpensearchApi,
}


class Store:
    """A service as LocalStack's plugin registry hands it out."""

    provider = "moto"

    def __init__(self, api):
        every_operation = type("Operations", (INTERFACES[api],), {})()
        self.api = api
        self.service = Service.for_provider(every_operation, dispatch_table_factory=MotoFallbackDispatcher)


def install():
    """Hand out moto's stores and leave every other service as it is."""
    stock = SERVICE_PLUGINS._load_service_plugin
    SERVICE_PLUGINS._load_service_plugin = lambda name: Store(name) if name in INTERFACES else stock(name)
