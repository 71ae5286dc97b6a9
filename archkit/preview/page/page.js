// The preview's page: takes what the server sends and puts it in its place, leaving alone what is the same.
"use strict";

const at = (id) => document.getElementById(id);
const file = new URLSearchParams(location.search).get("file") || "";
const query = file ? `?file=${encodeURIComponent(file)}` : "";
const shown = {format: "cloudformation", stack: "", texts: {}, picture: null, facts: null, findings: null, status: null};

/** Return the page of the picture, once it is there. */
const inside = () => at("frame").contentWindow?.archkit;

// What is shown

function element(name, text, look) {
  const made = document.createElement(name);
  made.textContent = text;
  if (look) made.className = look;
  return made;
}

const show = {
  index({single, blueprints}) {
    const chosen = single || file;
    at("work").hidden = at("toggle").hidden = !chosen;
    at("folder").hidden = !!chosen;
    at("choice").hidden = single || !file;
    at("name").textContent = single ? blueprints[0] || "" : "";
    document.title = chosen ? `${file || blueprints[0]} - archkit` : "archkit";
    const names = !file || blueprints.includes(file) ? blueprints : [file, ...blueprints];
    at("blueprints").replaceChildren(...names.map((name) => new Option(name, name, name === file, name === file)));
    at("empty").hidden = blueprints.length > 0;
    at("links").replaceChildren(...blueprints.map((name) => {
      const link = element("a", name);
      link.href = `?file=${encodeURIComponent(name)}`;
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
  },

  picture(picture) {
    shown.picture = picture;
    at("none").hidden = true;
    if (inside()) inside().update({svg: picture.svg});
    else if (!at("frame").src) at("frame").src = `picture${query}`;
  },

  facts(facts) {
    shown.facts = facts;
    if (inside()) inside().update({facts});
    mark(inside()?.chosen, false);
  },

  templates(texts) {
    shown.texts = texts;
    template();
  },

  status(status) {
    shown.status = status;
    at("work").classList.toggle("broken", status.stale);
    at("stale").hidden = !status.stale || !shown.picture;
    standing();
  },

  findings(findings) {
    const before = shown.findings;
    shown.findings = findings;
    // notes that come from cfn-lint and the templates shall not vanish for the second until they are found again
    const kept = before && !before.errors && !findings.errors && !findings.final;
    if (!kept) at("list").replaceChildren(...findings.list.map(finding));
    at("summary").textContent = findings.final ? findings.summary : `${findings.summary}; cfn-lint is looking`;
    standing();
  },
};

function finding({severity, place, message, code, help, snippet}) {
  const item = element("li", "", severity);
  const head = element("p", place ? `${place}: ` : "");
  head.append(element("b", `${severity}: `), `${message} `, element("code", `[${code}]`));
  item.append(head);
  if (snippet) item.append(element("pre", snippet));
  if (help) item.append(element("p", `help: ${help}`, "help"));
  return item;
}

function standing() {
  const {findings, status} = shown;
  if (!findings || !status) return;
  at("status").className = findings.errors ? "error" : findings.warnings ? "warning" : findings.final ? "good" : "";
  at("status").textContent = findings.errors ? `${findings.errors} error${findings.errors > 1 ? "s" : ""}` : `drawn in ${status.took} ms`;
}

// The template: one text of several, with the lines marked that are new

function template() {
  const stacks = Object.keys(shown.texts[shown.format] || {});
  if (!stacks.includes(shown.stack)) shown.stack = stacks[0] || "";
  at("stacking").hidden = stacks.length < 2;
  at("stacks").replaceChildren(...stacks.map((name) => new Option(name, name, name === shown.stack, name === shown.stack)));
  const text = (shown.texts[shown.format] || {})[shown.stack] || "";
  const key = `${shown.format}/${shown.stack}`;
  const known = shown.key === key && shown.text ? new Set(shown.text.split("\n")) : null;
  const place = [at("text").scrollTop, at("text").scrollLeft];
  at("text").replaceChildren(...text.split("\n").map((line) => {
    const made = element("span", line, known && line.trim() && !known.has(line) ? "new" : "");
    made.append("\n");
    return made;
  }));
  [at("text").scrollTop, at("text").scrollLeft] = shown.key === key ? place : [0, 0];
  Object.assign(shown, {key, text});
  mark(inside()?.chosen, false);
}

/** Mark the resources that a node or an edge became, and bring them into view where that is asked for. */
function mark(thing, move) {
  const told = thing && shown.facts && (shown.facts.nodes[thing.node] || shown.facts.edges[thing.edge]);
  const ids = new Set((told?.resources || []).map((id) => `  ${id}:`));
  const lines = [...at("text").children];
  for (const line of lines) line.classList.toggle("chosen", ids.has(line.textContent.trimEnd()));
  const first = lines.find((line) => line.classList.contains("chosen"));
  if (first && move) at("text").scrollTop = first.offsetTop - at("text").offsetTop - 8;
}

function choose(format) {
  shown.format = format;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.id === `tab-${format}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) at("text").setAttribute("aria-labelledby", tab.id);
  }
  template();
}

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => choose(tab.id.slice(4)));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    choose(shown.format === "sam" ? "cloudformation" : "sam");
    at(`tab-${shown.format}`).focus();
  });
}
at("stacks").addEventListener("change", () => { shown.stack = at("stacks").value; template(); });
at("blueprints").addEventListener("change", () => { location.search = `?file=${encodeURIComponent(at("blueprints").value)}`; });
at("toggle").addEventListener("click", () => {
  const hidden = at("templates").hidden = !at("templates").hidden;
  at("work").classList.toggle("wide", hidden);
  at("toggle").setAttribute("aria-expanded", String(!hidden));
});
at("frame").addEventListener("load", () => {
  if (!inside()) return;
  inside().update({svg: shown.picture.svg, ...shown.facts && {facts: shown.facts}});
  at("frame").contentDocument.addEventListener("archkit:choose", (event) => mark(event.detail, true));
});

// The stream: closed while nobody sees the page, since a browser opens six of them at most for all its tabs

let stream = null;

function listen() {
  stream = new EventSource(`events${query}`);
  stream.onopen = () => { at("gone").hidden = true; };
  stream.onerror = () => {
    at("gone").hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
  for (const name of Object.keys(show)) stream.addEventListener(name, (event) => show[name](JSON.parse(event.data)));
}

document.addEventListener("visibilitychange", () => {
  if (stream) stream.close();
  stream = null;
  if (!document.hidden) listen();
});
if (!document.hidden) listen();
