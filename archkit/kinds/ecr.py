"""Amazon ECR: container images."""

from __future__ import annotations

import json
from collections.abc import Iterable

from archkit.kind import External, Grant, Kind, NodeId, prop
from archkit.scope import Scope

__all__ = ["Repository"]

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PUSH = (*PULL, "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"""


class Repository(Kind, icon="aws/compute/ec2-container-registry", service="Amazon ECR", types="AWS::ECR::Repository"):
    """Repository of container images, scanned when they come, whose tags never move."""

    immutable: bool = prop(True, "A tag never names another image.")
    scan: bool = prop(True, "Look for known weaknesses when an image comes.")
    keep: int | None = prop(50, "Images that are kept; null for all.", ge=1, shape=True)
    untagged_days: int | None = prop(7, "Days that images without a tag are kept; null for ever.", ge=1, shape=True)
    name_fixed: str | None = prop(None, "A fixed name (default: made from the stack's).",
                                  pattern=r"[a-z0-9]+([._/-][a-z0-9]+)*")  # fmt: skip
    key: NodeId | None = prop(None, "Encryption key (default: AES-256 by ECR).", slot="key", to="kms.key")

    durable = True
    named = ("RepositoryName", 200)
    attributes = {"arn": "${.Arn}", "name": "${}", "uri": "${.RepositoryUri}"}
    address = "${uri}"
    external = External(("name",), {
        "arn": "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/${name}",
        "uri": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/${name}"})  # fmt: skip
    grants = {"pull": Grant(*PULL, usual=True), "push": Grant(*PUSH)}
    private_link = "ecr.api"

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """A login is one for all repositories, so IAM knows no resource for it."""
        yield grant
        yield Grant("ecr:GetAuthorizationToken", wildcard="a login is for the whole registry")

    def build(self, scope: Scope) -> None:
        from troposphere import ecr

        rules = []
        if self.untagged_days is not None:
            rules.append({"rulePriority": 1, "action": {"type": "expire"}, "selection": {
                "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days",
                "countNumber": self.untagged_days}})  # fmt: skip
        if self.keep is not None:
            rules.append({"rulePriority": 2, "action": {"type": "expire"}, "selection": {
                "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": self.keep}})  # fmt: skip
        key = scope.arn(self.key)
        scope.make(
            ecr.Repository, RepositoryName=self.name_fixed or scope.physical(200),
            ImageTagMutability="IMMUTABLE" if self.immutable else "MUTABLE",
            ImageScanningConfiguration={"ScanOnPush": self.scan},
            EncryptionConfiguration={"EncryptionType": "KMS", "KmsKey": key} if key else {"EncryptionType": "AES256"},
            LifecyclePolicy={"LifecyclePolicyText": json.dumps({"rules": rules})} if rules else None,
        )  # fmt: skip
