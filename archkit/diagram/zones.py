"""From a plan to one in which zones are drawn: every tier of a VPC once in each zone, nodes copied as their kinds say.

AWS's diagrams draw Availability Zones as equal columns with subnets as rows through them; what runs in several zones
stands in each, a load balancer once between them, and an Auto Scaling group as a frame over all its copies (AWS
Architecture Icons, "Groups").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from archkit.diagram.layout.rank import acyclic, ranks
from archkit.diagram.plan import Box, Group, Plan, Wire
from archkit.kind import Frame

__all__ = ["expand", "tiers"]

_ZONE = Frame("#00A4A6", dashed=True, title="center")
End = tuple[int | None, str]
"""The zone that an end of a wire stands in, or None, and the item that is drawn for it there."""


def tiers(plan: Plan, group: str) -> list[str]:
    """Return the tiers of a VPC that is drawn with zones, in the order of the flow; of another group none."""
    rows = [id for id in plan.groups[group].children if id in plan.groups and plan.groups[id].row]
    if plan.groups[group].columns < 1:
        return []
    return _in_order(plan, rows)


def _in_order(plan: Plan, items: Sequence[str]) -> list[str]:
    rank = flow(plan, items)
    return sorted(items, key=lambda item: rank[item])


def flow(plan: Plan, items: Sequence[str]) -> dict[str, int]:
    """Return the rank of items by the wires between them or between what they hold."""
    known = set(items)
    pairs = []
    for wire in plan.wires:
        ends = [next((id for id in plan.chain(end) if id in known), None) for end in (wire.source, wire.target)]
        if ends[0] and ends[1] and ends[0] != ends[1]:
            pairs.append((ends[0], ends[1]))
    for hint in plan.hints:
        if hint.item in known and hint.other in known and hint.word in ("above", "below"):
            pairs.append((hint.other, hint.item) if hint.word == "below" else (hint.item, hint.other))
    return ranks(items, acyclic(items, pairs))


def expand(plan: Plan) -> Plan:
    """Return the plan with zones, tiers and copies as they are drawn."""
    zoned = {id: found for id in plan.groups if (found := tiers(plan, id))}
    if not zoned:
        return plan
    maker = _Maker(plan)
    for vpc, rows in zoned.items():
        maker.vpc(vpc, rows)
    return maker.plan()


class _Maker:
    def __init__(self, plan: Plan) -> None:
        self.old = plan
        self.boxes: dict[str, Box] = dict(plan.boxes)
        self.groups: dict[str, Group] = dict(plan.groups)
        self.ends: dict[str, list[End]] = {}
        self.homes: dict[str, int] = {}
        self.gateways: dict[str, str] = {}

    def vpc(self, vpc: str, rows: list[str]) -> None:
        """Draw the zones of one VPC, each with its own subnet of every tier."""
        count = self.groups[vpc].columns
        numbers = range(1, count + 1)
        overlays: list[str] = []
        across: list[str] = []
        for row in rows:
            spanning: list[str] = []
            inside = self._tier(vpc, row, count, overlays, spanning)
            across += spanning
            old = self.groups.pop(row)
            for zone in numbers:
                copy = replace(old, id=f"{row}@{zone}", parent=f"{vpc}@{zone}", children=tuple(inside[zone]), of=row,
                               members=tuple(spanning))  # fmt: skip
                self.groups[copy.id] = copy
            self.ends[row] = [(zone, f"{row}@{zone}") for zone in numbers]
        for zone in numbers:
            title = f"Availability Zone {zone}" if count > 1 else "Availability Zone"
            children = tuple(f"{row}@{zone}" for row in rows)
            self.groups[f"{vpc}@{zone}"] = Group(f"{vpc}@{zone}", title, "zone", _ZONE, vpc, children)
        self._gateway(vpc)
        others = [child for child in self.groups[vpc].children if child not in rows]
        zones = [f"{vpc}@{zone}" for zone in numbers]
        self.groups[vpc] = replace(self.groups[vpc], children=(*zones, *across, *overlays, *others))

    def _gateway(self, vpc: str) -> None:
        """Lead what enters a VPC's public tiers through its gateway, unless that would mix wires of several ends."""
        used = {end for wire in self.old.wires for end in (wire.source, wire.target)}
        gates = [id for id in self.old.groups[vpc].children if id in self.boxes and self.boxes[id].border]
        gate = next((id for id in gates if id not in used), None)
        entering = [wire for wire in self.old.wires if self._enters(wire, vpc)]
        alone = any(len({getattr(wire, end) for wire in entering}) == 1 for end in ("source", "target"))
        if gate is not None and alone and len({wire.style for wire in entering}) == 1:
            self.gateways |= {wire.id: gate for wire in entering}

    def _enters(self, wire: Wire, vpc: str) -> bool:
        inside = self.old.chain(wire.target)
        public = any(self.old.groups[id].open for id in inside[1:])
        return public and vpc in inside and vpc not in self.old.chain(wire.source) and not wire.both

    def _tier(self, vpc: str, row: str, count: int, overlays: list[str], across: list[str]) -> dict[int, list[str]]:
        """Spread what a tier holds over the zones; return what stands in each of them."""
        inside: dict[int, list[str]] = {zone: [] for zone in range(1, count + 1)}
        for item in self.groups[row].children:
            if item in self.groups and not self._spans(item):
                self._alone(item, row, inside)
            elif item in self.groups:
                self._overlay(item, vpc, inside, across, row)
                overlays.append(item)
            else:
                copies = self._spread(self.boxes[item], vpc, row, inside, across)
                envelope = self.boxes.get(item, self.old.boxes[item]).envelope
                if envelope and copies:
                    around = self._envelope(item, envelope, vpc, copies)
                    overlays.append(around)
                    self.ends[item] = [(None, around)]
        return inside

    def _spans(self, group: str) -> bool:
        """Whether a group inside a tier lies over the zones, because something that it holds does."""
        children = self.groups[group].children
        boxes = [self.boxes[child] for child in children if child in self.boxes]
        return len(boxes) == len(children) and any(box.spread != "one" for box in boxes)

    def _alone(self, item: str, row: str, inside: dict[int, list[str]]) -> None:
        """Put an item into one zone: that with the fewest of its tier, else where its neighbours stand."""
        near = [self.homes[end] for wire in self.old.wires for end in _other(wire, item) if end in self.homes]
        zone = min(inside, key=lambda zone: (len(inside[zone]), -near.count(zone), zone))
        inside[zone].append(item)
        self.homes[item] = zone
        if item in self.groups:
            self.groups[item] = replace(self.groups[item], parent=f"{row}@{zone}")
        else:
            self.boxes[item] = replace(self.boxes[item], parent=f"{row}@{zone}")
        self.ends[item] = [(zone, item)]

    def _spread(self, box: Box, vpc: str, row: str, inside: dict[int, list[str]], across: list[str]) -> list[str]:
        """Draw a node as its kind says; return its copies where it has one in each zone."""
        zones = list(inside)
        if box.spread == "across" and len(zones) > 1:
            self.boxes[box.id] = replace(box, parent=vpc)
            across.append(box.id)
        elif box.spread == "each" and len(zones) > 1:
            del self.boxes[box.id]
            for zone in zones:
                self._copy(box, zone, row, inside)
            self.ends[box.id] = [(zone, f"{box.id}@{zone}") for zone in zones]
            return [id for _, id in self.ends[box.id]]
        elif box.spread == "standby" and len(zones) > 1:
            inside[1].append(box.id)
            self.homes[box.id] = 1
            self.boxes[box.id] = replace(box, parent=f"{row}@1")
            other = replace(box, dim=box.second == "standby", caption=box.second, badges=())
            for zone in zones[1 : 1 + box.further]:
                self._copy(other, zone, row, inside)
            self.ends[box.id] = [(1, box.id)]
        else:
            self._alone(box.id, row, inside)
            return [box.id] if box.spread == "each" else []
        return []

    def _copy(self, box: Box, zone: int, row: str, inside: dict[int, list[str]]) -> None:
        id = f"{box.id}@{zone}"
        self.boxes[id] = replace(box, id=id, of=box.id, parent=f"{row}@{zone}")
        inside[zone].append(id)

    def _envelope(self, item: str, frame: Frame, vpc: str, copies: list[str]) -> str:
        """Lay a frame over all copies of a node."""
        id = f"{item}@all"
        box = self.old.boxes[item]
        self.groups[id] = Group(
            id, frame.label or box.title, box.kind, frame, vpc, (), of=item, overlay=True, members=tuple(copies)
        )
        return id

    def _overlay(self, item: str, vpc: str, inside: dict[int, list[str]], across: list[str], row: str) -> None:
        """Lay a group (a cluster) over the zones that its nodes stand in."""
        before = {zone: list(ids) for zone, ids in inside.items()}
        over: list[str] = []
        for child in self.groups[item].children:
            self._spread(self.boxes[child], vpc, row, inside, over)
        members = [id for zone, ids in inside.items() for id in ids if id not in before[zone]]
        across += over
        self.groups[item] = replace(
            self.groups[item], parent=vpc, children=(), overlay=True, members=(*members, *over)
        )  # fmt: skip

    def plan(self) -> Plan:
        """Return the finished plan, its boxes in the order of the blueprint."""
        place = {id: number for number, id in enumerate(self.old.boxes)}
        boxes = dict(sorted(self.boxes.items(), key=lambda entry: place[entry[1].of or entry[0]]))
        return replace(
            self.old,
            boxes=boxes,
            groups=_outer_first(self.groups),
            wires=tuple(self._wires(self.old.wires)),
            hints=tuple(
                replace(hint, item=one[1], other=two[1])
                for hint in self.old.hints
                for one, two in self._pairs(hint.item, hint.other)
            ),
        )

    def _pairs(self, first: str, second: str) -> list[tuple[End, End]]:
        """Return what is drawn for two nodes, pair by pair: those within each zone where both stand in all of them."""
        firsts, seconds = (self.ends.get(end, [(None, end)]) for end in (first, second))
        several = len(firsts) > 1 and len(seconds) > 1
        return [(one, two) for one in firsts for two in seconds if not several or one[0] == two[0]]

    def _wires(self, wires: Iterable[Wire]) -> Iterable[Wire]:
        """Yield the wires between what is drawn: within each zone where both ends stand in all of them."""
        for old in wires:
            wire = replace(old, via=self.gateways.get(old.id))
            pairs = self._pairs(wire.source, wire.target)
            for number, (one, two) in enumerate(pairs):
                if number == 0:
                    yield replace(wire, source=one[1], target=two[1], edge=wire.id if len(pairs) > 1 else "")
                else:
                    yield replace(wire, id=f"{wire.id}@{number + 1}", source=one[1], target=two[1], edge=wire.id,
                                  label=None, step=None)  # fmt: skip


def _other(wire: Wire, item: str) -> list[str]:
    """Return the far end of a wire that begins or ends at an item."""
    return [wire.target] if wire.source == item else [wire.source] if wire.target == item else []


def _outer_first(groups: dict[str, Group]) -> dict[str, Group]:
    """Sort groups so that each comes after the one around it, overlays last: they are drawn in this order."""
    found: dict[str, Group] = {}

    def add(id: str) -> None:
        parent = groups[id].parent
        if parent is not None and parent not in found:
            add(parent)
        found.setdefault(id, groups[id])

    for id in sorted(groups, key=lambda id: groups[id].overlay):
        add(id)
    return found
