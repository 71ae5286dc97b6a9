"""What feeds a Firehose stream, and the function that changes its records."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.kind import Join, Kind, prop
from archkit.scope import Link, Scope
from archkit.shared.streams import DataStreamReader

__all__ = ["Source", "Transform"]


class Source(DataStreamReader):
    """Reads a data stream; nobody else can write to the Firehose stream then."""

    def apply(self, link: Link) -> None:
        stream, source = link.owner, link.other
        stream.grant(source, source.kind.emits.grant, link.because)
        stream.main.set("DeliveryStreamType", "KinesisStreamAsSource")
        stream.main.set("KinesisStreamSourceConfiguration", {
            "KinesisStreamARN": source.attribute("arn"), "RoleARN": stream.role().att("Arn")})  # fmt: skip
        # the records lie encrypted in the data stream, and only what is put directly is encrypted here
        stream.main.properties.pop("DeliveryStreamEncryptionConfigurationInput", None)


class Transform(Join):
    """Hands each batch to a function, which changes, drops or keeps every record."""

    word: ClassVar[str] = "transform"
    usual: ClassVar[bool] = True

    seconds: int | None = prop(None, "Seconds to gather records for the function (default: 60).", ge=0, le=900)
    size: float | None = prop(None, "MB to gather for the function (default: 1).", ge=0.2, le=3)
    retries: int | None = prop(None, "Attempts after a failed call (default: 3).", ge=0, le=300)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def apply(self, link: Link) -> None:
        link.owner.grant(link.other, link.other.kind.admits.grant, link.because)

    def processor(self, function: Scope) -> dict[str, Any]:
        """Return the processor that calls the function."""
        said = {"LambdaArn": function.attribute("arn"), "NumberOfRetries": self.retries,
                "BufferSizeInMBs": self.size, "BufferIntervalInSeconds": self.seconds}  # fmt: skip
        parameters = [{"ParameterName": name, "ParameterValue": str(value) if isinstance(value, int | float) else value}
                      for name, value in said.items() if value is not None]  # fmt: skip
        return {"Type": "Lambda", "Parameters": parameters}
