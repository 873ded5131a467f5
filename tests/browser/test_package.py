"""The page of the package: every public name, told in its docstring's words."""

import inspect
import pkgutil
import tomllib
from importlib import import_module

import pytest
from conftest import ROOT, eventually

import attn_utils

MECHANISMS = {
    getattr(attn_utils, name).__module__.split(".")[1]
    for name in attn_utils.__all__
}
# The modules of which the package itself exports nothing.
HELPERS = {
    module.name
    for module in pkgutil.iter_modules(attn_utils.__path__)
    if not module.name.startswith("_")
} - {*MECHANISMS, "widgets", "exercises"}
CHAPTERS = tomllib.loads((ROOT / "book" / "package.toml").read_text("utf-8"))


def public():
    """Every public name with the object that it stands for, at run time."""
    found = {name: getattr(attn_utils, name) for name in attn_utils.__all__}
    for helper in HELPERS:
        module = import_module(f"attn_utils.{helper}")
        own = [
            name
            for name, thing in vars(module).items()
            if getattr(thing, "__module__", None) == module.__name__
            and not name.startswith("_")
        ]
        for name in getattr(module, "__all__", own):
            found[f"{helper}.{name}"] = getattr(module, name)
    return found


def documented():
    """The functions and classes among them."""
    return {
        name: thing
        for name, thing in public().items()
        if inspect.isfunction(thing) or inspect.isclass(thing)
    }


def plain(text):
    """Words without the quotes that the page sets, and without Markdown's."""
    for curly, straight in ("’'", "‘'", '“"', '”"', "` ", "* "):
        text = text.replace(curly, straight)
    return "".join(text.split())


@pytest.fixture
def page(watch, site):
    """Without JavaScript: all of it stands in the HTML."""
    watched = watch(java_script_enabled=False)
    return watched.open(f"{site}/book/package.html")


def test_every_public_name_is_there_with_its_first_line_and_chapter(page):
    entries = dict(
        page.locator(".attn-entry").evaluate_all(
            """(all) => all.map((e) => [e.id, [
              e.querySelector("h3").firstChild.textContent,
              e.querySelector(":scope > p").textContent,
              e.querySelector(".attn-signature").textContent,
              e.querySelector(":scope > .attn-origin").textContent.trim(),
              [...e.querySelectorAll(":scope > .attn-origin a")].map(
                (a) => a.getAttribute("href")),
            ]])"""
        )
    )
    names = documented()
    assert set(entries) == {f"attn_utils.{name}" for name in names}
    for name, thing in names.items():
        heading, first, signature, origin, links = entries[f"attn_utils.{name}"]
        assert heading == thing.__name__
        assert plain(first) == plain(inspect.getdoc(thing).partition("\n")[0])
        assert signature.startswith(f"{name}(")
        assert origin.startswith("Source: ") == ("Source: " in thing.__doc__)
        (chapter,) = {
            number
            for number, chapter in CHAPTERS.items()
            if f"chapter {number} · {chapter['title']}" in origin
        }
        written = sorted(ROOT.glob(f"chapters/{chapter}_*.ipynb"))
        if written:
            assert f"../chapters/{written[0].stem}.html" in links
        else:
            assert origin.endswith("to come.")


def test_every_argument_of_every_function_is_named_in_its_signature(page):
    for name, thing in documented().items():
        text = page.locator(f'[id="attn_utils.{name}"] .attn-signature').first
        words = text.text_content()
        # torch's own Module takes *args and **kwargs, which it refuses.
        expected = set(inspect.signature(thing).parameters) - {"args", "kwargs"}
        for argument in expected:
            assert argument in words, name


def test_every_constant_is_named_in_its_module(page):
    constants = public().keys() - documented().keys()
    assert len(constants) >= 9
    for name in constants:
        module, _, word = name.partition(".")
        section = page.locator(f'[id="module-attn_utils.{module}"]')
        assert word in section.text_content()


@pytest.mark.parametrize("method", ["forward", "from_torch", "switch_heads"])
def test_a_class_shows_its_methods(page, method):
    entry = page.locator(f'[id="attn_utils.MultiHeadAttention.{method}"]')
    assert f".{method}(" in entry.locator(".attn-signature").text_content()
    doc = getattr(attn_utils.MultiHeadAttention, method).__doc__
    assert plain(doc.partition("\n")[0]) in plain(entry.text_content())


def test_a_method_names_its_own_source(page):
    beam = page.locator('[id="attn_utils.Writer.beam"] .attn-origin')
    assert beam.text_content().strip().startswith("Source: Sutskever et al.")


def test_the_list_at_the_top_leads_to_every_module(page):
    jumps = page.locator(".attn-jump a")
    targets = [a.get_attribute("href").removeprefix("#") for a in jumps.all()]
    modules = page.locator(".attn-module").evaluate_all(
        "(s) => s.map((e) => e.id)"
    )
    assert targets == modules
    assert set(targets) == {
        f"module-attn_utils.{name}" for name in MECHANISMS | HELPERS
    }
    top = jumps.first.bounding_box()["y"]
    assert top < page.locator(".attn-module").first.bounding_box()["y"]


