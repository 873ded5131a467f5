// Twelve people hold a class each; two are named, and the heads that answer can be switched off.
import { CLASSES, answerBoth, largest } from "./two_answers_math.js";
import { hundredths } from "../parts/axes.js";
import { button, chips, face, fill, make, number, place, stayDrawn, tie, traits } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { shade } from "../parts/ramp.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["model", "first", "second", "off"]; // what Reset brings back
const NONE = "none";
const ORDER = ["1st", "2nd"];
const LETTERS = "ABCDEFGH";
const SIDE = 46; // room for the switches, left of the heat
const PITCH = 34; // of a head's row, where there are most heads
const LINE = 14; // of the marks above the names
const CLOSE = 28; // where two of these would touch on one line
const BARS = 72; // how high a probability of 1 stands

/** Which heads are on, of so many; those that are off are counted from 1 and joined by "+". */
export function activeHeads(off, numHeads) {
  const silent = off === NONE ? [] : off.split("+").map(Number);
  return Array.from({ length: numHeads }, (_, h) => !silent.includes(h + 1));
}

/** The heads that are off, as a link writes them. */
export function offWord(active) {
  return active.flatMap((on, h) => (on ? [] : [h + 1])).join("+") || NONE;
}

/** Two different ones of so many, if both chances are drawn from 0 up to 1. */
export function twoOf(count, one, other) {
  const first = Math.floor(one * count);
  const second = Math.floor(other * (count - 1));
  return [first, second + Number(second >= first)];
}

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const { names, heads: counts, people, classes } = traits(model, ["names", "heads", "people", "classes"]);
  const { ids, ...taught } = unpack(model.get("weights"), model.get("shapes"));
  const most = Math.max(...counts);
  const countOf = (name) => counts[names.indexOf(name)];

  const who = chips("model", names.map((name) => ({ name })), (name) => tied.set({ model: name, off: NONE }));
  const pickers = ["first", "second"].map((trait) => {
    const options = people.map((name, i) => Object.assign(make("option", "", name), { value: i }));
    const select = make("select", "two-select", ...options);
    select.addEventListener("change", () => tied.set({ [trait]: Number(select.value) }));
    return { select, row: make("label", "two-picker", make("span", "", trait), select) };
  });
  const swap = button("two-tool", () => tied.set({ first: state().second, second: state().first }), "swap");
  const lot = button("two-tool", () => {
    const [first, second] = twoOf(people.length, Math.random(), Math.random());
    tied.set({ first, second });
  }, "two at random");
  const tools = make("div", "two-tools", swap, lot);
  const ui = face(el, {
    name: "two",
    controls: [who.row, make("div", "two-pickers", ...pickers.map(({ row }) => row)), tools],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  const switches = Array.from({ length: most }, (_, h) => {
    const box = Object.assign(make("input"), { type: "checkbox" });
    place(box, { "aria-label": `head ${h + 1} speaks` });
    box.addEventListener("change", () => {
      const now = state();
      const active = activeHeads(now.off, countOf(now.model));
      active[h] = box.checked;
      tied.set({ off: offWord(active) });
    });
    return { box, label: make("label", "two-switch", box, make("span", "", String(h + 1))) };
  });
  const scale = make("div", "two-scale", "weight 0", make("span", "attn-ramp"), "1");
  ui.stage.append(make("div", "two-switches", ...switches.map(({ label }) => label)), scale);
  let layout = null;

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 200);
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });

    // The people: who is asked for, what they are called, what they hold.
    const column = (width - SIDE) / people.length;
    const middle = (i) => SIDE + (i + 0.5) * column;
    const longest = Math.max(...people.map((name) => name.length));
    const upright = column < 7.5 * longest + 2;
    const above = 2 * LINE + 4;
    const nameRoom = upright ? 7.5 * longest + 6 : 18;
    const held = above + nameRoom + 14;
    const [asked, called, holds] = ["query", "key", "value"].map(part);
    const marks = ORDER.map((words, n) => ({
      words: write(asked, words, 0, 0, "middle", "two-mark"),
      frame: put(asked, "rect", "two-frame", { width: hundredths(column + 2 * n), rx: 3 }),
    }));
    people.forEach((name, i) => {
      const x = middle(i);
      const y = above + nameRoom - 4;
      const node = write(called, name, x, y, upright ? "start" : "middle", "two-name");
      if (upright) place(node, { transform: `rotate(-90 ${hundredths(x + 4)} ${y})`, x: hundredths(x + 4) });
    });
    classes.forEach((each, i) => write(holds, LETTERS[each], middle(i), held, "middle", "two-held"));
    write(holds, "holds", 0, held);

    // The heads share one room, however many there are, as they share the features.
    const top = held + 8;
    const room = PITCH * Math.max(most, 2);
    const weigh = part("weight");
    const rows = Array.from({ length: most }, () => {
      const group = put(weigh, "g", "two-row");
      const cells = people.map((_, i) => put(group, "rect", "two-cell", { x: hundredths(SIDE + i * column + 0.5), width: hundredths(column - 1) }));
      return { group, cells, edge: put(group, "rect", "two-edge", { x: SIDE, width: hundredths(width - SIDE) }), hatch: put(group, "path", "two-hatch") };
    });
    for (const { frame } of marks) place(frame, { y: above - 2, height: hundredths(top + room - above + 4) });
    write(weigh, "head", 0, top + room + 19);
    scale.style.top = `${hundredths(top + room + 8)}px`;
    scale.style.left = `${SIDE}px`;

    // The two answers, side by side.
    const foot = top + room + 52;
    const gap = Math.min(40, width / 12);
    const half = (width - gap) / 2;
    const answers = ORDER.map((_, n) => {
      const group = part("answer");
      const left = n * (half + gap);
      const wide = Math.min(half / CLASSES, 26);
      const base = foot + 62 + BARS;
      const bars = [...LETTERS].map((letter, k) => {
        const x = left + (k + 0.5) * wide;
        write(group, letter, x, base + 17, "middle", "two-letter");
        return put(group, "rect", "two-bar", { x: hundredths(x - 0.32 * wide), width: hundredths(0.64 * wide) });
      });
      put(group, "path", "two-ground", { d: `M${hundredths(left)} ${hundredths(base)}h${hundredths(CLASSES * wide)}` });
      return {
        title: write(group, "", left, foot, "start", "two-title"),
        answer: write(group, "", left, foot + 36, "start", "two-answer"),
        odds: write(group, "", left + 30, foot + 22, "start", "two-odds"),
        verdict: write(group, "", left + 30, foot + 38, "start", "two-verdict"),
        ring: put(group, "circle", "two-truth", { cy: hundredths(base + 13), r: hundredths(Math.min(9, wide / 2 + 1)) }),
        bars, base, toRing: (k) => hundredths(left + (k + 0.5) * wide),
      };
    });
    const bottom = Math.ceil(answers[0].base + 26);
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = { width, column, top, room, marks, rows, answers, middle };
    show();
  }

  function show() {
    const now = state();
    const l = layout;
    const named = [now.first, now.second];
    const numHeads = countOf(now.model);
    const active = activeHeads(now.off, numHeads);
    const { weights, odds } = answerBoth(taught[names.indexOf(now.model)], ids, classes, named, numHeads, active);
    const truths = named.map((i) => classes[i]);
    const answers = odds.map(largest);

    const close = Math.abs(named[0] - named[1]) * l.column < CLOSE;
    l.marks.forEach(({ words, frame }, n) => {
      place(words, { x: hundredths(l.middle(named[n])), y: LINE * (n === 0 && close ? 1 : 2) - 3 });
      place(frame, { x: hundredths(l.middle(named[n]) - l.column / 2 - n) });
    });
    const high = l.room / numHeads;
    l.rows.forEach(({ group, cells, edge, hatch }, h) => {
      const there = h < numHeads;
      place(group, { visibility: there ? "visible" : "hidden", class: `two-row${there && !active[h] ? " two-off" : ""}` });
      const { box, label } = switches[h];
      label.hidden = !there;
      if (!there) return;
      const y = l.top + h * high;
      cells.forEach((cell, i) => place(cell, {
        y: hundredths(y + 1), height: hundredths(high - 2), "fill-opacity": shade(weights[h][i]).toFixed(4), "data-weight": weights[h][i],
      }));
      place(edge, { y: hundredths(y + 1), height: hundredths(high - 2) });
      place(hatch, { d: active[h] ? "" : hatching(SIDE, y + 1, l.width - SIDE, high - 2) });
      box.checked = active[h];
      label.style.cssText = `top: ${hundredths(y + high / 2 - 14)}px`;
    });
    l.answers.forEach((each, n) => {
      const right = answers[n] === truths[n];
      fill(each.title, `${ORDER[n]}: ${people[named[n]]}`);
      fill(each.answer, LETTERS[answers[n]]);
      fill(each.odds, odds[n][answers[n]].toFixed(2));
      fill(each.verdict, right ? "right" : `wrong: ${LETTERS[truths[n]]}`);
      each.bars.forEach((bar, k) => {
        const tall = hundredths(BARS * odds[n][k]);
        place(bar, { y: hundredths(each.base - tall), height: tall, class: `two-bar${k === answers[n] ? " two-best" : ""}`, "data-odds": odds[n][k] });
      });
      place(each.ring, { cx: each.toRing(truths[n]) });
    });
    who.show(now.model);
    pickers.forEach(({ select }, n) => { select.value = String(named[n]); });
    ui.say(sentence({ weights, active, people, named, odds, answers, truths }));
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

/** Say what each head looks at, then both answers, and whether they are right. */
function sentence({ weights, active, people, named, odds, answers, truths }) {
  const looks = weights.flatMap((row, h) => {
    const head = `${h ? ", h" : "H"}ead ${h + 1}`;
    if (!active[h]) return [`${head} is off`];
    const best = largest(row);
    return [`${head} looks most at ${people[best]} (`, number(row[best], 2, "weight"), ")"];
  });
  const said = named.flatMap((i, n) => [
    n ? "; on " : " On ", make("span", "query", people[i]), n ? " " : " it answers ", make("b", "", LETTERS[answers[n]]), " (",
    number(odds[n][answers[n]], 2), answers[n] === truths[n] ? "), which is right" : `), but it is ${LETTERS[truths[n]]}`,
  ]);
  const twice = named[0] === named[1] ? [" In no lesson was one person named twice."] : [];
  return [...looks, ".", ...said, ".", ...twice];
}

export default { render };
