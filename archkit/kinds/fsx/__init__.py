"""Amazon FSx: file systems for high-performance computing and for Windows."""

from archkit.kinds.fsx.lustre import Lustre
from archkit.kinds.fsx.windows import Windows

__all__ = ["Lustre", "Windows"]
