"""Paper: light and complete, whatever the screen shows."""

import warnings

import numpy as np
import pytest
from conftest import PAGES, come_alive, frames, photograph, rest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

HIDDEN = """
() => [...document.querySelectorAll("article details *")].filter((node) =>
  !node.closest("summary, mjx-container, script, style, button")
  && node.textContent.trim()
  && !node.checkVisibility({ contentVisibilityAuto: true })).length
"""
DEAD = """
() => [...document.querySelectorAll("article summary")].filter((node) =>
  node.checkVisibility() && (getComputedStyle(node).display === "list-item"
    && getComputedStyle(node).listStyleType !== "none"
    || !["none", "normal"].includes(getComputedStyle(node, "::before").content)
      && getComputedStyle(node, "::before").display !== "none")).length
"""

# What stands around the text, and is of no use on paper.
BESIDE = ("#jb-print-toc", ".bd-sidebar-secondary", ".prev-next-area")


def on_paper(watch, address, scheme):
    """A page as its reader has it, then as it is printed."""
    page = watch(
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": 720, "height": 1000},
    ).open(address)
    come_alive(page)
    rest(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    frames(page)
    return page


# What of a printed page is folded, dead, beside the text, or cut off.
POOR = f"""
(beside) => ({{
  hidden: ({HIDDEN.strip()})(),
  dead: ({DEAD.strip()})(),
  beside: beside.filter((part) => [...document.querySelectorAll(part)].some((node) => node.getClientRects().length)),
  titles: [...document.querySelectorAll("h1")].filter((node) => node.getClientRects().length).length,
  cut: [...document.querySelectorAll("article pre")].filter((node) => node.scrollWidth > node.clientWidth).length,
}})
"""
WHOLE = {"hidden": 0, "dead": 0, "beside": [], "titles": 1, "cut": 0}

# Chromium does not draw the foot of each letter, nor the line under each word, the same
# way twice, in the light alone either: four pixels under one letter of chapter 2, three
# times in fourteen. So a row of few pixels may differ, none of them above another. Once
# in some hundred openings it was a whole link; what leaks from the dark does so each
# time, and so both are opened anew where they differ, thrice at most.
SPECK = 100
OPENINGS = 3


def apart(first, second):
    """Where two pictures differ in more than that, by one letter at least, or None."""
    if first.size != second.size:
        return first.size, second.size
    difference = ImageChops.difference(first, second)
    if (box := difference.getbbox()) is None:
        return None
    other = np.asarray(difference.crop(box)).any(-1)
    speck = other.sum() < SPECK and not (other[1:] & other[:-1]).any()
    return None if speck else box


def differ_each_time(pictures):
    """Where two pictures differ each time that they are taken, or None."""
    for _ in range(OPENINGS):
        first, second = pictures()
        found = apart(first, second)
        if found is None:
            return None
        if first.size == second.size:
            ink = [ImageStat.Stat(p.crop(found)).mean for p in (first, second)]
            warnings.warn(f"{found} differs, mean ink {ink}", stacklevel=2)
    return found


def test_what_differs_each_time_is_told_and_what_differs_once_is_not():
    ink, other = (Image.new("RGB", (9, 9), c) for c in ("#22211e", "#33322f"))
    steady = iter([(ink, other)] * OPENINGS)
    once = iter([(ink, other), (ink, ink)])
    with pytest.warns(UserWarning, match="differs"):
        assert differ_each_time(lambda: next(steady)) == (0, 0, 9, 9)
    with pytest.warns(UserWarning, match="differs"):  # it is not hidden
        assert differ_each_time(lambda: next(once)) is None


@pytest.mark.parametrize("letters", ["i", ".", "a word"])
def test_letters_in_another_colour_are_noticed(letters):
    ground = Image.new("RGB", (90, 30), "white")
    pictures = [ground.copy(), ground.copy()]
    for picture, colour in zip(pictures, ("#22211e", "#33322f"), strict=True):
        font = ImageFont.load_default(16)
        ImageDraw.Draw(picture).text((5, 5), letters, colour, font)
    assert apart(pictures[0], pictures[0].copy()) is None
    assert apart(*pictures)


# One opening of a page serves both questions.
@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_paper_is_complete_and_the_same_from_the_dark_and_from_the_light(
    watch, site, name
):
    def pictures():
        pages = [
            on_paper(watch, f"{site}/{name}", each)
            for each in ("light", "dark")
        ]
        if name in PAGES:
            for page in pages:
                assert page.evaluate(POOR, list(BESIDE)) == WHOLE
        light, dark = (photograph(page, full_page=True) for page in pages)
        assert light.getpixel((1, 1)) == (255, 255, 255)
        return light, dark

    assert differ_each_time(pictures) is None


def test_without_javascript_the_screen_follows_the_system_and_paper_does_not(
    watch, site
):
    pictures = {}
    for scheme in ("light", "dark"):
        page = watch(java_script_enabled=False, color_scheme=scheme).open(
            f"{site}/{PAGES[0]}"
        )
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            pictures[scheme, media] = photograph(page, full_page=True)
    corner = {key: sum(p.getpixel((1, 1))) for key, p in pictures.items()}
    assert corner["dark", "screen"] < 150 < corner["light", "screen"]
    light, dark = (pictures[s, "print"] for s in ("light", "dark"))
    assert apart(light, dark) is None


def test_a_fold_is_closed_on_the_screen(watch, site):
    page = watch().open(f"{site}/{PAGES[0]}")
    assert page.evaluate(HIDDEN) > 100
    assert page.evaluate(DEAD) > 3
    for part in BESIDE:
        assert page.locator(part).count() > 0, part


def test_the_shades_of_a_picture_are_printed_too(watch, site):
    page = on_paper(watch, f"{site}/{PAGES[1]}", "dark")
    faces = page.locator(".attn-face").all()
    assert faces
    for face in faces:
        adjust = "(node) => getComputedStyle(node).printColorAdjust"
        assert face.evaluate(adjust) == "exact"
