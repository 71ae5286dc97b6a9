"""A judge of laid-out scenes that shares nothing with the layout but the scene's geometry."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from archkit.diagram.scene import Leaf, Point, Rect, Route, Scene

__all__ = ["crossings", "faults"]

_ON = 2.5  # an end may stand this far from what it ends at


def faults(scene: Scene) -> Iterator[str]:
    """Yield everything that is wrong with a scene."""
    yield from _overlaps(scene)
    yield from _nesting(scene)
    yield from _zones(scene)
    for route in scene.routes:
        yield from _ends(scene, route)
        yield from _through(scene, route)
    yield from _shared(scene)
    yield from _labels(scene)
    drawn = {route.wire.id for route in scene.routes}
    yield from (f"{wire.id} is not drawn" for wire in scene.plan.wires if wire.id not in drawn)


def _solids(scene: Scene) -> Iterator[tuple[str, str, Rect]]:
    for id, leaf in scene.leaves.items():
        yield id, "icon", leaf.icon
        for line in (*leaf.name, *leaf.caption):
            yield id, "name", line.rect
        for badge in leaf.badges:
            yield id, "badge", badge
    for id, frame in scene.frames.items():
        yield id, "title", frame.title_rect
        if frame.icon:
            yield id, "corner icon", frame.icon


def _overlaps(scene: Scene) -> Iterator[str]:
    for one, two in combinations(scene.leaves.values(), 2):
        if one.rect.overlaps(two.rect):
            yield f"{one.box.id} overlaps {two.box.id}"
    for leaf in scene.leaves.values():
        for id, frame in scene.frames.items():
            if frame.head.overlaps(leaf.rect):
                yield f"{leaf.box.id} overlaps the title of {id}"
            if id not in _around(scene, leaf.box.id) and frame.rect.overlaps(leaf.rect):
                yield f"{leaf.box.id} stands in {id}, where it does not belong"
    for one, two in combinations(scene.frames.values(), 2):
        nested = one.group.id in scene.plan.chain(two.group.id) or two.group.id in scene.plan.chain(one.group.id)
        overlay = one.group.overlay or two.group.overlay
        if not nested and not overlay and one.rect.overlaps(two.rect):
            yield f"frames {one.group.id} and {two.group.id} overlap"


def _around(scene: Scene, id: str) -> list[str]:
    """Return a node, the groups that hold it, and the frames over all zones that hold its copies."""
    over = [group.id for group in scene.plan.groups.values() if id in group.members and group.overlay]
    return [*scene.plan.chain(id), *over]


def _zones(scene: Scene) -> Iterator[str]:
    """Yield what is wrong with zones: they are equal columns, and each tier is a row of equal subnets."""
    for vpc, group in scene.plan.groups.items():
        zones = [child for child in group.children if scene.plan.groups.get(child, group).kind == "zone"]
        rows = [[scene.frames[zone].rect for zone in zones]] if zones else []
        tiers = zip(*(scene.plan.groups[zone].children for zone in zones), strict=True)
        rows += [[scene.frames[subnet].rect for subnet in tier] for tier in tiers]
        for row in rows:
            if len({(round(rect.top, 3), round(rect.bottom, 3), round(rect.width, 3)) for rect in row}) > 1:
                yield f"a row of {vpc} is uneven"
            if any(one.right > two.left for one, two in pairwise(row)):
                yield f"the zones of {vpc} are out of order"
        for overlay in (group for group in scene.plan.groups.values() if group.overlay and group.parent == vpc):
            held = [id for id in overlay.members if not scene.frames[overlay.id].rect.holds(scene.leaves[id].rect)]
            yield from (f"{id} is not inside of {overlay.id}" for id in held)


def _nesting(scene: Scene) -> Iterator[str]:
    for id in scene.plan.items():
        parent = scene.plan.parent(id)
        in_row = any(scene.plan.groups[group].row for group in scene.plan.chain(id)[1:])
        if parent is not None and id in scene.leaves and scene.leaves[id].box.border and not in_row:
            center, (left, top, right, bottom) = scene.leaves[id].icon.center, scene.frames[parent].rect
            off = min(abs(center.x - left), abs(center.x - right), abs(center.y - top), abs(center.y - bottom))
            if off > 0.5:
                yield f"{id} is not on the frame of {parent}"
        elif parent is not None and not scene.frames[parent].rect.grow(-2).holds(scene.rect(id)):
            yield f"{id} is not inside of {parent}"


def _segments(route: Route) -> Iterator[Rect]:
    for number, (one, two) in enumerate(pairwise(route.points)):
        if number == route.hidden:
            continue  # behind the gateway that it passes through
        yield Rect(min(one.x, two.x), min(one.y, two.y), max(one.x, two.x), max(one.y, two.y))


def _ends(scene: Scene, route: Route) -> Iterator[str]:
    for number, (one, two) in enumerate(pairwise(route.points)):
        if number != route.hidden and one.x != two.x and one.y != two.y:
            yield f"{route.wire.id} is not right-angled"
    for id, point in ((route.wire.source, route.points[0]), (route.wire.target, route.points[-1])):
        if not _is_on(scene, id, point):
            yield f"{route.wire.id} does not end at {id}"
    last, before = route.points[-1], route.points[-2]
    chains = scene.plan.chain(route.wire.source), scene.plan.chain(route.wire.target)
    nested = route.wire.source in chains[1] or route.wire.target in chains[0]  # the frame is as near as it can be
    if not nested and abs(last.x - before.x) + abs(last.y - before.y) < 10:
        yield f"{route.wire.id} has no room for its arrowhead"


def _is_on(scene: Scene, id: str, point: Point) -> bool:
    item = scene.leaves.get(id)
    if isinstance(item, Leaf):
        return item.rect.grow(_ON).holds(Rect(*point, *point))
    left, top, right, bottom = scene.frames[id].rect
    inside = left - _ON <= point.x <= right + _ON and top - _ON <= point.y <= bottom + _ON
    at_line = min(abs(point.x - left), abs(point.x - right), abs(point.y - top), abs(point.y - bottom)) <= _ON
    return inside and at_line


def _through(scene: Scene, route: Route) -> Iterator[str]:
    """Yield what a wire runs through or comes nearer to than 8 px."""
    own = {route.wire.source, route.wire.target, route.wire.via}
    for id, what, rect in _solids(scene):
        room = rect.grow(-0.5) if id in own else rect.grow(8)
        if any(_meets(segment, room) for segment in _segments(route)):
            yield f"{route.wire.id} runs through the {what} of {id}"
    for id, frame in scene.frames.items():
        left, top, right, bottom = frame.rect
        for segment in _segments(route):
            along = (segment.width == 0 and min(abs(segment.left - left), abs(segment.left - right)) < 4
                     and segment.top < bottom and top < segment.bottom) or (
                     segment.height == 0 and min(abs(segment.top - top), abs(segment.top - bottom)) < 4
                     and segment.left < right and left < segment.right)  # fmt: skip
            if along and segment.width + segment.height > 12:
                yield f"{route.wire.id} runs along the frame of {id}"


def _meets(segment: Rect, rect: Rect) -> bool:
    return (
        segment.left < rect.right
        and rect.left < segment.right
        and segment.top < rect.bottom
        and rect.top < segment.bottom
        if segment.width and segment.height
        else segment.left <= rect.right - 0.01
        and rect.left + 0.01 <= segment.right
        and segment.top <= rect.bottom - 0.01
        and rect.top + 0.01 <= segment.bottom
    )


def _shared(scene: Scene) -> Iterator[str]:
    """Yield wires of different bundles that lie on or almost on one another."""
    for one, two in combinations(scene.routes, 2):
        if one.net == two.net:
            continue
        for mine in _segments(one):
            for its in _segments(two):
                down = mine.width == 0 and its.width == 0 and abs(mine.left - its.left) < 3
                across = mine.height == 0 and its.height == 0 and abs(mine.top - its.top) < 3
                length = min(mine.bottom, its.bottom) - max(mine.top, its.top) if down else 0
                length = min(mine.right, its.right) - max(mine.left, its.left) if across else length
                if (down or across) and length > 3:
                    yield f"{one.wire.id} lies on {two.wire.id}"


def _labels(scene: Scene) -> Iterator[str]:
    labelled = [route for route in scene.routes if route.label]
    for route in scene.routes:
        if (route.wire.label or route.wire.step is not None) and not route.label:
            yield f"{route.wire.id} has lost its label"
    for one, two in combinations(labelled, 2):
        if one.label and two.label and one.label.rect.overlaps(two.label.rect):
            yield f"the labels of {one.wire.id} and {two.wire.id} overlap"
    for route in labelled:
        assert route.label is not None
        rect = route.label.rect.grow(-0.5)
        for id, what, solid in _solids(scene):
            if rect.overlaps(solid):
                yield f"the label of {route.wire.id} overlaps the {what} of {id}"
        for other in scene.routes:
            if other is not route and any(_meets(segment, rect) for segment in _segments(other)):
                yield f"the label of {route.wire.id} stands on {other.wire.id}"
        near = rect.grow(8)
        if not any(_meets(segment, near) for segment in _segments(route)):
            yield f"the label of {route.wire.id} is far from its wire"


def crossings(scene: Scene) -> int:
    """Return how often wires of different bundles cross."""
    count = 0
    for one, two in combinations(scene.routes, 2):
        if one.net != two.net:
            count += sum(_crosses(mine, its) for mine in _segments(one) for its in _segments(two))
    return count


def _crosses(one: Rect, two: Rect) -> bool:
    across, down = (one, two) if one.height == 0 else (two, one)
    if across.height or down.width:
        return False
    return across.left < down.left < across.right and down.top < across.top < down.bottom
