// The search page: excerpts that read as prose. It stands after Sphinx's own
// script and replaces what that shows of a page found.
(() => {
  "use strict";
  // What is folded, what moves, and the title, which stands above as the link.
  const LEFT_OUT = ".headerlink, script, style, svg, .attn-live, .attn-kicker, button, details, article h1";
  const BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, pre, td, th, div, figcaption";
  const BREAK = "\u2029"; // Unicode's end of a paragraph
  // A formula that a reader can take for words; of all others a dash remains.
  const PLAIN = /^[\w\s=<>+.,()-]+$/;
  // The foreign words of the pages, with their languages: the build marked them.
  const tongues = new Map();

  /** A page's text, or that of one place in it, without what is no sentence. */
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const text = page.querySelector("article") ?? page.body;
    const place = (anchor && page.getElementById(anchor.slice(1))) || text;
    for (const node of place.querySelectorAll(LEFT_OUT)) node.remove();
    for (const formula of place.querySelectorAll(".math")) {
      const source = formula.textContent.replace(/^\s*\\[[(]|\\[\])]\s*$/g, "");
      formula.textContent = PLAIN.test(source) ? source : "–";
    }
    for (const word of place.querySelectorAll("[lang]")) tongues.set(word.textContent, word.lang);
    for (const block of place.querySelectorAll(BLOCKS)) {
      block.before(BREAK);
      block.after(BREAK);
    }
    const parts = place.textContent.split(BREAK).map((part) => part.replace(/\s+/g, " ").trim()).filter(Boolean);
    return parts.map((part) => (/[.?!:;,…]$/.test(part) ? part : `${part} ·`)).join(" ").replace(/ ·$/, "");
  };

  /** Every place of a word in a text. */
  function placesOf(word, text) {
    const places = [];
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) places.push(at);
    return places;
  }

  /** The words around the first place at which most of those asked for stand together, cut between words. */
  function excerpt(text, keywords) {
    const small = text.toLowerCase();
    const places = keywords.filter(Boolean).map((word) => placesOf(word.toLowerCase(), small));
    const company = (at) => places.filter((each) => each.some((place) => place >= at && place < at + 120)).length;
    let [at, most] = [0, 0];
    for (const place of places.flat().sort((a, b) => a - b)) {
      const count = company(place);
      if (count > most) [at, most] = [place, count];
      if (most === places.length) break;
    }
    const start = at > 120 ? text.indexOf(" ", at - 120) + 1 : 0;
    const end = start + 240 < text.length ? text.lastIndexOf(" ", start + 240) : text.length;
    // What has no spaces is cut where it must be.
    const part = end > at ? text.slice(Math.min(start, at), end) : text.slice(at, at + 240);
    return `${start ? "… " : ""}${part}${end < text.length ? " …" : ""}`;
  }

  /** Give each foreign word of a text its language. */
  function told(text) {
    const words = [...tongues.keys()].filter((word) => text.includes(word)).sort((a, b) => b.length - a.length);
    if (!words.length) return [text];
    const known = new RegExp(`(${words.map((word) => word.replace(/[\^$\\.*+?()[\]{}|]/g, "\\$&")).join("|")})`, "u");
    return text.split(known).map((part) =>
      tongues.has(part) ? Object.assign(document.createElement("span"), { lang: tongues.get(part), textContent: part }) : part);
  }

  Search.makeSearchSummary = (html, keywords, anchor) => {
    const text = Search.htmlToText(html, anchor);
    if (!text) return null;
    const summary = Object.assign(document.createElement("p"), { className: "context" });
    summary.append(...told(excerpt(text, [...keywords])));
    return summary;
  };

  // From the disk no page may read another: titles are found, and no excerpts.
  if (location.protocol === "file:") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
    const note = document.createElement("p");
    note.className = "attn-note";
    note.textContent = "Opened from the disk, the search finds pages but shows no excerpts: those need a server.";
    document.getElementById("search-results").before(note);
  }
})();
