"""Routing: every wire gets a right-angled way that keeps off all it does not belong to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from archkit.diagram.layout.measure import label_size
from archkit.diagram.plan import Wire
from archkit.diagram.route.coarse import Ends, coarse
from archkit.diagram.route.crossings import gaps
from archkit.diagram.route.grid import CLEAR, EXIT, Grid, Obstacle, Port, obstacles, ports
from archkit.diagram.route.legs import halves, joined, split, through
from archkit.diagram.route.nets import nets
from archkit.diagram.route.search import Quest, Searcher, Way
from archkit.diagram.route.spread import spread
from archkit.diagram.route.tracks import Path
from archkit.diagram.scene import Frame, Leaf, Point, Rect, Route, Scene

__all__ = ["route"]

_NEAR = 5  # grid lines that are nearer than this to another are left out
_MANY = 150  # wires; so many are found once
_LARGE = 150  # nodes; with so many the grid is coarse
_LOOP = 18  # how far a loop stands out from its node


def route(scene: Scene, taken: Mapping[str, set[int]] | None = None) -> None:
    """Find the ways of all wires of a scene and put them into `scene.routes`, in the order of the plan.

    Those for which there is too little room are `crowded`. Of a wire that has been crowded before, `taken` says which
    sides of its ends it keeps off if it can.
    """
    wires = split(wire for wire in scene.plan.wires if wire.source != wire.target)
    net = nets(scene.plan.wires)
    for wire in scene.plan.wires:
        if wire.via is not None:
            net |= dict.fromkeys((*halves(wire), wire.id), f"via {wire.via}")
    loops: dict[str, list[Point]] = {}
    for wire in scene.plan.wires:
        if wire.source == wire.target:
            inner = sum(other.source == wire.source for other in scene.plan.wires if other.id in loops)
            loops[wire.id] = _loop(scene, wire, inner)
    walls = obstacles(scene)
    for wire in scene.plan.wires:
        if wire.id in loops:
            walls.append(Obstacle(Rect.around(Rect(*p, *p) for p in loops[wire.id]).grow(CLEAR - 2), wire.source))
    ends = {wire.id: _ends(scene, wire, (taken or {}).get(wire.id, set())) for wire in wires}
    every = {wire.id: _ends(scene, wire, set()) for wire in wires if wire.id in (taken or {})}
    if len(scene.leaves) >= _LARGE:
        ends, every = coarse(ends, every)
    ways = _search(scene, wires, net, ends, every, walls)
    paths = []
    corners = Searcher(ways.grid).corners
    for wire in wires:
        way = ways.found.get(wire.id)
        if way is not None:
            scene.sides[wire.id] = way[0].side, way[2].side
            wide = label_size(wire)[1 if scene.vertical else 0]
            paths.append(Path(wire.id, net[wire.id], corners(way), (way[0], way[2]), (wire.source, wire.target), wide))
    crowded = spread(paths, walls)
    drawn = {path.id: tidy(path.points) for path in paths} | loops
    for wire in wires:
        if wire.id not in drawn:  # walled in on all sides: better drawn across something than not at all
            drawn[wire.id] = _plain(*ends[wire.id])
            crowded.add(wire.id)
    whole = {wire.id: joined(wire, drawn) for wire in scene.plan.wires}
    breaks = gaps([(wire.id, net[wire.id], whole[wire.id][0]) for wire in scene.plan.wires])
    scene.routes = [
        Route(wire, tuple(points), net[wire.id], tuple(breaks.get(wire.id, ())), hidden=hidden)
        for wire in scene.plan.wires
        for points, hidden in (whole[wire.id],)
    ]
    scene.crowded |= {id.partition("~")[0] for id in crowded}


class _Ways:
    def __init__(self, grid: Grid, found: dict[str, Way]) -> None:
        self.grid = grid
        self.found = found


def _item(scene: Scene, id: str) -> Leaf | Frame:
    return scene.leaves[id] if id in scene.leaves else scene.frames[id]


def _ends(scene: Scene, wire: Wire, taken: set[int]) -> tuple[list[Port], list[Port]]:
    """Return the ports that a wire may use at its source and at its target."""
    source, target = _item(scene, wire.source), _item(scene, wire.target)
    outer = wire.source in scene.plan.chain(wire.target), wire.target in scene.plan.chain(wire.source)
    starts, ends = ports(source, _middle(target), outer[0]), ports(target, _middle(source), outer[1])
    starts, ends = through(scene, wire, wire.source, starts), through(scene, wire, wire.target, ends)
    return ([port for port in starts if port.side not in taken] or starts,
            [port for port in ends if port.side not in taken] or ends)  # fmt: skip


def _middle(item: Leaf | Frame) -> Point:
    return item.icon.center if isinstance(item, Leaf) else item.rect.center


def _search(
    scene: Scene,
    wires: list[Wire],
    net: dict[str, str],
    ends: Ends,
    every: Ends,
    walls: list[Obstacle],
) -> _Ways:
    """Find all ways: short ones first, then once more those that cross another.

    Where `ends` leave a wire no way at all, it takes one of `every` port.
    """
    exits = [port.exit for pair in (*ends.values(), *every.values()) for side in pair for port in side]
    xs, ys = _lines(scene, (point.x for point in exits), True), _lines(scene, (point.y for point in exits), False)
    grid = Grid(xs, ys, walls, {id: frame.rect for id, frame in scene.frames.items()})
    searcher = Searcher(grid, len(wires))
    found: dict[str, Way] = {}
    quests = {wire.id: _quest(scene, wire, net[wire.id], *ends[wire.id]) for wire in wires}
    for wire in sorted(wires, key=lambda wire: (_distance(scene, wire), wire.id)):
        way = searcher.find(quests[wire.id])
        if way is None and wire.id in every:
            way = searcher.find(_quest(scene, wire, net[wire.id], *every[wire.id]))
        if way is not None:
            found[wire.id] = way
            searcher.mark(way, net[wire.id])
    for wire in wires if len(wires) < _MANY else ():
        old = found.get(wire.id)
        if old is not None and searcher.crossings(old, net[wire.id]):
            searcher.mark(old, net[wire.id], -1)
            new = searcher.find(quests[wire.id]) or old
            found[wire.id] = new
            searcher.mark(new, net[wire.id])
    return _Ways(grid, found)


def _quest(scene: Scene, wire: Wire, net: str, starts: list[Port], ends: list[Port]) -> Quest:
    """Gather what the search needs to know of a wire.

    A wire turns near the end that it shares with others; one with a label near its source, so that the rest has room
    for it; else midway.
    """
    way = _facing(scene, wire)
    axis = 1 if way[0] == 0 else 0
    side = way[axis] or 1
    start = max(port.exit[axis] * side for port in starts) * side
    end = min(port.exit[axis] * side for port in ends) * side
    if net.startswith("target "):
        turn_at = end
    elif net.startswith("source ") or wire.label:
        turn_at = start
    else:
        turn_at = (start + end) / 2
    homes = frozenset((*scene.plan.chain(wire.source), *scene.plan.chain(wire.target)))
    return Quest(net, starts, ends, way, homes, turn_at)


def _lines(scene: Scene, exits: Iterable[float], down: bool) -> list[float]:
    """Return the grid lines: through all exits, and beside everything that is drawn where there is none nearby."""
    rects = [leaf.rect for leaf in scene.leaves.values()]
    rects += [rect for frame in scene.frames.values() for rect in (frame.rect, frame.head)]
    sides = [(rect.left, rect.right) if down else (rect.top, rect.bottom) for rect in rects]
    found = sorted(set(exits))
    near_by = _NEAR if len(scene.leaves) < _LARGE else 4 * _NEAR
    for line in sorted({line for low, high in sides for line in (low - EXIT, high + EXIT)}):
        place = bisect_left(found, line)
        if all(abs(line - near) >= near_by for near in found[max(place - 1, 0) : place + 1]):
            found.insert(place, line)
    return found


def _distance(scene: Scene, wire: Wire) -> float:
    one, two = _middle(_item(scene, wire.source)), _middle(_item(scene, wire.target))
    return abs(one.x - two.x) + abs(one.y - two.y)


def _facing(scene: Scene, wire: Wire) -> tuple[int, int]:
    """Return the direction in which a wire should leave: along the flow unless both ends stand on one line across
    it."""
    one, two = _item(scene, wire.source), _item(scene, wire.target)
    first, second = (item.icon if isinstance(item, Leaf) else item.rect for item in (one, two))
    dx = (second.left > first.right) - (first.left > second.right)
    dy = (second.top > first.bottom) - (first.top > second.bottom)
    if scene.vertical:
        return (0, dy) if dy else (dx, 0)
    return (dx, 0) if dx else (0, dy)


def _loop(scene: Scene, wire: Wire, inner: int) -> list[Point]:
    """Return the way of a wire from a node to itself, round one of the icon's upper corners.

    `inner` is the number of loops that the node has already. They take turns at both corners, the right one first
    unless there are badges; from the third on they go round the others.
    """
    item = _item(scene, wire.source)
    rect = item.icon if isinstance(item, Leaf) else item.rect
    assert rect is not None
    right = (inner % 2 == 0) != (isinstance(item, Leaf) and bool(item.badges))
    sign, side = (1, rect.right) if right else (-1, rect.left)
    turn = inner // 2
    out, y, x = _LOOP + 20 * turn, rect.top + 9 + 8 * turn, side - sign * (14 + 8 * turn)
    return [Point(side, y), Point(side + sign * out, y), Point(side + sign * out, rect.top - out),
            Point(x, rect.top - out), Point(x, rect.top)]  # fmt: skip


def _plain(starts: list[Port], ends: list[Port]) -> list[Point]:
    """Return a way with one bend between the nearest ports, whatever stands between."""
    one, two = min(
        ((start.at, end.at) for start in starts for end in ends),
        key=lambda pair: abs(pair[0].x - pair[1].x) + abs(pair[0].y - pair[1].y),
    )
    return tidy([one, Point(two.x, one.y), two])


def tidy(points: list[Point]) -> list[Point]:
    """Leave out corners at which nothing turns."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (kept[-2].x == kept[-1].x == point.x or kept[-2].y == kept[-1].y == point.y):
            kept.pop()
        kept.append(point)
    return kept
