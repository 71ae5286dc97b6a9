"""Event filters in the form that AWS takes them: JSON patterns as texts."""

from __future__ import annotations

from typing import Any

from archkit.values import json_text

__all__ = ["filter_criteria"]


def filter_criteria(pattern: Any) -> dict[str, Any] | None:
    """Return the FilterCriteria of one pattern or several, as event source mappings and pipes take them; None for none.

    >>> filter_criteria({"kind": ["new"]})
    {'Filters': [{'Pattern': '{"kind":["new"]}'}]}
    """
    if not pattern:
        return None
    patterns = pattern if isinstance(pattern, list) else [pattern]
    return {"Filters": [{"Pattern": json_text(one)} for one in patterns]}
