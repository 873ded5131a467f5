"""Every page of the built book: nothing fetched, nothing broken, all readable."""

import re
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pytest
from conftest import (
    BESIDE,
    CHAPTERS,
    PAGES,
    ROOT,
    Watched,
    come_alive,
    looked_at,
    name_of,
    rest,
)
from jupyter_cache import get_cache


# That it asks nobody else and logs no error is held when it is closed.
@looked_at(PAGES, alive=True)
def test_a_page_comes_alive_under_one_title(seen):
    assert seen.locator("article h1").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_the_dark_asks_nobody_else_and_logs_no_error(
    watch, site, name
):
    page = watch(color_scheme="dark").open(f"{site}/{name}")
    come_alive(page)
    assert page.locator("article h1").count() == 1


@looked_at([*PAGES, "search.html"], alive=True)
def test_mathjax_comes_to_pages_with_formulas_only(seen):
    rest(seen)
    asked = seen.evaluate(
        "performance.getEntriesByType('resource').map((each) => each.name)"
    )
    formulas = seen.locator(".math").count()
    assert asked
    assert any("math" in url for url in asked) == (formulas > 0)
    assert (seen.locator("mjx-container").count() > 0) == (formulas > 0)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_from_the_disk(watch, build, name):
    page = watch().open((build / name).as_uri())
    for place in come_alive(page).all():
        assert place.get_attribute("data-state") == "live"
    if page.locator(".math").count():
        page.locator("mjx-container").first.wait_for()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_inside_the_book_leads_somewhere(build, name):
    html = (build / name).read_text("utf-8")
    inside = [
        link
        for link in re.findall(r'<a\b[^>]*?\shref="([^"]+)"', html)
        if not urlparse(link).scheme
    ]
    assert inside
    for link in inside:
        path, fragment = urldefrag(unquote(urljoin(name, link)))
        target = build / path
        assert target.is_file(), link
        if fragment and target.suffix == ".html":
            assert f'id="{fragment}"' in target.read_text("utf-8"), link


@pytest.mark.parametrize("name", PAGES)
def test_a_page_describes_itself_to_whoever_it_is_sent_to(build, name):
    html = (build / name).read_text("utf-8")
    for meta in ('name="description"', 'property="og:description"'):
        (said,) = re.findall(rf'<meta {meta} content="([^"]*)"', html)
        assert len(said.split()) > 4, meta


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_javascript_text_pictures_and_formulas_remain(
    watch, site, name
):
    page = watch(java_script_enabled=False).open(f"{site}/{name}")
    body = page.locator("article").inner_text()
    assert len(body.split()) > (750 if name in BESIDE else 1500)
    assert page.locator("figure svg").first.is_visible()
    assert page.locator(".attn-face").count() == 0
    if name not in BESIDE:
        assert page.locator(".attn-live figure svg").first.is_visible()
        assert re.search(r"\\[a-z]+", body), "the formulas' source is gone"


@looked_at(CHAPTERS, alive=True)
def test_what_needs_a_kernel_shows_its_last_output_and_says_so(seen):
    snapshot = seen.locator(".attn-snapshot")
    assert snapshot.count() >= 1
    for text in snapshot.all_inner_texts():
        assert "These controls run Python" in text
        assert re.search(r"\d", text)
    assert (
        seen.locator("input[type=range]").count()
        == seen.locator(".attn-face input[type=range]").count()
    )


def test_figures_follow_the_theme_and_say_what_they_show(watch, site):
    page = watch().open(f"{site}/{PAGES[0]}")
    figures = page.locator("figure.attn-figure > svg")
    assert figures.count() >= 3
    for figure in figures.all():
        assert figure.get_attribute("role") == "img"
        assert len(figure.get_attribute("aria-label")) > 40
    ids = page.evaluate(
        "[...document.querySelectorAll('svg [id]')].map((e) => e.id)"
    )
    assert len(ids) == len(set(ids))
    colour = "e => getComputedStyle(e).fill"
    text = figures.last.locator("text").first
    light = text.evaluate(colour)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert text.evaluate(colour) != light


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_image_in_a_figure_has_colours_of_its_own(build, name):
    html = (build / name).read_text("utf-8")
    figures = re.findall(r'<figure class="attn-figure.*?</figure>', html, re.S)
    assert figures
    for figure in figures:  # an image is the mask of a colour of the theme
        assert figure.count("<image") == figure.count("<mask"), figure[-300:]


