// What paper.py asks of a page of the book: to settle, and to be taken over into the
// one document that is printed.

/** Wait until widgets are mounted and formulas and letters stand. */
async function settle() {
  const late = Date.now() + 30_000;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  dispatchEvent(new Event("beforeprint"));
  if (document.querySelector(".math")) {
    while (!window.MathJax?.startup?.promise) await frame();
    await window.MathJax.startup.promise;
  }
  for (const place of document.querySelectorAll(".attn-live")) {
    while (!place.querySelector(".attn-face")?.checkVisibility()) {
      if (Date.now() > late) throw new Error(`this stays a picture: ${place.outerHTML.slice(0, 90)}`);
      await frame();
    }
  }
  await document.fonts.ready;
  await frame();
  await frame();
}

// What paper has no use for.
const UNPRINTED = "script, noscript, button, .headerlink, .attn-controls, .attn-try, .attn-code, .attn-source > :not(summary), .attn-source-link"
  + ", .prev-next-area, .attn-filter, mjx-assistive-mml, .visually-hidden";

/** Where a link leads on paper: within it, or to the published book. */
function led(link, prefixes, home) {
  const url = new URL(link.href);
  if (url.origin !== location.origin) return url.href;
  const prefix = prefixes[url.pathname];
  if (prefix) return `#${prefix}-${decodeURIComponent(url.hash.slice(1)) || "top"}`;
  return new URL(url.pathname.slice(1) + url.hash, home).href;
}

/** Return the text of this page, its ids and links as they are in the whole. */
function take(prefixes, home) {
  const prefix = prefixes[location.pathname];
  const article = document.querySelector("article");
  for (const node of article.querySelectorAll(UNPRINTED)) node.remove();
  for (const canvas of article.querySelectorAll("canvas")) {
    const image = document.createElement("img");
    for (const { name, value } of canvas.attributes) image.setAttribute(name, value);
    image.classList.add("paper-canvas");
    image.src = canvas.toDataURL();
    canvas.replaceWith(image);
  }
  for (const input of article.querySelectorAll("input")) input.setAttribute("value", input.value);
  for (const image of article.querySelectorAll("img")) {
    image.setAttribute("src", image.src);
    image.removeAttribute("loading");
  }
  for (const link of article.querySelectorAll("a[href]")) link.setAttribute("href", led(link, prefixes, home));
  for (const node of article.querySelectorAll("[id]")) node.id = `${prefix}-${node.id}`;
  for (const node of article.querySelectorAll("*")) {
    for (const { name, value } of [...node.attributes]) {
      if (value.includes("url(")) node.setAttribute(name, value.replace(/url\((["']?)#/g, `url($1#${prefix}-`));
      if (/^(aria-(labelledby|describedby|controls)|for)$/.test(name)) {
        node.setAttribute(name, value.split(" ").map((id) => `${prefix}-${id}`).join(" "));
      }
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
    .flatMap((sheet) => [...sheet.cssRules]
      .map((rule) => rule.cssText.replace(/ canvas\b/g, " :is(canvas, .paper-canvas)")));
  return { body: article.innerHTML, rules, headings };
}
