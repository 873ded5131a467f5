"""Access: axe on every page, narrow and wide, light and dark; keys and zoom."""

import colour
import pytest
from access import RULES
from axe_playwright_python.sync_playwright import Axe
from conftest import (
    CHAPTERS,
    PAGES,
    at_widths,
    come_alive,
    looked_at,
    rest,
    typeset,
)
from legible import in_hex, written

EVERY = [*PAGES, "search.html", "404.html"]


def mount(page):
    """Typeset the page and bring every widget to life."""
    typeset(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.attn-live')]"
        ".every((place) => place.querySelector('.attn-face'))"
    )


def violations(page):
    """Mount everything, then return what axe finds, with where."""
    mount(page)
    # preload off: axe would fetch the style sheets again, some by wrong addresses.
    options = {
        "runOnly": RULES,
        "resultTypes": ["violations"],
        "preload": False,
    }
    found = Axe().run(page, options=options).response["violations"]
    return [(v["id"], node["target"]) for v in found for node in v["nodes"]]


# Widths and schemes are one style sheet: a page of each kind shows all four, each
# other page one of them, in turn.
VIEWS = [
    (scheme, width) for scheme in ("light", "dark") for width in (360, 1280)
]
KINDS = [CHAPTERS[0], "book/intro.html", "search.html", "404.html"]
OTHERS = [name for name in EVERY if name not in KINDS]


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [
        *((name, *view) for name in KINDS for view in VIEWS),
        *((name, *VIEWS[i % 4]) for i, name in enumerate(OTHERS)),
    ],
)
def test_axe_finds_nothing(watch, site, name, scheme, width):
    watched = watch(
        color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    assert violations(watched.open(f"{site}/{name}")) == []


# Axe gives no verdict on text that stands half in the column and half in the
# margin, nor on text over a gradient: the one is checked where a page is narrow,
# the other where it is wide.
@pytest.mark.parametrize(
    ("width", "part"), [(360, ".attn-readout"), (1280, "article pre span")]
)
def test_axe_would_find_something(watch, site, width, part):
    page = watch(viewport={"width": width, "height": 900}).open(
        f"{site}/{PAGES[0]}"
    )
    page.evaluate("document.body.append(document.createElement('img'))")
    page.locator(part).filter(visible=True).first.evaluate(
        "(node) => node.style.setProperty('color', '#bbb', 'important')"
    )
    found = {name for name, _ in violations(page)}
    assert found >= {"image-alt", "color-contrast"}


# What leaves the page, or is cut off in it: the theme clips what is too wide.
OUTSIDE = """
(width) => {
  const out = document.documentElement.scrollWidth > width ? ["the page"] : [];
  for (const node of document.querySelectorAll("article, .attn-face, .attn-figure")) {
    const box = node.getBoundingClientRect();
    if (!node.checkVisibility()) continue;
    const inside = !node.matches(".attn-face") || node.scrollWidth <= node.clientWidth + 1;
    if (box.left < -1 || box.right > width + 1 || !inside) out.push(node.outerHTML.slice(0, 90));
  }
  return out;
}
"""


def targets(page):
    """Return how wide or high, whichever is less, each control of a widget is."""
    controls = page.locator(
        # A line of tiles is one target: the tile that is nearest is meant.
        ".attn-face :is(button:not(.attn-strip > *), .attn-strip, label:has(> input),"
        " input:not(label > input), select)"
    )
    return controls.evaluate_all(
        "(all) => all.filter((node) => node.checkVisibility())"
        ".map((node) => node.getBoundingClientRect())"
        ".map((box) => Math.min(box.width, box.height))"
    )


# 320 is the same as 1280 pixels at 400 % zoom; 280 a watch or a folded phone.
@pytest.mark.parametrize("name", [*EVERY, "search.html?q=attention"])
def test_a_narrow_page_scrolls_not_sideways_and_controls_have_24_pixels(
    watch, site, name
):
    page = watch(viewport={"width": 280, "height": 640}).open(f"{site}/{name}")
    rest(page)
    mount(page)
    for width in at_widths(page, 280, 320, 360, height=640):
        assert page.evaluate(OUTSIDE, width) == [], width
    sizes = targets(page)
    assert sizes or name not in CHAPTERS
    assert min(sizes, default=24) >= 24


@looked_at(CHAPTERS, alive=True)
def test_the_tab_key_reaches_every_control_in_order(seen):
    for face in seen.locator(".attn-face:not(.attn-guessing)").all():
        # Arrow keys lead on inside a row of tiles or a map, which is one stop, as a
        # group of radios is.
        controls = [
            control
            for control in face.locator(
                "input, select, button, [tabindex='0']"
            ).all()
            if control.evaluate(
                "(node) => node.tabIndex >= 0 && !node.matches(':disabled')"
                " && node.checkVisibility()"
                " && !(node.type === 'radio' && !node.checked)"
            )
        ]
        controls[0].focus()
        for control in controls[1:]:
            seen.keyboard.press("Tab")
            assert control.evaluate("(node) => node === document.activeElement")


GUESSES_ALONE = {"chapters/since_then.html", "chapters/when_it_fails.html"}
WITH_PICTURES = [
    name for name in [*CHAPTERS, "book/intro.html"] if name not in GUESSES_ALONE
]


# axe passes over what a picture writes, and over what stands on a ramp.
@looked_at(WITH_PICTURES, alive=True)
def test_what_a_widget_writes_stands_out_from_its_ground(seen):
    pale, count = {}, 0
    for scheme in ("dark", "light"):
        seen.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        seen.wait_for_function(
            "(scheme) => document.documentElement.dataset.theme === scheme",
            arg=scheme,
        )
        for face in seen.locator(".attn-face:not(.attn-guessing)").all():
            for text, contrast in written(face):
                count += 1
                if contrast < 4.5:
                    pale[scheme, text] = round(float(contrast), 1)
    assert pale == {}
    assert count > 40


def test_a_pale_number_of_a_picture_would_be_noticed(watch, site):
    page = watch(reduced_motion="reduce").open(
        f"{site}/chapters/05_self_attention.html"
    )
    face = come_alive(page).locator(".attn-paint")
    assert min(contrast for _, contrast in written(face)) >= 4.5
    # As it was: all the ink, and the number in the colour of the paper.
    page.add_style_tag(
        content=".attn-paint .attn-picture .paint-number"
        " { fill: var(--paper) !important; }"
    )
    pale = {text for text, contrast in written(face) if contrast < 4.5}
    assert {"0.01", "0.60"} <= pale


def test_nothing_glides_when_reduced_motion_is_asked_for(watch, site):
    page = watch(reduced_motion="reduce").open(f"{site}/{PAGES[0]}")
    moving = page.evaluate(
        "[...document.querySelectorAll('.attn-live *')]"
        ".filter((n) => getComputedStyle(n).transitionDuration !== '0s').length"
    )
    assert moving == 0


# The colour of soft words, and of a line, on the ground that both have.
PALEST = """
([words, line]) => {
  const ground = (n) => n ? (getComputedStyle(n).backgroundColor.replace(/.*, 0\\)$/, "") || ground(n.parentElement)) : "rgb(255, 255, 255)";
  const at = (part) => document.querySelector(part);
  return [getComputedStyle(at(words)).color, getComputedStyle(at(line)).borderTopColor, ground(at(words)), ground(at(line).parentElement)];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("words", "line"),
    [
        (".attn-face .attn-try", ".attn-face:not(.attn-guessing)"),
        ("figcaption", ".attn-guessing"),
    ],
)
def test_who_asks_for_more_contrast_gets_it(watch, site, scheme, words, line):
    found = {}
    for asked in ("more", "no-preference"):
        watched = watch(contrast=asked, color_scheme=scheme)
        page = watched.open(f"{site}/{PAGES[0]}")
        come_alive(page)
        colours = [*map(in_hex, page.evaluate(PALEST, [words, line]))]
        found[asked] = [
            colour.contrast(*pair)
            for pair in zip(colours[:2], colours[2:], strict=True)
        ]
    assert found["more"][0] >= 10 > found["no-preference"][0]
    assert found["more"][1] >= 3 > found["no-preference"][1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_past_the_frame_is_first_and_quiet(watch, site, scheme):
    page = watch(color_scheme=scheme).open(f"{site}/{PAGES[0]}")
    page.keyboard.press("Tab")
    way = page.locator(".skip-link a")
    assert way.evaluate("(node) => node === document.activeElement")
    words, ground = way.evaluate(
        "(node) => [node, node.parentElement].map((each, n) =>"
        " getComputedStyle(each)[n ? 'backgroundColor' : 'color'])"
    )
    assert colour.contrast(in_hex(words), in_hex(ground)) > 10
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")


def test_print_shows_the_pictures_without_their_controls(watch, site):
    page = watch().open(f"{site}/{PAGES[0]}")
    mount(page)
    page.emulate_media(media="print")
    assert page.locator(".attn-picture").first.is_visible()
    assert not page.locator(".attn-controls").first.is_visible()
