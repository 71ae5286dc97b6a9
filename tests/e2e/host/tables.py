"""DynamoDB from moto, in this process, in place of the server that LocalStack would download."""

from localstack.aws.api.dynamodb import DynamodbApi
from localstack.services import providers  # noqa: F401  (importing it registers the stock services)
from localstack.services.moto import MotoFallbackDispatcher
from localstack.services.plugins import SERVICE_PLUGINS, Service


class Dynamodb:
    """The service as LocalStack's plugin registry hands it out."""

    api, provider = "dynamodb", "moto"

    def __init__(self):
        every_operation = type("Operations", (DynamodbApi,), {})()
        self.service = Service.for_provider(every_operation, dispatch_table_factory=MotoFallbackDispatcher)


def install():
    """Hand out moto's DynamoDB and leave every other service as it is."""
    stock = SERVICE_PLUGINS._load_service_plugin
    SERVICE_PLUGINS._load_service_plugin = lambda name: Dynamodb() if name == "dynamodb" else stock(name)
