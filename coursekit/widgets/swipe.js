// Two pictures of one size on top of each other, and a line to drag: left of it the first is seen, right of it the
// second. Python holds the pictures and where the line is (`place`, in percent); both sides may move it.

const KEYS = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10 };

function make(tag, properties = {}, attributes = {}) {
  const node = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function picture(model, bytes, name, className) {
  const url = URL.createObjectURL(new Blob([model.get(bytes)], { type: "image/png" }));
  return { node: make("img", { src: url, alt: model.get(name), className, draggable: false }), url };
}

function render({ model, el }) {
  const names = [model.get("before_name"), model.get("after_name")];
  const root = make("figure", { className: "swipe" });
  const help = make("p", { textContent: `Drag the line, or focus it and press \u2190 and \u2192: ${names[0]} | ${names[1]}` });
  const stage = make("div", { className: "stage" });
  stage.style.width = `${model.get("width")}px`;
  const after = picture(model, "after", "after_name", "after");
  const before = picture(model, "before", "before_name", "before");
  const tags = names.map((name, k) => make("span", { className: `tag ${k ? "right" : "left"}`, textContent: name }, { "aria-hidden": "true" }));
  // JupyterLab takes arrows from whatever has the focus, unless it carries this attribute.
  const line = make("div", { className: "line", tabIndex: 0 }, {
    role: "slider",
    "data-lm-suppress-shortcuts": "true",
    "aria-label": `Line between ${names[0]}, on its left, and ${names[1]}, on its right`,
    "aria-orientation": "horizontal",
    "aria-valuemin": "0",
    "aria-valuemax": "100",
  });
  line.append(make("span", { className: "grip" }, { "aria-hidden": "true" }));
  stage.append(after.node, before.node, ...tags, line);
  root.append(help, stage);

  const show = () => {
    const place = model.get("place");
    before.node.style.clipPath = `inset(0 ${100 - place}% 0 0)`;
    line.style.left = `${place}%`;
    line.setAttribute("aria-valuenow", String(Math.round(place)));
    line.setAttribute("aria-valuetext", `${Math.round(place)} % ${names[0]}, ${100 - Math.round(place)} % ${names[1]}`);
  };
  const move = (place) => {
    model.set("place", Math.min(100, Math.max(0, place)));
    model.save_changes();
    show(); // also where no kernel answers
  };
  const toPointer = (event) => {
    const { left, width } = stage.getBoundingClientRect();
    move((100 * (event.clientX - left)) / width);
  };
  stage.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    line.focus();
    toPointer(event);
  });
  stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && toPointer(event));
  line.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ends = { Home: 0, End: 100 };
    if (event.key in KEYS) move(model.get("place") + KEYS[event.key]);
    else if (event.key in ends) move(ends[event.key]);
    else return;
    event.preventDefault();
  });
  model.on("change:place", show);
  el.append(root);
  show();
  return () => {
    model.off("change:place", show);
    for (const { url } of [before, after]) URL.revokeObjectURL(url);
  };
}

export default { render };
