// One view of the trial: a cross, a picture for its exposure, a grey mask, and the answer. Python holds the truth:
// which picture comes next (n_done), whether an answer was taken, and, at the end, the plot and the table.
// Phases: idle -> cross -> picture -> answer -> sent -> cross ... -> done.

const CROSS_MS = 700;
const PATIENCE_MS = 3000; // then the reader hears that Python is busy
const GREY = "#808080";
const BUSY = "Python has not taken the answer yet: is another cell running? The trial goes on when it has.";
const NAMES = {
  idle: "Grey field; the pictures appear here",
  cross: "A cross; the next picture appears here",
  picture: "A picture to judge",
  answer: "Grey mask; the picture was here",
  sent: "Grey mask",
};
const COLUMNS = ["picture", "source", "wanted ms", "shown ms", "answer", "reaction ms"];

function make(tag, properties = {}, attributes = {}) {
  const node = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// JupyterLab takes letters and arrows from whatever has the focus, unless it carries this attribute.
const focusable = { "data-lm-suppress-shortcuts": "true" };

function build(n, seconds) {
  const root = make("div", { className: "real-or-fake", tabIndex: 0 }, focusable);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Real or fake: ${n} pictures to judge`);
  const minutes = Math.max(1, Math.round(seconds / 60));
  const help = make("p", {
    textContent:
      `${n} pictures, about ${minutes} min. Each is shown for a moment, then a grey mask: was it real or fake? ` +
      "Keys: Space starts and pauses, R or \u2190 is real, F or \u2192 is fake. The results come at the end.",
  });
  const stage = make("canvas", { className: "stage" }, { role: "img" });
  const button = (text, label) => make("button", { type: "button", textContent: text }, { ...focusable, "aria-label": label });
  const start = button("Start", "Start");
  const real = button("Real (R, \u2190)", "Real");
  const fake = button("Fake (F, \u2192)", "Fake");
  real.setAttribute("aria-keyshortcuts", "R ArrowLeft");
  fake.setAttribute("aria-keyshortcuts", "F ArrowRight");
  const finish = button("Finish now", "Finish now and show the results");
  const status = make("p", { className: "status" }, { role: "status", "aria-live": "polite" });
  const problem = make("p", { className: "problem" }, { role: "alert" });
  const buttons = make("div");
  buttons.append(start, real, fake, finish);
  root.append(help, stage, buttons, status, problem);
  return { root, stage, start, real, fake, finish, status, problem };
}

function pictureAt(model, k) {
  const [, height, width, channels] = model.get("shape");
  const bytes = model.get("pictures"); // a DataView
  const size = height * width * channels;
  const pixels = new Uint8Array(bytes.buffer, bytes.byteOffset + k * size, size);
  const image = new ImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[channels * i + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  return image;
}

function showResults(root, model) {
  const { lines, rows } = model.get("outcome");
  const title = make("h3", { textContent: "Results", tabIndex: -1 }, focusable);
  const url = URL.createObjectURL(new Blob([model.get("plot")], { type: "image/png" }));
  const alt = `Share judged real against the exposure. ${lines.join(". ")}`;
  const plot = make("img", { className: "plot", src: url, alt });
  const list = make("ul");
  list.append(...lines.map((line) => make("li", { textContent: line })));
  const table = make("table", { className: "trials" });
  const row = (cells, tag) => {
    const line = make("tr");
    line.append(...cells.map((cell) => make(tag, { textContent: cell })));
    return line;
  };
  table.append(row(COLUMNS, "th"), ...rows.map((cells) => row(cells, "td")));
  for (const head of table.querySelectorAll("th")) head.setAttribute("scope", "col");
  const details = make("details");
  details.append(make("summary", { textContent: `All ${rows.length} answers` }, focusable), table);
  root.replaceChildren(title, plot, list, details);
  return { title, url };
}

function render({ model, el }) {
  const n = model.get("exposures").length;
  const seconds = model.get("exposures").reduce((sum, ms) => sum + ms / 1000 + CROSS_MS / 1000 + 1, 0);
  const view = build(n, seconds);
  const { root, stage, start, real, fake, finish, status, problem } = view;
  [, stage.height, stage.width] = model.get("shape");
  const pen = stage.getContext("2d");
  let phase = "idle";
  let frame = 0; // of requestAnimationFrame
  let timer = 0;
  let shownMs = 0;
  let maskAt = 0;
  let pauseNext = false;
  let resultsUrl = null;

  const mask = () => {
    pen.fillStyle = GREY;
    pen.fillRect(0, 0, stage.width, stage.height);
  };
  const cross = () => {
    mask();
    const [x, y, arm] = [Math.floor(stage.width / 2), Math.floor(stage.height / 2), Math.ceil(stage.width / 14)];
    pen.fillStyle = "white";
    pen.fillRect(x - arm, y, 2 * arm + 1, 1);
    pen.fillRect(x, y - arm, 1, 2 * arm + 1);
  };
  const enter = (next, words) => {
    phase = root.dataset.phase = next;
    stage.setAttribute("aria-label", NAMES[next]);
    status.textContent = words;
    for (const button of [real, fake]) button.setAttribute("aria-disabled", String(next !== "answer"));
    const running = next !== "idle";
    start.textContent = running ? "Pause" : model.get("n_done") ? "Continue" : "Start";
    start.setAttribute("aria-label", start.textContent);
    finish.setAttribute("aria-disabled", String(model.get("n_done") === 0));
  };
  const where = () => `Picture ${model.get("n_done") + 1} of ${n}`;
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };

  function rest() {
    stop();
    pauseNext = false;
    mask();
    enter("idle", `${model.get("n_done")} of ${n} judged. Press Space to ${model.get("n_done") ? "go on" : "start"}.`);
  }

  // The exposure is a difference of frame time stamps: the picture is drawn in one frame, the mask in a later one.
  // The mask comes in the frame that is nearest to the wanted time, by the median length of the frames of the cross.
  function present() {
    stop();
    const k = model.get("n_done");
    const [image, wanted] = [pictureAt(model, k), model.get("exposures")[k]];
    const steps = [];
    let [began, before, shownAt] = [null, null, null];
    enter("cross", where());
    cross();
    const tick = (now) => {
      began ??= now;
      if (before !== null && shownAt === null) steps.push(now - before);
      before = now;
      if (shownAt === null && now - began >= CROSS_MS) {
        pen.putImageData(image, 0, 0);
        shownAt = now;
        phase = root.dataset.phase = "picture"; // says nothing: a word that changes would draw the eye
        stage.setAttribute("aria-label", NAMES.picture);
      } else if (shownAt !== null) {
        const length = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1000 / 60;
        if (now - shownAt >= wanted - length / 2) {
          mask();
          [shownMs, maskAt] = [now - shownAt, now];
          enter("answer", `${where()}: real or fake?`);
          return;
        }
      }
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
  }

  function answer(isReal, at) {
    if (phase !== "answer") return;
    const trial = model.get("n_done");
    enter("sent", where());
    model.send({ kind: "answer", trial, real: isReal, shown_ms: shownMs, reaction_ms: Math.max(0, at - maskAt) });
    timer = setTimeout(() => (status.textContent = BUSY), PATIENCE_MS);
  }

  // Nobody sees a picture twice: once it is shown, a pause waits for the answer.
  function startOrPause() {
    if (phase === "idle") present();
    else if (phase === "cross") rest();
    else if (phase === "answer") {
      pauseNext = !pauseNext;
      status.textContent = `${where()}: real or fake?${pauseNext ? " Then a pause." : ""}`;
    }
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || phase === "done") return;
    const isReal = { r: true, arrowleft: true, f: false, arrowright: false }[event.key.toLowerCase()];
    if (isReal !== undefined) {
      event.preventDefault();
      if (!event.repeat) answer(isReal, event.timeStamp);
    } else if (event.key === " " && event.target === root) {
      event.preventDefault();
      if (!event.repeat) startOrPause();
    }
  }

  function onDone() {
    if (Object.keys(model.get("outcome")).length) return;
    if (phase === "sent" && !pauseNext) present();
    else rest(); // answered in another view of this trial, or in Python
  }

  function onNote() {
    problem.textContent = model.get("note");
    if (model.get("note") && phase === "sent") rest();
  }

  function onOutcome() {
    if (!Object.keys(model.get("outcome")).length) return;
    stop();
    const hadFocus = root.contains(document.activeElement);
    phase = root.dataset.phase = "done";
    const results = showResults(root, model);
    resultsUrl = results.url;
    if (hadFocus) results.title.focus();
  }

  const onHidden = () => document.hidden && phase === "cross" && rest();
  const click = (button, act) =>
    button.addEventListener("click", (event) => {
      if (button.getAttribute("aria-disabled") !== "true") act(event);
    });
  click(start, () => (startOrPause(), root.focus()));
  click(real, (event) => answer(true, event.timeStamp));
  click(fake, (event) => answer(false, event.timeStamp));
  click(finish, () => model.send({ kind: "finish" }));
  root.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", onHidden);
  const heard = { "change:n_done": onDone, "change:note": onNote, "change:outcome": onOutcome };
  for (const [name, act] of Object.entries(heard)) model.on(name, act);
  el.append(root);
  rest();
  onOutcome();
  return () => {
    stop();
    document.removeEventListener("visibilitychange", onHidden);
    for (const [name, act] of Object.entries(heard)) model.off(name, act);
    if (resultsUrl) URL.revokeObjectURL(resultsUrl);
  };
}

export default { render };
