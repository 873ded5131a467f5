"""The header on a phone: menu, section, search, and one button for the rest."""

import itertools

import pytest
from access import RULES
from axe_playwright_python.sync_playwright import Axe
from conftest import CHAPTERS, come_alive, eventually, rest, typeset

CHAPTER = CHAPTERS[3]
PHONE = {"width": 360, "height": 700}
HAS_FOCUS = "(node) => node === document.activeElement"
IN_ROW = """
() => [...document.querySelectorAll(".bd-header-article :is(a, button)")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .map((node) => (node.getAttribute("aria-label") ?? node.textContent).trim())
"""
REST = [
    "Colab",
    "Repository",
    "Open issue",
    "Download .ipynb",
    "Print to .pdf",
    "Full screen",
    "Theme",
    "Contents",
]


def opened(watched, site, name=CHAPTER):
    """A page, its header's button and its list."""
    page = watched.open(f"{site}/{name}")
    return (
        page,
        page.locator(".attn-more-button"),
        page.locator("#attn-more"),
    )


def told(button):
    """Return what a button says of its list: whether it is open."""
    return button.get_attribute("aria-expanded")


@pytest.mark.parametrize("width", [280, 360, 600])
def test_it_is_one_row_of_four_that_fit(watch, site, width):
    watched = watch(viewport={"width": width, "height": 700})
    page, _, _ = opened(watched, site)
    title = page.locator("article h1").evaluate(
        "(node) => node.firstChild.textContent"
    )
    assert page.evaluate(IN_ROW) == ["Menu", title, "Search", "More"]
    row = page.locator(".bd-header-article :is(a, button)").filter(visible=True)
    boxes = [each.bounding_box() for each in row.all()]
    assert min(box["height"] for box in boxes) >= 36
    for left, right in itertools.pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"]
    assert boxes[-1]["x"] + boxes[-1]["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False])
def test_one_button_holds_the_rest_and_gives_the_focus_back(
    watch, site, scripts
):
    watched = watch(viewport=PHONE, java_script_enabled=scripts)
    page, button, held = opened(watched, site)
    assert not held.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    held.wait_for()
    shown = held.locator("a, button").filter(visible=True)
    # Without JavaScript what only it can do is not offered.
    rest = REST if scripts else REST[:4]
    assert [text.strip() for text in shown.all_inner_texts()] == rest
    for each in shown.all():
        assert each.bounding_box()["height"] >= 44
        page.keyboard.press("Tab")
        assert each.evaluate(HAS_FOCUS)
    # The browser tells of a list that opens or closes a moment later.
    if scripts:
        assert eventually(page, lambda: told(button) == "true")
    page.keyboard.press("Escape")
    held.wait_for(state="hidden")
    assert button.evaluate(HAS_FOCUS)
    if scripts:
        assert eventually(page, lambda: told(button) == "false")


def test_a_press_beside_the_list_closes_it_and_room_lays_it_out(watch, site):
    page, button, held = opened(watch(viewport=PHONE), site)
    button.click()
    held.wait_for()
    page.mouse.click(40, 400)
    held.wait_for(state="hidden")
    button.click()
    page.set_viewport_size({"width": 1000, "height": 700})
    assert eventually(page, lambda: not button.is_visible())
    assert held.is_visible()
    assert held.evaluate("(node) => !node.matches(':popover-open')")
    box = held.bounding_box()
    assert box["height"] < 60
    words = page.locator(".attn-word").filter(visible=True)
    assert words.count() == 0


def test_it_names_the_section_that_is_being_read(watch, site):
    page, _, _ = opened(watch(viewport=PHONE), site)
    # What comes late moves the text that is being read.
    come_alive(page)
    typeset(page)
    rest(page)
    at = page.locator(".attn-at")
    heading = page.locator("article h2").nth(2)
    words = heading.evaluate("(node) => node.firstChild.textContent")
    assert at.inner_text() != words
    heading.evaluate(
        "(node) => { node.scrollIntoView({ behavior: 'instant' });"
        " scrollBy({ top: 300, behavior: 'instant' }); }"
    )
    assert eventually(page, lambda: at.inner_text() == words)
    # Playwright's own click may scroll first, and another section is being read.
    box = at.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    place = heading.locator("xpath=..").get_attribute("id")
    assert eventually(page, lambda: page.url.endswith(f"#{place}"))
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    title = page.locator("article h1").evaluate(
        "(node) => node.firstChild.textContent"
    )
    assert eventually(page, lambda: at.inner_text() == title)


@pytest.mark.parametrize(
    ("name", "dialog"),
    [
        ("Menu", "#pst-primary-sidebar-modal"),
        ("Search", "#pst-search-dialog"),
        ("Contents", "#pst-secondary-sidebar-modal"),
    ],
)
def test_what_opens_over_the_page_gives_the_focus_back(
    watch, site, name, dialog
):
    page, more, _ = opened(watch(viewport=PHONE), site)
    if name == "Contents":
        more.press("Enter")
    button = page.locator(".bd-header-article").get_by_role(
        "button", name=name, exact=True
    )
    assert button.get_attribute("aria-haspopup") == "dialog"
    button.press("Enter")
    over = page.locator(dialog)
    over.wait_for()
    page.keyboard.press("Escape")
    over.wait_for(state="hidden")
    back = more if name == "Contents" else button
    assert eventually(page, lambda: back.evaluate(HAS_FOCUS))


def test_whoever_takes_a_section_from_the_contents_reads_on_there(watch, site):
    page, more, _ = opened(watch(viewport=PHONE), site)
    more.click()
    page.locator("#attn-more .secondary-toggle").click()
    link = page.locator("#pst-secondary-sidebar-modal a.nav-link").nth(3)
    place = link.get_attribute("href")
    link.click()
    assert eventually(page, lambda: page.url.endswith(place))
    page.locator("#pst-secondary-sidebar-modal").wait_for(state="hidden")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "(place) => document.activeElement.closest('article')"
        " && !!(document.querySelector(place).compareDocumentPosition("
        "document.activeElement) & 4)",
        place,
    )


