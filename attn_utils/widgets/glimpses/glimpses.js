// A digit among shuffled ones: soft attention reads the average, hard attention one of them.
import { classify, drawOne, glimpseScores, largest, shareOf, weigh } from "./glimpses_math.js";
import { heard, readRows } from "../parts/attention.js";
import { hundredths, brief } from "../parts/axes.js";
import { SIDE, paintInk, roleColours, unpackDigits, wallOf } from "../parts/ink.js";
import { put, write } from "../parts/pen.js";
import { followTheme } from "../parts/ramp.js";
import { button, chips, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["reader", "scene", "temperature", "mode", "chosen", "reveal"]; // what Reset brings back
const ACROSS = 5; // glimpses in a row
const COUNT = ACROSS * ACROSS;
const TOP = 22; // room for what is written above the glimpses
const PITCH = 54; // from glimpse to glimpse, at most
const TOOL = 44; // a row of buttons
const NARROW = 252; // where the buttons take another row
const MANY = 100;
const BLANK = Array(SIDE * SIDE).fill(0);
const BARS = 56; // how high a probability of 1 stands

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const { names, labels, places } = traits(model, ["names", "labels", "places"]);
  const readers = unpack(model.get("weights"), model.get("shapes"));
  const every = unpackDigits(model.get("glimpses"));
  const scenes = labels.map((_, n) => every.slice(n * COUNT, (n + 1) * COUNT));
  const known = new Map(); // what no slider changes, of each reader and scene
  let tally = null; // the looks so far, and under which weights they were taken

  /** What a reader makes of every glimpse of a scene: its score, and whether its answer would be right. */
  function study({ reader, scene }) {
    const key = `${scene} ${reader}`;
    if (!known.has(key)) {
      const taught = readers[names.indexOf(reader)];
      const scores = glimpseScores(taught, scenes[scene]);
      const right = scenes[scene].map((glimpse) => largest(classify(taught, glimpse)) === labels[scene]);
      known.set(key, { taught, scores, right, hit: right.map((_, i) => i === places[scene]) });
    }
    return known.get(key);
  }

  /** The looks so far, of which none count once other weights are drawn by. */
  function counted({ reader, scene, temperature }) {
    const by = `${scene} ${temperature} ${reader}`;
    if (tally?.by !== by) tally = { by, looks: 0, hits: 0, right: 0 };
    return tally;
  }

  /** Draw a glimpse by the weights, so many times; the last one is shown. */
  function look(times) {
    const now = state();
    const { scores, right, hit } = study(now);
    const weights = weigh(scores, now.temperature);
    const count = counted(now);
    let chosen;
    for (let n = 0; n < times; n++) {
      chosen = drawOne(weights, Math.random());
      count.looks += 1;
      count.hits += Number(hit[chosen]);
      count.right += Number(right[chosen]);
    }
    tied.set({ chosen });
    ask(); // the same glimpse once more is another look
  }

  const temperature = slider("temperature", { ...ends(model, "temperature"), step: 0.005, log: true }, (t) => tied.set({ temperature: t }));
  const mode = chips("attention", [{ name: "soft" }, { name: "hard" }], (name) => tied.set({ mode: name }));
  const who = chips("reader", names.map((name) => ({ name })), (name) => tied.set({ reader: name, chosen: -1 }));
  const box = Object.assign(make("input"), { type: "checkbox" });
  box.addEventListener("change", () => tied.set({ reveal: box.checked }));
  const tool = (text, work) => button("glimpse-tool", work, text);
  const looks = [tool("look once", () => look(1)), tool(`look ${MANY} times`, () => look(MANY))];
  const next = tool("next scene ›", () => tied.set({ scene: (state().scene + 1) % scenes.length, chosen: -1 }));
  const tools = make("div", "glimpse-tools", make("div", "glimpse-row", ...looks), make("div", "glimpse-row", next, make("label", "attn-chip glimpse-reveal", box, make("span", "", "show the digit"))));
  const ui = face(el, {
    name: "glimpse",
    controls: [temperature.row, mode.row, who.row],
    hint: model.get("hint"),
    onReset: () => {
      tally = null;
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
  const wall = canvas("glimpse-wall", "weight");
  const seen = canvas("glimpse-read", "value");
  ui.stage.prepend(wall, seen);
  const scale = make("div", "glimpse-scale", "weight 0", make("span", "attn-ramp"), "1");
  ui.stage.append(tools, scale);
  let layout = null;
  let inks = null; // the colours of the roles, until the theme changes

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 232);
    const roomy = width >= 560;
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    const at = (node, left, top, wide, high = wide) => {
      node.style.cssText = `left: ${hundredths(left)}px; top: ${hundredths(top)}px; width: ${hundredths(wide)}px; height: ${hundredths(high)}px`;
    };

    // The glimpses: every pixel of the canvas is one of the screen, and every cell as many as the next.
    const dense = window.devicePixelRatio || 1;
    const pitch = Math.floor(Math.min(PITCH, width / ACROSS) * dense);
    const size = SIDE * Math.floor((pitch - 4 * dense) / SIDE);
    const tile = pitch / dense;
    const side = ACROSS * tile;
    Object.assign(wall, { width: ACROSS * pitch, height: ACROSS * pitch });
    at(wall, 0, TOP, side);
    const heads = part("weight");
    write(heads, `${COUNT} glimpses, each lit by its weight`, 0, 14);
    // What is read is framed closely, the digit around that.
    const marks = [["glimpse-found", 3], ["glimpse-chosen", 0]].map(([className, out]) => ({
      out, rect: put(ui.picture, "rect", className, { width: hundredths(tile - 1 + 2 * out), height: hundredths(tile - 1 + 2 * out) }),
    }));
    scale.style.top = `${hundredths(TOP + side + 8)}px`;
    const legend = write(ui.picture, "", 0, TOP + side + 42);

    // What is read, and what is answered: beside them, or below.
    const [left, top] = roomy ? [side + 28, 0] : [0, TOP + side + 64];
    const wide = width - left;
    const small = roomy ? 96 : 84;
    at(seen, left, top + TOP, small);
    put(ui.picture, "rect", "glimpse-frame", { x: hundredths(left), y: hundredths(top + TOP), width: small, height: small });
    const reads = write(part("value"), "", left, top + 14, "start", "glimpse-value");
    const group = part("answer");
    const beside = left + small + 20;
    write(group, "answer", beside, top + TOP + 11);
    const answer = write(group, "", beside, top + TOP + 50, "start", "glimpse-answer");
    const odds = write(group, "", beside + 32, top + TOP + 50, "start", "glimpse-odds");
    const verdict = write(group, "", beside, top + TOP + 76);
    const under = top + TOP + small + 26;
    write(group, "probabilities; the truth is ringed", left, under);
    const base = under + 12 + BARS;
    const column = Math.min(wide / 10, 30);
    put(group, "path", "glimpse-frame", { d: `M${hundredths(left)} ${hundredths(base)}h${hundredths(10 * column)}` });
    const bars = labelsOfDigits().map((digit) => {
      const middle = left + (digit + 0.5) * column;
      write(group, String(digit), middle, base + 17, "middle", "glimpse-digit");
      return put(group, "rect", "glimpse-bar", { x: hundredths(middle - 0.32 * column), width: hundredths(0.64 * column) });
    });
    const ring = put(group, "circle", "glimpse-truth", { cy: hundredths(base + 13), r: 9.5 });
    const toRing = (digit) => hundredths(left + (digit + 0.5) * column);
    const below = base + 34;
    const rowsOfTools = wide < NARROW ? 3 : 2;
    at(tools, left, below, wide, rowsOfTools * TOOL);

    // Many single looks: how often, and how often they should.
    const foot = Math.max(below + rowsOfTools * TOOL - 8, roomy ? TOP + side + 48 : 0) + 24;
    const many = part("looks");
    const title = write(many, "", 0, foot);
    const half = roomy ? (width - 28) / 2 : width;
    const rows = ["on the digit", "answered right"].map((name, n) => {
      const [x, y] = roomy ? [n * (half + 28), foot + 24] : [0, foot + 24 + 42 * n];
      write(many, name, x, y, "start", "glimpse-name");
      put(many, "path", "glimpse-track", { d: `M${hundredths(x)} ${hundredths(y + 11)}h${hundredths(half)}` });
      return {
        x, y: y + 11, long: half,
        words: write(many, "", x + half, y, "end"),
        bar: put(many, "path", "glimpse-share"), tick: put(many, "path", "glimpse-expected"),
      };
    });
    const bottom = Math.ceil(rows[1].y + 12);
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    const corner = (i) => [(i % ACROSS) * pitch, Math.floor(i / ACROSS) * pitch];
    layout = {
      tiles: wallOf(wall, { corner, pitch, size, sharp: true }), tile, marks, legend, reads, answer, odds, verdict, bars, base, ring, toRing, title, rows, narrow: width < 250,
    };
    show();
  }

  function show() {
    inks ??= roleColours(ui.root, ["ink", "paper", "value", "weight"]);
    const now = state();
    const l = layout;
    const { taught, scores, right, hit } = study(now);
    const glimpses = scenes[now.scene];
    const weights = weigh(scores, now.temperature);
    const soft = now.mode === "soft";
    const read = soft ? readRows(weights, glimpses) : glimpses[now.chosen];
    const odds = read && classify(taught, read);
    const answer = odds && largest(odds);
    const truth = labels[now.scene];
    const found = {
      ...now, odds, answer, truth, weight: weights[places[now.scene]], heard: heard(weights), onDigit: hit[now.chosen],
      expected: [shareOf(weights, hit), shareOf(weights, right)], count: counted(now),
    };

    l.tiles.light(glimpses, weights, inks);
    const shown = [now.reveal ? places[now.scene] : -1, soft ? -1 : now.chosen];
    l.marks.forEach(({ rect, out }, n) => {
      const i = shown[n];
      place(rect, {
        x: hundredths((i % ACROSS) * l.tile - out), y: hundredths(TOP + Math.floor(i / ACROSS) * l.tile - out),
        visibility: i < 0 ? "hidden" : "visible",
      });
    });
    fill(l.legend, ["dashed: the digit", "solid: what is read"].filter((_, n) => shown[n] >= 0).join(" · "));

    paintInk(seen, read ?? BLANK, [[0, SIDE, "value"]], inks);
    fill(l.reads, soft ? "read: the average" : read ? "read: one glimpse" : "read: nothing yet");
    fill(l.answer, odds ? String(answer) : "–");
    fill(l.odds, odds ? odds[answer].toFixed(2) : "");
    fill(l.verdict, odds ? (answer === truth ? "right" : `wrong: it is ${article(truth)} ${truth}`) : "");
    l.bars.forEach((bar, digit) => {
      const high = hundredths(BARS * (odds?.[digit] ?? 0));
      place(bar, { y: hundredths(l.base - high), height: high, class: `glimpse-bar${digit === answer ? " glimpse-best" : ""}` });
    });
    place(l.ring, { cx: l.toRing(truth) });

    const { looks: times, hits, right: good } = found.count;
    fill(l.title, `${l.narrow ? "single looks" : "single looks by these weights"}, ${times} so far`);
    l.rows.forEach(({ x, y, long, words, bar, tick }, n) => {
      const share = times ? [hits, good][n] / times : 0;
      const expected = found.expected[n];
      fill(words, `${times ? `${share.toFixed(2)}, ` : ""}expected ${expected.toFixed(2)}`);
      place(bar, { d: `M${hundredths(x)} ${hundredths(y)}h${hundredths(long * share)}` });
      place(tick, { d: `M${hundredths(x + long * expected)} ${hundredths(y - 5)}v10` });
    });
    for (const each of looks) each.disabled = soft;
    temperature.show(now.temperature, brief(now.temperature));
    mode.show(now.mode);
    who.show(now.reader);
    box.checked = now.reveal;
    ui.say(sentence(found));
  }

  const unfollow = followTheme(() => {
    inks = null;
    if (layout) show();
  });
  const ask = tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { unfollow });
}

