// The header: on a phone it says which section is being read. What opens says
// whether it is open, and whoever closes it stands where they were.
(() => {
  "use strict";
  // The theme takes the focus from a button that was pressed. Whoever pressed it by a
  // key stands there still, and hears what a pointer's owner sees.
  const status = Object.assign(document.createElement("p"), { className: "attn-status" });
  status.setAttribute("role", "status");
  document.body.append(status);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copybtn, .theme-switch-button");
    if (!button || event.detail !== 0) return;
    setTimeout(() => {
      button.focus({ preventScroll: true });
      // The copy button's own words say whether it has worked.
      status.textContent = button.dataset.tooltip ?? `Theme: ${document.documentElement.dataset.mode}`;
      setTimeout(() => status.replaceChildren(), 3000);
    }, 100);
  });

  const header = document.querySelector(".bd-header-article");
  const at = header?.querySelector(".attn-at");
  if (!at) return;
  const more = header.querySelector(".attn-more-button");
  const list = document.getElementById("attn-more");
  const phone = matchMedia("(max-width: 600px)");

  const wordsOf = (heading) => [...heading.childNodes].filter((node) => !node.matches?.(".headerlink, .section-number"))
    .map((node) => node.textContent).join("").trim();
  const headings = [...document.querySelectorAll("article :is(h1, h2), .attn-entry > h3")];
  const titles = new Map(headings.map((heading) => [heading, wordsOf(heading)]));
  let due = false;
  /** Name the last heading that has gone under the header. */
  function say() {
    due = false;
    const now = headings.findLast((each) => each.getBoundingClientRect().top < header.offsetHeight + 16) ?? headings[0];
    if (!now || at.textContent === titles.get(now)) return;
    at.textContent = titles.get(now);
    at.href = `#${now.closest("[id]").id}`;
  }
  const ask = () => {
    if (due || !phone.matches) return;
    due = true;
    requestAnimationFrame(say);
  };
  addEventListener("scroll", ask, { passive: true });

  list.addEventListener("toggle", (event) => more.setAttribute("aria-expanded", event.newState === "open"));
  // A list that lies over the page has no place in a row, nor over a full screen.
  const close = () => list.matches(":popover-open") && list.hidePopover();
  phone.addEventListener("change", () => (close(), ask()));
  list.querySelector(".btn-fullscreen-button")?.addEventListener("click", close);

  // The theme takes the focus from these buttons before their dialog opens.
  const dialogs = [
    ["primary-toggle", "pst-primary-sidebar-modal", "Menu"],
    ["secondary-toggle", "pst-secondary-sidebar-modal", "Contents"],
    ["search-button", "pst-search-dialog", "Search"],
  ];
  for (const [name, id, title] of dialogs) {
    const button = header.querySelector(`.${name}`);
    const dialog = document.getElementById(id);
    if (!button || !dialog) continue;
    dialog.setAttribute("aria-label", title);
    let asked = false;
    button.addEventListener("click", () => (asked = true));
    button.setAttribute("aria-haspopup", "dialog");
    // Whoever follows a link of this page reads on there.
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("a[href^='#']")) return;
      asked = false;
      dialog.close();
    });
    new MutationObserver(() => {
      if (!dialog.open && asked) (button.checkVisibility() ? button : more).focus({ preventScroll: true });
      asked &&= dialog.open;
    }).observe(dialog, { attributeFilter: ["open"] });
  }
})();
