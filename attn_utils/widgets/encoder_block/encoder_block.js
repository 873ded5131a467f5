// One token's vector on its way through an encoder layer, part by part.
import { enter, feedForward, leave } from "../parts/layers.js";
import { multiHeadAttention } from "../parts/multihead.js";
import { unpack } from "../parts/weights.js";
import { draw, ends, face, groupName, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const ROW = 46;
const LABELS = 148;
const CONTROLS = ["token", "norm_first", "part"];
const GIVEN = ["weights", "shapes", "num_heads", "inputs", "tokens"];
const LOOKS = { stream: "block-stream", norm: "block-norm", change: "block-change", sum: "block-sum" };

/** Every part of an encoder layer in the order it is computed: {name, kind, x}.
    The last one is what nn.js's encoderLayer returns. Twin: EncoderLayer. */
export function parts(module, x, { numHeads, normFirst }) {
  const list = [{ name: "inputs", kind: "stream", x }];
  const add = (name, kind, rows) => { list.push({ name, kind, x: rows }); return rows; };
  const sublayers = [
    ["attention", module.around_attention,
      (seen) => multiHeadAttention(module.attention, seen, seen, null, numHeads).output],
    ["feed-forward", module.around_feed_forward, (seen) => feedForward(module.feed_forward, seen)],
  ];
  for (const [name, around, compute] of sublayers) {
    const seen = enter(around, x, normFirst);
    if (normFirst) add("layer norm", "norm", seen);
    const change = add(name, "change", compute(seen));
    if (!normFirst) add("sum", "sum", leave(around, x, change, true));
    x = leave(around, x, change, normFirst);
    add(normFirst ? "sum" : "layer norm", normFirst ? "sum" : "norm", x);
  }
  return list;
}

/** The length of a vector: the root of the sum of its squares. */
export function length(vector) {
  return Math.sqrt(vector.reduce((sum, feature) => sum + feature * feature, 0));
}

function render({ model, el }) {
  const start = traits(model, CONTROLS);
  const tied = tie(model);
  const token = slider("token", ends(model, "token"), (value) => tied.set({ token: value }));
  const part = slider("follow", ends(model, "part"), (value) => tied.set({ part: value }));
  const order = make("fieldset", "block-order", make("legend", "", "layer norm"));
  const group = groupName();
  const choices = [["before each part (pre-norm)", true], ["after each sum (post-norm)", false]].map(([text, first]) => {
    const input = Object.assign(make("input", ""), { type: "radio", name: group });
    input.addEventListener("change", () => tied.set({ norm_first: first }));
    order.append(make("label", "", input, text));
    return { input, first };
  });
  const ui = face(el, {
    name: "block",
    controls: [token.row, part.row, order],
    legend: make("div", "attn-legend", "Each row is one vector: a bar for each of its features, up or down from 0. The line at the left is the residual path."),
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });

  let letters = [];
  let computed = []; // depends on the order of the parts only: both are kept
  let rows = [];

  function take() {
    const { weights, shapes, num_heads: numHeads, inputs, tokens } = traits(model, GIVEN);
    // While one changes, the other half is on its way.
    if (computed.length && [...tokens].length !== inputs.length) return;
    const module = unpack(weights, shapes);
    letters = [...tokens];
    computed = [false, true].map((normFirst) => parts(module, inputs, { numHeads, normFirst }));
    token.bound({ min: 0, max: letters.length - 1, step: 1 });
    lay();
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 240);
    const labels = width < 480 ? 108 : LABELS;
    const size = computed[0][0].x[0].length;
    const gap = (width - labels - 8) / size;
    place(ui.picture, { viewBox: `0 0 ${width} ${7 * ROW + 8}`, height: 7 * ROW + 8 });
    ui.picture.replaceChildren();
    rows = Array.from({ length: 7 }, (_, i) => {
      const middle = i * ROW + ROW / 2 + 4;
      const group = draw("g", {}, ui.picture);
      const back = draw("rect", { class: "block-back", x: 0, y: i * ROW + 4, width, height: ROW - 4, rx: 6 }, group);
      const name = draw("text", { class: "block-name", x: 26, y: middle + 1 }, group);
      const shape = draw("text", { class: "block-shape", x: 26, y: middle + 15 }, group);
      draw("path", { class: "block-zero", d: `M${labels} ${middle}H${width - 8}` }, group);
      const bars = Array.from({ length: size }, (_, k) =>
        draw("rect", { class: "block-bar", x: labels + k * gap + gap * 0.15, width: gap * 0.7 }, group));
      return { group, back, name, shape, bars, middle };
    });
    const path = draw("path", { class: "block-path", fill: "none" }, ui.picture);
    rows.path = path;
    show();
  }

  function show() {
    const normFirst = model.get("norm_first");
    const list = computed[Number(normFirst)];
    const chosen = Math.min(model.get("token"), letters.length - 1);
    const followed = model.get("part");
    const largest = Math.max(...list.flatMap(({ x }) => x[chosen].map(Math.abs)));
    list.forEach(({ name, kind, x }, i) => {
      const row = rows[i];
      row.name.textContent = kind === "sum" ? "+ residual" : name;
      row.shape.textContent = `${x.length} tokens × ${x[0].length}`;
      place(row.group, { class: `${LOOKS[kind]}${i === followed ? " block-followed" : ""}` });
      x[chosen].forEach((feature, k) => {
        const tall = Math.max(0.5, (Math.abs(feature) / largest) * (ROW / 2 - 5));
        place(row.bars[k], { y: feature > 0 ? row.middle - tall : row.middle, height: tall, "data-value": feature });
      });
    });
    // The residual path leaves before each part and comes back at its sum.
    const sums = list.flatMap(({ kind }, i) => (kind === "sum" ? [i] : []));
    const from = normFirst ? [0, sums[0]] : [0, sums[0] + 1];
    place(rows.path, { d: sums.map((sum, i) => {
      const [a, b] = [rows[from[i]].middle, rows[sum].middle];
      return `M20 ${a}H10V${b}H20m-4 -3l4 3l-4 3`;
    }).join("") });
    token.show(chosen, `${chosen + 1}, “${letters[chosen]}”`);
    part.show(followed, `part ${followed + 1} of 7`);
    for (const { input, first } of choices) input.checked = first === normFirst;
    ui.say(sentence(list, followed, chosen, normFirst));
  }

  function sentence(list, followed, chosen, normFirst) {
    const { name, kind, x } = list[followed];
    const vector = x[chosen];
    const mean = vector.reduce((sum, feature) => sum + feature, 0) / vector.length;
    const what = {
      stream: "what comes in",
      norm: "the vector with mean 0 and variance 1, then scaled and shifted",
      change: name === "attention" ? "what the token has read from all tokens" : "what the token has made of it, by itself",
      sum: "what came in, plus the change",
    }[kind];
    const last = length(list.at(-1).x[chosen]);
    return [
      make("b", "", kind === "sum" ? "sum" : name), `: ${what}. Length `, number(length(vector), 2, "value"),
      ", mean ", number(mean, 2, "value"), `. With ${normFirst ? "pre" : "post"}-norm the token enters with length `,
      number(length(list[0].x[chosen]), 2, "value"), " and leaves with ", number(last, 2, "value"), ".",
    ];
  }

  tied.on(CONTROLS, show);
  tied.on(GIVEN, take);
  return stayDrawn(ui, tied, lay, { first: take });
}

export default { render };
