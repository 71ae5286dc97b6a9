// Measures the boxes that a browser really draws, by the classes of the picture's contract, and returns what is wrong.
// Gets {svg: text, room: px that wires keep from what is not theirs, via: edge -> the gateway behind which it passes,
// across: groups over all zones}; returns {faults, nodes, groups, edges}.
async ({ svg, room, via, across }) => {
  document.body.innerHTML = svg;
  document.body.style.margin = 0;
  const root = document.querySelector("svg.archkit");
  root.style.maxWidth = "none"; // at its own size, so that px are px
  root.getBoundingClientRect(); // asks for the picture's font
  await document.fonts.ready;
  const origin = root.getBoundingClientRect();
  const faults = [];
  const fault = (text, ...boxes) => faults.push(text + boxes.map((box) => ` [${told(box)}]`).join(""));
  const told = (box) => [box.left, box.top, box.right, box.bottom].map((value) => value.toFixed(1)).join(" ");
  const box = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left: left - origin.left, top: top - origin.top, right: right - origin.left, bottom: bottom - origin.top };
  };
  const grow = (it, by) => ({ left: it.left - by, top: it.top - by, right: it.right + by, bottom: it.bottom + by });
  const holds = (out, it) =>
    out.left <= it.left && out.top <= it.top && out.right >= it.right && out.bottom >= it.bottom;
  const meets = (one, two) =>
    one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom;
  const union = (all) => ({
    left: Math.min(...all.map((it) => it.left)), top: Math.min(...all.map((it) => it.top)),
    right: Math.max(...all.map((it) => it.right)), bottom: Math.max(...all.map((it) => it.bottom)),
  });
  // A line of text is as wide as the browser sets it, and as high as its letters, not as its font's line.
  const lines = (text) => [...(text.querySelector("tspan") ? text.querySelectorAll("tspan") : [text])].map((line) => {
    const real = box(line), size = parseFloat(getComputedStyle(line).fontSize);
    const middle = (real.top + real.bottom) / 2;
    return { ...real, top: middle - size * 0.45, bottom: middle + size * 0.45 };
  });
  // An icon takes the whole of its square, however much of it the glyph fills.
  const square = (use) => {
    const view = root.viewBox.baseVal, left = use.x.baseVal.value - view.x, top = use.y.baseVal.value - view.y;
    return { left, top, right: left + use.width.baseVal.value, bottom: top + use.height.baseVal.value };
  };
  const own = (group, selector) => [...group.querySelectorAll(selector)];
  const nodes = own(root, "g.node").map((group) => {
    const card = group.querySelector("rect.card");
    const icon = card ? box(card) : square(group.querySelector("use"));
    const texts = own(group, "text").flatMap(lines), badges = own(group, "rect.badge").map(box);
    return { id: group.dataset.node, parent: group.dataset.parent, icon, texts, badges,
             whole: union([icon, ...texts, ...badges]) };
  });
  const groups = own(root, "g.group").map((group) => {
    const corner = group.querySelector("use");
    return { id: group.dataset.group, parent: group.dataset.parent, frame: box(group.querySelector("rect.frame")),
             texts: lines(group.querySelector("text.title")), icon: corner && square(corner) };
  });
  const edges = own(root, "g.edge").map((group) => {
    const wire = group.querySelector("path.wire"), length = wire.getTotalLength(), points = [];
    const view = root.viewBox.baseVal;
    for (let at = 0; at <= length; at += 3) points.push(wire.getPointAtLength(at));
    points.push(wire.getPointAtLength(length));
    const label = group.querySelector("text.label");
    return { id: group.dataset.edge, from: group.dataset.from, to: group.dataset.to,
             points: points.map((point) => ({ x: point.x - view.x, y: point.y - view.y })),
             texts: label ? lines(label) : [], discs: own(group, "circle.disc").map(box) };
  });
  // every text, every icon: whose it is, and what
  const solids = [
    ...nodes.flatMap((node) => [[node, "icon", node.icon], ...node.texts.map((text) => [node, "text", text]),
                                ...node.badges.map((badge) => [node, "badge", badge])]),
    ...groups.flatMap((group) => [...group.texts.map((text) => [group, "title", text]),
                                  ...(group.icon ? [[group, "corner icon", group.icon]] : [])]),
    ...edges.flatMap((edge) => [...edge.texts.map((text) => [edge, "label", text]),
                                ...edge.discs.map((disc) => [edge, "step", disc])]),
    ...own(root, ".legend text.note").flatMap(lines).map((text) => [{ id: "legend" }, "legend", text]),
    ...own(root, "text.heading").flatMap(lines).map((text) => [{ id: "heading" }, "heading", text]),
  ];
  const page = grow({ left: 0, top: 0, right: origin.width, bottom: origin.height }, 0.5);
  for (const [it, what, where] of solids) if (!holds(page, where)) fault(`the ${what} of ${it.id} is cut off`, where);
  nodes.forEach((one, at) => nodes.slice(at + 1).forEach((two) => {
    if (meets(grow(one.whole, -0.5), two.whole)) fault(`${one.id} overlaps ${two.id}`, one.whole, two.whole);
  }));
  solids.forEach(([one, what, here], at) => solids.slice(at + 1).forEach(([two, its, there]) => {
    if (its === "badge" && what === "icon" && one === two) return; // a badge stands on its node's corner
    if (meets(grow(here, -0.5), grow(there, -0.5)))
      fault(`the ${what} of ${one.id} overlaps the ${its} of ${two.id}`, here, there);
  }));
  const framed = (id) => groups.filter((group) => group.id === id);
  const onLine = (it, frame) => {
    const x = (it.left + it.right) / 2, y = (it.top + it.bottom) / 2;
    return holds(grow(frame, 1), { left: x, right: x, top: y, bottom: y }) &&
      Math.min(...[x - frame.left, x - frame.right, y - frame.top, y - frame.bottom].map(Math.abs)) < 1;
  };
  for (const node of nodes)
    if (node.parent && !framed(node.parent).some((group) => holds(group.frame, node.whole) ||
        onLine(node.icon, group.frame)))
      fault(`${node.id} is not inside of ${node.parent}`, node.whole, ...framed(node.parent).map((it) => it.frame));
  const over = new Set([...nodes.map((node) => node.id), ...across]); // their frames lie over the zones of their VPC
  for (const group of groups)
    if (group.parent && !framed(group.parent).some((outer) => holds(outer.frame, group.frame)))
      fault(`${group.id} is not inside of ${group.parent}`, group.frame);
  const apart = (one, two) => !meets(grow(one, -0.5), two) || holds(one, two) || holds(two, one);
  const crosses = (one, two) => over.has(one.id) && !over.has(two.id) && one.parent !== two.id &&
    framed(one.parent).some((outer) => holds(outer.frame, two.frame));
  groups.forEach((one, at) => groups.slice(at + 1).forEach((two) => {
    if (!crosses(one, two) && !crosses(two, one) && !apart(one.frame, two.frame))
      fault(`the frames of ${one.id} and ${two.id} cross`, one.frame, two.frame);
  }));
  for (const node of nodes) for (const group of groups) {
    const its = [node.id, node.parent].includes(group.id);
    if (over.has(group.id) && !its && meets(grow(node.whole, -0.5), group.frame))
      fault(`${node.id} stands in ${group.id}, where it does not belong`, node.whole, group.frame);
  }
  const distance = (point, it) => Math.hypot(Math.max(it.left - point.x, 0, point.x - it.right),
                                             Math.max(it.top - point.y, 0, point.y - it.bottom));
  const corners = groups.flatMap((group) => [group.frame.left, group.frame.right].flatMap((x) =>
    [group.frame.top, group.frame.bottom].map((y) => [group, "corner", { left: x, right: x, top: y, bottom: y }])));
  const inside = (point, it) => it.left < point.x && point.x < it.right && it.top < point.y && point.y < it.bottom;
  for (const edge of edges) {
    const ends = [[edge.points[0], edge.from], [edge.points[edge.points.length - 1], edge.to]];
    for (const [point, id] of ends) {
      const near = nodes.some((node) => node.id === id && inside(point, grow(node.whole, 12))) ||
        framed(id).some(({ frame }) => inside(point, grow(frame, 12)) && !inside(point, grow(frame, -12)));
      if (!near) fault(`${edge.id} does not end at ${id}: ${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
    }
    for (const [it, what, where] of [...solids, ...corners]) {
      if (it === edge) continue; // a label stands on its own wire
      const mine = [edge.from, edge.to, via[edge.id]].includes(it.id) || what === "label" || what === "step";
      const point = edge.points.find((point) => mine ? inside(point, grow(where, -1)) : distance(point, where) < room);
      if (point) fault(`${edge.id} runs through the ${what} of ${it.id} at ${point.x.toFixed(1)} ${point.y.toFixed(1)}`,
                       where);
    }
  }
  const text = (group) => own(group, "text.label").map((label) => [...(label.querySelector("tspan")
    ? label.querySelectorAll("tspan") : [label])].map((line) => line.textContent).join(" ")).join("");
  return { faults, nodes: nodes.map((node) => node.id), groups: groups.map((group) => group.id),
           edges: own(root, "g.edge").map((group) => [group.dataset.edge, text(group)]) };
}
