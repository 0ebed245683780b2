// What is pressed and set. Every element that takes the focus is marked, since JupyterLab takes letters and arrows from
// whatever has it, unless it carries this attribute.

const FOCUS = { "data-lm-suppress-shortcuts": "true" };
const VIEWS = [["real", "\u25cf real points"], ["fake", "\u25b2 fakes"], ["arrows", "\u2192 arrows: where fakes would go"], ["manifold", "\u25a6 warped grid of G"]];

function make(tag, properties = {}, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const button = (text, label, act, attributes = {}) => {
  const node = make("button", { type: "button", textContent: text, title: label }, { ...FOCUS, "aria-label": label, ...attributes });
  node.addEventListener("click", act);
  return node;
};

const shown = (value) => (typeof value === "number" && value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : String(value));

// Sends at most one message of a kind in 80 ms, the newest; a slider that is dragged would flood the kernel.
function sender(model) {
  const waiting = new Map();
  let timer = 0;
  const flush = () => {
    timer = 0;
    if (!waiting.size) return;
    for (const message of waiting.values()) model.send(message);
    waiting.clear();
    timer = setTimeout(flush, 80);
  };
  const soon = (key, message) => {
    waiting.set(key, message);
    if (!timer) flush();
  };
  return { now: (message) => model.send(message), soon, stop: () => clearTimeout(timer) };
}

// One control: { node, show(value) }. Values between the slider's stops, set in Python, stand at the nearest stop.
function control(one, set) {
  const name = make("span", { className: "name", textContent: one.name });
  const attributes = { ...FOCUS, title: one.help, name: one.key };
  let input, show;
  const wide = make("span", { className: "value" });
  if (typeof one.values[0] === "boolean") {
    input = make("input", { type: "checkbox" }, attributes);
    input.addEventListener("change", () => set(one.key, input.checked));
    show = (value) => (input.checked = value);
  } else if (typeof one.values[0] === "string") {
    input = make("select", {}, attributes, ...one.values.map((value) => make("option", { value, textContent: value })));
    input.addEventListener("change", () => set(one.key, input.value));
    show = (value) => (input.value = value);
  } else if (!one.values.length) {
    input = make("input", { type: "number", min: 0, step: 1 }, attributes);
    let last = 0;
    const commit = () => Math.round(Number(input.value)) !== last && set(one.key, (last = Math.round(Number(input.value))));
    input.addEventListener("change", commit);
    input.addEventListener("keydown", (event) => event.key === "Enter" && commit()); // JupyterLab keeps Enter from it
    show = (value) => (input.value = last = value);
  } else {
    input = make("input", { type: "range", min: 0, max: one.values.length - 1, step: 1 }, attributes);
    const say = (value) => {
      wide.textContent = shown(value);
      input.setAttribute("aria-valuetext", shown(value));
    };
    let touched = 0;
    input.addEventListener("input", () => {
      touched = Date.now();
      say(one.values[input.value]);
      set(one.key, one.values[input.value]);
    });
    show = (value) => {
      if (Date.now() - touched < 500) return; // what is being dragged is not moved back by an older answer
      const far = one.values.map((v) => Math.abs(v - value));
      input.value = far.indexOf(Math.min(...far));
      say(value);
    };
  }
  input.setAttribute("aria-label", one.name);
  const node = make("label", { className: `control ${input.type}` }, { title: one.help }, name, input, wide);
  return { node, input, show };
}

function controlGroups(list, set) {
  const made = {};
  const groups = new Map();
  for (const one of list) {
    made[one.key] = control(one, set);
    if (!groups.has(one.group)) groups.set(one.group, make("fieldset", {}, {}, make("legend", { textContent: one.group })));
    groups.get(one.group).append(made[one.key].node);
  }
  return { made, groups: [...groups.values()] };
}

function viewSwitches(set) {
  const map = make("select", { name: "map" }, { ...FOCUS, "aria-label": "map behind the points" });
  const maps = [["D", "D(x), the discriminator now"], ["D*", "D*(x), the best one: data's density, kernel estimate of G's"], ["none", "no map"]];
  map.append(...maps.map(([value, textContent]) => make("option", { value, textContent })));
  map.addEventListener("change", () => set("map", map.value));
  const boxes = {};
  const labels = VIEWS.map(([key, text]) => {
    boxes[key] = make("input", { type: "checkbox", name: key }, { ...FOCUS, "aria-label": text.slice(2) });
    boxes[key].addEventListener("change", () => set(key, boxes[key].checked));
    return make("label", { className: `view ${key}` }, {}, boxes[key], text);
  });
  const node = make("div", { className: "views" }, { role: "group", "aria-label": "What is shown" }, ...labels);
  node.append(make("label", { className: "view" }, {}, "map ", map));
  const show = (views) => {
    map.value = views.map;
    for (const key of Object.keys(boxes)) boxes[key].checked = views[key];
  };
  return { node, show };
}

// Drawing with the mouse, or with arrows and Space; pasting lines of text. Both wait for Use.
function pointTools(send, canvas, extent, repaint) {
  let points = [];
  let cursor = null;
  let drawing = false;
  let blank = false;
  const count = make("span", { className: "count" }, { role: "status" });
  const say = () => {
    count.textContent = `${points.length} points`;
    repaint();
  };
  const add = (x, y) => {
    if (Math.max(Math.abs(x), Math.abs(y)) > extent || points.length >= 2000) return;
    points.push([x, y].map((v) => Number(v.toFixed(3))));
    say();
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const unit = (PLANE.width / box.width) / PLANE.size;
    const across = (event.clientX - box.left) * unit - PLANE.left / PLANE.size;
    const up = 1 - ((event.clientY - box.top) * unit - PLANE.top / PLANE.size);
    return [(2 * across - 1) * extent, (2 * up - 1) * extent];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!drawing) return;
    canvas.setPointerCapture(event.pointerId);
    add(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing || !canvas.hasPointerCapture(event.pointerId)) return;
    const [x, y] = place(event);
    const [u, v] = points.at(-1) ?? [9, 9];
    if (Math.hypot(x - u, y - v) > 0.08) add(x, y);
  });
  canvas.addEventListener("keydown", (event) => {
    if (!drawing || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowLeft: [-0.2, 0], ArrowRight: [0.2, 0], ArrowUp: [0, 0.2], ArrowDown: [0, -0.2] }[event.key];
    cursor ??= [0, 0];
    if (way) cursor = cursor.map((v, k) => Math.min(extent, Math.max(-extent, v + way[k])));
    else if (event.key === " ") add(...cursor);
    else if (event.key === "Backspace") points.pop();
    else return;
    event.preventDefault();
    say();
  });
  const clear = () => ((points = []), say());
  const use = () => send.now({ do: "points", points });
  const draw = make("div", { className: "tool draw" }, { role: "group", "aria-label": "Draw your own data" });
  draw.append(
    make("span", { textContent: "Draw on the picture: press and move the mouse, or focus it and use arrows, Space and Backspace. " }),
    button("Use the drawing", "Use the drawing as data", use), button("Clear", "Clear the drawing", clear), count,
  );
  const text = make("textarea", { rows: 4, placeholder: "0.5, -1.2\n0.7, -1.0" }, { ...FOCUS, "aria-label": "points, one a line: x, y" });
  const paste = make("div", { className: "tool paste" }, { role: "group", "aria-label": "Paste points" }, text);
  paste.append(button("Use these points", "Use these points as data", () => send.now({ do: "csv", text: text.value })));
  // `used`: the points are the data now. Else the plane is cleared for the drawing to come.
  const open = (data, used) => {
    drawing = data === "drawn";
    if (used || !drawing) [points, cursor] = [[], null];
    blank = drawing && !used;
    canvas.tabIndex = drawing ? 0 : -1;
    canvas.classList.toggle("drawing", drawing);
    [draw.hidden, paste.hidden] = [!drawing, data !== "pasted"];
    say();
  };
  return { nodes: [draw, paste], open, state: () => [points, drawing ? cursor : null, blank || points.length > 0 || cursor !== null] };
}
