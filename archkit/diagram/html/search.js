// Search: by name, id, kind, caption and label, in what is drawn.

const search = {hits: [], active: -1};
const SHOWN = 50;

function textOf(thing) {
  if (thing.edge !== undefined) {
    const {id, from, to, label} = picture.edges.get(thing.edge), told = (facts.edges || {})[id] || {};
    return {name: told.label || label || "", id, kind: wordsOf(id), more: `${titleOf(from)} ${titleOf(to)} ${told.note || ""}`};
  }
  const {id, kind, caption} = picture.nodes.get(thing.node);
  return {name: titleOf(id), id, kind, more: `${caption} ${((facts.nodes || {})[id] || {}).note || ""}`};
}

/** Return how well a thing fits what is asked: 0 is best, Infinity not at all. */
function rank(thing, asked) {
  const {name, id, kind, more} = textOf(thing);
  const texts = [name, id, kind, more].map((text) => text.toLowerCase());
  if (!asked.every((word) => texts.some((text) => text.includes(word)))) return Infinity;
  const first = asked[0];
  if (texts[0] === first || texts[1] === first) return 0;
  if (texts[0].startsWith(first) || texts[1].startsWith(first)) return 1;
  return (texts[0].includes(first) || texts[1].includes(first) ? 2 : texts[2].includes(first) ? 3 : 4) + (thing.edge !== undefined ? 0.5 : 0);
}

function find() {
  const asked = at("query").value.toLowerCase().split(/\s+/).filter(Boolean);
  const things = [...[...picture.nodes.keys()].map((node) => ({node})), ...[...picture.edges.keys()].map((edge) => ({edge}))];
  const ranked = asked.length ? things.map((thing, order) => ({thing, order, rank: rank(thing, asked)})).filter((one) => one.rank < Infinity) : [];
  search.hits = ranked.sort((one, two) => one.rank - two.rank || one.order - two.order).map((one) => one.thing);
  const shown = search.hits.slice(0, SHOWN);
  at("found").replaceChildren(...shown.map(hit));
  if (asked.length && !shown.length) at("found").append(make("li", {class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false"}, "Nothing is called so"));
  at("found").hidden = !asked.length;
  at("query").setAttribute("aria-expanded", String(!at("found").hidden));
  activate(shown.length ? 0 : -1);
  if (asked.length) {
    light({nodes: new Set(search.hits.map(({node}) => node)), edges: new Set(search.hits.map(({edge}) => edge))});
    say(search.hits.length ? many(search.hits.length, "hit") : "Nothing is called so");
  } else relight();
}

function hit(thing, number) {
  const {name, id, kind} = textOf(thing);
  const edge = thing.edge !== undefined && picture.edges.get(thing.edge);
  const title = edge ? `${titleOf(edge.from)} → ${titleOf(edge.to)}` : name;
  const made = make("li", {id: `hit-${number}`, role: "option", "aria-selected": "false"},
    face(thing), make("span", {}, make("b", {}, title), make("small", {}, edge ? wordsOf(id) || id : `${id} · ${kind}`)));
  made.addEventListener("pointerdown", (event) => event.preventDefault());  // the focus stays in the field
  made.addEventListener("click", () => take(number));
  return made;
}

function activate(number) {
  search.active = number;
  [...at("found").children].forEach((item, index) => item.setAttribute("aria-selected", String(index === number)));
  const item = at(`hit-${number}`);
  if (item) {
    at("query").setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({block: "nearest"});
  } else at("query").removeAttribute("aria-activedescendant");
}

function take(number) {
  const thing = search.hits[number];
  if (!thing) return;
  endSearch();
  choose(thing);
}

function endSearch() {
  at("query").value = "";
  at("found").hidden = true;
  at("query").setAttribute("aria-expanded", "false");
  at("query").removeAttribute("aria-activedescendant");
  search.hits = [];
  relight();
}

function startSearch() {
  const query = at("query");
  query.addEventListener("input", find);
  query.addEventListener("focus", () => { if (query.value) find(); });
  query.addEventListener("blur", () => { at("found").hidden = true; query.setAttribute("aria-expanded", "false"); });
  query.addEventListener("keydown", (event) => {
    const count = at("found").querySelectorAll("[id]").length;
    if (event.key === "Enter") take(search.active);
    else if (event.key === "ArrowDown" && count) activate((search.active + 1) % count);
    else if (event.key === "ArrowUp" && count) activate((search.active + count - 1) % count);
    else if (event.key === "Escape") { endSearch(); query.blur(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
