// For a screen reader: gives each ipywidgets slider in the same box the name that stands beside it (ipywidgets leaves
// the handle without one), the picture an alt text, and says that text when it changes.

const HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";

function render({ model, el }) {
  const status = document.createElement("div");
  status.setAttribute("role", "status");
  status.style.cssText = HIDDEN;
  el.append(status);

  const name = (box) => {
    for (const slider of box.querySelectorAll(".widget-slider")) {
      const words = slider.querySelector(".widget-label")?.textContent;
      for (const handle of slider.querySelectorAll(".noUi-handle")) handle.setAttribute("aria-label", words);
      for (const typed of slider.querySelectorAll(".widget-readout")) {
        typed.setAttribute("role", "textbox");
        typed.setAttribute("aria-label", `${words}, typed`);
      }
    }
    for (const picture of box.querySelectorAll("img.widget-image")) picture.alt = model.get("words");
  };
  let frame = 0;
  let observer = null;
  const attach = () => {
    const box = el.closest(".widget-vbox");
    if (!box) frame = requestAnimationFrame(attach); // not yet in the page
    else {
      observer = new MutationObserver(() => name(box));
      observer.observe(box, { childList: true, subtree: true });
      name(box);
    }
  };
  const say = () => {
    status.textContent = model.get("words"); // a change below the box, so the alt text follows
  };
  attach();
  model.on("change:words", say);
  return () => {
    cancelAnimationFrame(frame);
    observer?.disconnect();
    model.off("change:words", say);
  };
}

export default { render };
