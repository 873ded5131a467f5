// Brings the book's widgets to life in the static page, with no kernel and no
// server: a host for anywidget's front-end modules (anywidget.dev/en/afm).
// A classic script, so that it also runs from file://; it stands after the
// places and the state, and starts at once.
(() => {
  "use strict";

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
          const found = this.#models.get(id.replace(/^IPY_MODEL_/, ""));
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

  /** Put base64 buffers back into the state, at their paths, as DataViews. */
  function restore({ state, buffers = [] }) {
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
      if (!model) throw new Error("its state is missing from the page");
      const widget = await start(model);
      place.append(view);
      await widget.render?.({ model, el: view });
      for (const node of still) node.remove();
      place.dataset.state = "live";
    } catch (error) {
      view.remove();
      const sentence = document.createElement("p");
      sentence.className = "attn-fault";
      sentence.textContent = `This picture could not start (${error?.message ?? error}).`;
      place.append(sentence);
      place.dataset.state = "fault";
    }
  }

  function main() {
    const models = new Map();
    for (const script of document.querySelectorAll("script.attn-state")) {
      for (const [id, entry] of Object.entries(JSON.parse(script.textContent))) {
        models.set(id, new Model(restore(entry), models));
      }
    }
    const waiting = new Set(document.querySelectorAll(".attn-live"));
    const wake = (place) => {
      if (!waiting.delete(place)) return;
      near.unobserve(place);
      mount(place, models.get(place.dataset.model));
    };
    const near = new IntersectionObserver(
      (entries) => entries.filter((e) => e.isIntersecting).forEach((e) => wake(e.target)),
      { rootMargin: "600px" },
    );
    for (const place of waiting) near.observe(place);
    // Paper does not scroll: everything must stand before it is printed.
    addEventListener("beforeprint", () => [...waiting].forEach(wake));
  }

  main();
})();
