"""The look: what the eye meets is whole, legible and where it belongs."""

import pytest
from conftest import (
    AT_ONCE,
    BESIDE,
    CHAPTERS,
    PAGES,
    at_widths,
    come_alive,
    eventually,
    looked_at,
    name_of,
    photograph,
    rest,
    standing,
)

BROKEN = """
(article) => {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  const broken = [];
  while (walker.nextNode()) {
    for (const found of walker.currentNode.data.matchAll(/[\\u3400-\\u9fff]+/g)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, found.index);
      range.setEnd(walker.currentNode, found.index + found[0].length);
      const rows = new Set([...range.getClientRects()].map((r) => Math.round(r.top)));
      if (rows.size > 1) broken.push(found[0]);
    }
  }
  return broken;
}
"""
# What each block of text as it is says and hides, all folds being open meanwhile.
BLOCKS = """
() => {
  const folds = [...document.querySelectorAll("details:not([open])")];
  for (const fold of folds) fold.open = true;
  const blocks = [...document.querySelectorAll("article pre")];
  const found = blocks.map((pre) => [pre.innerText, pre.scrollWidth - pre.clientWidth]);
  for (const fold of folds) fold.open = false;
  return found;
}
"""
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}


@looked_at(CHAPTERS, alive=True)
def test_a_line_of_80_characters_fits_on_a_laptop(seen):
    longest = 0
    for text, hidden in seen.evaluate(BLOCKS):
        length = max(len(line) for line in text.split("\n"))
        longest = max(longest, length)
        assert hidden == 0 or length > 80, text
    assert longest > 70


def test_two_signs_of_python_are_shown_as_two(watch, site):
    page = watch().open(f"{site}/{CHAPTERS[0]}")
    for kind in ("pre span", "p code span"):
        ligatures = page.locator(f"article {kind}").first.evaluate(
            "(node) => getComputedStyle(node).fontVariantLigatures"
        )
        assert ligatures == "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (CHAPTERS[0], "pre"),
        ("book/notation.html", ".pst-scrollable-table-container"),
    ],
)
def test_what_scrolls_sideways_shows_a_shadow_until_its_end(
    watch, site, name, kind, scheme
):
    page = watch(viewport=PHONE, color_scheme=scheme).open(f"{site}/{name}")
    come_alive(page)
    wide = page.locator(f"article {kind}").filter(visible=True).all()
    wide = [
        w for w in wide if w.evaluate("(n) => n.scrollWidth > n.clientWidth")
    ]
    block = wide[0]
    block.scroll_into_view_if_needed()

    def edges():
        """The left and the right edge, above the first line of text."""
        box = block.bounding_box()
        left, right = box["x"], box["x"] + box["width"] - 6
        strip = {"y": box["y"] + 12, "width": 6, "height": 1}
        return [page.screenshot(clip=strip | {"x": x}) for x in (left, right)]

    first = edges()
    block.evaluate("(node) => node.scrollBy({left: 9999, behavior: 'instant'})")
    page.wait_for_timeout(100)
    last = edges()
    assert first[0] != last[0]
    assert first[1] != last[1]


# What is drawn at the right edge of a block that is cut: the least and the most
# of its light, against the ground on which it lies.
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_shadow_is_darker_than_its_ground(watch, site, scheme):
    page = watch(viewport=PHONE, color_scheme=scheme).open(
        f"{site}/{CHAPTERS[0]}"
    )
    come_alive(page)
    cut = next(
        block
        for block in page.locator("article div.cell_input pre")
        .filter(visible=True)
        .all()
        if block.evaluate("(n) => n.scrollWidth > n.clientWidth + 40")
    )
    box = standing(cut)
    clip = {"x": box["x"] + box["width"] - 48, "y": box["y"] + 1}
    picture = photograph(page, clip=clip | {"width": 47, "height": 2})
    ground, shadow = (sum(picture.getpixel((x, 0))) for x in (0, 43))
    assert shadow < ground - 9


