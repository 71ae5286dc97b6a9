"""Windows in which AWS backs up and maintains what keeps data: how they are spelled, and which cannot be."""

from __future__ import annotations

from archkit.offers import Refusal

__all__ = ["DAILY", "WEEKLY", "window_refusals"]

DAILY = r"[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]"
WEEKLY = r"(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = 7 * 24 * 60


def window_refusals(backup: str | None, maintenance: str | None) -> list[Refusal]:
    """Return what is wrong with the windows of backups and of maintenance: each lasts half an hour at least, and they
    do not overlap (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html)."""
    found = []
    daily = [_minutes(backup, day) for day in DAYS] if isinstance(backup, str) else []
    weekly = _minutes(maintenance) if isinstance(maintenance, str) else None
    for window, option, span in ((backup, "backup_window", daily[0] if daily else None),
                                 (maintenance, "maintenance", weekly)):  # fmt: skip
        if span is not None and (span[1] - span[0]) % (WEEK if option == "maintenance" else 24 * 60) < 30:
            found.append(Refusal(f"the window '{window}' is shorter than 30 minutes", None, "bad-value", option))
    if weekly is not None and not found and any(_overlap(weekly, one) for one in daily):
        found.append(Refusal(f"maintenance in '{maintenance}' and backups in '{backup}' overlap",
                             "windows beside one another", "bad-value", "maintenance"))  # fmt: skip
    return found


def _minutes(window: str, day: str = "") -> tuple[int, int]:
    """Return the beginning and the end of a window in minutes of the week; an end before the beginning is the next
    day's, or the next week's."""
    ends = [f"{day}:{end}" if day else end for end in window.split("-")]
    begin, end = (DAYS.index(name) * 1_440 + int(hour) * 60 + int(minute)
                  for name, hour, minute in (text.split(":") for text in ends))  # fmt: skip
    return begin, end if end >= begin else end + (1_440 if day else WEEK)


def _overlap(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return any(one[0] < two[1] + turn and two[0] + turn < one[1] for turn in (-WEEK, 0, WEEK))
