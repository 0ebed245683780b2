// One view of the playground. Python holds the run; this shows its newest frame, once a frame of the screen, and says
// so. While the tab is hidden or the output out of sight nothing is drawn and nothing said, so that nothing is sent.

const unpack = (layout, view) => {
  const values = new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  const arrays = {};
  let from = 0;
  for (const [name, shape] of layout) {
    const n = shape.reduce((a, b) => a * b, 1);
    arrays[name] = { shape, values: values.subarray(from, from + n) };
    from += n;
  }
  return arrays;
};

// L_D and p_data with what follows the underscore set below the line.
const withSubscripts = (text) => text.split(/(_[^\s,)]+)/).map((part) => (part[0] === "_" ? make("sub", { textContent: part.slice(1) }) : part));

function slowPanel(send) {
  const list = make("ol", { className: "lines" });
  const text = (className) => make("div", { className });
  const parts = { title: text("title"), formula: text("formula"), code: make("code"), place: text("place"), says: text("says") };
  const source = make("code");
  const all = make("pre", { className: "source" }, {}, source);
  const back = button("\u2190 Line before", "Line before", () => send.now({ do: "line", by: -1 }));
  const next = button("Next line \u2192", "Next line", () => send.now({ do: "line", by: 1 }));
  const now = make("div", { className: "now" }, { "aria-live": "polite" });
  now.append(parts.title, parts.formula, make("pre", {}, {}, parts.code), parts.place, parts.says, all);
  const node = make("section", { className: "slow" }, { "aria-label": "Slow motion" }, make("div", {}, {}, back, next), list, now);
  const show = (line) => {
    if (!line) return;
    list.replaceChildren(
      ...line.stops.map(([number, half, title]) => {
        const item = make("li", { textContent: title, className: half }, number === line.number ? { "aria-current": "step" } : {});
        item.dataset.half = half;
        return item;
      }),
    );
    for (const [name, part] of Object.entries(parts)) part.textContent = line[name] ?? "";
    parts.formula.replaceChildren(...withSubscripts(line.formula ?? ""));
    source.textContent = line.source ?? "";
    all.hidden = !line.source;
  };
  return { node, show };
}

function timeline(send) {
  const input = make("input", { type: "range", min: 0, max: 0, step: 1 }, { ...FOCUS, "aria-label": "timeline" });
  const words = make("span", { className: "value" });
  let steps = [0];
  let touched = 0;
  const say = (n) => {
    words.textContent = `step ${n.toLocaleString("en-US")}`;
    input.setAttribute("aria-valuetext", words.textContent);
  };
  input.addEventListener("input", () => {
    touched = Date.now();
    say(steps[input.value]);
    send.soon("scrub", { do: "scrub", to: Number(input.value) });
  });
  const show = (told, n) => {
    [steps, input.max] = [told, told.length - 1];
    if (Date.now() - touched < 400) return;
    input.value = Math.max(0, steps.filter((step) => step <= n).length - 1);
    say(n);
  };
  const node = make("label", { className: "timeline" }, { title: "Go back in this run; Play goes on from there" }, "timeline ", input, words);
  return { node, show };
}

function build(model, send) {
  const root = make("div", { className: "gan-playground" }, { role: "group", "aria-label": "Playground: a GAN on the plane" });
  const play = button("\u25b6 Play", "Play", () => send.now({ do: model.get("state").playing ? "pause" : "play" }), { class: "play" });
  const step = (kind, text) => button(text, text, () => send.now({ do: "step", kind }));
  const slow = button("Slow motion", "Slow motion, line by line", () => send.now({ do: "slow", on: !model.get("state").slow }), { "aria-pressed": "false" });
  const reset = button("\u21ba Reset", "Reset to step 0", () => send.now({ do: "reset" }));
  const code = button("Copy as code", "Copy as code: this run in one line of Python", () => send.now({ do: "code" }));
  const counter = make("output", { className: "counter" }, { "aria-label": "step", "aria-live": "off" });
  const bar = make("div", { className: "bar" }, { role: "toolbar", "aria-label": "Run" });
  bar.append(play, step("D", "Step D"), step("G", "Step G"), step("both", "Step both"), slow, reset, counter, code);
  const problem = make("p", { className: "problem" }, { role: "alert" });
  const status = make("p", { className: "status" }, { role: "status" });
  const copied = make("textarea", { className: "code", readOnly: true, rows: 2, hidden: true }, { ...FOCUS, "aria-label": "this run as code" });
  const canvas = make("canvas", { className: "plane" }, { role: "img", ...FOCUS });
  const tiles = make("dl", { className: "tiles" }, { "aria-label": "Figures" });
  const charts = [0, 1].map(() => make("canvas", { className: "chart" }, { role: "img" }));
  return { root, play, slow, code, counter, bar, problem, status, copied, canvas, tiles, charts };
}

