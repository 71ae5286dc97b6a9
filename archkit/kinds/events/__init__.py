"""Amazon EventBridge: buses, rules that route events, and rules that run by the clock."""

from archkit.kinds.events.bus import Bus
from archkit.kinds.events.rule import Rule, Schedule

__all__ = ["Bus", "Rule", "Schedule"]
