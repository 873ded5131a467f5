// Brings the book's widgets to life in the static page, with no kernel and no
// server: a host for anywidget's front-end modules (anywidget.dev/en/afm).
// A classic script, so that it also runs from file://. It stands behind the first
// widget, which starts at once, and at the end of the text, where it goes on.
(() => {
  "use strict";
  if (window.attnGather) {
    window.attnGather();
    return;
  }

  /** The state of one widget, as a module sees it. */
  class Model {
    #state;
    #listeners = new Map();
    #models;

    constructor(state, models) {
      this.#state = state;
      this.#models = models;
      // A module reaches other models of the page through this, as in Jupyter.
      this.widget_manager = {
        get_model: async (id) => {
          const name = id.replace(/^IPY_MODEL_/, "");
          // The first widget starts while the rest of the page is still on its way.
          if (!this.#models.has(name)) await arrived;
          const found = this.#models.get(name);
          if (!found) throw new Error(`no widget ${id} on this page`);
          return found;
        },
      };
    }

    get(name) {
      return this.#state[name];
    }

    set(name, value) {
      const changes = typeof name === "object" ? name : { [name]: value };
      const changed = Object.keys(changes).filter((key) => this.#state[key] !== changes[key]);
      Object.assign(this.#state, changes);
      for (const key of changed) this.#tell(`change:${key}`, this, changes[key]);
      if (changed.length) this.#tell("change", this);
    }

    on(event, callback) {
      if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
      this.#listeners.get(event).add(callback);
    }

    off(event, callback) {
      if (!event) this.#listeners.clear();
      else if (!callback) this.#listeners.delete(event);
      else this.#listeners.get(event)?.delete(callback);
    }

    // There is no kernel to save to or to send to; the page is all there is.
    save_changes() {}
    send() {}

    #tell(event, ...payload) {
      for (const callback of [...(this.#listeners.get(event) ?? [])]) callback(...payload);
    }
  }

  /** Put the shared texts back into the state, and base64 buffers as DataViews, at their paths. */
  function restore({ state, buffers = [] }, texts) {
    for (const name of ["_esm", "_css"]) {
      if (Array.isArray(state[name])) state[name] = state[name].map((part) => texts[part]).join("");
    }
    for (const { path, data } of buffers) {
      const text = atob(data);
      const bytes = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      const last = path.at(-1);
      const owner = path.slice(0, -1).reduce((node, step) => node[step], state);
      owner[last] = new DataView(bytes.buffer);
    }
    return state;
  }

  // A site may forbid what a widget's program comes by; the browser says so here.
  let forbidden = false;
  addEventListener("securitypolicyviolation", (event) => {
    forbidden ||= event.blockedURI.startsWith("blob");
  });

  /** What keeps a picture still, as a sentence for whoever reads the page. */
  function reason(error) {
    if (forbidden) {
      return "This picture stays still here: the security policy of this site lets no page start a"
        + " program from within itself (its script-src lacks blob:). The text and the picture are whole.";
    }
    if (error instanceof Missing) {
      return `This picture stays still: ${error.message}. Loading the page again may help.`;
    }
    return `This picture could not start: its program stopped with “${error?.message ?? error}”.`;
  }

  /** What a widget moves by is not there, or not whole. */
  class Missing extends Error {}

  /** The state as it stands in the page; none of it, where it came in half. */
  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  }

  const GLIDE = 1000; // milliseconds, each way
  const modules = new Map();
  const styled = new Set();

  /** Import a module from its source: once, however many widgets use it. */
  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      const widget = import(url).then(async ({ default: exported }) =>
        typeof exported === "function" ? exported() : exported);
      modules.set(source, widget.finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(source);
  }

  function style(css) {
    if (!css || styled.has(css)) return;
    styled.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }

  const initialised = new Map();

  async function start(model) {
    style(model.get("_css"));
    const widget = await load(model.get("_esm"));
    if (!initialised.has(model)) initialised.set(model, widget.initialize?.({ model }));
    await initialised.get(model);
    return widget;
  }

  /** Mount the widget beside its still picture, then take the picture away. */
  async function mount(place, model) {
    const still = [...place.childNodes];
    const view = document.createElement("div");
    view.className = "attn-view";
    try {
      if (!model) throw new Missing("the data that it moves by is missing from the page, or broken");
      const widget = await start(model);
      place.append(view);
      await widget.render?.({ model, el: view });
      const anchor = place.querySelector("figure")?.id;
      if (anchor) place.id = anchor; // whoever links to the figure finds it here
      for (const node of still) node.remove();
      place.dataset.state = "live";
      if (place.dataset.glide) glide(model, JSON.parse(place.dataset.glide));
    } catch (error) {
      view.remove();
      // The browser tells of its policy a moment after the program is refused.
      await new Promise((done) => setTimeout(done));
      const sentence = document.createElement("p");
      sentence.className = "attn-fault";
      sentence.textContent = reason(error);
      place.append(sentence);
      place.dataset.state = "fault";
    }
  }

  /** Let the numbers glide to what is set; the rest is set at once. */
  function set(model, goals, span = 250) {
    const settable = model.get("settable");
    const glides = (name) => typeof goals[name] === "number";
    const names = Object.keys(goals).filter(glides);
    const begin = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    const start = performance.now();
    const lasts = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : span;
    let last = begin;
    model.set(Object.fromEntries(Object.entries(goals).filter(([name]) => !glides(name))));
    const step = (now) => {
      // The reader, or another tie, has taken over.
      if (names.some((name) => model.get(name) !== last[name])) return;
      const done = lasts === 0 ? 1 : Math.min(Math.max((now - start) / lasts, 0), 1);
      const share = 1 - (1 - done) ** 3;
      last = Object.fromEntries(names.map((name) => {
        if (done === 1) return [name, goals[name]];
        const [least, , size] = settable[name];
        const value = begin[name] + share * (goals[name] - begin[name]);
        // A list of all that it may be in the place of a step: the nearest of these.
        if (Array.isArray(size)) return [name, size.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a))];
        return [name, size ? least + size * Math.round((value - least) / size) : value];
      }));
      model.set(last);
      if (done < 1) requestAnimationFrame(step);
    };
    if (names.length) step(start);
  }

  /** Show once that a widget moves: there and back, until the reader takes over. */
  function glide(model, goals) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const names = Object.keys(goals);
    const home = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    set(model, goals, GLIDE);
    setTimeout(() => {
      if (names.every((name) => model.get(name) === goals[name])) set(model, home, GLIDE);
    }, 1.3 * GLIDE);
  }

  const asking = new Map();

  /** Light what the last tie that asks for it names: the picture's other parts dim. */
  function light(picture, node, holds) {
    if (!asking.has(picture)) asking.set(picture, new Set());
    const nodes = asking.get(picture);
    nodes.delete(node);
    if (holds) nodes.add(node);
    const names = [...nodes].at(-1)?.dataset.light;
    if (!names) {
      delete picture.dataset.lit;
      return;
    }
    const lit = names.split(" ").map((name) => `[data-show~="${name}"]`).join(", ");
    const inside = names.split(" ").map((name) => `[data-show~="${name}"] *`).join(", ");
    style(`[data-lit="${names}"] [data-show]:not(${lit}, ${inside}, :has(${lit})) { opacity: var(--attn-dim, 0.2); }`);
    picture.dataset.lit = names;
  }

  /** Show what is far from what was read; the browser's Back returns to the text. */
  function bringIntoView(place) {
    const { top, bottom, height } = place.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (seen >= Math.min(height, innerHeight) / 2) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    history.pushState(history.state, "");
    place.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" });
  }

  /** Make a piece of prose a button that sets a widget, or lights a picture. */
  function tie(node, place, wake, models) {
    node.setAttribute("role", "button");
    node.tabIndex = 0;
    node.title = node.dataset.does;
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      node.click();
    });
    if (node.dataset.set) {
      const goals = JSON.parse(node.dataset.set);
      // Mounted first, so that the widget's reset goes back to its own start.
      node.addEventListener("click", async () => {
        await wake(place);
        bringIntoView(place);
        set(models.get(place.dataset.model), goals);
      });
      return;
    }
    // Lit while pointed at or focused; a click or tap holds it, until the next.
    const why = new Set();
    const tell = (reason, holds) => {
      if (holds) why.add(reason);
      else why.delete(reason);
      light(place, node, why.size > 0);
      node.setAttribute("aria-pressed", String(why.has("held")));
    };
    tell("held", false);
    node.addEventListener("pointerenter", (event) => tell("pointed", event.pointerType !== "touch"));
    node.addEventListener("pointerleave", () => tell("pointed", false));
    node.addEventListener("focus", () => tell("focused", node.matches(":focus-visible")));
    node.addEventListener("blur", () => tell("focused", false));
    node.addEventListener("click", () => tell("held", !why.has("held")));
    addEventListener("click", (event) => {
      if (why.has("held") && !node.contains(event.target)) tell("held", false);
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const reason of [...why]) tell(reason, false);
    });
  }

  const models = new Map();
  const texts = {};
  let arrive;
  const arrived = new Promise((done) => {
    arrive = done;
  });
  const seen = new WeakSet();
  const waiting = new Set();
  const mounted = new Map();
  const fresh = (selector) => [...document.querySelectorAll(selector)].filter((node) => !seen.has(node));

  function wake(place) {
    if (waiting.delete(place)) {
      near.unobserve(place);
      mounted.set(place, mount(place, models.get(place.dataset.model)));
    }
    return mounted.get(place);
  }

  const AHEAD = 600; // pixels: so near to the screen a widget is brought to life
  const near = new IntersectionObserver(
    (entries) => entries.filter((e) => e.isIntersecting).forEach((e) => wake(e.target)),
    { rootMargin: `${AHEAD}px` },
  );

  /** Take what has arrived of the page since the last time; `whole` once all of it has. */
  function gather(whole) {
    for (const script of fresh("script.attn-texts, script.attn-state")) {
      seen.add(script);
      const data = parsed(script.textContent);
      if (script.className === "attn-texts") {
        Object.assign(texts, data);
        continue;
      }
      for (const [id, entry] of Object.entries(data)) {
        try {
          models.set(id, new Model(restore(entry, texts), models));
        } catch {
          // Its place says that what it moves by is broken.
        }
      }
    }
    for (const place of fresh(".attn-live")) {
      if (!whole && !models.has(place.dataset.model)) continue;
      seen.add(place);
      waiting.add(place);
      // The first one mostly stands in the first screen. An observer would report it only
      // after the page has been drawn, on a slow line one to two seconds later.
      if (!whole && place.getBoundingClientRect().top < innerHeight + AHEAD) wake(place);
      else near.observe(place);
    }
    if (!whole) return;
    arrive();
    for (const node of fresh(".attn-tie")) {
      seen.add(node);
      const { model, picture } = node.dataset;
      const place = document.querySelector(
        model ? `.attn-live[data-model="${model}"]` : `.attn-figure[data-picture="${picture}"]`);
      if (place) tie(node, place, wake, models);
    }
  }

  gather(false);
  window.attnGather = () => gather(true);
  addEventListener("DOMContentLoaded", window.attnGather);
  // Paper does not scroll: everything must stand before it is printed.
  addEventListener("beforeprint", () => [...waiting].forEach(wake));
})();
