// What attention costs against another layer, over the number of tokens.
import { amount, crossing, formula, grouped, layerCost, multiplications, rounded } from "./layer_costs_math.js";
import { hundredths, spread } from "../parts/axes.js";
import { chips, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { put, write } from "../parts/pen.js";

const CONTROLS = ["num_tokens", "width", "kernel_size", "count", "rival"]; // what Reset brings back
const OWN = "attention";
const WITH_MAPS = "with maps";
// How a sentence speaks of a rival, and what a link lights it by.
const CALLED = {
  RNN: ["an RNN", "the RNN", "RNN"],
  GRU: ["a GRU", "the GRU", "GRU"],
  LSTM: ["an LSTM", "the LSTM", "LSTM"],
  convolution: ["a convolution", "the convolution", "convolution"],
  "fully connected": ["a fully connected layer", "the fully connected layer", "connected"],
};
const TALL = { 3: "thousand", 6: "million", 9: "billion" };
const LINE = 14; // from name to name
const NARROW = 165; // on a shorter axis amounts are written in letters
const CRAMPED = 110; // on a shorter one not at all, and only its ends have ticks

function render({ model, el }) {
  const start = traits(model, CONTROLS);
  const tied = tie(model);
  const { rival: rivals, count: counts } = model.get("settable");
  const mixers = [...rivals, OWN]; // attention lies above all others
  const [tokens, widths, kernels] = ["num_tokens", "width", "kernel_size"].map((name) => ends(model, name).step);
  const [fewest, most] = [tokens[0], tokens.at(-1)];
  // One axis for all that the sliders can reach.
  const logs = mixers.flatMap((mixer) => [
    multiplications(mixer, fewest, widths[0], kernels[0], false),
    multiplications(mixer, most, widths.at(-1), kernels.at(-1), true),
  ]).map(Math.log10);
  const [low, high] = [Math.min(...logs), Math.max(...logs)];

  const choose = (legend, trait, options) => chips(legend, options.map((name) => ({ name })), (name) => tied.set({ [trait]: name }));
  const against = choose("against", "rival", rivals);
  const counted = choose("count", "count", counts);
  const slide = (label, trait, stops) => {
    const { row, show: move } = slider(label, { min: 0, max: stops.length - 1, step: 1 }, (at) => tied.set({ [trait]: stops[at] }));
    return { row, show: (value) => move(stops.indexOf(value), grouped(value)) };
  };
  const slides = {
    num_tokens: slide("tokens n", "num_tokens", tokens),
    width: slide("width d", "width", widths),
    kernel_size: slide("kernel k", "kernel_size", kernels),
  };
  const ui = face(el, {
    name: "costs",
    controls: [against.row, counted.row, ...Object.values(slides).map(({ row }) => row)],
    legend: make("div", "attn-legend", "Mixing is by what tokens meet: scores and averages, the steps of a state, the taps of a kernel, a weight for each pair of places. "
      + "Maps see one token alone. Biases, norms, softmax and gates’ own functions are left out."),
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  let layout = null;

  function lay() {
    const wide = Math.max(ui.stage.clientWidth, 200);
    ui.picture.replaceChildren();
    const roomy = wide >= 420;
    const [left, right] = roomy ? [60, wide - 104] : [42, wide - 80];
    const ceiling = 42;
    // Where the controls stand beside the picture, it is as high as they are.
    const beside = ui.stage.parentNode.clientWidth > wide + 100;
    const base = ceiling + (beside ? 410 : roomy ? 300 : 240);
    const toX = (n) => hundredths(left + (Math.log(n / fewest) / Math.log(most / fewest)) * (right - left));
    const toY = (times) => hundredths(base - ((Math.log10(times) - low) / (high - low)) * (base - ceiling));

    write(ui.picture, roomy ? "multiplications, by factors of ten" : "multiplications", 0, 12);
    for (let exponent = Math.ceil(low); exponent <= high; exponent += 1) {
      const y = toY(10 ** exponent);
      put(ui.picture, "path", "cost-rule", { d: `M${left} ${y}H${right}` });
      const words = exponent === 3 && !roomy ? "1,000" : TALL[exponent];
      if (words) write(ui.picture, words, left - 6, y + 4, "end", "cost-tick");
    }
    put(ui.picture, "path", "cost-rule", { d: `M${left} ${base}H${right}` });
    write(ui.picture, roomy ? "tokens n" : "tokens", right + 22, base + 18);

    const drop = put(put(ui.picture, "g", "", { "data-show": "crossing" }), "path", "cost-drop");
    const now = put(put(ui.picture, "g", "", { "data-show": "tokens" }), "path", "cost-now");
    const curves = mixers.map((mixer) => {
      const group = put(ui.picture, "g", "", { "data-show": mixer === OWN ? OWN : CALLED[mixer][2] });
      return {
        mixer,
        path: put(group, "path", "cost-curve"),
        lead: put(group, "path", "cost-lead"),
        name: write(group, roomy ? mixer : mixer.replace("fully ", ""), right + 14, 0, "start", "cost-name"),
      };
    });
    const meets = put(ui.picture, "g", "", { "data-show": "crossing" });
    const crossed = {
      drop,
      mark: put(meets, "path", "cost-mark"),
      words: write(meets, "", 0, base + 37, "middle", "cost-words"),
    };
    const here = put(ui.picture, "g", "", { "data-show": "tokens" });
    const dots = [
      put(here, "circle", "cost-dot cost-hollow", { r: 4.5 }),
      put(here, "circle", "cost-dot", { r: 4.5 }),
    ];
    const values = dots.map(() => write(here, "", 0, 0, "start", "cost-value"));
    const words = write(here, "", 0, ceiling - 9, "middle", "cost-words");
    // Over the line that leads down from a crossing.
    for (let n = fewest; n <= most; n *= right - left < CRAMPED ? most / fewest : 8) {
      put(ui.picture, "path", "cost-rule", { d: `M${toX(n)} ${base}v5` });
      write(ui.picture, grouped(n), toX(n), base + 18, "middle", "cost-tick");
    }
    const height = base + 44;
    place(ui.picture, { viewBox: `0 0 ${wide} ${height}`, height });
    layout = { wide, left, right, ceiling, base, toX, toY, curves, crossed, now, dots, values, words };
    show();
  }

  function show() {
    const state = traits(model, CONTROLS);
    const { num_tokens: n, width, kernel_size: kernel, rival, count } = state;
    const withMaps = count === WITH_MAPS;
    const times = (mixer, numTokens) => multiplications(mixer, numTokens, width, kernel, withMaps);
    const { wide, left, right, ceiling, base, toX, toY, curves, crossed } = layout;

    const lines = curves.map(({ mixer }) => tokens.map((each) => toY(times(mixer, each))));
    const apart = spread(lines.map((line) => line.at(-1) + 4), LINE, ceiling + 4, base + 4);
    curves.forEach(({ mixer, path, lead, name }, i) => {
      const d = lines[i].map((y, k) => `${k ? "L" : "M"}${toX(tokens[k])} ${y}`).join("");
      const kind = mixer === OWN ? "cost-curve cost-own" : "cost-curve cost-rival";
      const strong = mixer === OWN || mixer === rival;
      place(path, { d, class: strong ? kind : "cost-curve" });
      place(name, { y: hundredths(apart[i]), class: strong ? "cost-name cost-strong" : "cost-name" });
      place(lead, { d: `M${right + 2} ${lines[i].at(-1)}L${right + 11} ${hundredths(apart[i] - 4)}` });
    });

    // Where the two meet, on the axis or beside it.
    const meeting = crossing(OWN, rival, width, kernel, withMaps);
    const inside = meeting >= fewest && meeting <= most;
    place(crossed.mark, { d: "" });
    place(crossed.drop, { d: "" });
    if (meeting !== null && inside) {
      const [x, y] = [toX(meeting), toY(times(OWN, meeting))];
      place(crossed.mark, { d: `M${x} ${y - 8}l8 8l-8 8l-8 -8z` });
      place(crossed.drop, { d: `M${x} ${base + 24}V${y}` });
    }
    const [said, x, anchor] = whereWords(meeting, inside);
    fill(crossed.words, said);
    place(crossed.words, { x: hundredths(x), "text-anchor": anchor });

    // What n tokens cost: the larger number left of the line, the smaller one right
    // of it, where neither lies on a curve; at the ends both where there is room.
    const at = toX(n);
    place(layout.now, { d: `M${at} ${base}V${ceiling - 4}` });
    fill(layout.words, `n = ${grouped(n)}`);
    place(layout.words, { x: hundredths(Math.min(Math.max(at, 32), wide - 32)) });
    const both = [rival, OWN].map((mixer) => times(mixer, n));
    const [other, own] = both;
    const [brief, cramped] = [NARROW, CRAMPED].map((least) => right - left < least);
    const room = brief ? 50 : 88;
    const tight = at - left < room ? 1 : right - at < room ? -1 : 0;
    const sides = [tight || (other > own ? -1 : 1), tight || (other > own ? 1 : -1)];
    const ys = both.map(toY);
    const lifted = spread(ys.map((y, i) => y + (sides[i] < 0 ? -7 : 17)), LINE + 1, ceiling + 12, base - 5);
    both.forEach((value, i) => {
      place(layout.dots[i], { cx: at, cy: ys[i] });
      fill(layout.values[i], cramped ? "" : amount(value, brief));
      place(layout.values[i], { x: hundredths(at + 8 * sides[i]), y: hundredths(lifted[i]), "text-anchor": sides[i] < 0 ? "end" : "start" });
    });

    for (const [trait, { show: move }] of Object.entries(slides)) move(state[trait]);
    against.show(rival);
    counted.show(count);
    ui.say(sentence(state, own, other, meeting, inside));
  }

  /** The words below the axis, their place and what is anchored there. */
  function whereWords(meeting, inside) {
    const { left, right, wide, toX } = layout;
    if (meeting === null) return ["they never meet", left, "start"];
    const words = `they meet at n = ${grouped(Number(meeting.toFixed(1)))}`;
    if (inside) return [words, Math.min(Math.max(toX(meeting), 66), wide - 66), "middle"];
    return meeting < fewest ? [`← ${words}`, left, "start"] : [`${words} →`, Math.max(right + 14, 156), "end"];
  }

  function sentence({ num_tokens: n, width, kernel_size: kernel, rival, count }, own, other, meeting, inside) {
    const withMaps = count === WITH_MAPS;
    const say = (value, text) => {
      const node = number(value, 0);
      node.textContent = text;
      return node;
    };
    const whole = (value) => say(value, grouped(value));
    const [some, the] = CALLED[rival];
    const [mine, its] = [OWN, rival].map((mixer) => layerCost(mixer, n, width, kernel));
    const ratio = Math.max(own / other, other / own);
    const compared = ratio === 1 ? ["both equally often"] : [`${own > other ? OWN : the} `, say(ratio, rounded(ratio)), " times as often"];
    const met = meeting === null
      ? [` They never meet: attention always multiplies ${own > other ? "more" : "less"} often.`]
      : [" They meet at n = ", whole(Number(meeting.toFixed(1))), inside ? "." : ", beside the picture."];
    return [
      "For ", whole(n), " tokens of width ", whole(width), `, attention multiplies ${formula(OWN, kernel, withMaps)} = `, say(own, amount(own)),
      ` times${withMaps ? "" : " to mix"}, ${some} ${formula(rival, kernel, withMaps)} = `, say(other, amount(other)), ": ", ...compared, ".", ...met,
      " Steps in a row: ", whole(mine.steps), " against ", whole(its.steps),
      ". Way: ", whole(mine.path), " against ", whole(its.path), rival === "convolution" ? ", a layer each." : ".",
    ];
  }

  tied.on(CONTROLS, show);
  return stayDrawn(ui, tied, lay);
}

export default { render };
