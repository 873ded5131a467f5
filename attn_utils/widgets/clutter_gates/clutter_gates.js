// A digit and pieces of others that are moved on a canvas; what both gates of a trained network make of it.
import { CANVAS, PIECE, composed, pointsAt, strongest, throughGates } from "./clutter_math.js";
import { hundredths } from "../parts/axes.js";
import { hatching } from "../parts/hatch.js";
import { LEVELS, SIDE, paintInk, roleColours, unpackDigits } from "../parts/ink.js";
import { put, write } from "../parts/pen.js";
import { followTheme, paintMap } from "../parts/ramp.js";
import { inside, ledTo } from "../parts/stops.js";
import { button, chips, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["digit", "place", "spots", "chosen", "stage", "channel_gate", "spatial_gate", "pools"]; // what Reset brings back
const ROOMY = 560; // as wide as all beside each other
const CELL = { least: 8, most: 13 };
const NARROW = 300; // a canvas under which scale and button have no room beside each other
const TOP = 22; // room for what is written above the canvas
const TALL = 40; // a weight of 1 stands so high
const BARS = 56; // and a probability of 1
const CLASSES = 10;
const CHANNELS = { 2: 24, 3: 32 };
const PATHS = ["average", "maximum"];

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const labels = model.get("labels");
  const digits = unpackDigits(model.get("digits"));
  const pieces = model.get("pieces").map((ink) => ink.map((level) => level / LEVELS));
  const network = unpack(model.get("weights"), model.get("shapes"))[0];
  let touched = false;
  let layout = null;
  let inks = null; // the colours of the roles, until the theme changes

  /** Where a thing lies: the digit is the first of them. */
  const spotOf = (now, n) => (n ? now.spots.slice(2 * n - 2, 2 * n) : now.place);
  const sideOf = (n) => (n ? PIECE : SIDE);
  const roomOf = (n) => CANVAS - sideOf(n) + 1; // how many rows it may begin at
  const nameOf = (n) => (n ? `piece ${n}` : "digit");

  /** Lay a thing somewhere, as near as the canvas lets it; it is what the sliders move. */
  function move(n, [row, column]) {
    const spot = [inside(row, roomOf(n)), inside(column, roomOf(n))];
    const { spots } = state();
    touched = true;
    tied.set({ chosen: n, ...(n ? { spots: [...spots.slice(0, 2 * n - 2), ...spot, ...spots.slice(2 * n)] } : { place: spot }) });
    ask(); // a thing that is taken hold of and stays
  }

  const along = ["row", "column"].map((way, axis) => slider(way, { min: 0, max: CANVAS - SIDE, step: 1 }, (to) => {
    const now = state();
    const spot = [...spotOf(now, now.chosen)];
    spot[axis] = to;
    move(now.chosen, spot);
  }));
  const layer = chips("map", [2, 3].map((name) => ({ name, text: `stage ${name}` })), (stage) => tied.set({ stage }));
  const check = (text, work) => {
    const box = Object.assign(make("input"), { type: "checkbox" });
    box.addEventListener("change", () => work(box.checked));
    return { box, label: make("label", "attn-chip", box, make("span", "", text)) };
  };
  const gates = { channel_gate: check("channel gate", (on) => tied.set({ channel_gate: on })), spatial_gate: check("spatial gate", (on) => tied.set({ spatial_gate: on })) };
  // A path that is the last one stays: without any there would be no score.
  const paths = PATHS.map((name, n) => check(name, (on) => tied.set({ pools: on ? "both" : PATHS[1 - n] })));
  const pathsRow = make("fieldset", "attn-chips clutter-paths", make("legend", "", "paths"), ...paths.map(({ label }) => label));
  place(pathsRow, { "aria-label": "paths to the channel weights" });
  const next = button("clutter-next", () => tied.set({ digit: (model.get("digit") + 1) % digits.length }), "next digit ›");
  const ui = face(el, {
    name: "clutter",
    controls: [...along.map(({ row }) => row), make("div", "clutter-row", ...Object.values(gates).map(({ label }) => label)), pathsRow, layer.row],
    hint: model.get("hint"),
    onReset: () => {
      touched = false;
      tied.set(start);
      ask();
    },
  });
  const canvas = (className, show) => {
    const node = make("canvas", className);
    node.dataset.show = show;
    place(node, { "aria-hidden": "true" });
    return node;
  };
  const map = canvas("clutter-map", "weight place");
  const ink = canvas("clutter-ink", "digit pieces");
  ui.stage.prepend(map, ink);
  // The digit lies above the pieces, and is the first stop of the Tab key.
  const things = [0, ...pieces.keys()].map((_, n) => {
    const node = button(`clutter-thing ${n ? "clutter-piece" : "clutter-digit"}`, () => {});
    node.dataset.show = n ? "pieces" : "digit";
    let held = null; // where the thing is held, in cells from its corner
    const at = (event) => {
      const box = map.getBoundingClientRect();
      return [(event.clientY - box.top) / layout.cell, (event.clientX - box.left) / layout.cell];
    };
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      const spot = spotOf(state(), n);
      held = at(event).map((each, axis) => each - spot[axis]);
      move(n, spot);
    });
    node.addEventListener("pointermove", (event) => {
      if (held) move(n, at(event).map((each, axis) => Math.round(each - held[axis])));
    });
    node.addEventListener("lostpointercapture", () => { held = null; });
    node.addEventListener("focus", () => tied.set({ chosen: n }));
    node.addEventListener("keydown", (event) => {
      const led = ledTo(event, spotOf(state(), n), [roomOf(n), roomOf(n)]);
      if (led) move(n, led);
    });
    return node;
  });
  const ground = make("div", "clutter-things", ...things);
  place(ground, { role: "group", "aria-label": "the canvas" });
  const ends = [make("span"), make("span")]; // the least and the largest weight of the map
  const scale = make("div", "clutter-scale", ends[0], make("span", "attn-ramp"), ends[1]);
  ui.stage.append(ground, scale, next);

  function lay() {
    const width = Math.max(ui.stage.clientWidth, CELL.least * CANVAS);
    const roomy = width >= ROOMY;
    const cell = Math.min(CELL.most, Math.floor(width / CANVAS));
    const side = CANVAS * cell;
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    for (const node of [map, ink, ground]) node.style.cssText = `top: ${TOP}px; width: ${side}px; height: ${side}px`;
    const title = write(part("weight place"), "", 0, 14);
    put(ui.picture, "rect", "clutter-frame", { x: 0, y: TOP, width: side, height: side });
    const off = put(ui.picture, "path", "clutter-hatch", { d: hatching(0, TOP, side, side) });
    // A line of paper around the line of ink: the map may be light or dark there.
    const marks = ["clutter-halo", "clutter-strongest"].map((name) => put(ui.picture, "rect", name));
    scale.style.top = `${TOP + side + 17}px`;
    const lower = side < NARROW ? 34 : 0; // a row of its own for the button
    next.style.cssText = `top: ${TOP + side + 8 + lower}px; left: ${side}px`;
    const legend = [64, 82].map((below) => write(ui.picture, "", 0, TOP + side + lower + below));

    // Which channels, and which digit: beside the canvas, or below.
    const [left, top] = roomy ? [side + 32, 0] : [0, TOP + side + lower + 106];
    const wide = Math.min(width - left, 320);
    const rows = Object.entries(CHANNELS).map(([stage, count], n) => {
      const group = part("weight channel");
      const base = top + n * (TALL + 34) + TOP + TALL;
      const words = write(group, "", left, base - TALL - 8);
      put(group, "path", "clutter-frame", { d: `M${left} ${base}h${hundredths(wide)}M${left} ${base - TALL}h${hundredths(wide)}` });
      const pitch = wide / count;
      return {
        stage, words, base, off: put(group, "path", "clutter-hatch", { d: hatching(left, base - TALL, wide, TALL) }),
        bars: put(group, "path", "clutter-bar"), // all of them: a shape each would take longer to move
        spots: Array.from({ length: count }, (_, c) => hundredths(left + (c + 0.15) * pitch)), thick: hundredths(0.7 * pitch),
      };
    });
    const group = part("answer");
    const head = rows.at(-1).base + 30;
    write(group, "answer", left, head);
    const answer = write(group, "", left, head + 36, "start", "clutter-answer");
    const odds = write(group, "", left + 32, head + 36, "start", "clutter-odds");
    const verdict = write(group, "", left + 76, head + 36);
    const foot = head + 52 + BARS;
    const column = Math.min(wide / CLASSES, 30);
    put(group, "path", "clutter-frame", { d: `M${left} ${foot}h${hundredths(CLASSES * column)}` });
    const middle = (digit) => left + (digit + 0.5) * column;
    const bars = Array.from({ length: CLASSES }, (_, digit) => {
      write(group, String(digit), middle(digit), foot + 17, "middle", "clutter-name");
      return put(group, "rect", "clutter-odd", { x: hundredths(middle(digit) - 0.32 * column), width: hundredths(0.64 * column) });
    });
    const ring = put(group, "circle", "clutter-truth", { cy: foot + 13, r: 9.5 });
    const bottom = Math.max(foot + 26, roomy ? TOP + side + 88 : 0);
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = { cell, title, off, marks, legend, rows, answer, odds, verdict, bars, foot, ring, middle };
    show();
  }

  function show() {
    inks ??= roleColours(ui.root, ["ink"]);
    const now = state();
    const l = layout;
    const rows = composed(digits[now.digit], now.place, pieces, now.spots);
    const found = throughGates(network, rows, now);
    const { map: places } = found.gates[now.stage - 2];
    const most = strongest(places);
    const [best, truth] = [found.odds.indexOf(Math.max(...found.odds)), labels[now.digit]];
    const seen = { ...now, moved: nameOf(now.chosen), at: spotOf(now, now.chosen), answer: best, truth, odds: found.odds[best], most: most.weight, hit: pointsAt(most, places.length, now.place) };

    // The canvas, the map over it, from its palest place to its darkest, since all may
    // weigh nearly the same; and where that is.
    const least = Math.min(...places.flat());
    const drawn = places.map((row) => row.map((weight) => (now.spatial_gate ? (weight - least) / (most.weight - least || 1) : 0)));
    paintMap(map, drawn);
    paintInk(ink, rows.flat(), [[0, CANVAS, "ink"]], inks, CANVAS);
    fill(l.title, now.spatial_gate ? `canvas and map of stage ${now.stage}` : "canvas: every place weighs 1");
    place(l.off, { visibility: now.spatial_gate ? "hidden" : "visible" });
    fill(ends[0], `weight ${least.toFixed(2)}`);
    fill(ends[1], most.weight.toFixed(2));
    scale.style.visibility = now.spatial_gate ? "visible" : "hidden";
    const pitch = (CANVAS * l.cell) / places.length;
    for (const mark of l.marks) place(mark, { x: most.column * pitch, y: TOP + most.row * pitch, width: pitch, height: pitch, visibility: now.spatial_gate ? "visible" : "hidden" });
    fill(l.legend[0], now.spatial_gate ? "bold square: the strongest place" : "");
    fill(l.legend[1], touched ? "" : "drag a frame, or use arrow keys");
    things.forEach((node, n) => {
      const [row, column] = spotOf(now, n);
      const long = sideOf(n) * l.cell;
      place(node, {
        style: `left: ${column * l.cell}px; top: ${row * l.cell}px; width: ${long}px; height: ${long}px`,
        "aria-pressed": n === now.chosen,
        "aria-label": `${n ? nameOf(n) : `digit ${truth}`}, row ${row + 1}, column ${column + 1}`,
      });
    });

    for (const { stage, words, base, off, bars, spots, thick } of l.rows) {
      const { weights } = found.gates[stage - 2];
      fill(words, now.channel_gate ? `channel weights of stage ${stage}, 0–1` : `stage ${stage}: every channel weighs 1`);
      place(off, { visibility: now.channel_gate ? "hidden" : "visible" });
      const tall = (c) => hundredths(now.channel_gate ? TALL * weights[c] : 0);
      place(bars, { d: spots.map((x, c) => `M${x} ${base}v${-tall(c)}h${thick}v${tall(c)}z`).join("") });
    }

    fill(l.answer, String(best));
    fill(l.odds, seen.odds.toFixed(2));
    fill(l.verdict, best === truth ? "right" : `wrong: it is ${article(truth)} ${truth}`);
    l.bars.forEach((bar, digit) => {
      const high = hundredths(BARS * found.odds[digit]);
      place(bar, { y: hundredths(l.foot - high), height: high, class: `clutter-odd${digit === best ? " clutter-best" : ""}` });
    });
    place(l.ring, { cx: hundredths(l.middle(truth)) });

    along.forEach((one, axis) => {
      const at = spotOf(now, now.chosen)[axis];
      one.bound({ min: 0, max: roomOf(now.chosen) - 1, step: 1 });
      one.show(at, String(at + 1));
      fill(one.row.firstChild, `${nameOf(now.chosen)}, ${["row", "column"][axis]}`);
    });
    layer.show(now.stage);
    paths.forEach(({ box }, n) => {
      box.checked = now.pools !== PATHS[1 - n];
      box.disabled = now.pools === PATHS[n];
    });
    pathsRow.disabled = !now.channel_gate;
    layer.row.disabled = !now.spatial_gate;
    for (const [trait, { box }] of Object.entries(gates)) box.checked = now[trait];
    ui.say(sentence(seen));
  }

  const unfollow = followTheme(() => {
    inks = null;
    if (layout) show();
  });
  const ask = tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { unfollow });
}

/** The article of a digit. */
function article(digit) {
  return digit === 8 ? "an" : "a";
}

/** Say where what is moved lies, what is answered and how surely, whether that is right, and where the map is strongest. */
function sentence({ moved, at, channel_gate: byChannel, spatial_gate: byPlace, pools, stage, answer, truth, odds, most, hit }) {
  const without = [
    ...(byChannel ? { both: [], average: ["the maxima"], maximum: ["the averages"] }[pools] : ["the channel gate"]),
    ...(byPlace ? [] : ["the spatial gate"]),
  ];
  return [
    `The ${moved} lies at row `, number(at[0] + 1, 0), ", column ", number(at[1] + 1, 0), ". ",
    without.length ? `Without ${without.join(" and ")} the network says ` : "The network says ",
    make("b", "", String(answer)), " (", number(odds, 2), answer === truth ? "), which is right." : `), but it is ${article(truth)} ${truth}.`,
    ...(byPlace
      ? [` The map of stage ${stage} is strongest (`, number(most, 2, "weight"), hit ? ") in the digit’s box." : ") outside the digit’s box."]
      : [" Every place weighs 1."]),
  ];
}

export default { render };
