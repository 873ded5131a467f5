// Fetches MathJax once the page and the widgets in sight are there. It is the
// heaviest script of the book, and until then a formula's source can be read.
(() => {
  "use strict";
  const src = new URL("vendor/mathjax/tex-chtml-full.js", document.currentScript.src);
  const idle = window.requestIdleCallback ?? setTimeout;
  addEventListener("load", () => idle(() => {
    document.head.append(Object.assign(document.createElement("script"), { src }));
  }));
})();
