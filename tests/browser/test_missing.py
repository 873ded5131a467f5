"""The page in the place of a missing one, as a static host shows it: at any depth."""

from urllib.parse import urljoin, urlparse

import pytest
from chromium import Quiet, serving
from conftest import CHAPTERS, rest

HOME = "/attention-alive/"
DEEP = [f"{HOME}no.html", f"{HOME}chapters/no/such/page.html"]
STYLE = """
() => {
  const of = (part) => getComputedStyle(document.querySelector(part));
  return [of("h1").fontFamily.split(",")[0], of("body").backgroundColor, of("body").color];
}
"""


class Host(Quiet):
    """Serves the book under its path, and its 404.html for all else."""

    def translate_path(self, path):
        return super().translate_path("/" + path.removeprefix(HOME))

    def send_error(self, code, *rest):
        page = self.translate_path(f"{HOME}404.html")
        with open(page, "rb") as file:
            text = file.read()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture(scope="module")
def host(build):
    with serving(build, Host) as address:
        yield address


def missing(watched, address):
    """Open an address that does not exist: that alone is no fault."""
    page = watched.open(address)
    said = "Failed to load resource: the server responded with a status of 404"
    watched.faults = [
        fault
        for fault in watched.faults
        if fault != f"404: {address}" and said not in fault
    ]
    return page


def leads(page, build):
    """Hold that each way out leads to a page of the book."""
    links = page.locator("a").evaluate_all(
        "(all) => all.map((link) => link.href)"
    )
    paths = [
        urlparse(link).path.removeprefix(HOME).removeprefix("/")
        for link in links
    ]
    assert {*CHAPTERS, "index.html", "book/glossary.html"} <= set(paths)
    for path in paths:
        assert (build / path).is_file(), path
    return links


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", DEEP)
def test_it_has_the_book_s_look_at_any_depth(
    watch, host, build, address, scheme
):
    page = missing(watch(color_scheme=scheme), host + address)
    assert "Nobody stands here" in page.locator("h1").inner_text()
    font, paper, ink = page.evaluate(STYLE)
    assert font == '"Attn Serif"'
    assert page.evaluate("document.fonts.ready.then((all) => all.size)") > 0
    low, high = (ink, paper) if scheme == "light" else (paper, ink)
    assert max(map(int, low[4:-1].split(","))) < 60
    assert min(map(int, high[4:-1].split(","))) > 200
    for link in leads(page, build):
        assert urlparse(link).path.startswith(HOME)


def test_its_theme_is_the_one_that_the_reader_chose(watch, host):
    watched = watch(color_scheme="light")
    # The empty page before it has no such storage.
    watched.context.add_init_script(
        "try { localStorage.setItem('theme', 'dark'); } catch {}"
    )
    page = missing(watched, host + DEEP[1])
    _, paper, ink = page.evaluate(STYLE)
    assert (paper, ink) == ("rgb(21, 22, 26)", "rgb(230, 227, 220)")


@pytest.mark.parametrize("scripts", [True, False])
def test_its_search_box_searches(watch, host, scripts):
    watched = watch(java_script_enabled=scripts)
    page = missing(watched, host + DEEP[1])
    page.get_by_role("searchbox").fill("bandwidth")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{host}{HOME}search.html?q=bandwidth")
    if scripts:
        page.locator("#search-results li a").first.wait_for()
        rest(page)


def test_without_javascript_it_looks_and_leads_as_with_it(watch, host, build):
    watched = watch(java_script_enabled=False, color_scheme="dark")
    page = missing(watched, host + DEEP[1])
    leads(page, build)
    font, paper, _ = page.evaluate(STYLE)
    assert (font, paper) == ('"Attn Serif"', "rgb(21, 22, 26)")


def test_by_itself_at_another_root_or_from_the_disk_it_leads_too(
    watch, site, build
):
    leads(watch().open(f"{site}/404.html"), build)
    page = watch().open((build / "404.html").as_uri())
    assert page.evaluate(STYLE)[0] == '"Attn Serif"'
    links = page.locator("a").evaluate_all(
        "(all) => all.map((link) => link.href)"
    )
    here = build.as_uri() + "/"
    assert urljoin(here, CHAPTERS[0]) in links


@pytest.mark.parametrize("width", [280, 360])
def test_it_fits_on_a_phone_with_targets_for_a_thumb(watch, site, width):
    watched = watch(viewport={"width": width, "height": 740})
    page = watched.open(f"{site}/404.html")
    before_its_fonts = ":root { --attn-serif: serif; --attn-sans: sans-serif }"
    page.evaluate("document.fonts.ready.then(() => {})")
    for fonts in ("its own", "others"):
        if fonts == "others":
            page.add_style_tag(content=before_its_fonts)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = page.locator("a, input, button").evaluate_all(
            "(all) => all.map((node) => node.getBoundingClientRect().height)"
        )
        assert min(boxes) >= 24, fonts