/** The digits from 0 to 9. */
function labelsOfDigits() {
  return Array.from({ length: 10 }, (_, digit) => digit);
}

/** The article of a digit. */
function article(digit) {
  return digit === 8 ? "an" : "a";
}

/** Say how the weights lie, what is read and answered, and what single looks come to. */
function sentence({ mode, weight, heard: many, odds, answer, truth, onDigit, expected, count }) {
  const answered = () => [
    " and answers ", make("b", "", String(answer)), " (", number(odds[answer], 2), answer === truth ? "), which is right." : `), but it is ${article(truth)} ${truth}.`,
  ];
  const read = mode === "soft" ? [" Soft attention reads their average", ...answered()]
    : odds ? [` Hard attention reads ${onDigit ? "the digit" : "another one"}`, ...answered()]
      : [" Hard attention has read nothing yet."];
  const { looks, hits, right } = count;
  const shares = [number(expected[0], 2, "weight"), number(expected[1], 2, "weight")];
  const single = looks
    ? [` Of ${looks} ${looks === 1 ? "look" : "looks"} ${hits} hit the digit (`, shares[0], ` expected), ${right} ${right === 1 ? "was" : "were"} answered right (`, shares[1], ")."]
    : [" One look hits the digit with probability ", shares[0], ", and is answered right with ", shares[1], "."];
  return [
    "The digit’s glimpse weighs ", number(weight, 2, "weight"), "; about ", number(many, 1), ` of ${COUNT} glimpses are heard.`, ...read, ...single,
  ];
}

export default { render };
