// The search page: title, section, and an excerpt that reads as prose with what
// was asked for marked in it. It stands after Sphinx's own script, whose index and
// scores it takes, and says the results in its own way.
(() => {
  "use strict";
  // What is folded, what moves, and the title, which stands above as the link.
  const LEFT_OUT = ".headerlink, script, style, svg, .attn-live, .attn-kicker, .citation > .label, button, details, article h1";
  const BLOCKS = "p, li, dt, dd, pre, td, th, div, figcaption";
  // Unicode's ends of a paragraph and of a line, and three signs that mean nothing.
  const [BREAK, SECTION, CODE, END] = ["\u2029", "\u2028", "\ue000", "\ue001"];
  // A formula that a reader can take for words; of all others a dash remains.
  const PLAIN = /^[\w\s=<>+.,()αβγδετθλμπστωℓ√·ᵀ²³-]+$/;
  const SIGNS = { alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", tau: "τ", theta: "θ", lambda: "λ", mu: "μ",
    pi: "π", sigma: "σ", omega: "ω", ell: "ℓ", sqrt: "√", cdot: "·", tanh: "tanh", exp: "exp", log: "log", softmax: "softmax" };
  const CHINESE = /^[\u3400-\u9fff\uf900-\ufaff]/;
  // The foreign words of the pages, with their languages: the build marked them.
  const tongues = new Map();
  const pages = new Map();

  /** A formula as words, where its signs are few and plain. */
  function spoken(source) {
    const text = source.replace(/^\s*\\[[(]|\\[\])]\s*$/g, "")
      .replace(/\\(?:mathbf|mathrm|boldsymbol|operatorname|text)\b\s*(?:\{([^{}]*)\})?/g, "$1")
      .replace(/\^\\top\b/g, "ᵀ").replace(/\^2/g, "²").replace(/\^3/g, "³").replace(/\\([a-z]+)/g, (all, name) => SIGNS[name] ?? all)
      .replace(/_\{(\w+)\}/g, "_$1").replace(/\s+/g, " ").trim();
    return PLAIN.test(text) ? text : "–";
  }

  /** A page, asked for once. */
  function pageOf(name) {
    const ask = () => fetch(name).then((answer) => answer.text()).then((html) => new DOMParser().parseFromString(html, "text/html"));
    if (!pages.has(name)) pages.set(name, ask());
    return pages.get(name);
  }

  /** What stands in a part of a page, section by section: its id, title, sentences, and code apart. */
  function sectionsOf(part) {
    const copy = part.cloneNode(true);
    const found = [{ id: "", title: "" }];
    for (const node of copy.querySelectorAll(LEFT_OUT)) node.remove();
    for (const formula of copy.querySelectorAll(".math")) formula.textContent = spoken(formula.textContent);
    for (const word of copy.querySelectorAll("[lang]")) tongues.set(word.textContent, word.lang);
    for (const heading of copy.querySelectorAll("h2, h3, h4")) {
      found.push({ id: heading.closest("section")?.id ?? "", title: heading.textContent.trim() });
      heading.replaceWith(SECTION);
    }
    for (const block of copy.querySelectorAll(BLOCKS)) {
      block.before(BREAK, block.matches("pre") ? CODE : "");
      block.after(block.matches("pre") ? END : "", BREAK);
    }
    copy.textContent.split(SECTION).forEach((text, i) => {
      found[i].code = "";
      found[i].text = sentences(text.replace(/\ue000([^\ue001]*)\ue001/g, (_, code) => ((found[i].code += BREAK + code), "")));
      found[i].code = sentences(found[i].code);
    });
    return found;
  }

  /** Blocks of text in one line, told apart; a formula that is a block and no words is left out. */
  function sentences(text) {
    const parts = text.split(BREAK).map((part) => part.replace(/\s+/g, " ").trim()).filter((part) => part && part !== "–");
    return parts.map((part) => (/[.?!:;,…]$/.test(part) ? part : `${part} ·`)).join(" ").replace(/ ·$/, "");
  }

  const escaped = (word) => word.replace(/[\^$\\.*+?()[\]{}|]/g, "\\$&");

  /** Every place of a word, as typed or as its stem, in a text: where it begins a word, else anywhere. */
  function placesOf(forms, text) {
    const some = `(?:${forms.map(escaped).join("|")})[\\p{Letter}\\p{Number}]*`;
    const find = (before, pattern) => [...text.matchAll(new RegExp(before + pattern, "giu"))].map((m) => [m.index, m.index + m[0].length]);
    if (CHINESE.test(forms[0])) return find("", escaped(forms[0]));
    const whole = find("(?<![\\p{Letter}\\p{Number}])", some);
    return whole.length ? whole : find("", some);
  }

  /** The place in a text at which most of the words asked for stand together: how many, and where. */
  function best(text, words) {
    const places = words.map((forms) => placesOf(forms, text).map(([start]) => start));
    let [at, most] = [0, 0];
    for (const place of places.flat().sort((a, b) => a - b)) {
      const count = places.filter((each) => each.some((other) => other >= place && other < place + 120)).length;
      if (count > most) [at, most] = [place, count];
      if (most === places.length) break;
    }
    return [most, at];
  }

  /** The words around a place, cut between words. */
  function excerpt(text, at) {
    const start = at > 120 ? text.indexOf(" ", at - 120) + 1 : 0;
    const end = start + 240 < text.length ? text.lastIndexOf(" ", start + 240) : text.length;
    // What has no spaces is cut where it must be.
    const part = end > at ? text.slice(Math.min(start, at), end) : text.slice(at, at + 240);
    return `${start ? "… " : ""}${part}${end < text.length ? " …" : ""}`;
  }

  /** A text in which what was asked for is marked, as a list of nodes. */
  function marked(text, words) {
    const hits = words.flatMap((forms) => placesOf(forms, text)).sort((a, b) => a[0] - b[0]);
    const nodes = [];
    let done = 0;
    for (const [start, end] of hits) {
      if (end <= done) continue;
      const last = nodes.at(-1);
      if (start <= done && last?.localName === "mark") last.textContent += text.slice(done, end);
      else nodes.push(text.slice(done, start), Object.assign(document.createElement("mark"), { textContent: text.slice(start, end) }));
      done = end;
    }
    return [...nodes, text.slice(done)];
  }

  /** The same, each foreign word in its language. */
  function told(text, words) {
    const foreign = [...tongues.keys()].filter((word) => text.includes(word)).sort((a, b) => b.length - a.length);
    if (!foreign.length) return marked(text, words);
    return text.split(new RegExp(`(${foreign.map(escaped).join("|")})`, "u")).flatMap((part) => {
      if (!tongues.has(part)) return marked(part, words);
      const run = Object.assign(document.createElement("span"), { lang: tongues.get(part) });
      run.append(...marked(part, words));
      return [run];
    });
  }

  /** Say in a result the section and the sentence where the words stand; of a page, the best of those not listed. */
  async function show(item, place, words, listed) {
    const page = await pageOf(`${place.page}.html`);
    const text = page.querySelector("article") ?? page.body;
    const part = place.anchor && page.getElementById(place.anchor);
    let [found, most] = [null, -1];
    // Sentences before code, and a word in a section's title counts for half of one in its text.
    const sections = sectionsOf(part || text).filter((one) => part || !listed.has(`${place.page}#${one.id}`));
    for (const kind of ["text", "code"]) {
      for (const section of sections) {
        const [count, at] = best(section[kind], words);
        const score = count + (count ? best(section.title, words)[0] / 2 : 0);
        if (score > most) [found, most] = [{ ...section, text: section[kind], at }, score];
      }
    }
    if (!found?.text) return;
    const link = item.querySelector("a");
    if (!part && found.id) {
      link.href = `${place.page}.html#${found.id}`;
      link.append(" › ", ...told(found.title, words));
    }
    const summary = Object.assign(document.createElement("p"), { className: "context" });
    summary.append(...told(excerpt(found.text, found.at), words));
    item.append(summary);
  }

  /** List what the index finds: each place once, and pages that have all of the words only. */
  Search.query = (query) => {
    const asked = Search._parseQuery(query);
    const stemmer = new Stemmer();
    const words = splitQuery(query.toLowerCase().trim()).map((word) => [word, stemmer.stemWord(word)]).filter(([, stem]) => asked[1].has(stem));
    // The index lacks short stems, such as that of "one"; Chinese pairs it has.
    const each = [...asked[1]].filter((word) => word.length > 2 || CHINESE.test(word)).map((word) => new Set(Search.performTermsSearch(new Set([word]), asked[2]).map(([name]) => name)));
    const results = Search._performSearch(...asked).reverse()
      .filter(([name, , anchor]) => anchor || each.every((pages) => pages.has(name)));
    const places = new Map();
    for (const [page, title, anchor, described] of results) {
      // A name of the package is said as the section that it has.
      const parts = described ? [Search._index.titles[Search._index.docnames.indexOf(page)], title.replace("attn_utils.", "")] : title.split(" > ");
      if (!places.has(page + anchor)) places.set(page + anchor, { page, anchor: anchor.slice(1), title: parts.join(" › ") });
    }
    const shown = [...places.values()].map((place) => {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: `${place.page}.html${place.anchor && `#${place.anchor}`}` });
      link.append(...told(new DOMParser().parseFromString(place.title, "text/html").body.textContent, words));
      item.append(link);
      return [item, place];
    });
    Search.output.append(...shown.map(([item]) => item));
    Search.status.setAttribute("role", "status");
    _finishSearch(shown.length);
    const among = new Set(results.map(([page]) => page)).size;
    if (shown.length) Search.status.textContent = `Found ${shown.length} ${shown.length > 1 ? "places" : "place"} on ${among} ${among > 1 ? "pages" : "page"}.`;
    // A page that cannot be had, as on the way out of this one, is listed without its words.
    if (location.protocol !== "file:") for (const [item, place] of shown) show(item, place, words, places).catch(() => {});
  };

  // From the disk no page may read another: titles are found, and no excerpts.
  if (location.protocol === "file:") {
    const note = document.createElement("p");
    note.className = "attn-note";
    note.textContent = "Opened from the disk, the search finds pages but shows no excerpts: those need a server.";
    document.getElementById("search-results").before(note);
  }
})();
