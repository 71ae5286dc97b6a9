"""Amazon Simple Email Service."""

from archkit.kinds.ses.configuration import ConfigurationSet
from archkit.kinds.ses.identity import Identity
from archkit.kinds.ses.receiving import ReceiptRule

__all__ = ["ConfigurationSet", "Identity", "ReceiptRule"]