function render({ model, el }) {
  const send = sender(model);
  const extent = model.get("extent");
  const parts = build(model, send);
  const { root, play, slow, counter, problem, status, copied, canvas, tiles, charts } = parts;
  let [newest, drawn, inSight, request, told, run] = [null, 0, true, 0, null, -1];
  const line = slowPanel(send);
  const times = timeline(send);
  const views = viewSwitches((name, value) => send.now({ do: "view", name, value }));
  const repaint = () => newest && paintPlane(canvas, newest, extent, ...tools.state());
  const tools = pointTools(send, canvas, extent, () => repaint());
  const set = (name, value) => {
    if (name === "data") tools.open(value, false);
    if (name !== "data" || !["drawn", "pasted"].includes(value)) send.soon(name, { do: "set", changes: { [name]: value } });
  };
  const { made, groups } = controlGroups(model.get("controls"), set);
  groups[0].append(...tools.nodes);
  const arrowWords = make("span", { className: "note" });
  const stage = make("div", { className: "stage" }, {}, canvas, views.node, arrowWords);
  const side = make("div", { className: "side" }, {}, line.node, make("div", { className: "groups" }, {}, ...groups));
  const below = make("div", { className: "below" }, {}, tiles, make("div", { className: "charts" }, {}, ...charts), times.node);
  root.append(parts.bar, problem, status, copied, make("div", { className: "main" }, {}, stage, side, below));
  el.append(root);

  const describe = () => {
    const { arrays, arrow: longest } = newest;
    const seen = ["real", "fake", "arrows"].filter((name) => arrays[name]).map((name) => `${arrays[name].shape[0]} ${name === "fake" ? "fakes" : name === "real" ? "real points" : name}`);
    if (arrays.map) seen.unshift(`map of ${newest.bar.title}`);
    if (arrays.manifold) seen.push("warped grid of G");
    canvas.setAttribute("aria-label", `${told?.words ?? ""}. Shown: ${seen.join(", ") || "nothing"}`);
    arrowWords.textContent = !arrays.arrows ? "" : longest ? `Arrows: ${newest.line?.number === 10 ? "the way that G's step took each fake" : "minus the slope of G's loss at each fake"}; the longest stands for ${longest.toPrecision(2)}.` : "";
  };
  const showFigures = () => {
    if (!told) return;
    tiles.replaceChildren(...told.tiles.map(([name, value, help]) => make("div", {}, {}, make("dt", { textContent: name }), make("dd", { textContent: value }), make("dd", { textContent: help, className: "help" }))));
    paintChart(charts[0], told.arrays.losses, ["loss of D", "loss of G"], OF_PLAYERS, Infinity);
    paintChart(charts[1], told.arrays.distances, ["JS divergence (nats)", "Wasserstein distance"], OF_DISTANCES, 0);
    charts[0].setAttribute("aria-label", "Losses of D and G against the step");
    charts[1].setAttribute("aria-label", "JS divergence and Wasserstein distance against the step");
  };
  const paint = () => {
    request = 0;
    if (!newest || drawn === newest.number || document.hidden || !inSight) return;
    const start = performance.now();
    repaint();
    if (told?.fresh) showFigures();
    if (told) told.fresh = false;
    describe();
    counter.textContent = `step ${newest.n.toLocaleString("en-US")}`;
    times.show(newest.timeline, newest.n);
    line.show(newest.line);
    if (newest.n !== copied.step) copied.hidden = true; // that line was another state's
    drawn = newest.number;
    root.dataset.frames = Number(root.dataset.frames ?? 0) + 1;
    root.dataset.milliseconds = (performance.now() - start).toFixed(1);
    root.dataset.step = newest.n;
    send.now({ do: "ack", number: drawn });
  };
  const wake = () => (request ||= requestAnimationFrame(paint));
  const onMessage = (message, buffers) => {
    if (message.kind === "frame") {
      newest = { ...message, arrays: unpack(message.layout, buffers[0]) };
      if (message.tiles) told = { ...newest, fresh: true };
      wake();
    } else if (message.kind === "code") {
      [copied.value, copied.hidden, copied.step] = [message.text, false, newest?.n];
      copied.select();
      navigator.clipboard?.writeText(message.text).catch(() => document.execCommand("copy"));
    }
  };
  const onState = () => {
    const state = model.get("state");
    play.textContent = state.playing ? "\u2016 Pause" : "\u25b6 Play";
    play.title = state.playing ? "Pause" : "Play";
    play.setAttribute("aria-label", play.title);
    slow.setAttribute("aria-pressed", String(state.slow));
    root.classList.toggle("slowly", state.slow);
    problem.textContent = state.problem;
    status.textContent = state.note || (state.playing ? "playing" : "paused");
  };
  const onSettings = () => {
    const settings = model.get("settings");
    for (const [name, one] of Object.entries(made)) if (name !== "data" || settings.run !== run) one.show(settings[name]);
    if (settings.run !== run) tools.open(settings.data, true); // else a drawing that is not yet used would be lost
    run = settings.run;
    root.dataset.settings = JSON.stringify(settings);
  };
  const onViews = () => views.show(model.get("views"));
  const sight = new IntersectionObserver(([entry]) => ((inSight = entry.isIntersecting), wake()));
  const heard = { "msg:custom": onMessage, "change:state": onState, "change:settings": onSettings, "change:views": onViews };
  for (const [name, act] of Object.entries(heard)) model.on(name, act);
  document.addEventListener("visibilitychange", wake);
  sight.observe(root);
  for (const act of [onState, onSettings, onViews]) act();
  send.now({ do: "hello" });
  return () => {
    cancelAnimationFrame(request);
    send.stop();
    sight.disconnect();
    document.removeEventListener("visibilitychange", wake);
    for (const [name, act] of Object.entries(heard)) model.off(name, act);
  };
}

export default { render };
