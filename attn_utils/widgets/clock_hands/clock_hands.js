// Sinusoidal positions: a clock for each pair of features, and what two positions have in common.
import { inCell, inDegrees, inTokens, periods, productByOffset, shortTurn } from "./clock_hands_math.js";
import { hundredths, signed } from "../parts/axes.js";
import { chips, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { put, write } from "../parts/pen.js";
import { angles, sinusoidalPositions } from "../parts/positions.js";

const CONTROLS = ["position", "offset", "dim", "base"]; // what Reset brings back
const BOTH = ["other", "position"]; // in ink, the position lies above the other
const ROOMY = 480; // on a narrower stage the clocks stand in two rows
const SIDE = 38; // room for the rows' names
const KEY = 34; // room for what each look means
const TWO_DECIMALS = 29; // a narrower cell has room for one
const ONE_DECIMAL = 20; // and a still narrower one for none
const WHOLE = 44; // below a narrower clock numbers are shorter
const FLOOR = -0.75; // below every dot product there is, of as many as are clocks
const INSET = 3; // between a cell and its bar
const GAP = 16; // between the rows of clocks

function render({ model, el }) {
  const start = traits(model, CONTROLS);
  const tied = tie(model);
  const reach = ends(model, "offset").max;

  const choose = (legend, trait) =>
    chips(legend, ends(model, trait).step.map((name) => ({ name, text: name.toLocaleString("en") })), (name) => tied.set({ [trait]: name }));
  const choices = { dim: choose("features", "dim"), base: choose("base", "base") };
  const slide = (trait) => slider(trait, ends(model, trait), (value) => tied.set({ [trait]: value }));
  const slides = { position: slide("position"), offset: slide("offset") };
  const ui = face(el, {
    name: "clocks",
    controls: [...Object.values(slides), ...Object.values(choices)].map(({ row }) => row),
    legend: make("div", "attn-legend", "A hand is as high as the sine of its angle and as wide as the cosine: the two numbers below it. Angle 0 points right. "
      + "Below a clock: “every”, after how many tokens its hand is back; “dot”, what it adds to the dot product, the cosine of the angle between its hands."),
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  let layout = null;

  function lay() {
    const { dim, base } = traits(model, CONTROLS);
    const wide = Math.max(ui.stage.clientWidth, 190);
    const beside = ui.stage.parentNode.clientWidth > wide + 100;
    const sizes = measure(wide, dim / 2);
    ui.picture.replaceChildren();
    const ground = put(ui.picture, "g", "");
    const groups = Object.fromEntries(["angle", ...BOTH, "period", "product"].map((name) => [name, put(ui.picture, "g", "", { "data-show": name })]));
    // What each look means.
    const key = Object.fromEntries(["position", "other"].map((name, i) => {
      const x = hundredths(i * (sizes.roomy ? 140 : wide / 2));
      turn(hand(groups[name], name), x + 2, 10, 24, 0);
      return [name, write(groups[name], "", x + 36, 14, "start", `clock-name clock-${name}`)];
    }));
    const clocks = periods(dim, base).map((period, i) => hang(ground, groups, sizes, period, i));
    const top = KEY + sizes.rows * (sizes.band + GAP) + 8;
    const tall = beside ? 170 : sizes.roomy ? 130 : 100;
    const chart = plot(ground, groups.product, { ...sizes, wide, top, tall }, productByOffset(dim, base, reach));
    layout = { dim, base, wide, ...sizes, key, clocks, ...chart };
    const height = chart.bottom + 24;
    place(ui.picture, { viewBox: `0 0 ${wide} ${height}`, height });
    show();
  }

  /** A hand with its end, in the look of its position. */
  function hand(group, name) {
    return {
      line: put(group, "path", `clock-hand clock-${name}`),
      end: put(group, "circle", `clock-end clock-${name}`, { r: name === "other" ? 4.5 : 3 }),
    };
  }

  /** A clock, and below it its numbers; a row's first one has the rows' names at its left. */
  function hang(ground, groups, { inRow, unit, most, radius, cell, high, band }, period, i) {
    const first = i % inRow === 0;
    const x = hundredths(SIDE + ((i % inRow) + 0.5) * unit);
    const top = KEY + Math.floor(i / inRow) * (band + GAP);
    const [y, below] = [top + most, top + 2 * most];
    put(ground, "circle", "clock-ring", { cx: x, cy: y, r: hundredths(radius) });
    put(ground, "path", "clock-line", { d: `M${hundredths(x - radius)} ${y}h${hundredths(2 * radius)}M${x} ${hundredths(y - radius)}v${hundredths(2 * radius)}` });
    const say = (part, name, words, at) => {
      if (first) write(groups[part], name, SIDE - 6, at, "end", "clock-row");
      return write(groups[part], words, x, at, "middle", "clock-number");
    };
    const strip = (name, at) => {
      const middle = at + high / 2;
      const cells = [-1, 0].map((side) => {
        const left = hundredths(x + side * cell);
        put(ground, "rect", "clock-cell", { x: left, y: at, width: hundredths(cell), height: high });
        put(ground, "path", "clock-line", { d: `M${left} ${middle}h${hundredths(cell)}` });
        return {
          bar: put(groups[name], "rect", `clock-bar clock-${name}`, { x: hundredths(left + INSET), width: hundredths(cell - 2 * INSET) }),
          text: write(groups[name], "", left + cell / 2, at + high + 12, "middle", "clock-number"),
        };
      });
      const named = first && write(groups[name], "", SIDE - 6, middle + 4, "end", `clock-name clock-${name}`);
      return { hand: hand(groups[name], name), middle, cells, named };
    };
    say("period", "every", inTokens(period, unit < WHOLE), below + 16);
    return {
      x, y,
      wedge: put(groups.angle, "path", "clock-sector"),
      position: strip("position", below + 24),
      other: strip("other", below + high + 41),
      cosine: say("angle", "dot", "", top + band),
    };
  }

  /** The dot products of all offsets over these. */
  function plot(ground, group, { wide, roomy, top, tall, count }, products) {
    const [left, right, ceiling] = [SIDE, wide - 14, top + 42];
    const bottom = ceiling + tall;
    const toX = (offset) => hundredths(left + ((offset / reach + 1) / 2) * (right - left));
    const toY = (product) => hundredths(bottom - ((product / count - FLOOR) / (1 - FLOOR)) * tall);
    write(ui.picture, roomy ? "dot product of both positions, over the offset" : "dot product, over the offset", 0, top + 10);
    put(ground, "path", "clock-line", { d: `M${left} ${bottom}H${right}` });
    for (const share of [-0.5, 0, 0.5, 1]) {
      const y = toY(share * count);
      put(ground, "path", "clock-line", { d: `M${left} ${y}H${right}` });
      write(ui.picture, signed(share * count, 0), left - 6, y + 4, "end", "clock-tick");
    }
    for (let offset = -reach; offset <= reach; offset += roomy ? 10 : 15) {
      put(ground, "path", "clock-line", { d: `M${toX(offset)} ${bottom}v5` });
      write(ui.picture, shift(offset), toX(offset), bottom + 18, "middle", "clock-tick");
    }
    put(group, "path", "clock-curve", { d: products.map((product, i) => `${i ? "L" : "M"}${toX(i - reach)} ${toY(product)}`).join("") });
    return {
      products, toX, toY, ceiling, bottom,
      now: put(group, "path", "clock-now"),
      mark: put(group, "circle", "clock-mark", { r: 4.5 }),
      words: write(group, "", 0, ceiling - 10, "middle", "clock-words"),
    };
  }

  function show() {
    const state = traits(model, CONTROLS);
    const { position, offset, dim, base } = state;
    // Other clocks need another layout, which shows them.
    if (dim !== layout.dim || base !== layout.base) {
      lay();
      return;
    }
    const { wide, roomy, key, clocks, unit, radius, products, toX, toY, ceiling, bottom } = layout;
    const at = { position, other: position + offset };
    fill(key.position, `position ${position}`);
    fill(key.other, `position ${at.other}${roomy ? `, offset ${shift(offset)}` : ""}`);
    const [turned, further] = [position, at.other].map((n) => angles(1, dim, n, base)[0]);
    for (const name of BOTH) {
      const [vector] = sinusoidalPositions(1, dim, at[name], base);
      clocks.forEach((clock, i) => {
        turn(clock[name].hand, clock.x, clock.y, radius, (name === "other" ? further : turned)[i]);
        if (clock[name].named) fill(clock[name].named, String(at[name]));
        fillCells(clock[name], vector.slice(2 * i, 2 * i + 2));
      });
    }
    const between = turned.map((angle, i) => shortTurn(angle, further[i]));
    clocks.forEach(({ x, y, wedge, cosine }, i) => {
      place(wedge, { d: sector(x, y, 0.55 * radius, turned[i], between[i]) });
      fill(cosine, inCell(Math.cos(between[i]), unit < WHOLE));
    });

    const product = products[offset + reach];
    const x = toX(offset);
    place(layout.now, { d: `M${x} ${bottom}V${ceiling - 4}` });
    place(layout.mark, { cx: x, cy: toY(product) });
    fill(layout.words, `offset ${shift(offset)}: ${signed(product, 2)}`);
    place(layout.words, { x: hundredths(Math.min(Math.max(x, 52), wide - 52)) });

    slides.position.show(position, String(position));
    slides.offset.show(offset, shift(offset));
    for (const [trait, { show: check }] of Object.entries(choices)) check(state[trait]);
    ui.say(sentence(at, between.map(Math.abs), product));
  }

  /** Show the two numbers of a clock, upwards or downwards from the middle. */
  function fillCells({ middle, cells }, values) {
    const { cell, high } = layout;
    cells.forEach(({ bar, text }, j) => {
      const long = hundredths(Math.abs(values[j]) * (high / 2 - 1));
      place(bar, { y: hundredths(values[j] > 0 ? middle - long : middle), height: long });
      fill(text, cell < ONE_DECIMAL ? "" : inCell(values[j], cell < TWO_DECIMALS));
    });
  }

  tied.on(CONTROLS, show);
  return stayDrawn(ui, tied, lay);
}

/** How large everything is, so that as many clocks as there are have the same room. */
function measure(wide, count) {
  const roomy = wide >= ROOMY;
  const rows = roomy ? 1 : 2;
  const unit = (wide - SIDE) / (count / rows);
  const [most, high] = roomy ? [38, 24] : [28, 20]; // of a clock's radius, of a cell
  return {
    count, roomy, rows, unit, most, high,
    inRow: count / rows,
    radius: Math.min(most, unit / 2 - 3),
    cell: Math.min((unit - 4) / 2, 38),
    band: 2 * most + 2 * high + 74,
  };
}

/** An offset with its sign. */
function shift(offset) {
  return offset > 0 ? `+${offset}` : signed(offset, 0);
}

/** Turn a hand that is fixed at (x, y) by an angle, against the clock from the right. */
function turn({ line, end }, x, y, long, angle) {
  const [cx, cy] = [hundredths(x + long * Math.cos(angle)), hundredths(y - long * Math.sin(angle))];
  place(line, { d: `M${x} ${y}L${cx} ${cy}` });
  place(end, { cx, cy });
}

/** The piece of a circle from one angle on. */
function sector(x, y, radius, from, by) {
  const point = (angle) => `${hundredths(x + radius * Math.cos(angle))} ${hundredths(y - radius * Math.sin(angle))}`;
  return `M${x} ${y}L${point(from)}A${hundredths(radius)} ${hundredths(radius)} 0 0 ${by > 0 ? 0 : 1} ${point(from + by)}Z`;
}

function sentence(at, between, product) {
  const say = (value, text) => {
    const node = number(value, 0);
    node.textContent = text;
    return node;
  };
  const degrees = (angle) => say(angle, inDegrees(angle));
  const count = between.length;
  return [
    "Positions ", number(at.position, 0), " and ", number(at.other, 0), ": the hands of clock 1 are ", degrees(between[0]),
    ` apart, those of clock ${count} `, degrees(between.at(-1)), ". The cosines of all ", number(count, 0), " such angles add up to ",
    say(product, signed(product, 2)), ` of at most ${count}, the dot product. `,
    "It depends on the offset only: another position turns every hand and keeps what lies between them.",
  ];
}

export default { render };