def test_every_chapter_was_executed_in_full_and_took_time():
    cache = get_cache(ROOT / "_build" / ".jupyter_cache")
    records = {r.uri: r for r in cache.list_cache_records()}
    chapters = sorted(ROOT.glob("chapters/*.ipynb"))
    assert len(records) == len(chapters)
    for path in chapters:
        record = records[str(path.relative_to(ROOT))]
        assert record.data["execution_seconds"] > 1
        notebook = cache.get_cache_bundle(record.pk).nb
        code = [c for c in notebook.cells if c.cell_type == "code"]
        assert all(c.execution_count for c in code)
        kinds = {o.output_type for c in code for o in c.outputs}
        assert "error" not in kinds
        assert not [
            o for c in code for o in c.outputs if o.get("name") == "stderr"
        ]


# What a cell draws is a drawing in the page; a figure of matplotlib's own comes as a file.
BARE_FIGURE = re.compile(r'<img[^>]*\bsrc="[^"]*_images/[^>]*>')


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_figure_that_a_cell_shows_is_a_picture(build, name):
    bare = BARE_FIGURE.findall((build / name).read_text("utf-8"))
    assert not bare, f"end the cell in a plots.Picture with a caption: {bare}"


def test_a_figure_that_is_no_picture_would_be_found():
    shown = '<img alt="../_images/59.png" src="../_images/59.png" />'
    assert BARE_FIGURE.findall(f"<p>{shown}</p>") == [shown]


@pytest.mark.parametrize("name", CHAPTERS)
def test_how_long_a_chapter_runs_is_measured_once(watch, site, name):
    watched = watch(java_script_enabled=False)
    kicker = watched.open(f"{site}/{name}").locator(".attn-kicker").inner_text()
    (seconds,) = re.findall(r"its code runs in (\d+) s", kicker)
    title = name.partition("/")[2].removesuffix(".html").replace("_", " ")
    row = watched.open(f"{site}/book/colophon.html").locator(
        "tr", has_text=title
    )
    assert row.locator("td").last.inner_text() == seconds


def test_the_colab_button_opens_this_chapter(build):
    html = (build / PAGES[0]).read_text("utf-8")
    (link,) = set(re.findall(r'href="(https://colab[^"]+)"', html))
    assert link.endswith("/blob/colab/chapters/01_weighted_fusion.ipynb")
    assert "github.com" not in urlparse(link).path


def test_the_watch_sees_a_request_out_and_an_error(browser):
    watched = Watched(browser)
    page = watched.open("data:text/html,<p>")
    page.evaluate("fetch('https://example.org/').catch(() => {})")
    page.evaluate("console.error('on purpose')")
    page.evaluate("setTimeout(() => { throw new Error('late') })")
    page.wait_for_timeout(200)
    watched.context.close()
    assert any(
        fault.startswith("out: https://example.org") for fault in watched.faults
    )
    assert "error: on purpose" in watched.faults
    assert any("late" in fault for fault in watched.faults)


def test_the_index_of_figures_shows_each_where_it_stands(watch, build, site):
    page = watch().open(f"{site}/book/figures.html")
    listed = page.locator(".attn-index a")
    for link in listed.all():
        link.scroll_into_view_if_needed()
    page.wait_for_function(
        "[...document.querySelectorAll('.attn-index img')]"
        ".every((each) => each.complete && each.naturalWidth)"
    )
    wanted = [
        f"../{name}#{anchor}"
        for name in CHAPTERS
        for anchor in re.findall(
            r'<figure class="attn-figure" id="([^"]+)"',
            (build / name).read_text("utf-8"),
        )
    ]
    found = [link.get_attribute("href") for link in listed.all()]
    assert sorted(found) == sorted(wanted)
    assert page.locator(".attn-moves").count() >= 2 * 11


@looked_at(CHAPTERS, alive=True)
def test_the_anchor_of_a_figure_outlives_its_still_picture(seen, build):
    html = (build / name_of(seen)).read_text("utf-8")
    anchors = re.findall(r'<figure class="attn-figure" id="([^"]+)"', html)
    assert anchors
    for anchor in anchors:
        assert seen.locator(f"#{anchor}").count() == 1, anchor
