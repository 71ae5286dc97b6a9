// A small map of a picture that the window does not hold whole, with a pane where the window is.

const HIGHEST = 0.3, WIDEST = 160, NARROWEST = 18;
const map = {across: 1, down: 1};

/** Draw the map: groups as frames, nodes as dots in the colours of their services. */
function drawMap() {
  const canvas = at("chart"), {x, y, width, height} = picture.svg.viewBox.baseVal;
  const most = Math.max(60, HIGHEST * at("stage").clientHeight), factor = Math.min(WIDEST / width, most / height);
  const wide = Math.max(NARROWEST, width * factor), high = Math.max(NARROWEST, height * factor), sharp = devicePixelRatio || 1;
  Object.assign(map, {across: wide / width, down: high / height});
  canvas.width = wide * sharp;
  canvas.height = high * sharp;
  canvas.style.width = `${wide}px`;
  canvas.style.height = `${high}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp * map.across, 0, 0, sharp * map.down, -x * sharp * map.across, -y * sharp * map.down);
  for (const {boxes} of picture.nodes.values()) {
    for (const {box, element} of boxes) {
      const group = isFrame(element);
      pen.strokeStyle = pen.fillStyle = colorOf(element);
      pen.globalAlpha = group ? 0.6 : 1;
      if (group) pen.lineWidth = 1 / map.across;
      if (group) pen.strokeRect(box.x, box.y, box.width, box.height);
      else pen.fillRect(box.x, box.y, Math.max(box.width, 2 / map.across), Math.max(box.height, 2 / map.down));
    }
  }
}

/** Put the pane where the window is; where the window holds the whole picture there is no map. */
function placePane() {
  const room = free(), {width, height} = natural(), {x, y, scale} = view;
  const whole = x >= room.left - 1 && y >= room.top - 1 && x + width * scale <= room.right + 1 && y + height * scale <= room.bottom + 1;
  at("map").hidden = whole;
  if (whole) return;
  const clip = (value, most) => Math.min(most, Math.max(0, value));
  const left = clip((room.left - x) / scale, width), top = clip((room.top - y) / scale, height);
  const right = clip((room.right - x) / scale, width), bottom = clip((room.bottom - y) / scale, height);
  Object.assign(at("pane").style, {
    left: `${left * map.across}px`, top: `${top * map.down}px`,
    width: `${Math.max(4, (right - left) * map.across)}px`, height: `${Math.max(4, (bottom - top) * map.down)}px`,
  });
}

function goto(event) {
  const chart = at("chart").getBoundingClientRect(), room = free();
  view.x = (room.left + room.right) / 2 - (event.clientX - chart.left) / map.across * view.scale;
  view.y = (room.top + room.bottom) / 2 - (event.clientY - chart.top) / map.down * view.scale;
  view.moved = true;
  show();
}

function startMap() {
  at("map").addEventListener("pointerdown", (event) => { at("map").setPointerCapture(event.pointerId); goto(event); });
  at("map").addEventListener("pointermove", (event) => { if (at("map").hasPointerCapture(event.pointerId)) goto(event); });
  addEventListener("resize", () => { drawMap(); placePane(); });
}