@pytest.mark.parametrize("width", [360, 768, 1024])
def test_without_javascript_the_lists_stand_below_the_text(watch, site, width):
    watched = watch(
        viewport={"width": width, "height": 700}, java_script_enabled=False
    )
    page, _, _ = opened(watched, site)
    article = page.locator("article").bounding_box()
    chapters = page.locator(".bd-sidebar-primary nav a").first
    sections = page.locator(".bd-sidebar-secondary nav a").first
    assert chapters.is_visible()
    assert sections.is_visible()
    bottom = article["y"] + article["height"]
    assert sections.bounding_box()["y"] >= bottom
    if width < 960:
        assert chapters.bounding_box()["y"] >= bottom
        page.get_by_role("link", name="Menu").click()
        assert page.url.endswith("#pst-primary-sidebar")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_without_a_notebook_has_the_same_header(watch, site):
    for name in ("book/glossary.html", "book/intro.html", "search.html"):
        page, _, _ = opened(watch(viewport=PHONE), site, name)
        rest(page)
        row = page.evaluate(IN_ROW)
        assert (row[0], *row[2:]) == ("Menu", "Search", "More")
        assert row[1] == page.locator(
            ":is(article, .bd-search-container) h1"
        ).first.evaluate("(node) => node.firstChild.textContent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_list(watch, site, scheme):
    watched = watch(viewport=PHONE, color_scheme=scheme)
    page, button, held = opened(watched, site, "book/glossary.html")
    button.click()
    held.wait_for()
    options = {"runOnly": RULES, "preload": False}
    found = Axe().run(page, "#attn-more", options=options).response
    assert found["violations"] == []
    assert found["passes"]


def test_a_button_keeps_the_focus_of_who_pressed_it_by_a_key(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    rest(page)
    status = page.get_by_role("status").and_(page.locator(".attn-status"))
    assert status.text_content() == ""
    theme = page.locator(".theme-switch-button").filter(visible=True).first
    copy = page.locator("article .copybtn").filter(visible=True).first
    for button, words in ((theme, "Theme: "), (copy, "Copied")):
        button.focus()
        page.keyboard.press("Enter")
        assert eventually(
            page, lambda words=words: words in status.text_content()
        )
        assert button.evaluate(HAS_FOCUS)
    # A pointer's owner sees it.
    page.wait_for_function(
        "() => !document.querySelector('.attn-status').textContent"
    )
    theme.click()
    page.wait_for_timeout(300)
    assert status.text_content() == ""


def test_a_dialog_has_a_name(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    names = page.locator("dialog").evaluate_all(
        "(all) => all.map((node) => node.getAttribute('aria-label'))"
    )
    assert sorted(names) == ["Contents", "Menu", "Search"]
