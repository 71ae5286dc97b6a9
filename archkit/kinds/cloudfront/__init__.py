"""Amazon CloudFront."""

from __future__ import annotations

from archkit.kinds.cloudfront.distribution import Distribution
from archkit.kinds.cloudfront.function import Function
from archkit.kinds.cloudfront.key_group import KeyGroup

__all__ = ["Distribution", "Function", "KeyGroup"]
