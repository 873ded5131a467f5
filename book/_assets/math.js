// Fetches MathJax once the page and the widgets in sight are there. It is the
// heaviest script of the book, and until then a formula's source can be read.
(() => {
  "use strict";
  const src = new URL("vendor/mathjax/tex-chtml-full.js", document.currentScript.src);
  const idle = window.requestIdleCallback ?? setTimeout;
  // A formula wider than its place scrolls; the keyboard must be able to do it.
  const reach = () => {
    for (const formula of document.querySelectorAll("mjx-container[display]")) {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  };
  const onload = () => window.MathJax.startup.promise.then(reach);
  // The build keeps a formula with its roles' colours beside the plain one.
  window.MathJax.startup = {
    ready() {
      window.MathJax.startup.defaultReady();
      window.MathJax.startup.input[0].preFilters.add(({ math }) => {
        math.math = math.start.node?.parentElement?.dataset.tex ?? math.math;
      });
    },
  };
  addEventListener("resize", reach);
  addEventListener("load", () => idle(() => {
    document.head.append(Object.assign(document.createElement("script"), { src, onload }));
  }));
})();