def test_shapes_read_as_the_text_says_them(page):
    text = page.locator('[id="attn_utils.attention"] dl').text_content()
    assert "query (*batch, queries, query_dim)" in " ".join(text.split())
    everything = page.locator("article").text_content()
    assert "Float[" not in everything
    assert "Bool[" not in everything
    assert "Int[" not in everything


def test_the_index_has_one_line_for_every_name_and_leads_there(page):
    rows = page.locator(".attn-names tr").evaluate_all(
        "(all) => all.map((row) => [row.querySelector('a').getAttribute('href'),"
        " row.querySelector('td').textContent])"
    )
    assert [href for href, _ in rows] == [
        f"#{entry}"
        for entry in page.locator(".attn-entry").evaluate_all(
            "(all) => all.map((entry) => entry.id)"
        )
    ]
    for href, line in rows:
        doc = documented()[href.removeprefix("#attn_utils.")].__doc__
        assert plain(line) == plain(doc.strip().partition("\n\n")[0])


def test_without_javascript_there_is_no_box_and_all_is_there(page):
    assert page.locator(".attn-filter").count() == 0
    assert page.locator(".attn-entry").filter(visible=True).count() == len(
        documented()
    )
    folded = page.locator(".attn-kind:not([open]) summary")
    assert folded.count() >= 3
    while folded.count():
        folded.first.click()
    assert page.locator(".attn-names tr").filter(visible=True).count() == len(
        documented()
    )


@pytest.fixture
def filtered(watch, site):
    """The page with its box, in which a reader has begun to type."""
    page = watch().open(f"{site}/book/package.html")
    box = page.get_by_role("searchbox", name="Filter")
    box.focus()
    return page, box


def left(page):
    """The names that the index and the page still show, and what the box says."""
    rows = page.locator(".attn-names tr").filter(visible=True)
    hrefs = rows.locator("a").evaluate_all(
        "(all) => all.map((link) => link.hash.slice(1))"
    )
    entries = page.locator(".attn-entry").filter(visible=True)
    ids = entries.evaluate_all("(all) => all.map((entry) => entry.id)")
    assert hrefs == ids
    return ids, page.locator(".attn-filter output").inner_text()


def test_typing_narrows_the_index_and_the_page(filtered):
    page, _ = filtered
    page.keyboard.type("mask")
    ids, said = left(page)
    assert "attn_utils.causal_mask" in ids
    assert "attn_utils.attention" in ids  # it takes one
    assert "attn_utils.DotScore" not in ids
    assert said == f"{len(ids)} of {len(documented())} left"
    page.keyboard.type(" causal")
    fewer, _ = left(page)
    assert set(fewer) < set(ids)
    kinds = page.locator(".attn-kind summary").filter(visible=True)
    counts = [int(text.split(" · ")[1]) for text in kinds.all_inner_texts()]
    assert sum(counts) == len(fewer)
    shown = page.locator(".attn-module").filter(visible=True)
    assert all(
        module.locator(".attn-entry").filter(visible=True).count()
        for module in shown.all()
    )
    page.keyboard.type(" nosuchname")
    assert left(page) == ([], f"none of {len(documented())} left")
    page.keyboard.press("Escape")
    assert page.locator(".attn-entry").filter(visible=True).count() == len(
        documented()
    )


def test_from_the_box_the_keys_lead_on_to_what_is_left(filtered):
    page, _ = filtered
    page.keyboard.type("hard_attention")
    page.keyboard.press("Tab")  # the kind
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    entry = page.locator('[id="attn_utils.hard_attention"]')
    page.wait_for_url("**#attn_utils.hard_attention")
    assert eventually(page, lambda: 0 <= entry.bounding_box()["y"] < 200)


def test_a_link_to_what_is_hidden_shows_all_again(filtered):
    page, box = filtered
    page.keyboard.type("DotScore")
    page.evaluate("location.hash = '#attn_utils.causal_mask'")
    entry = page.locator('[id="attn_utils.causal_mask"]')
    entry.wait_for()
    assert box.input_value() == ""
    assert eventually(page, lambda: 0 <= entry.bounding_box()["y"] < 200)


def test_a_function_takes_a_screen_at_most_where_its_text_allows(watch, site):
    watched = watch(viewport={"width": 1440, "height": 900})
    page = watched.open(f"{site}/book/package.html")
    tall = page.locator(".attn-entry:not(:has(.attn-method))").evaluate_all(
        "(all) => all.filter((entry) => entry.offsetHeight > 844)"
        ".map((entry) => [entry.id, entry.innerText.split(/\\s+/).length])"
    )
    # Whoever has more to say than a screen holds has a lot to say.
    assert [name for name, words in tall if words < 200] == []