@looked_at(CHAPTERS, PHONE["width"])
def test_what_a_cell_says_is_never_cut_off(seen):
    said = seen.locator("article .cell_output pre")
    said = said.filter(visible=True).evaluate_all(
        "(all) => all.filter((n) => !n.closest('.attn-source-block'))"
        ".map((n) => [n.scrollWidth - n.clientWidth, n.innerText])"
    )
    assert said or name_of(seen) in BESIDE
    assert [words for hidden, words in said if hidden > 0] == []


STARTS = """
() => [...document.querySelectorAll(
  "article section > p, article figcaption, .attn-figure > svg, .attn-snapshot > *")]
  .filter((node) => !node.closest(".attn-live, details, .attn-entry") && node.getClientRects().length)
  .map((node) => {
    const padding = node.matches("p, figcaption") ? parseFloat(getComputedStyle(node).paddingLeft) : 0;
    return [Math.round(node.getBoundingClientRect().left + padding), node.outerHTML.slice(0, 90)];
  })
"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_text_pictures_captions_and_notes_share_an_edge(watch, site, name):
    page = watch(viewport={"width": 600, "height": 800}).open(f"{site}/{name}")
    for width in at_widths(page, 600, 768, 1000, 1440):
        found = dict(page.evaluate(STARTS))
        assert len(found) == 1, (width, found)


@looked_at(CHAPTERS, PHONE["width"])
def test_the_letters_of_a_figure_are_11_pixels_high_on_a_phone(seen):
    sizes = seen.locator(".attn-figure :is(text, tspan)").evaluate_all(
        "(all) => all.filter((node) => node.textContent.trim()).map((node) =>"
        " parseFloat(getComputedStyle(node).fontSize)"
        " * Math.hypot(node.getScreenCTM().a, node.getScreenCTM().b))"
    )
    assert len(sizes) > 50 or name_of(seen) in BESIDE
    assert min(sizes, default=11) >= 11


@pytest.mark.parametrize(
    "name", ["book/glossary.html", "book/from_the_notes.html"]
)
def test_a_table_of_words_fits_on_a_phone(watch, site, name):
    page = watch(viewport=PHONE).open(f"{site}/{name}")
    hidden = page.locator(".pst-scrollable-table-container").evaluate_all(
        "(all) => all.map((box) => box.scrollWidth - box.clientWidth)"
    )
    assert hidden == [0] * len(hidden)
    assert hidden


@looked_at(CHAPTERS, PHONE["width"], alive=True)
def test_a_formula_fits_on_a_phone(seen):
    hidden = seen.locator("mjx-container[display]").evaluate_all(
        "(all) => all.map((formula) => formula.scrollWidth - formula.clientWidth)"
    )
    assert hidden == [0] * len(hidden)
    assert hidden or name_of(seen) in BESIDE


@looked_at(PAGES, PHONE["width"])
def test_no_chinese_term_is_broken_over_two_lines(seen):
    broken = seen.locator("article").evaluate(BROKEN)
    assert broken == []


@looked_at(CHAPTERS, alive=True)
def test_the_first_screen_of_a_chapter_shows_its_picture(seen):
    seen.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    # Beside the chapters a figure does, with its guess beneath.
    beside = name_of(seen) in BESIDE
    picture = ".attn-live, .attn-figure" if beside else ".attn-live"
    box = seen.locator(picture).first.bounding_box()
    assert box["y"] < LAPTOP["height"] - 100


CUT = """
(all) => all.filter((text) => {
  // From the first letter to the last: a blank that is cut is no loss.
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const words = [];
  while (walker.nextNode()) if (/\\S/.test(walker.currentNode.data)) words.push(walker.currentNode);
  if (!words.length || !text.getBoundingClientRect().width) return false;
  const range = document.createRange();
  range.setStart(words[0], words[0].data.search(/\\S/));
  range.setEnd(words.at(-1), words.at(-1).data.trimEnd().length);
  const {left, right} = range.getBoundingClientRect();
  let [least, most] = [0, innerWidth];
  for (let node = text.closest("figure"); node; node = node.parentElement) {
    if (getComputedStyle(node).overflowX === "visible") continue;
    const box = node.getBoundingClientRect();
    [least, most] = [Math.max(least, box.left), Math.min(most, box.right)];
  }
  return left < least || right > most;
}).map((text) => text.textContent)
"""


def test_a_cut_letter_is_found_and_a_cut_blank_is_none(watch):
    page = watch(viewport=PHONE).context.new_page()
    blanks = "\u00a0" * 9
    words = {
        -30: "left",
        340: "right",
        60: "seen",
        -20: f"{blanks}{blanks}fine",
    }
    texts = [f'<text x="{x}" y="20">{word}</text>' for x, word in words.items()]
    page.set_content(
        '<body style="margin: 0"><figure class="attn-figure" style="margin: 0">'
        f'<svg width="360" height="40">{"".join(texts)}</svg></figure>'
    )
    found = page.locator(".attn-figure text").evaluate_all(CUT)
    assert found == ["left", "right"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_letter_of_a_figure_is_cut(watch, site, name):
    page = watch(viewport=PHONE).open(f"{site}/{name}")
    for width in at_widths(page, 360, 320, 1280):
        cut = page.locator(".attn-figure text").evaluate_all(CUT)
        assert cut == [], width


SWEEP = """
async (face) => {
  AT_ONCE
  const heights = new Set();
  const texts = new Set();
  let states = 0;
  for (const input of face.querySelectorAll("input[type=range]")) {
    const start = input.value;
    for (let i = 0; i <= 20; i++) {
      const before = input.value;
      input.value = Number(input.min) + (input.max - input.min) * i / 20;
      states += i === 0 || input.value !== before;
      input.dispatchEvent(new Event("input"));
      drawn();
      heights.add(face.getBoundingClientRect().height);
      texts.add(face.querySelector(".attn-readout").textContent);
    }
    input.value = start;
    input.dispatchEvent(new Event("input"));
    drawn();
  }
  window.requestAnimationFrame = usual;
  return [heights.size, texts.size, states];
}
""".replace("AT_ONCE", AT_ONCE)


def test_a_height_that_follows_a_slider_would_be_seen(watch, site):
    page = watch(viewport={"width": 320, "height": 800}).open(
        f"{site}/{CHAPTERS[0]}"
    )
    face = come_alive(page).locator(".attn-face:has(.attn-control)").first
    assert face.evaluate(SWEEP)[0] == 1
    face.evaluate(
        "(face) => face.addEventListener('input', ({ target }) =>"
        " { face.style.paddingBottom = `${9 * target.value}px`; }, true)"
    )
    assert face.evaluate(SWEEP)[0] > 1


def hold_beside_or_below(face, width):
    """Hold that a widget's sentence stands by its picture, and its controls after it."""
    picture, text, control = (
        face.locator(part).first.bounding_box()
        for part in (".attn-stage", ".attn-readout", ".attn-control")
    )
    # A picture as wide as its face, such as a line of letters, has it below.
    wide = picture["width"] > 0.9 * face.bounding_box()["width"]
    if width < 1200 or wide:
        below = text["y"] - picture["y"] - picture["height"]
        assert 0 <= below <= 16
    else:
        assert text["x"] > picture["x"] + picture["width"]
        assert text["y"] - picture["y"] <= 16
    beside = wide and control["x"] >= text["x"] + text["width"]
    assert beside or control["y"] >= text["y"] + text["height"]


