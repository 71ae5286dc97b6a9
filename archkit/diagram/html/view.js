// Where the picture is and how large: pan by drag, wheel and touch; zoom by buttons, keys, wheel and pinch.

const view = {x: 0, y: 0, scale: 1, moved: false};
const LEAST = 0.02, MOST = 8, MARGIN = 24, LEGIBLE = 0.45;

const natural = () => {
  const {width, height} = picture.svg.viewBox.baseVal;
  return {width, height};
};

/** Return the part of the stage that the panel leaves free. */
function free() {
  const stage = at("stage").getBoundingClientRect();
  const room = {left: 0, top: 0, right: stage.width, bottom: stage.height};
  if (at("panel").hidden) return room;
  const {offsetLeft, offsetTop, offsetWidth} = at("panel");  // where it comes to rest, also while it arrives
  if (offsetWidth > 0.8 * stage.width) room.bottom = Math.max(80, offsetTop - stage.top);
  else room.right = Math.max(80, offsetLeft - stage.left);
  return room;
}

let settling = 0;

function show(smooth = false) {
  const sheet = at("sheet");
  sheet.classList.toggle("gliding", smooth && !calm.matches);
  // On a layer of its own the sheet moves without being painted; once it rests it is painted sharp.
  sheet.classList.add("moving");
  clearTimeout(settling);
  settling = setTimeout(() => sheet.classList.remove("moving", "gliding"), 260);
  sheet.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  at("real").textContent = `${Math.round(100 * view.scale)} %`;
  placePane();
}

/** Return the scale at which something of a width and height fills the room that is free. */
function filling({width, height}, room = free()) {
  const wide = room.right - room.left - 2 * MARGIN, high = room.bottom - room.top - 2 * MARGIN;
  return Math.min(1.6, Math.max(LEAST, Math.min(wide / width, high / height)));
}

function fit(smooth = false) {
  const {width, height} = natural(), room = free();
  view.scale = filling({width, height}, room);
  const tools = at("zoom").getBoundingClientRect();
  if ((room.right - width * view.scale) / 2 < tools.right && height * view.scale > room.bottom - 2 * tools.height) {
    room.bottom -= tools.height + 8;  // what stands at the foot of the picture is not to lie under the buttons
    view.scale = filling({width, height}, room);
  }
  view.x = room.left + (room.right - room.left - width * view.scale) / 2;
  view.y = room.top + (room.bottom - room.top - height * view.scale) / 2;
  view.moved = false;
  show(smooth);
}

/** Show the whole picture, or its upper part where the whole would be too small to read; say whether it is the whole. */
function begin(smooth = false) {
  fit(smooth);
  if (view.scale >= LEGIBLE) return true;
  const {width, height} = natural(), room = free();
  view.scale = LEGIBLE;
  view.x = Math.max(MARGIN, (room.right - width * LEGIBLE) / 2);
  view.y = Math.max(MARGIN, (room.bottom - height * LEGIBLE) / 2);
  show();
  return false;
}

function pan(dx, dy) {
  view.x += dx;
  view.y += dy;
  view.moved = true;
  show();
}

/** Zoom by a factor so that a point of the stage (its middle, unless one is given) stays where it is. */
function zoom(by, point, smooth = false) {
  const room = free();
  const {x, y} = point || {x: (room.left + room.right) / 2, y: (room.top + room.bottom) / 2};
  const scale = Math.min(MOST, Math.max(LEAST, view.scale * by));
  view.x = x - (x - view.x) * scale / view.scale;
  view.y = y - (y - view.y) * scale / view.scale;
  view.scale = scale;
  view.moved = true;
  show(smooth);
}

function step(by) {
  zoom(by, null, true);
  say(`${Math.round(100 * view.scale)} %`);
}

/** Return the room that some elements of the picture take, in its own units. */
function extent(elements) {
  const boxes = elements.map((element) => element.getBoundingClientRect());
  const [left, top] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...boxes.map((box) => box[side])));
  return {width: (right - left) / view.scale, height: (bottom - top) / view.scale};
}

/** Move the picture so that something in it can be seen; where it could not be read, zoom in on it and its company. */
function reveal(element, company = []) {
  const stage = at("stage").getBoundingClientRect(), room = free();
  const before = at("sheet").style.transform;
  at("sheet").classList.remove("gliding");  // measure where it will be, not where it is on its way to
  const box = element.getBoundingClientRect();
  const now = {left: box.left - stage.left, top: box.top - stage.top, right: box.right - stage.left, bottom: box.bottom - stage.top};
  const small = company.length && view.scale < LEGIBLE;
  const inside = now.left >= 8 && now.top >= 8 && now.right <= room.right - 8 && now.bottom <= room.bottom - 8;
  if (inside && !small) return;
  const middle = {x: (now.left + now.right) / 2, y: (now.top + now.bottom) / 2};
  if (small) zoom(Math.min(1, Math.max(LEGIBLE, filling(extent(company)))) / view.scale, middle);
  const goal = {x: (room.left + room.right) / 2, y: (room.top + room.bottom) / 2};
  view.x += goal.x - middle.x;
  view.y += goal.y - middle.y;
  view.moved = true;
  at("sheet").style.transform = before;
  void at("sheet").offsetWidth;
  show(true);
}

const local = (event) => {
  const stage = at("stage").getBoundingClientRect();
  return {x: event.clientX - stage.left, y: event.clientY - stage.top};
};

const fingers = new Map();
let dragged = false;

function press(event) {
  if (event.button !== 0 || event.target.closest("#tools")) return;
  if (fingers.size === 0) dragged = false;
  fingers.set(event.pointerId, {start: local(event), last: local(event)});
}

function drag(event) {
  const finger = fingers.get(event.pointerId);
  if (!finger) return;
  const now = local(event);
  if (!dragged && Math.hypot(now.x - finger.start.x, now.y - finger.start.y) < 4) return;
  if (!dragged) at("stage").setPointerCapture(event.pointerId);
  dragged = true;
  at("stage").classList.add("dragged");
  if (fingers.size === 1) pan(now.x - finger.last.x, now.y - finger.last.y);
  else if (fingers.size === 2) {
    const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)[1].last;
    const apart = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    const middle = (point) => ({x: (point.x + other.x) / 2, y: (point.y + other.y) / 2});
    zoom(apart(now) / apart(finger.last), middle(finger.last));
    pan(middle(now).x - middle(finger.last).x, middle(now).y - middle(finger.last).y);
  }
  finger.last = now;
}

function release(event) {
  fingers.delete(event.pointerId);
  if (fingers.size === 0) at("stage").classList.remove("dragged");
}

function wheel(event) {
  if (event.target.closest("#tools")) return;
  event.preventDefault();
  const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
  if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY * unit * 0.0035), local(event));
  else if (event.shiftKey && !event.deltaX) pan(-event.deltaY * unit, 0);
  else pan(-event.deltaX * unit, -event.deltaY * unit);
}

function startView() {
  const stage = at("stage");
  stage.addEventListener("pointerdown", press);
  stage.addEventListener("pointermove", drag);
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, release);
  stage.addEventListener("wheel", wheel, {passive: false});
  stage.addEventListener("dblclick", (event) => { if (!event.target.closest("#tools")) zoom(1.6, local(event), true); });
  at("in").addEventListener("click", () => step(1.25));
  at("out").addEventListener("click", () => step(0.8));
  at("real").addEventListener("click", () => step(1 / view.scale));
  at("fit").addEventListener("click", () => fit(true));
  addEventListener("resize", () => { if (!view.moved) begin(); });
}
