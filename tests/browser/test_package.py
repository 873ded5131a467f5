"""The page of the package: every public name, told in its docstring's words."""

import inspect
import pkgutil
import tomllib
from importlib import import_module

import pytest
from conftest import ROOT

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