# The widgets of chapter 08 have faces of their own; test_reader_face.py and
# test_encoder_block.py hold where their parts stand, and how high they are.
@pytest.mark.parametrize(
    "name", [name for name in CHAPTERS if "08_transformer" not in name]
)
def test_the_state_stands_by_the_picture_and_nothing_jumps(watch, site, name):
    page = watch(viewport={"width": 320, "height": 800}).open(f"{site}/{name}")
    come_alive(page)
    faces = page.locator(".attn-face:has(.attn-control)").all()
    assert faces or name in BESIDE
    for width in at_widths(page, 320, 360, 768, 1280):
        for face in faces:
            hold_beside_or_below(face, width)
            heights, texts, states = face.evaluate(SWEEP)
            assert heights == 1
            sliders = face.locator("input[type=range]").count()
            assert states >= 2 * sliders
            assert texts >= states / 2


def test_the_list_of_contents_makes_way_for_a_widget(watch, site):
    page = watch(viewport=LAPTOP).open(f"{site}/{CHAPTERS[0]}")
    come_alive(page)
    contents = page.locator(".bd-sidebar-secondary")
    face = page.locator(".attn-face").first
    face.evaluate(
        "(node) => node.scrollIntoView({block: 'center', behavior: 'instant'})"
    )

    def bottom():
        box = contents.bounding_box()
        return box["y"] + box["height"]

    assert eventually(page, lambda: bottom() <= face.bounding_box()["y"])
    # Below the last section stands no widget.
    page.evaluate(
        "scrollTo({top: document.body.scrollHeight, behavior: 'instant'})"
    )
    assert eventually(page, lambda: contents.bounding_box()["height"] > 200)


