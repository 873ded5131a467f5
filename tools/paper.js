// What paper.py asks of a page of the book: to settle, and to be taken over into the
// one document that is printed.

/** Wait until formulas and letters stand. */
async function settle() {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  if (document.querySelector(".math")) {
    while (!window.MathJax?.startup?.promise) await frame();
    await window.MathJax.startup.promise;
  }
  await document.fonts.ready;
  await frame();
  await frame();
}

// What paper has no use for.
const UNPRINTED = "script, noscript, button, .headerlink, .attn-code, .attn-source > :not(summary), .attn-source-link"
  + ", .attn-screen, .prev-next-area, mjx-assistive-mml";

/** Where a link leads on paper: within it, or to the published book. */
function led(link, prefixes, home) {
  const url = new URL(link.href);
  if (url.origin !== location.origin) return url.href;
  const prefix = prefixes[url.pathname];
  if (prefix) return `#${prefix}-${decodeURIComponent(url.hash.slice(1)) || "top"}`;
  return new URL(url.pathname.slice(1) + url.hash, home).href;
}

/** Move what is folded beneath a question to the end: on paper nothing else hides it. */
function putAside(article) {
  const folded = [...article.querySelectorAll(".tag_solution, details:not([class])")];
  if (folded.length === 0) return;
  const make = (tag, traits) => Object.assign(document.createElement(tag), traits);
  const end = make("section", { id: "solutions" });
  end.append(make("h2", { textContent: "Solutions" }));
  folded.forEach((node, n) => {
    const asked = node.closest("section");
    const named = node.previousElementSibling?.querySelector(":scope > strong:first-child");
    const title = (named ?? asked.querySelector("h2, h3")).textContent.trim().replace(/:$/, "");
    const place = make("section", { id: `solution-${n + 1}` });
    const leads = make("p", { className: "paper-folded" });
    leads.append(make("a", { href: `#${place.id}`, textContent: "Worked out under Solutions, at the end of this chapter." }));
    node.replaceWith(leads);
    place.append(make("h3", { textContent: title }));
    place.append(...(node.tagName === "DETAILS" ? [...node.children].slice(1) : [node]));
    end.append(place);
  });
  article.querySelector("section").append(end);
}

/** Return the text of this page, its ids and links as they are in the whole. */
function take(prefixes, home) {
  const prefix = prefixes[location.pathname];
  const article = document.querySelector("article");
  for (const node of article.querySelectorAll(UNPRINTED)) node.remove();
  putAside(article);
  for (const title of article.querySelectorAll(".attn-source > summary")) title.prepend("Source: ");
  for (const image of article.querySelectorAll("img")) {
    image.setAttribute("src", image.src);
    image.removeAttribute("loading");
  }
  for (const link of article.querySelectorAll("a[href]")) link.setAttribute("href", led(link, prefixes, home));
  for (const node of article.querySelectorAll("[id]")) node.id = `${prefix}-${node.id}`;
  for (const node of article.querySelectorAll("*")) {
    for (const { name, value } of [...node.attributes]) {
      if (value.includes("url(")) node.setAttribute(name, value.replace(/url\((["']?)#/g, `url($1#${prefix}-`));
    }
  }
  for (const node of article.querySelectorAll("use")) {
    const to = node.getAttribute("href") ?? node.getAttribute("xlink:href");
    node.setAttribute("href", to.replace("#", `#${prefix}-`));
  }
  const headings = [...article.querySelectorAll("h1, h2, h3")].filter((node) => node.checkVisibility()).map((node) => {
    const own = node.tagName === "H1" ? `${prefix}-top` : node.id || node.closest("section[id]").id;
    if (node.tagName === "H1") node.id = own;
    return [Number(node.tagName[1]), own, node.textContent.trim().replace(/\s+/g, " ")];
  });
  const rules = [...document.styleSheets].filter((sheet) => sheet.ownerNode.tagName === "STYLE")
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
  return { body: article.innerHTML, rules, headings };
}
