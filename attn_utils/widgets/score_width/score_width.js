// What the width of queries and keys does to their scores, and to the weights made of them.
import { maskedSoftmax } from "../parts/attention.js";
import { hundredths, signed, spread } from "../parts/axes.js";
import { put, write } from "../parts/pen.js";
import { unpack } from "../parts/weights.js";
import { chips, ends, face, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const CONTROLS = ["width", "divisor"]; // what Reset brings back
const DIVISORS = { "√d": Math.sqrt, d: (width) => width };
// One axis for both panels and all widths: of two scores that lie 10 apart one weighs
// 22,000 times the other, so that beyond it there is nothing more to decide.
const REACH = 10;
const BINS = 2 * REACH;
const BEYOND = 7; // between the axis and the bars of what lies beyond it
const MOST = 0.5; // the largest Jacobian norm there is: two keys, half and half
const CURVES = { variance: "variance", entropy: "mean entropy", jacobian: "Jacobian norm" };

/** The variance of numbers. Twin: torch.var. */
export function variance(numbers) {
  const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  return numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (numbers.length - 1);
}

/** How widely weights are spread: 0 for a single key, ln of their number for all alike. Twin: torch.special.entr, summed. */
export function entropy(weights) {
  return weights.reduce((sum, weight) => sum - (weight > 0 ? weight * Math.log(weight) : 0), 0);
}

/** How much weights move when their scores move: the norm of diag(α) − ααᵀ. Twin: torch's, by autograd. */
export function jacobianNorm(weights) {
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    for (let j = 0; j < weights.length; j++) squares += (weights[i] * ((i === j) - weights[j])) ** 2;
  }
  return Math.sqrt(squares);
}

/** The place of the median, of the lower one where two stand in the middle. Twin: torch.median. */
export function medianPlace(numbers) {
  const order = numbers.map((_, i) => i).sort((a, b) => numbers[a] - numbers[b]);
  return order[Math.floor((numbers.length - 1) / 2)];
}

/** How many numbers lie in each of `bins` from −reach to reach, below and above these. Twin: torch.histc. */
export function histogram(numbers, reach, bins) {
  const counts = { below: 0, inside: Array(bins).fill(0), above: 0 };
  for (const n of numbers) {
    if (n < -reach) counts.below += 1;
    else if (n > reach) counts.above += 1;
    else counts.inside[Math.min(Math.floor(((n + reach) / (2 * reach)) * bins), bins - 1)] += 1;
  }
  return counts;
}

/** All that is shown of the scores of one width, a row for each query, once divided. */
export function study(scores, divisor) {
  const divided = scores.map((row) => Array.from(row, (score) => score / divisor));
  const everyKey = divided[0].map(() => true);
  const weights = divided.map((row) => maskedSoftmax(row, everyKey));
  const norms = weights.map(jacobianNorm);
  const typical = medianPlace(norms);
  const all = divided.flat();
  const counts = histogram(all, REACH, BINS);
  return {
    variance: variance(all),
    entropy: weights.reduce((sum, row) => sum + entropy(row), 0) / weights.length,
    jacobian: norms[typical],
    weights: [...weights[typical]].sort((a, b) => b - a),
    shares: [counts.below, ...counts.inside, counts.above].map((count) => count / all.length),
  };
}

/** How many decimals a number is written with: as many as it takes, three at most. */
export function decimals(n) {
  return [100, 10, 0.095].filter((least) => n < least).length;
}

/** A number of any size in a few letters. */
export function written(n) {
  return n < 0.0005 ? "< 0.001" : n.toFixed(decimals(n));
}

