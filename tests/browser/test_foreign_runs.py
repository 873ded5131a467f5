"""Languages: every foreign run says which it is and stands in the book's fonts."""

import re
from itertools import product

import pytest
from conftest import PAGES, come_alive, frames, rest, typeset

# Every letter of another script, with the language that is in force for it.
RUNS = r"""
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement: node } = walker.currentNode;
    if (node.closest("script, style, mjx-container, .math")) continue;
    for (const [run] of data.matchAll(
      /(?:(?=\p{L})[^\p{Script=Latin}\p{Script=Greek}\p{Script=Common}])+/gu)) {
      found.push([run, node.closest("[lang]").getAttribute("lang")]);
    }
    for (const [run] of data.matchAll(/\p{Script=Greek}{3,}/gu)) {
      found.push([run, node.closest("[lang]").getAttribute("lang")]);
    }
  }
  return found;
}
"""
SCRIPTS = {
    "zh-Hans": "[\u3400-\u9fff]",
    "ja": "[\u3040-\u30ff\u3400-\u9fff]",
    "ko": "[\uac00-\ud7a3]",
    "ru": "[\u0400-\u045f]",
    "el": "[\u0370-\u03ff]",
}
CHAPTER = "chapters/08_transformer.html"


@pytest.mark.parametrize("name", PAGES)
def test_every_foreign_run_of_a_live_page_has_its_language(watch, site, name):
    page = watch().open(f"{site}/{name}")
    come_alive(page)
    page.wait_for_timeout(700)  # what a widget says aloud comes after a pause
    for run, language in page.evaluate(RUNS):
        assert language.partition("-")[0] != "en", run
        script = SCRIPTS[re.sub("^zh.*", "zh-Hans", language)]
        assert re.fullmatch(f"{script}+", run), (run, language)


def test_there_are_runs_in_four_languages(watch, site):
    found = set()
    for name in (CHAPTER, "book/glossary.html"):
        page = watch().open(f"{site}/{name}")
        found |= {language for _, language in page.evaluate(RUNS)}
    assert found >= {"zh-Hans", "ja", "ru"}


def test_the_reader_of_dates_says_in_which_language_it_reads(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    come_alive(page)
    face = page.locator(".attn-reader")
    box = face.locator("input[type=text]")
    spoken = {}
    for chip in face.locator(".reader-chip").all():
        chip.click()
        frames(page)
        spoken[chip.inner_text()] = box.get_attribute("lang")
        strip = face.locator(".attn-strip").last
        assert strip.get_attribute("lang") == spoken[chip.inner_text()]
        for run, language in page.evaluate(RUNS):
            assert not language.startswith("en"), run
    assert len(set(spoken.values())) == len(spoken) >= 11
    assert spoken["Russian"] == "ru"
    assert spoken["Chinese"] == "zh-Hans-CN"
    box.fill("5 мая 2020")
    frames(page)
    assert box.get_attribute("lang") == "ru"
    box.fill("5 May 2020")
    frames(page)
    assert box.get_attribute("lang") is None
    box.fill("5 жжж 2020")
    frames(page)
    notice = face.locator(".attn-readout [lang]")
    assert notice.first.get_attribute("lang") == "ru"


def fonts(watched, page, selector):
    """The names of the fonts in which an element's letters are drawn."""
    session = watched.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    asked = {"nodeId": root, "selector": selector}
    node = session.send("DOM.querySelector", asked)["nodeId"]
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})
    return {
        font["familyName"] for font in used["fonts"] if font["isCustomFont"]
    } | {
        "a font of the system"
        for font in used["fonts"]
        if not font["isCustomFont"]
    }


# Serif, in which nothing is typed, has the letters that the book writes.
@pytest.mark.parametrize(
    ("kind", "letters"),
    [
        *product(["p", "p em"], ["пятница", "αβγ", "Ł, ā", "words"]),
        *product(["p code", "figcaption"], ["жёщ", "λόγος", "Ł, ā", "words"]),
    ],
)
def test_cyrillic_greek_and_accents_stand_in_the_books_own_fonts(
    watch, site, kind, letters
):
    watched = watch()
    page = watched.open(f"{site}/book/notation.html")
    typeset(page)
    outer, _, inner = kind.partition(" ")
    page.evaluate(
        "([outer, inner, text]) => {"
        " const node = document.createElement(outer);"
        " const part = inner ? document.createElement(inner) : node;"
        " if (inner === 'code') part.className = 'literal';"
        " part.textContent = text; part.id = 'probe';"
        " if (inner) node.append(part);"
        " const figure = document.createElement('figure');"
        " figure.className = 'attn-figure'; figure.append(node);"
        " document.querySelector('article').append(figure); }",
        [outer, inner, letters],
    )
    page.evaluate(
        "document.fonts.load('1em x').then(() => document.fonts.ready)"
    )
    page.wait_for_timeout(300)
    assert "a font of the system" not in fonts(watched, page, "#probe")


def test_a_page_fetches_only_the_alphabets_that_it_uses(watch, site):
    asked = {}
    for name in (CHAPTER, "book/colophon.html"):
        watched = watch()
        files = asked[name] = []
        watched.context.on(
            "request", lambda r, files=files: files.append(r.url)
        )
        page = watched.open(f"{site}/{name}")
        typeset(page)
        rest(page)
    assert any("serif-4-cyrillic-wght-normal" in u for u in asked[CHAPTER])
    assert not any("greek" in url for url in asked[CHAPTER])
    for url in asked["book/colophon.html"]:
        assert not re.search("cyrillic|greek|latin-ext", url)
