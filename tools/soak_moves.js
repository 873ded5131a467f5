// Moves every control of a widget, over all that it may be, in an order that is
// always the same. A frame that a move asks for is run at once, so that each move is
// drawn, and a pause lasts a moment; so a thousand moves take seconds.
(() => {
  const [ask, drop, wait] = [requestAnimationFrame, cancelAnimationFrame, setTimeout].map((each) => each.bind(window));
  const KEYS = ["ArrowRight", "ArrowDown", "End", "ArrowLeft", "Home", "ArrowUp", "PageDown", "PageUp", "Enter", " "];
  const FEW = 6; // of one kind: so many are all moved in each round, of more as many by turns
  const BREATH = 7; // rounds after which the browser lays out what has changed
  const RESET = ".attn-reset:not(.reader-link)"; // by which all goes back; it is moved last
  const NEVER = ["?!7", "", "日é🎉", "x".repeat(300)]; // what few boxes take
  const asked = new Map();
  let driving = false;
  let last = 0;
  let held = null;
  let moved = 0;

  window.requestAnimationFrame = (work) => {
    if (!driving) return ask(work);
    asked.set(--last, work);
    return last;
  };
  window.cancelAnimationFrame = (id) => { asked.delete(id) || drop(id); };
  window.setTimeout = (work, pause = 0, ...rest) => wait(work, Math.min(pause, 5), ...rest);
  // A pointer that no hand moves can be held by nothing.
  const { prototype } = Element;
  const [hold, holds] = [prototype.setPointerCapture, prototype.hasPointerCapture];
  prototype.setPointerCapture = function (id) { if (driving) held = this; else hold.call(this, id); };
  prototype.hasPointerCapture = function (id) { return driving ? held === this : holds.call(this, id); };

  /** Run what was asked for the next frame; what that asks for in turn, twice at most. */
  function draw() {
    for (let n = 0; n < 3 && asked.size; n++) {
      const works = [...asked.values()];
      asked.clear();
      for (const work of works) {
        try {
          work(performance.now());
        } catch (error) {
          reportError(error);
        }
      }
    }
  }

  /** Let the browser itself come round: its frame, its observers, its timers. */
  const breathe = () => new Promise((done) => { ask(() => wait(done, 0)); });

  const send = (node, kind, type, more) => node.dispatchEvent(new kind(type, { bubbles: true, cancelable: true, ...more }));
  const spread = (i, count) => (i * 37) % count;

  /** The i-th text for a box: its first one turned round, its numbers changed, now and then one that it refuses. */
  function textOf(i, first) {
    if (i % 5 === 4) return NEVER[Math.floor(i / 5) % NEVER.length];
    if (/\d/.test(first)) {
      return first.replace(/\d+/g, (digits) => (digits.length > 2 ? 1000 + spread(i, 2000) : 1 + spread(i, 28)));
    }
    const [long, turn] = [first.repeat(3) || "abc", spread(i, first.length || 1)];
    return (long.slice(turn) + long.slice(0, turn)).slice(0, 1 + spread(i, Math.min(long.length, 60)));
  }

  const MOVES = {
    range(node, i) {
      const [least, most] = [Number(node.min), Number(node.max)];
      node.value = least + ((most - least) * spread(i, 101)) / 100;
      send(node, Event, "input");
    },
    text(node, i) {
      node.dataset.soak ??= node.value;
      node.value = textOf(i, node.dataset.soak);
      send(node, Event, "input");
      send(node, Event, "change");
    },
    list(node, i) {
      node.selectedIndex = spread(i, node.length);
      send(node, Event, "change");
    },
    press: (node) => node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })),
    keys(node, i) {
      // To focus lays the page out: now and then is enough.
      if (i % BREATH === 0) node.focus({ preventScroll: true });
      send(node, KeyboardEvent, "keydown", { key: KEYS[(i + Math.floor(i / 10)) % KEYS.length] });
    },
    /** A pointer that is pressed on the stage, drawn over it and let go. */
    pointer(stage, i) {
      const box = stage.getBoundingClientRect();
      const at = { clientX: box.left + (box.width * spread(i, 101)) / 101, clientY: box.top + (box.height * ((i * 61) % 97)) / 97 };
      const hit = document.elementFromPoint(at.clientX, at.clientY);
      const node = held ?? (stage.contains(hit) ? hit : stage);
      const type = { 0: "pointerdown", 4: "pointerup" }[i % 5] ?? "pointermove";
      send(node, PointerEvent, type, { ...at, pointerId: 1, pointerType: "mouse", button: 0, buttons: 1 });
      if (type !== "pointerup") return;
      if (held) send(held, PointerEvent, "lostpointercapture", { pointerId: 1 });
      held = null;
      send(node, MouseEvent, "click", at);
    },
  };

  function kindOf(node) {
    if (node.matches("select")) return "list";
    if (node.matches("textarea, [type=text]")) return "text";
    if (node.matches("[type=range], [type=number]")) return "range";
    return "press"; // a radio button and a checkbox as well: a click turns them
  }

  /** What of a face can be moved, by a name: radio buttons of one group are one control, and so are all buttons of a kind. */
  function controls(face) {
    const found = new Map();
    const add = (name, kind, node) => {
      if (!found.has(name)) found.set(name, { kind, nodes: [] });
      found.get(name).nodes.push(node);
    };
    const all = [...face.querySelectorAll("input, select, textarea, button, [tabindex]")].filter((node) => node.checkVisibility());
    const names = [...new Set(all.filter((node) => node.type === "radio").map(({ name }) => name))];
    const count = {};
    all.forEach((node) => {
      if (node.matches(RESET)) return;
      const kind = kindOf(node);
      const mark = `${kind} ${node.getAttribute("class")?.split(" ")[0] || node.type || node.localName}`;
      count[mark] = (count[mark] ?? 0) + 1;
      const name = node.type === "radio" ? `chips ${names.indexOf(node.name)}` : kind === "press" ? mark : `${mark} ${count[mark]}`;
      add(name, kind, node);
      if (node.matches("button, [tabindex]")) add(`keys, ${mark}`, "keys", node);
    });
    const stage = face.querySelector(".attn-stage");
    if (stage) add("pointer", "pointer", stage);
    return found;
  }

  /** Move a control for the i-th time, unless it cannot be moved now; each of it, where it is few. */
  function move({ kind, nodes }, i) {
    const able = nodes.filter((node) => node.isConnected && !node.matches(":disabled"));
    const times = kind === "press" && nodes[0].type !== "radio" ? Math.min(able.length, FEW) : Math.min(able.length, 1);
    for (let n = 0; n < times; n++) {
      const node = able[(i * times + n) % able.length];
      if (node.matches(":disabled")) continue; // by the one before
      MOVES[kind](node, i);
      draw();
    }
    return times;
  }

  /** Move all controls once; counts those that were moved and are not done. Returns them, as they then are. */
  function round(face, all, i, many, done) {
    for (const name of [...all.keys()]) {
      // What a move has built anew is another node.
      if (all.get(name)?.nodes.some((node) => !node.isConnected)) all = controls(face);
      const times = all.has(name) ? move(all.get(name), i) : 0;
      moved += times;
      done[name] = Math.min((done[name] ?? 0) + Number(times > 0), many);
    }
    return all;
  }

  /** Move every control of the face so many times, beginning with the `from`-th, then Reset after each of so many moves.
      Returns how often each was moved, at most so many times, and how many moves those are in all. */
  window.soak = async (face, from, many) => {
    driving = true;
    moved = 0;
    const done = {};
    const reset = face.querySelector(RESET);
    face.scrollIntoView({ block: "center", behavior: "instant" });
    let all = controls(face);
    // A control may not be there in some states: others bring it back.
    for (let i = 0; i < 2 * many; i++) {
      if (i >= many && Object.values(done).every((count) => count >= many)) break;
      all = round(face, all, from + i, many, done);
      if (i % BREATH < BREATH - 1) continue;
      await breathe();
      all = controls(face);
    }
    const others = [...all.values()];
    for (let i = 0; reset && i < many; i++) {
      moved += 1 + move(others[i % others.length], from + i);
      reset.click();
      draw();
      done.reset = i + 1;
    }
    driving = false;
    document.activeElement?.blur();
    draw();
    for (let n = 0; n < 4; n++) await breathe();
    return { done, moved };
  };
})();
