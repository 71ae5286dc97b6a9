"""When something happens: rates, cron expressions and single moments, as EventBridge writes them.

Each is a text that reads itself from a blueprint and is already the expression that AWS takes. See
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

__all__ = ["At", "Cron", "Every", "expression"]


def expression(*ways: Any) -> Any:
    """Return the first that is given, as plain text or as the value that CloudFormation works out; None for none."""
    found = next((way for way in ways if way), None)
    return str(found) if isinstance(found, str) else found


class Every(str):
    """A rate.

    >>> Every.parse("5 minutes"), Every.parse("1 hours"), Every.parse("rate(2 days)")
    ('rate(5 minutes)', 'rate(1 hour)', 'rate(2 days)')
    """

    __slots__ = ()
    says = "a rate such as '5 minutes'"

    @classmethod
    def parse(cls, text: str) -> Every:
        """Read a rate; raises ValueError with the way out."""
        found = re.fullmatch(r"(?:rate\()?\s*(?:([1-9][0-9]*)\s+)?(minute|hour|day)s?\s*\)?", text.strip())
        if found is None:
            raise ValueError(f"'{text}' is not a rate; write a number of minutes, hours or days, such as '5 minutes'")
        number, unit = int(found.group(1) or 1), found.group(2)
        return cls(f"rate({number} {unit}{'s' if number > 1 else ''})")


MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS = (
    ("minutes", 0, 59, (), r"\*"), ("hours", 0, 23, (), r"\*"),
    ("day of month", 1, 31, (), r"\*|\?|L|LW|[0-9]+W|L-[0-9]+"),
    ("month", 1, 12, MONTHS, r"\*"), ("day of week", 1, 7, DAYS, r"\*|\?|L|[0-9A-Z]+L|[0-9A-Z]+#[1-5]"),
    ("year", 1970, 2199, (), r"\*"),
)  # fmt: skip


class Cron(str):
    """A cron expression of AWS: six fields, one of the two days a question mark.

    >>> Cron.parse("0 8 ? * MON-FRI *")
    'cron(0 8 ? * MON-FRI *)'
    """

    __slots__ = ()
    says = "a cron expression such as '0 8 * * ? *'"

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read a cron expression; raises ValueError with the way out."""
        inner = text.strip().removeprefix("cron(").removesuffix(")").split()
        if len(inner) != len(FIELDS):
            names = ", ".join(name for name, *_ in FIELDS)
            raise ValueError(f"'{text}' has {len(inner)} fields; AWS wants six: {names}")
        for written, (name, low, high, words, special) in zip(inner, FIELDS, strict=True):
            for part in written.split(","):
                if not re.fullmatch(special, part) and not _fits(part, low, high, words):
                    raise ValueError(f"'{part}' is not a {name}; it takes {low} to {high}")
        if (inner[2] == "?") == (inner[4] == "?"):
            raise ValueError("one of day of month and day of week is '?', and only one")
        return cls(f"cron({' '.join(inner)})")


def _fits(part: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    """Say whether a part is a number, a range or a step within bounds."""
    found = re.fullmatch(r"(\*|[0-9A-Z]+)(?:-([0-9A-Z]+))?(?:/([1-9][0-9]*))?", part)
    if found is None or (found.group(1) == "*" and found.group(2)):
        return False
    ends = [end for end in found.group(1, 2) if end and end != "*"]
    return all(end in words or (end.isdigit() and low <= int(end) <= high) for end in ends)


class At(str):
    """A single moment, in the time zone of its schedule.

    >>> At.parse("2030-01-31T08:00:00")
    'at(2030-01-31T08:00:00)'
    """

    __slots__ = ()
    says = "a moment such as '2030-01-31T08:00:00'"

    @classmethod
    def parse(cls, text: str) -> At:
        """Read a moment; raises ValueError with the way out."""
        inner = text.strip().removeprefix("at(").removesuffix(")").replace(" ", "T")
        try:
            moment = datetime.fromisoformat(inner)
        except ValueError:
            raise ValueError(f"'{text}' is not a moment; write one such as 2030-01-31T08:00:00") from None
        if moment.tzinfo is not None:
            raise ValueError(f"'{text}' has an offset; write local time, and the zone as 'time_zone: Europe/Berlin'")
        return cls(f"at({moment.strftime('%Y-%m-%dT%H:%M:%S')})")
