// The panel: what a node or an edge is, what was written, and what it became.

const KEY = /^(\s*(?:- )*)([\w$.:/*-]+(?:(?: ->|,) [\w$.:/*-]+)*|"[^"]*"|'[^']*')(:)(?=\s|$)/;

/** Return the icon of a node as a small picture; of an edge, an arrow. */
function face(thing) {
  const small = draw("svg", {viewBox: "0 0 48 48", "aria-hidden": "true", class: "face"});
  const drawn = thing.node !== undefined && picture.nodes.get(thing.node);
  const use = drawn && drawn.elements[0].querySelector(":scope > use");
  if (use) {
    const copy = draw("use", {href: use.getAttribute("href"), class: use.getAttribute("class") || "", width: 48, height: 48});
    small.style.color = use.getAttribute("color") || getComputedStyle(drawn.elements[0]).color;
    small.append(copy);
  } else small.append(draw("path", {class: "stroke", d: drawn ? "M8 10h32v28H8z" : "M6 24h34M28 12l12 12l-12 12"}));
  return small;
}

/** Return code with the numbers of its lines, its keys marked. */
function code(text, first) {
  const made = make("pre", {class: first ? "code numbered" : "code"});
  text.split("\n").forEach((line, index) => {
    const row = make("span", {class: "row"});
    if (first) row.append(make("i", {}, String(first + index)));
    const indent = /^[\s-]*/.exec(line)[0].length, key = KEY.exec(line);
    const cell = make("span", {});
    cell.style.setProperty("--indent", `${indent}ch`);
    if (key) cell.append(key[1], make("b", {}, key[2]), line.slice(key[0].length - 1));
    else cell.append(line || " ");
    row.append(cell);
    made.append(row);
  });
  return made;
}

const section = (title, ...children) => children.filter(Boolean).length ? make("section", {}, make("h3", {}, title), ...children) : null;
const paragraph = (text, look) => text ? make("p", {class: look}, text) : null;

/** Return a button that leads to a node or an edge, or plain text where it is not drawn. */
function way(thing, ...label) {
  const known = elementsOf(thing).length > 0;
  if (!known) return make("span", {class: "way"}, ...label);
  const made = make("button", {type: "button", class: "way"}, ...label);
  made.addEventListener("click", () => choose(thing));
  return made;
}

function wordsOf(id) {
  const told = (facts.edges || {})[id];
  if (!told) return (picture.edges.get(id) || {}).label || "";
  return told.label || (told.does || []).map((effect) => effect.word).join(", ");
}

function tie(id, here) {
  const told = (facts.edges || {})[id] || {}, drawn = picture.edges.get(id);
  const source = told.source || drawn.from, target = told.target || drawn.to, leaves = source === here;
  const other = leaves ? target : source;
  return make("li", {}, way(drawn ? {edge: id} : {node: other}, make("span", {class: "arrow", "aria-label": leaves ? "to" : "from"}, leaves ? "→" : "←"),
    face({node: other}), make("span", {}, make("b", {}, titleOf(other)), make("small", {}, wordsOf(id) || (told.id ? "drawn only" : "")))));
}

function resource(id) {
  const {type, stack, text, owner} = (facts.resources || {})[id] || {type: "", text: ""};
  const several = new Set(Object.values(facts.resources || {}).map((one) => one.stack)).size > 1;
  const made = make("details", {"data-resource": id}, make("summary", {}, make("b", {}, id), make("small", {}, several ? `${type} in ${stack}` : type)));
  made.addEventListener("toggle", () => {
    if (!made.open || made.querySelector("pre")) return;
    const copy = make("button", {type: "button", class: "copy"}, "Copy");
    copy.addEventListener("click", () => navigator.clipboard.writeText(text).then(() => say("Copied"), () => say("The browser does not allow it")));
    made.append(make("div", {class: "sheet"}, code(text), copy));
  });
  return made;
}

/** Return a logical id or an ARN, leading to the node that owns the resource where there is one. */
function target(text) {
  const found = (facts.resources || {})[text.split(/[^A-Za-z0-9]/)[0]];
  return found && found.owner && picture.nodes.has(found.owner) ? way({node: found.owner}, text) : make("code", {}, text);
}

function right({effect, principal, actions, resources, condition}) {
  const limits = Object.entries(condition || {}).flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) => `${key} ${operator} ${value}`));
  return make("li", {class: effect === "Deny" ? "right deny" : "right"},
    make("p", {}, target(principal), effect === "Deny" ? " may never" : " may"),
    make("ul", {class: "actions"}, ...actions.map((action) => make("li", {}, make("code", {}, action)))),
    resources.length ? make("p", {class: "on"}, "on ", ...resources.flatMap((one, index) => [index ? ", " : "", target(one)])) : null,
    ...limits.map((limit) => make("p", {class: "if"}, "if ", make("code", {}, limit))));
}

