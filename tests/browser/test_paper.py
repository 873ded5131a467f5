"""Paper: light and complete, whatever the screen shows."""

import pytest
from conftest import PAGES, come_alive, frames, photograph, rest
from PIL import ImageChops

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


# One opening of a page serves both questions.
@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_paper_is_complete_and_the_same_from_the_dark_and_from_the_light(
    watch, site, name
):
    pictures = []
    for scheme in ("light", "dark"):
        page = on_paper(watch, f"{site}/{name}", scheme)
        pictures.append(photograph(page, full_page=True))
        if name in PAGES:
            assert page.evaluate(POOR, list(BESIDE)) == WHOLE
    light, dark = pictures
    assert light.size == dark.size
    assert ImageChops.difference(light, dark).getbbox() is None
    assert light.getpixel((1, 1)) == (255, 255, 255)


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
    assert ImageChops.difference(light, dark).getbbox() is None


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