# Where the text begins and ends, and what follows it: the way back and on, the
# foot's rule and its words.
EDGES = """
() => {
  const box = (part) => document.querySelector(part)?.getBoundingClientRect();
  const text = box("article section > h1, .bd-search-container h1");
  const ends = { back: box(".left-prev .prev-next-subtitle"), on: box(".right-next .prev-next-subtitle") };
  const foot = [".bd-footer-content__inner", ".bd-footer-content p"].map(box);
  return {
    left: [ends.back, ...foot].filter(Boolean).map((one) => one.left - text.left),
    right: [ends.on, foot[0]].filter(Boolean).map((one) => one.right - text.right),
    rules: [...document.querySelectorAll("main *, .bd-footer")].filter((node) => !node.closest("article")
      && node.checkVisibility() && parseFloat(getComputedStyle(node).borderTopWidth) > 0
      && node.getBoundingClientRect().width > 300).map((node) => node.getBoundingClientRect().left - text.left),
  };
}
"""


@pytest.mark.parametrize(
    "name",
    [CHAPTERS[1], "book/intro.html", "book/glossary.html", "search.html"],
)
def test_what_follows_the_text_keeps_to_its_edges(watch, site, name):
    page = watch(viewport={"width": 360, "height": 800}).open(f"{site}/{name}")
    rest(page)
    for width in at_widths(page, 360, 768, 1024, 1440):
        edges = page.evaluate(EDGES)
        assert len(edges["left"]) >= 2
        assert len(edges["right"]) == (1 if name == "search.html" else 2)
        assert edges["rules"]
        for off in (*edges["left"], *edges["right"], *edges["rules"]):
            assert abs(off) <= 1, (width, edges)


BROKEN_TERMS = """
(all) => all.filter((term) => {
  const range = document.createRange();
  range.selectNodeContents(term.querySelector("p") ?? term);
  const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
  return /^\\S+$/.test(term.textContent.trim()) && lines.size > 1;
}).map((term) => term.textContent)
"""


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_term_of_the_glossary_is_broken_inside(watch, site, width):
    page = watch(viewport={"width": width, "height": 800}).open(
        f"{site}/book/glossary.html"
    )
    terms = page.locator("#glossary tbody th[scope=row]")
    assert terms.count() > 50
    broken = terms.evaluate_all(BROKEN_TERMS)
    # A hyphen is a place to break at.
    assert [term for term in broken if "-" not in term] == []