const list = (look, items) => items.length ? make("ul", {class: look}, ...items) : null;
const pairs = (entries) => entries.length ? make("dl", {class: "pairs"}, ...entries.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))) : null;

function link(address) {
  if (!address) return null;
  let safe = false;
  try {
    safe = ["http:", "https:", "mailto:"].includes(new URL(address, "https://relative.invalid/").protocol);
  } catch { /* no address at all */ }
  return safe ? make("p", {}, make("a", {href: address, rel: "noopener noreferrer", target: "_blank"}, address)) : null;
}

function became(told) {
  return [
    section("Resources", ...(told.resources || []).map(resource)),
    section("Rights", list("rights", (told.rights || []).map(right))),
    section("Environment", pairs(Object.entries(told.environment || {}))),
    section("Changes", pairs((told.changes || []).map((one) => [`${one.resource}.${one.property}`, one.value]))),
    section("Remarks", list("remarks", (told.notes || []).map((note) => make("li", {}, note)))),
  ];
}

const written = (told) => told.lines ? section(facts.file && facts.file !== "<stdin>" ? facts.file : "Blueprint", code(told.lines.text, told.lines.first)) : null;

function tellNode(id) {
  const told = (facts.nodes || {})[id] || {}, drawn = picture.nodes.get(id);
  const ties = told.edges || [...picture.edges.values()].filter((edge) => edge.from === id || edge.to === id).map((edge) => edge.id);
  return [
    paragraph(told.about || drawn.caption, "about"), paragraph(told.note, "remark"), link(told.link),
    told.made_by ? make("p", {}, "Made by ", way({node: told.made_by}, titleOf(told.made_by))) : null,
    told.exists ? section("Exists already", pairs(Object.entries(told.exists))) : null,
    section("Edges", list("ties", ties.filter((edge) => (facts.edges || {})[edge] || picture.edges.has(edge)).map((edge) => tie(edge, id)))),
    written(told), ...became(told),
    drawn.group ? section("Holds", list("ties", [...picture.nodes.keys()].filter((one) => (picture.parents.get(one) || new Set()).has(id))
      .map((one) => make("li", {}, way({node: one}, face({node: one}), make("span", {}, make("b", {}, titleOf(one)), make("small", {}, picture.nodes.get(one).kind))))))) : null,
  ];
}

function tellEdge(id) {
  const told = (facts.edges || {})[id] || {}, {from, to} = picture.edges.get(id);
  const end = (node) => make("li", {}, way({node}, face({node}), make("span", {}, make("b", {}, titleOf(node)), make("small", {}, (picture.nodes.get(node) || {}).kind || ""))));
  const wide = (told.does || []).filter((effect) => effect.why_wide).map((effect) => make("li", {}, `No narrower resource is possible: ${effect.why_wide}`));
  return [
    make("ul", {class: "ties ends"}, end(from), end(to)), paragraph(told.note, "remark"),
    told.does ? section("Does", told.does.length ? pairs(told.does.map((effect) => [effect.word, effect.means])) : paragraph("Nothing; it is drawn only."), list("remarks", wide)) : null,
    written(told), ...became(told),
  ];
}

/** Fill the panel; where it tells about the same as before, what is open stays open and in its place. */
function tell(thing, same) {
  const open = new Set(same ? [...at("told").querySelectorAll("details[open]")].map((one) => one.dataset.resource) : []);
  const place = same ? at("told").scrollTop : 0, edge = thing.edge !== undefined;
  at("face").replaceChildren(face(thing));
  const {from, to} = edge ? picture.edges.get(thing.edge) : {};
  at("subject").textContent = edge ? `${titleOf(from)} → ${titleOf(to)}` : titleOf(thing.node);
  const drawn = picture.nodes.get(thing.node);
  at("sort").textContent = edge ? wordsOf(thing.edge) || ((facts.edges || {})[thing.edge] ? "drawn only" : "") : [thing.node, drawn.kind].filter(Boolean).join(" · ");
  const problems = facts.problems && facts.problems.length ? section("Not synthesized", list("remarks", facts.problems.map((one) => make("li", {}, one)))) : null;
  at("told").replaceChildren(...[...(edge ? tellEdge(thing.edge) : tellNode(thing.node)), problems].filter(Boolean));
  for (const one of at("told").querySelectorAll("details")) one.open = open.has(one.dataset.resource);
  at("told").scrollTop = place;
}
