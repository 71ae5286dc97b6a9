// The picture as things to choose: its nodes, groups and edges by id, and what is lit of them.

const picture = {svg: null, nodes: new Map(), edges: new Map(), parents: new Map()};

const words = (element, name) => {
  const found = element.querySelector(`:scope > text.${name}, :scope > a > text.${name}`);
  if (!found) return "";
  const lines = [...found.querySelectorAll("tspan")].map((line) => line.textContent);
  return (lines.length ? lines.join(" ") : found.textContent).trim();
};

/** Read the picture that stands on the sheet. */
function readPicture() {
  picture.svg = at("sheet").querySelector("svg");
  for (const map of [picture.nodes, picture.edges, picture.parents]) map.clear();
  for (const link of picture.svg.querySelectorAll("a")) link.replaceWith(...link.childNodes);  // the panel has the link
  for (const element of picture.svg.querySelectorAll("g.group, g.node")) {
    const group = isFrame(element), id = group ? element.dataset.group : element.dataset.node;
    const label = words(element, group ? "title" : "name");
    const known = picture.nodes.get(id) || {id, group, label, kind: element.dataset.kind, caption: words(element, "caption"), elements: [], boxes: []};
    known.elements.push(element);
    picture.nodes.set(id, known);
    if (element.dataset.parent) picture.parents.set(id, (picture.parents.get(id) || new Set()).add(element.dataset.parent));
  }
  for (const element of picture.svg.querySelectorAll("g.edge")) {
    const {edge: id, from, to} = element.dataset;
    const known = picture.edges.get(id) || {id, from, to, label: words(element, "label"), elements: []};
    known.elements.push(element);
    picture.edges.set(id, known);
  }
  dressPicture();
}

const isFrame = (element) => element.classList.contains("group");

/** Make the picture's things reachable by keyboard and easy to hit. */
function dressPicture() {
  const {svg, nodes, edges} = picture;
  svg.setAttribute("role", "group");
  for (const {elements} of edges.values()) {
    for (const element of elements) {
      const hit = element.querySelector(".wire").cloneNode();
      hit.setAttribute("class", "hit");
      element.prepend(hit);
    }
  }
  const boxes = [...nodes.values()].flatMap((node) => node.elements.map((element) => [node, element, element.getBBox()]));
  for (const [node, element, box] of boxes) {
    node.boxes.push({box, element});
    if (!isFrame(element)) element.prepend(draw("rect", {class: "ring", x: box.x - 5, y: box.y - 5, width: box.width + 10, height: box.height + 10, rx: 8}));
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "0");
    element.setAttribute("aria-expanded", "false");
    element.setAttribute("aria-label", spoken(node));
  }
}

const colorOf = (element) => {
  const icon = element.querySelector(":scope > use"), frame = element.querySelector(":scope > .frame");
  return (icon && icon.getAttribute("color")) || getComputedStyle(frame || element).stroke;
};

const titleOf = (id) => {
  const told = facts.nodes && facts.nodes[id], drawn = picture.nodes.get(id);
  return (told && told.label) || (drawn && drawn.label) || id;
};

function spoken(node) {
  const ties = [...picture.edges.values()].filter((edge) => edge.from === node.id || edge.to === node.id).length;
  return [titleOf(node.id), node.kind, node.caption, ties ? many(ties, "edge") : ""].filter(Boolean).join(", ");
}

/** Return the groups around something, of every copy of it. */
function around(id, found = new Set()) {
  for (const group of picture.parents.get(id) || []) {
    if (found.has(group)) continue;
    found.add(group);
    around(group, found);
  }
  return found;
}

/** Return the ids of what belongs to a node or an edge: what it is tied to, and by which edges. */
function neighbourhood({node, edge}) {
  const nodes = new Set(), edges = new Set();
  if (edge !== undefined) {
    const {from, to} = picture.edges.get(edge);
    edges.add(edge);
    nodes.add(from).add(to);
  } else {
    for (const id of picture.nodes.keys()) if (id === node || around(id).has(node)) nodes.add(id);
    const inner = new Set(nodes);
    for (const {id, from, to} of picture.edges.values()) {
      if (!inner.has(from) && !inner.has(to)) continue;
      edges.add(id);
      nodes.add(from).add(to);
    }
  }
  for (const id of [...nodes]) around(id, nodes);
  return {nodes, edges};
}

/** Light some nodes and edges and dim all others; nothing lights everything. */
function light(lit) {
  picture.svg.classList.toggle("lit", !!lit);
  for (const {id, elements} of picture.nodes.values()) for (const element of elements) element.classList.toggle("on", !!lit && lit.nodes.has(id));
  for (const {id, elements} of picture.edges.values()) for (const element of elements) element.classList.toggle("on", !!lit && lit.edges.has(id));
}

const elementsOf = (thing) => {
  const found = thing.edge !== undefined ? picture.edges.get(thing.edge) : picture.nodes.get(thing.node);
  return found ? found.elements : [];
};

/** Return what an element of the picture stands for, or null. */
function thingAt(element) {
  const found = element.closest && element.closest("g.node, g.group, g.edge");
  if (!found || !picture.svg.contains(found)) return null;
  if (found.dataset.edge !== undefined) return {edge: found.dataset.edge};
  return {node: found.dataset.node !== undefined ? found.dataset.node : found.dataset.group};
}

/** Return the nearest node or group on one side of another: dx and dy say which. */
function nextTo(element, dx, dy) {
  const middle = (one) => {
    const box = (one.querySelector(":scope > use, :scope > .title, :scope > .card") || one).getBoundingClientRect();
    return {x: box.left + box.width / 2, y: box.top + box.height / 2};
  };
  const here = middle(element);
  let best = null, least = Infinity;
  for (const {elements} of picture.nodes.values()) {
    for (const other of elements) {
      if (other === element) continue;
      const there = middle(other), x = there.x - here.x, y = there.y - here.y;
      const along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along > 1 && along + 2.5 * aside < least) [best, least] = [other, along + 2.5 * aside];
    }
  }
  return best;
}
