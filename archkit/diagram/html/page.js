// The page: what is chosen, keys, addresses, light and dark, and newer pictures in place.

let facts = JSON.parse(at("facts").textContent);
let chosen = null;
let shades = [];
let dark = null;

const same = (one, two) => !!one && !!two && one.node === two.node && one.edge === two.edge;

/** Light what is chosen, or everything. */
function relight() {
  light(chosen ? neighbourhood(chosen) : null);
}

function mark(thing, on) {
  for (const element of thing ? elementsOf(thing) : []) {
    element.classList.toggle("chosen", on);
    if (thing.node !== undefined) element.setAttribute("aria-expanded", String(on));
  }
}

/** Choose a node or an edge, or nothing (null): light it, and tell about it. */
function choose(thing, {quiet = false} = {}) {
  const known = thing && elementsOf(thing).length ? thing : null;
  const before = chosen, shown = !at("panel").hidden;
  mark(before, false);
  mark(known, true);
  chosen = known;
  relight();
  if (known) tell(known, shown && same(before, known));
  at("panel").hidden = !known;
  const whole = shown === at("panel").hidden && !view.moved && begin(true);
  if (known && !whole) reveal(elementsOf(known)[0], company(known));
  if (same(before, known) || (!before && !known)) return;
  address();
  if (!quiet) say(known ? `${at("subject").textContent}, ${many(neighbourhood(known).edges.size, "edge")}` : "Closed");
  document.dispatchEvent(new CustomEvent("archkit:choose", {detail: known}));
}

const company = (thing) => {
  const {nodes, edges} = neighbourhood(thing);
  const near = [...[...nodes].map((node) => ({node})), ...[...edges].map((edge) => ({edge}))].flatMap(elementsOf);
  return [...elementsOf(thing), ...near.filter((element) => !isFrame(element))];
};

function close() {
  const last = chosen && elementsOf(chosen)[0];
  const inside = at("panel").contains(document.activeElement);
  choose(null);
  if (last && inside) (last.hasAttribute("tabindex") ? last : at("stage")).focus({preventScroll: true});
}

/** Put what is chosen into the page's address, which is no new step of its history. */
function address() {
  const hash = !chosen ? "" : chosen.edge !== undefined ? `#edge=${encodeURIComponent(chosen.edge)}` : `#node=${encodeURIComponent(chosen.node)}`;
  try {
    history.replaceState(null, "", hash || location.href.split("#")[0]);
  } catch { /* a page without an address of its own */ }
}

function follow() {
  const [, what, id] = /^#(node|edge)=(.*)$/.exec(location.hash) || [];
  if (!what) return;
  try {
    choose({[what]: decodeURIComponent(id)});
  } catch { /* no text in percent signs */ }
}

const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const KEYS = {
  "/": () => { at("query").focus(); at("query").select(); },
  "+": () => step(1.25), "=": () => step(1.25), "-": () => step(0.8), "0": () => { fit(true); say("Fit"); }, "1": () => step(1 / view.scale),
  "?": () => at("help").showModal(),
};

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || at("help").open) return;
  if (event.target.closest("input, textarea, select")) return;
  const thing = event.target !== document.body && thingAt(event.target);
  if (event.key === "Escape") close();
  else if (KEYS[event.key]) KEYS[event.key]();
  else if (thing && (event.key === "Enter" || event.key === " ")) { choose(thing); at("subject").focus({preventScroll: true}); }
  else if (ARROWS[event.key] && (thing || event.target === document.body || event.target === at("stage"))) {
    const [dx, dy] = ARROWS[event.key];
    const next = thing ? nextTo(event.target, dx, dy) : null;
    if (next) next.focus({preventScroll: true});
    else if (!thing) pan(-60 * dx, -60 * dy);
  } else return;
  event.preventDefault();
}

/** Light the neighbourhood of what the keyboard reaches, and tell about it where the panel is open. */
function reach(event) {
  const thing = thingAt(event.target);
  if (!thing || !event.target.matches(":focus-visible")) return;
  if (!at("panel").hidden) choose(thing, {quiet: true});
  else light(neighbourhood(thing));
  reveal(event.target);
}

function click(event) {
  if (dragged || event.target.closest("#tools")) return;
  const thing = thingAt(event.target);
  choose(thing);
}

// Light and dark: the rules for dark paper hold as the reader's system says, until the reader says otherwise.

function findShades() {
  const sheets = [...document.styleSheets, ...document.adoptedStyleSheets];
  const rules = sheets.flatMap((sheet) => [...sheet.cssRules]);
  const found = rules.filter((rule) => rule instanceof CSSMediaRule && rule.media.mediaText.includes("prefers-color-scheme"));
  shades = [...shades.filter((rule) => rule.parentStyleSheet && sheets.includes(rule.parentStyleSheet)), ...found];
  at("theme").hidden = !shades.length;
  if (dark !== null) shade();
}

function shade() {
  for (const rule of shades) rule.media.mediaText = dark ? "all" : "not all";
  drawMap();
}

/** Put a newer picture in the place of the old one. Its style goes where the page's policy allows it: to the page. */
function replacePicture(text) {
  const styles = [];
  const bare = text.replace(/<style>([^]*?)<\/style>/g, (whole, rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    styles.push(sheet);
    return "";
  });
  const fresh = new DOMParser().parseFromString(bare, "image/svg+xml").documentElement;
  if (fresh.localName !== "svg") return;
  document.adoptedStyleSheets = styles;
  at("sheet").replaceChildren(document.importNode(fresh, true));
  readPicture();
  findShades();
}

/** Take a newer picture, newer facts, or both; zoom, search and selection stay. */
function update({svg, facts: newer} = {}) {
  const focus = document.activeElement && thingAt(document.activeElement);
  if (newer) facts = newer;
  if (svg) replacePicture(svg);
  else for (const node of picture.nodes.values()) for (const element of node.elements) element.setAttribute("aria-label", spoken(node));
  head();
  if (svg) drawMap();
  if (svg && !view.moved) begin();
  else show();
  if (focus) (elementsOf(focus)[0] || at("stage")).focus({preventScroll: true});
  if (chosen && !elementsOf(chosen).length) choose(null);
  else if (chosen) {
    mark(chosen, true);
    tell(chosen, true);
  }
  if (at("query").value) find();
  else relight();
}

function head() {
  document.title = document.querySelector("h1").textContent = picture.svg.querySelector(":scope > title").textContent;
  const nodes = [...picture.nodes.values()].filter((node) => !node.group).length;
  at("count").textContent = `${many(nodes, "node")}, ${many(picture.edges.size, "edge")}`;
}

function start() {
  document.documentElement.classList.add("scripted");
  at("stage").tabIndex = -1;
  readPicture();
  findShades();
  head();
  startView();
  startSearch();
  startMap();
  drawMap();
  begin();
  document.addEventListener("keydown", key);
  at("sheet").addEventListener("focusin", reach);
  at("sheet").addEventListener("focusout", () => { if (!at("query").value) relight(); });
  at("stage").addEventListener("click", click);
  at("close").addEventListener("click", close);
  at("ask").addEventListener("click", () => at("help").showModal());
  at("theme").addEventListener("click", () => {
    dark = !(dark === null ? matchMedia("(prefers-color-scheme: dark)").matches : dark);
    shade();
    say(dark ? "Dark" : "Light");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawMap);
  addEventListener("hashchange", follow);
  follow();
}

start();

window.archkit = {update, choose, get chosen() { return chosen; }};
