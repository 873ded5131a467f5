// The package page: a box that narrows its index and its entries to what is typed.
(() => {
  "use strict";
  const index = document.querySelector(".attn-names");
  if (!index) return;
  const folds = [...index.querySelectorAll("details")].map((fold) => ({ fold, open: fold.open, kind: fold.firstChild.textContent.replace(/ · \d+$/, "") }));
  const modules = [...document.querySelectorAll(".attn-module")];
  const names = [...index.querySelectorAll("tr")].map((row) => {
    const entry = document.getElementById(row.querySelector("a").hash.slice(1));
    return { row, entry, words: `${row.textContent} ${entry.querySelector(".attn-signature").textContent}`.toLowerCase() };
  });
  const box = document.createElement("div");
  box.className = "attn-filter";
  box.innerHTML = '<label for="attn-filter">Filter</label><input id="attn-filter" type="search" autocomplete="off" spellcheck="false"><output for="attn-filter"></output>';
  const [, input, said] = box.children;

  /** Show what has every word that is typed, in its name, its line or its arguments. */
  function narrow() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const { row, entry, words: own } of names) {
      row.hidden = entry.hidden = !words.every((word) => own.includes(word));
      left += !row.hidden;
    }
    for (const { fold, open, kind } of folds) {
      const some = fold.querySelectorAll("tr:not([hidden])").length;
      fold.firstChild.textContent = `${kind} · ${some}`;
      fold.hidden = !some;
      fold.open = words.length ? true : open;
    }
    for (const module of modules) module.hidden = !module.querySelector(".attn-entry:not([hidden])");
    said.textContent = words.length ? `${left || "none"} of ${names.length} left` : `${names.length} names`;
  }

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = "";
    if (event.key === "Escape") narrow();
  });
  // A link to what is not shown shows all again.
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.closest("[hidden]")) return;
    input.value = "";
    narrow();
    target.scrollIntoView();
  });
  index.prepend(box);
  narrow();
})();