function render({ model, el }) {
  const start = traits(model, CONTROLS);
  const tied = tie(model);
  const matrices = unpack(model.get("scores"), model.get("shapes")).scores;
  const widths = ends(model, "width").step;
  const [numQueries, numKeys] = model.get("shapes")[0][1];
  const studied = (divide) => widths.map((width) => study(matrices[width], divide(width)));
  const raw = studied(() => 1);
  const scaled = Object.fromEntries(Object.entries(DIVISORS).map(([name, divide]) => [name, studied(divide)]));
  const everyOne = [raw, ...Object.values(scaled)].flat();
  const mostShare = Math.max(0.5, ...everyOne.flatMap(({ shares }) => shares));
  const mostEntropy = Math.log(numKeys);

  const slide = slider("width d", { min: 0, max: widths.length - 1, step: 1 }, (at) => tied.set({ width: widths[at] }));
  const choice = chips("divide by", Object.keys(DIVISORS).map((name) => ({ name })), (divisor) => tied.set({ divisor }));
  const ui = face(el, {
    name: "width",
    controls: [slide.row, choice.row],
    legend: make("div", "attn-legend", `The typical query is the one of ${numQueries} with the median Jacobian norm, in each panel its own. `
      + `This norm, of diag(α) − ααᵀ, says how much weights move when their scores do: ${MOST} at most. `
      + `Entropy is the mean of all queries: ln ${numKeys} = ${mostEntropy.toFixed(2)} at most.`),
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  let layout = null;

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 240);
    const roomy = width >= 480;
    ui.picture.replaceChildren();
    const named = (curve) => (roomy ? CURVES[curve] : CURVES[curve].replace(/mean | norm/, ""));
    const gap = roomy ? 40 : 20;
    const half = (width - gap) / 2;
    const tall = roomy ? 88 : 60;
    const bars = (parent, className, places, wide) => places.map((x) => put(parent, "rect", className, { x: hundredths(x), width: hundredths(wide) }));

    /** The histogram of all scores. */
    function scoreBox(parent, x, y) {
      const base = y + 20 + tall;
      const slot = (half - 2 * BEYOND) / (BINS + 2);
      write(parent, roomy ? `all ${numQueries * numKeys} scores` : "all scores", x, y + 8);
      const middle = hundredths(base - (tall * 0.5) / mostShare);
      put(parent, "path", "width-line width-half", { d: `M${hundredths(x)} ${middle}h${hundredths(half)}` });
      write(parent, roomy ? "half of them" : "half", x + half, hundredths(middle - 4), "end");
      put(parent, "path", "width-line", { d: `M${hundredths(x + slot + BEYOND)} ${base}h${hundredths(BINS * slot)}` });
      put(parent, "path", "width-line", { d: `M${hundredths(x)} ${base}h${hundredths(slot)}m${hundredths(2 * BEYOND + BINS * slot)} 0h${hundredths(slot)}` });
      const toX = (score) => x + slot + BEYOND + ((score + REACH) / (2 * REACH)) * BINS * slot;
      for (const at of roomy ? [-5, 0, 5] : [0]) write(parent, signed(at, 0), toX(at), base + 16, "middle", "width-tick");
      write(parent, `< −${REACH}`, x, base + 16);
      write(parent, `> ${REACH}`, x + half, base + 16, "end");
      const group = put(parent, "g", "", { "data-show": "score" });
      const places = [x, ...Array.from({ length: BINS }, (_, i) => toX(i - REACH)), x + half - slot];
      return { rects: bars(group, "width-score", places.map((at) => at + slot * 0.1), slot * 0.8), base };
    }

    /** The weights of the typical query, the largest first. */
    function weightBox(parent, x, y) {
      const top = y + 20;
      const base = top + tall;
      const left = x + 14;
      const slot = (half - 14) / numKeys;
      write(parent, roomy ? "weights of the typical query, largest first" : "typical weights", x, y + 8);
      put(parent, "path", "width-line width-scale", { d: `M${hundredths(left)} ${base}H${hundredths(x + half)}M${hundredths(left)} ${top}H${hundredths(x + half)}` });
      write(parent, "1", x + 8, top + 4, "end");
      write(parent, "0", x + 8, base + 4, "end");
      const group = put(parent, "g", "", { "data-show": "weight" });
      const rects = bars(group, "width-weight", Array.from({ length: numKeys }, (_, i) => left + slot * (i + 0.1)), slot * 0.8);
      const alike = hundredths(base - tall / numKeys);
      put(parent, "path", "width-alike", { d: `M${hundredths(left)} ${alike}H${hundredths(x + half)}` });
      write(parent, `1/${numKeys}: all alike`, x + half, alike - 6, "end", "width-words");
      return { rects, base };
    }

    const third = (width - 2 * gap) / 3;
    /** A panel: its title, two pictures, three numbers. */
    function panel(name, x, y, wide) {
      const part = put(ui.picture, "g", "width-panel", { "data-show": name });
      const title = write(part, "as they are: q · k", x, y + 12, "start", "width-title");
      const score = scoreBox(part, x, y + 24);
      const weight = roomy ? weightBox(part, x, y + 24 + tall + 56) : weightBox(part, x + half + gap, y + 24);
      const top = weight.base + 34;
      const numbers = Object.keys(CURVES).map((curve, i) => {
        const group = put(part, "g", "", { "data-show": curve });
        const at = x + (i * (wide + (roomy ? 0 : gap))) / 3;
        write(group, named(curve), at, top);
        return write(group, "", at, top + 19, "start", "width-number");
      });
      return { part, title, score, weight, numbers, bottom: top + 24 };
    }

    const panels = { raw: panel("raw", 0, 0, roomy ? half : width) };
    const below = panels.raw.bottom + 22;
    panels.scaled = roomy ? panel("scaled", half + gap, 0, half) : panel("scaled", 0, below, width);

    // Three curves over all widths, on axes that no choice moves.
    const top = panels.scaled.bottom + 28;
    put(ui.picture, "path", "width-line", { d: `M0 ${top - 12}H${width}` });
    const high = roomy ? 72 : 56;
    const log = (n) => Math.log10(Math.max(n, 1e-9));
    const logs = everyOne.map((one) => log(one.variance));
    const scales = {
      variance: { from: Math.min(-1, Math.round(Math.min(...logs))), to: Math.max(1, Math.round(Math.max(...logs))), of: log },
      entropy: { from: 0, to: mostEntropy, of: (n) => n },
      jacobian: { from: 0, to: MOST, of: (n) => n },
    };
    const [figures, names] = roomy ? [38, 40] : [0, 32]; // room at the left and right of each
    const curves = Object.keys(CURVES).map((curve, i) => {
      const group = put(ui.picture, "g", "width-curve", { "data-show": curve });
      const { from, to, of } = scales[curve];
      const corner = i * (third + gap);
      const [left, right] = [corner + figures, corner + third - names];
      const [ceiling, base] = [top + 28, top + 28 + high];
      const toX = (at) => hundredths(left + 4 + ((Math.log(at) - Math.log(widths[0])) / Math.log(widths.at(-1) / widths[0])) * (right - left - 8));
      const toY = (n) => hundredths(base - ((of(n) - from) / (to - from || 1)) * high);
      write(group, curve === "variance" && roomy ? "variance, by factors of ten" : named(curve), corner, top + 8);
      const rules = curve === "variance" ? [from, 0, to].map((exponent) => 10 ** exponent) : [0, to];
      rules.forEach((n) => {
        put(group, "path", "width-line width-rule", { d: `M${hundredths(left)} ${toY(n)}H${hundredths(right)}` });
        const text = String(Number(n.toPrecision(curve === "entropy" ? 3 : 1)));
        if (roomy) write(group, text, left - 6, toY(n) + 4, "end", "width-figure");
        else if (n === rules.at(-1)) write(group, text, left, ceiling - 4, "start", "width-figure");
      });
      write(group, `${widths[0]}`, toX(widths[0]), base + 16, "middle");
      write(group, `${widths.at(-1)}`, toX(widths.at(-1)), base + 16, "middle");
      const now = put(group, "path", "width-now");
      const line = (className) => ({
        path: put(group, "path", `width-trend ${className}`),
        name: write(group, "q·k", right + 5, 0, "start", `width-name ${className}`),
      });
      const [one, other] = [line("width-raw"), line("width-scaled")];
      const dots = ["width-raw", "width-scaled"].map((className) => put(group, "circle", `width-dot ${className}`, { r: 4 }));
      return { curve, toX, toY, now, one, other, dots, ceiling, base };
    });
    const bottom = top + 28 + high + 20;
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = { panels, curves, tall, roomy };
    show();
  }

  function show() {
    const { width, divisor } = traits(model, CONTROLS);
    const at = widths.indexOf(width);
    const { panels, curves, tall } = layout;
    const lines = { raw, scaled: scaled[divisor] };
    rewrite(panels.scaled.title, `divided by ${divisor}: q · k / ${divisor}`);
    for (const [name, { score, weight, numbers }] of Object.entries(panels)) {
      const found = lines[name][at];
      stand(score, found.shares.map((share) => share / mostShare), tall);
      stand(weight, found.weights, tall);
      Object.keys(CURVES).forEach((curve, i) => { rewrite(numbers[i], written(found[curve])); });
    }
    for (const { curve, toX, toY, now, one, other, dots, ceiling, base } of curves) {
      const x = toX(width);
      place(now, { d: `M${x} ${base}V${ceiling}` });
      const ys = [lines.raw, lines.scaled].map((line) => line.map((found) => toY(found[curve])));
      const apart = spread(ys.map((line) => line.at(-1) + 4), 13, ceiling + 4, base);
      [one, other].forEach(({ path, name }, i) => {
        place(path, { d: ys[i].map((y, k) => `${k ? "L" : "M"}${toX(widths[k])} ${y}`).join("") });
        place(name, { y: hundredths(apart[i]) });
        place(dots[i], { cx: x, cy: ys[i][at] });
      });
      rewrite(other.name, `÷ ${divisor}`);
    }
    slide.show(at, String(width));
    choice.show(divisor);
    ui.say(sentence(width, divisor, lines.raw[at], lines.scaled[at]));
  }

  function sentence(width, divisor, one, other) {
    const say = (n, role) => {
      const node = number(n, 2, role);
      node.textContent = written(n);
      return node;
    };
    return [
      "At width ", make("span", "attn-number", String(width)), " the variance is ", say(one.variance),
      "; the typical query gives one key ", say(one.weights[0], "weight"), " (mean entropy ",
      say(one.entropy), ", Jacobian norm ", say(one.jacobian), `). Divided by ${divisor}: `, say(other.variance), "; ", say(other.weights[0], "weight"), " (",
      say(other.entropy), ", ", say(other.jacobian), ").",
    ];
  }

  tied.on(CONTROLS, show);
  return stayDrawn(ui, tied, lay);
}

/** Change words that are others now: new ones cost a layout. */
function rewrite(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** Let bars stand on their ground, each as tall as its share. */
function stand({ rects, base }, shares, tall) {
  shares.forEach((share, i) => {
    const up = hundredths(share * tall);
    place(rects[i], { y: hundredths(base - up), height: up });
  });
}

export default { render };
