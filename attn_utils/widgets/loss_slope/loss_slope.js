// A few classes and their scores: what the loss is, and which way it falls.
import { gradientOf, lossOf, probabilitiesOf, stepDown } from "./slope_math.js";
import { hundredths, signed } from "../parts/axes.js";
import { button, chips, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { put, write } from "../parts/pen.js";

const KEPT = ["logits", "target"]; // what Reset brings back
const MARGIN = 22; // room for the numbers of the axes
const COLUMN = 130; // of a class, at most
const BAR = { most: 52, share: 0.5 }; // how wide one is, of its column
const LOSS = 16; // where the words of the loss stand
const CHANCE = { title: 46, top: 70, height: 88 }; // the bars of the probabilities, which end in their names
const SLOPE = { title: 226, top: 252, half: 56 }; // the bars of the gradient, to both sides
const HEIGHT = SLOPE.top + 2 * SLOPE.half + 20;

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const names = model.get("names");
  const [least, most, step] = model.get("settable").logits[0];
  let layout = null;

  /** Change what is shown; bars take their time only where a step is made. */
  function change(changes, moving = false) {
    ui.root.classList.toggle("slope-moving", moving);
    tied.set(changes);
  }
  const scores = names.map((name, n) => slider(name, { min: least, max: most, step }, (value) => change({ logits: model.get("logits").map((old, i) => (i === n ? value : old)) })));
  const group = make("div", "slope-scores", make("p", "slope-heading", "scores"), ...scores.map(({ row }) => row));
  group.dataset.show = "score";
  place(group, { role: "group", "aria-label": "scores" });
  const targets = chips("target", names.map((name) => ({ name })), (target) => change({ target }));
  const down = button("slope-step", () => {
    const now = state();
    change({ logits: stepDown(now.logits, names.indexOf(now.target), [least, most]) }, true);
  }, "one step");
  const ui = face(el, {
    name: "slope",
    controls: [group, targets.row, down],
    hint: model.get("hint"),
    onReset: () => change(start),
  });

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 200);
    const column = Math.min(COLUMN, (width - MARGIN) / names.length);
    const from = (width - MARGIN - names.length * column) / 2 + MARGIN;
    const end = from + names.length * column;
    const bar = Math.min(BAR.most, BAR.share * column);
    const middle = (n) => from + (n + 0.5) * column;
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    /** A line across all classes, with its number. */
    const rule = (parent, y, words, look = "slope-rule") => {
      put(parent, "line", look, { x1: hundredths(from), x2: hundredths(end), y1: y, y2: y });
      write(parent, words, from - 6, y + 4, "end", "slope-tick");
    };
    const loss = write(part("loss"), "", from - MARGIN, LOSS, "start", "slope-loss");
    const chance = part("probability");
    write(chance, "probabilities p = softmax(scores)", from - MARGIN, CHANCE.title, "start", "slope-title");
    const base = CHANCE.top + CHANCE.height;
    rule(chance, CHANCE.top, "1");
    rule(chance, base, "0", "slope-zero");
    const slope = part("gradient");
    write(slope, "gradient of the loss: p − target", from - MARGIN, SLOPE.title, "start", "slope-title");
    const zero = SLOPE.top + SLOPE.half;
    rule(slope, SLOPE.top, "1");
    rule(slope, SLOPE.top + 2 * SLOPE.half, "−1");
    rule(slope, zero, "0", "slope-zero");
    const box = (parent, look, n) => put(parent, "rect", look, { x: hundredths(middle(n) - bar / 2), width: hundredths(bar) });
    const classes = names.map((name, n) => ({
      p: box(chance, "slope-bar", n),
      said: write(chance, "", middle(n), base, "middle", "slope-number"),
      name: write(chance, name, middle(n), base + 18, "middle"),
      mark: write(chance, "", middle(n), base + 34, "middle", "slope-mark"),
      g: box(slope, "slope-gradient", n),
      told: write(slope, "", middle(n), zero, "middle", "slope-number"),
    }));
    place(ui.picture, { viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT });
    layout = { loss, classes, base, zero };
    show();
  }

  function show() {
    if (!layout) return;
    const { logits, target } = state();
    const right = names.indexOf(target);
    const found = { p: probabilitiesOf(logits), loss: lossOf(logits, right), gradient: gradientOf(logits, right), next: stepDown(logits, right, [least, most]) };
    const { loss, classes, base, zero } = layout;
    fill(loss, `loss = −log ${chanceIn(found.p[right])} = ${found.loss.toFixed(2)}`);
    classes.forEach((each, n) => {
      const [p, g] = [found.p[n], found.gradient[n]];
      const high = CHANCE.height * p;
      place(each.p, { y: hundredths(base - high), height: hundredths(high), "data-number": p });
      fill(each.said, p.toFixed(2));
      place(each.said, { y: hundredths(base - high - 5) });
      place(each.name, { class: n === right ? "slope-name slope-right" : "slope-name" });
      fill(each.mark, n === right ? "target" : "");
      const far = SLOPE.half * g;
      place(each.g, { y: hundredths(zero - Math.max(far, 0)), height: hundredths(Math.abs(far)), "data-number": g });
      fill(each.told, signed(g, 2));
      place(each.told, { y: hundredths(zero - far + (n === right ? 14 : -5)) });
      scores[n].show(logits[n], signed(logits[n], 2));
    });
    targets.show(target);
    ui.say(sentence(names, right, found, logits));
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

/** A probability, with as many decimals as a small one needs. */
function chanceIn(p) {
  return p.toFixed(p < 0.00995 ? 4 : p < 0.0995 ? 3 : 2);
}

/** Say what the loss is, and what a step would do. */
function sentence(names, right, { p, loss, next }, logits) {
  const moves = names.map((name, n) => ({ name, by: Math.abs(next[n] - logits[n]), n }));
  const others = moves.filter(({ n }) => n !== right);
  const taken = others.flatMap(({ name, by }, n) => [
    n === 0 ? "" : n === others.length - 1 ? " and " : ", ", number(by, 2), ` from ${name}`,
  ]);
  const chance = number(p[right], 2);
  fill(chance, chanceIn(p[right]));
  return [
    `The target, ${names[right]}, has the probability `, chance, ", and the loss is ", number(loss, 2), ". One step adds ", number(moves[right].by, 2),
    " to its score, and takes ", ...taken, ".",
  ];
}

export default { render };
