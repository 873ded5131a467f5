// A guess in two places: the question with its options, and further down the answer.
import { button, groupName, keepKeys, make, steady, tie } from "../parts/face.js";

const SAID = ["Pick one. The answer stands further down.", "Noted. The answer stands further down."];

function frame(el, className, kicker, ...content) {
  const root = make("div", `attn-face attn-guessing ${className}`, make("p", "guess-kicker", kicker), ...content);
  keepKeys(root);
  el.replaceChildren(root);
  return root;
}

/** The question: one chip for each option, of which the reader picks one. */
function ask({ model, el }) {
  const tied = tie(model);
  const question = make("legend", "guess-question");
  const chips = make("div", "guess-chips");
  const said = steady("");
  said.words.setAttribute("aria-live", "polite");
  const back = button("guess-back guess-asks-back", () => {
    tied.set({ pick: null });
    inputs[0].focus({ preventScroll: true });
  }, "Take it back");
  const root = frame(
    el, "guess-asks", "Guess first", make("fieldset", "guess-field", question, chips),
    back, make("p", "guess-said", said.node),
  );
  let inputs = [];

  function lay() {
    const group = groupName();
    question.textContent = model.get("question");
    inputs = model.get("options").map((option, i) => {
      const input = Object.assign(make("input"), { type: "radio", name: group });
      input.addEventListener("change", () => tied.set({ pick: i }));
      return input;
    });
    chips.replaceChildren(...model.get("options").map((option, i) =>
      make("label", "guess-chip", inputs[i], make("span", "", option))));
    show();
  }

  function show() {
    const pick = model.get("pick");
    inputs.forEach((input, i) => { input.checked = i === pick; });
    back.classList.toggle("guess-absent", pick === null);
    said.say(SAID[Number(pick !== null)], SAID);
  }

  tied.on(["question", "options"], lay);
  tied.on(["pick"], show);
  lay();
  return () => {
    tied.end();
    root.remove();
  };
}

/** The place that asks `question`: the last one before this place, else the first. */
function placeOf(question, here) {
  const places = [...document.querySelectorAll(".guess-asks")].filter((place) =>
    place.querySelector(".guess-question")?.textContent === question);
  const above = places.filter((place) =>
    place.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING);
  return above.at(-1) ?? places[0];
}

/** The answer: what is right beside what the reader has picked, and why. */
function answer({ model, el }) {
  const tied = tie(model);
  const question = make("p", "guess-question");
  const yours = steady("");
  const right = make("dd", "");
  const why = make("p", "guess-why");
  const go = button("guess-back", () => {
    const place = placeOf(model.get("question"), root);
    if (!place) return;
    // Its first option: a screen reader then says the question, and a key picks.
    place.querySelector("input").focus({ preventScroll: true });
    (place.closest(".attn-live") ?? place).scrollIntoView({ block: "center" });
  }, "Go back and guess");
  const invite = make("span", "guess-invite", "none yet", go);
  const root = frame(el, "guess-answers", "The answer", question, make(
    "dl", "guess-verdict",
    make("div", "", make("dt", "", "Right"), right),
    make("div", "", make("dt", "", "Your guess"), make("dd", "guess-yours", yours.node, invite)),
  ), why);

  function show() {
    const [options, pick] = [model.get("options"), model.get("pick")];
    const marked = options.map((option, i) => `${i === model.get("right") ? "✓" : "✗"} ${option}`);
    question.textContent = model.get("question");
    why.textContent = model.get("why");
    right.textContent = options[model.get("right")];
    yours.say(marked[pick] ?? "", marked);
    invite.classList.toggle("guess-absent", pick !== null);
    // Where each output has a frame of its own, the question is out of reach.
    go.classList.toggle("guess-absent", pick !== null || !placeOf(model.get("question"), root));
  }

  // The question's own model is at hand in the static page and in Jupyter; where
  // it is not, the kernel carries the pick.
  let asked;
  const follow = () => tied.set({ pick: asked.get("pick") });
  let ended = false;
  const found = Promise.resolve(model.widget_manager?.get_model(model.get("of")));
  found.then((other) => {
    if (ended || !other) return;
    asked = other;
    asked.on("change:pick", follow);
    follow();
  }, () => {});
  tied.on(["question", "options", "right", "why", "pick"], show);
  show();
  return () => {
    ended = true;
    asked?.off("change:pick", follow);
    tied.end();
    root.remove();
  };
}

function render({ model, el }) {
  return model.get("of") === undefined ? ask({ model, el }) : answer({ model, el });
}

export default { render };
