"""Amazon Kinesis Video Streams."""

from __future__ import annotations

from typing import Literal

from archkit.kind import External, Grant, Kind, NodeId, Operation, prop
from archkit.scope import Scope

READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:GenerateDataKey",)


class Stream(Kind, icon="aws/analytics/kinesis-video-streams", service="Amazon Kinesis Video Streams",
             types="AWS::KinesisVideo::Stream"):  # fmt: skip
    """Video stream: live media from a device, kept for a time, played back and analysed by others."""

    retention: int = prop(24, "Hours that media is kept; 0 keeps none.", ge=0, le=87_600)
    device: str | None = prop(None, "Name of the device that sends.", pattern="[a-zA-Z0-9_.-]{1,128}")
    media: str | None = prop(None, "Media type, such as video/h264.", pattern=r"[\w.+-]+/[\w.+-]+(,[\w.+-]+/[\w.+-]+)*")
    tier: Literal["hot", "warm"] | None = prop(
        None, "Storage tier; warm is cheaper for media kept 30 days or more.", shape=True
    )
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${name}"
    external = External(("name", "arn"))
    grants = {
        "read": Grant("kinesisvideo:DescribeStream", "kinesisvideo:GetDataEndpoint", "kinesisvideo:GetMedia",
                      "kinesisvideo:GetMediaForFragmentList", "kinesisvideo:ListFragments", key=READ_KEY, usual=True),
        "write": Grant("kinesisvideo:DescribeStream", "kinesisvideo:GetDataEndpoint", "kinesisvideo:PutMedia",
                       key=WRITE_KEY),
    }  # fmt: skip
    operations = {
        "GetDataEndpoint": Operation("kinesisvideo", "GetDataEndpoint", {"StreamName": "${name}"}),
        "DescribeStream": Operation("kinesisvideo", "DescribeStream", {"StreamName": "${name}"}),
    }
    example = "{retention: 48, media: video/h264}"

    def build(self, scope: Scope) -> None:
        scope.make(
            "AWS::KinesisVideo::Stream", DataRetentionInHours=self.retention, DeviceName=self.device,
            MediaType=self.media, KmsKeyId=scope.arn(self.key),
            StreamStorageConfiguration={"DefaultStorageTier": self.tier.upper()} if self.tier else None,
        )  # fmt: skip
