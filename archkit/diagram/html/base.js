"use strict";
// What all parts of the page use. The parts stand in one function, in the order that __init__.py says.

const at = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SVG = "http://www.w3.org/2000/svg";

/** Return an element with attributes and children; texts become text, never markup. */
function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Return an SVG element with attributes. */
function draw(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const many = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

/** Say something to those who listen rather than look. */
function say(text) {
  at("live").textContent = text;
}
