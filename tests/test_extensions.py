"""What the book's extensions make of a made-up book that holds everything."""

import html
import json
import platform
import re
import sys
import types
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_book import EXTENSIONS, HOSTILE, MODELS, made_up_book
from sphinx.errors import ExtensionError

sys.path.insert(0, str(EXTENSIONS))
import citations
import front
import live_widgets
import slim

pytestmark = pytest.mark.long

CHAPTER = "chapters/01_made_up.html"
PAGES = (CHAPTER, *(f"book/{p}.html" for p in ("intro", "package", "colophon")))
each_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Where the built pages lie."""
    return made_up_book(tmp_path_factory.mktemp("made_up") / "book")


@pytest.fixture(scope="module")
def read(site):
    """Read a page."""
    return lambda name: (site / name).read_text("utf-8")


def article(page):
    """Return what a page says, without what stands around it."""
    return re.search(r"<article.*?</article>", page, re.DOTALL)[0]


def words(page):
    """Return a page's text, without its marks."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def data(page, name):
    """Return what each of a page's scripts of data of one kind holds."""
    found = re.findall(
        rf'<script type="application/json" class="{name}">(.*?)</script>', page
    )  # fmt: skip
    return [json.loads(text) for text in found]


def texts(page):
    """Return the programs and styles of a page by their numbers."""
    return {k: v for part in data(page, "attn-texts") for k, v in part.items()}


def states(page):
    """Return each widget's state that a page holds, its shared texts put back."""
    shared, found = texts(page), {}
    for models in data(page, "attn-state"):
        for model_id, entry in models.items():
            assert model_id not in found
            for name in {"_esm", "_css"} & entry["state"].keys():
                parts = (shared[str(part)] for part in entry["state"][name])
                entry["state"][name] = "".join(parts)
            found[model_id] = entry
    return found


def places(page):
    """Return the model and the style of each place for a widget."""
    return re.findall(
        r'<div class="attn-live full-width" data-model="(\w+)" style="([^"]*)">', page
    )  # fmt: skip


# Citations.


def test_each_citation_of_a_chapter_leads_to_the_references(read):
    text = article(read(CHAPTER))
    cited = re.findall(r'href="\.\./book/references\.html#(\w+)"', text)
    assert len(cited) == 3
    assert cited[0] == cited[2] != cited[1]
    references = read("book/references.html")
    assert all(f'id="{target}"' in references for target in cited)
    assert "A fact [Body, 1901], two more [Body, 1902, Body, 1901]" in words(
        text
    )


@each_page
def test_no_citation_is_left_raw_or_made_where_none_is_meant(read, name):
    raw = re.findall(r"\[@[\w; @]+\]", words(read(name)))
    meant = (
        ["[@body1901]", "[@nobody1902]"] if name == "book/intro.html" else []
    )
    assert raw == meant


@pytest.mark.parametrize(
    ("markdown", "with_roles"),
    [
        ("[@one1999]", "{cite:p}`one1999`"),
        ("[@one; @two; @three]", "{cite:p}`one,two,three`"),
        ("a@b.c [one] [@]", "a@b.c [one] [@]"),
    ],
)
def test_words_in_brackets_become_a_role(markdown, with_roles):
    assert citations.with_roles(markdown) == with_roles


# Widgets.


def test_a_page_holds_the_state_of_our_widgets_and_no_other(read):
    assert states(read(CHAPTER)) == {k: MODELS[k] for k in ("m1", "m2")}


def test_what_widgets_share_stands_in_a_page_once(read):
    first, second = (MODELS[name]["state"] for name in ("m1", "m2"))
    assert first["_esm"] == second["_esm"]
    assert texts(read(CHAPTER)) == {"0": first["_css"], "1": first["_esm"]}
    assert len(data(read(CHAPTER), "attn-texts")) == 1


def test_what_two_texts_share_is_one_part():
    shared = "export function a() {\n  b();\n}\nconst c = 1;\n"
    one = shared + "function d() {\n}\nlet e;\n" + "const f = 2;\n"
    two = "// own\n" + shared + "const f = 2;\n"
    three = "p { }\n"
    parts = live_widgets.parts_of([one, two, three])
    assert all("".join(each) == text for text, each in parts.items())
    assert parts[one] == [
        shared,
        "function d() {\n}\nlet e;\n",
        "const f = 2;\n",
    ]
    assert parts[two] == ["// own\n", shared, "const f = 2;\n"]
    assert parts[three] == [three]


@given(
    st.lists(
        st.lists(st.sampled_from(["a\n", "b {\n", " c\n", "}\n", "d", ""])),
        max_size=4,
    )
)
def test_parts_make_their_text_again(texts):
    texts = list(dict.fromkeys("".join(each) for each in texts))
    parts = live_widgets.parts_of(texts)
    assert ["".join(parts[text]) for text in texts] == texts


def test_the_landing_page_shows_the_widget_that_it_names(read):
    page = read("book/intro.html")
    assert states(page) == {"m2": MODELS["m2"]}
    assert [model for model, _ in places(page)] == ["m2"]
    assert "<p>still two</p>" in page


def test_no_text_can_end_the_script_of_the_state(read):
    text = re.search(r'class="attn-state">(.*?)</script>', read(CHAPTER))[1]
    assert "<" not in text
    assert json.loads(text)["m1"]["state"]["hint"] == HOSTILE


def test_a_widget_has_its_place_and_its_still_picture_within(read):
    text = article(read(CHAPTER))
    assert places(text) == [
        ("m1", "--beside: 101px; --below: 103px; --phone: 107px"),
        ("m2", "--beside: 109px; --below: 113px; --phone: 127px"),
    ]
    assert re.search(r'data-model="m1"[^>]*><p>still one</p></div>', text)


def test_the_first_widget_starts_before_the_text_goes_on(read):
    page = read(CHAPTER)
    loaders = [
        *re.finditer(
            r'<script src="(\.\./_static/live\.js\?v=\w{8})"></script>', page
        )
    ]
    first, second = re.finditer('class="attn-state"', page)
    order = [
        page.index('data-model="m1"'),
        page.index('class="attn-texts"'),
        first.start(),
        loaders[0].start(),
        page.index('data-model="m2"'),
        page.rindex("attn-snapshot"),
        second.start(),
        loaders[1].start(),
    ]
    assert order == sorted(order)
    assert len(loaders) == 2
    assert loaders[0][1] in re.findall(
        r'<link rel="preload" as="script" href="([^"]*)">', page
    )


@pytest.mark.parametrize("heavy", [True, False])
def test_the_first_widget_comes_after_its_section_if_it_is_heavy(heavy):
    def widget(name, **more):
        state = {"state": {"_esm": "x", "_css": "y", "name": name}, **more}
        place = f'<div data-model="{name}"></div>'
        return {"model": name, "state": state, "place": place}

    data = "A" * (live_widgets.HEAVY if heavy else live_widgets.HEAVY // 2)
    buffers = {"buffers": [{"path": ["weights"], "data": data}]}
    shown = [widget("one", **buffers), widget("two")]
    context = {
        "body": f"{shown[0]['place']}<p>text</p><section>{shown[1]['place']}"
        "<p>next</p></section><section><p>end</p></section>",
        "pathto": lambda path, resource: path,
        "metatags": "",
    }
    env = types.SimpleNamespace(metadata={"page": {live_widgets.SHOWN: shown}})
    app = types.SimpleNamespace(env=env)
    live_widgets.embed_state(app, "page", "", context, None)
    body = context["body"]
    first = body.index("attn-state")
    assert (first > body.index("<p>text</p>")) == heavy
    assert first < body.index("<section>") < body.index("<p>next</p>")
    assert states(body) == {w["model"]: w["state"] for w in shown}
    assert body.count("live.js") == 2


def test_a_heavy_widget_of_a_page_without_sections_is_not_lost():
    data = "A" * live_widgets.HEAVY
    state = {"state": {"_esm": "x", "_css": "y", "name": "one", "data": data}}
    shown = [{"model": "one", "state": state, "place": "<div></div>"}]
    context = {
        "body": "<div></div><p>text</p>",
        "pathto": lambda path, resource: path,
        "metatags": "",
    }
    env = types.SimpleNamespace(metadata={"page": {live_widgets.SHOWN: shown}})
    app = types.SimpleNamespace(env=env)
    live_widgets.embed_state(app, "page", "", context, None)
    assert states(context["body"]) == {"one": state}


def test_a_page_without_widgets_asks_for_no_loader(read):
    page = read("book/colophon.html")
    assert states(page) == {}
    assert "live.js" not in page


def test_what_needs_a_kernel_shows_its_last_outputs_and_settings(read):
    snapshot = re.search(
        r'<div class="attn-snapshot">(.*?)</div>', read(CHAPTER), re.DOTALL
    )[1]
    assert snapshot == (
        "<pre>3 &lt; 5</pre><p>drawn</p>"
        '<img alt="a &quot;map&quot;" src="data:image/png;base64,iVBORw0=">'
        "<pre>&lt;Thing&gt;</pre>"
        "<p>Shown with rate = 0.25, score = scaled &lt;dot&gt;. These controls run "
        "Python: open the chapter in Colab or Jupyter to move them.</p>"
    )


@each_page
def test_jupyters_own_widget_state_and_manager_are_gone(read, name):
    page = read(name)
    assert "widget-state" not in page
    assert "html-manager" not in page
    assert "require" not in page


def environment_of(*names):
    shown = [
        {"model": name, "state": {"state": {"name": name}}, "place": name}
        for name in names
    ]
    metadata = {"chapters/01": {live_widgets.SHOWN: shown}}
    return types.SimpleNamespace(metadata=metadata)


@pytest.mark.parametrize(
    ("docname", "names"),
    [("chapters/01", ["a"]), ("chapters/01", ["b", "b"]), ("gone", ["b"])],
)
def test_a_borrowed_widget_that_is_not_there_once_stops_the_build(
    docname, names
):
    match = live_widgets.BORROWED.match(
        f'<div data-live="{docname}" data-name="b"></div>'
    )
    with pytest.raises(
        live_widgets.ExtensionError, match=f"^{docname} must show"
    ):
        live_widgets.borrow(environment_of(*names), match)


def test_a_number_that_json_lacks_stops_the_build():
    state = {"state": {"x": float("nan")}}
    shown = {"model": "m", "state": state, "place": "<p></p>"}
    env = types.SimpleNamespace(
        metadata={"page": {live_widgets.SHOWN: [shown]}}
    )
    context = {
        "body": "<p></p>",
        "pathto": lambda name, **_: name,
        "metatags": "",
    }
    app = types.SimpleNamespace(env=env)
    with pytest.raises(ValueError, match="JSON"):
        live_widgets.embed_state(app, "page", "", context, None)
    with pytest.raises(ExtensionError, match="lost the place"):
        live_widgets.embed_state(app, "page", "", context | {"body": ""}, None)


# Around the chapters.


def test_a_chapter_says_its_number_and_how_long_it_ran(read):
    kicker = re.search(r'<p class="attn-kicker">(.*?)</p>', read(CHAPTER))[1]
    assert kicker == "Chapter 1 · its code runs in 42 s"
    assert "attn-kicker" not in read("book/intro.html")


def test_the_colophon_says_versions_and_runs(read):
    rows = [
        [
            words(cell).strip()
            for cell in re.findall(
                r'<(?:td|th scope="row" class="stub")>(.*?)</t', row, re.DOTALL
            )
        ]
        for row in re.findall(
            r"<tr.*?</tr>", read("book/colophon.html"), re.DOTALL
        )
    ]
    said = [row for row in rows if len(row) == 2]
    assert said == [
        ["Python", platform.python_version()],
        *([name, version(name)] for name in front.TOOLS),
    ]
    assert {"torch", "jupyter-book", "matplotlib"} <= set(front.TOOLS)
    ((chapter, ran, seconds),) = [row for row in rows if len(row) == 3]
    assert (chapter, seconds) == ("01 made up", "42")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", ran)
    assert "%" not in article(read("book/colophon.html"))


def test_a_page_that_is_missing_leads_home(read):
    page = read("404.html")
    assert "<title>Not here · Attention, Alive</title>" in page
    (address,) = re.findall(
        r"baseurl: (\S+)", Path("_config.yml").read_text("utf-8")
    )
    home = urlparse(address).path
    assert f'<a href="{home}index.html">' in page
    assert f'<form action="{home}search.html"' in page
    assert f'<a href="{home}{CHAPTER}">Made up</a>' in page
    assert "%" not in re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL)


def entry(page, name):
    """Return the words of one entry of the package's page."""
    section = re.search(
        rf'<section class="attn-entry" id="attn_utils\.{name}">(.*?)</section>',
        page,
        re.DOTALL,
    )
    return re.sub(r"\s+", " ", words(section[1])).strip()


def test_a_public_name_is_derived_and_a_helper_first_used(read):
    page = read("book/package.html")
    assert "Derived in chapter 01 · Made up." in entry(page, "first_score")
    assert "First used in chapter 01 · Made up." in entry(page, r"plots\.draw")
    assert "Derived in chapter 02 · Not written yet, to come." in entry(
        page, "Later"
    )
    assert page.count('href="../chapters/01_made_up.html"') >= 2


def test_an_entry_says_what_goes_in_where_it_comes_from_and_whom_it_names(read):
    page = read("book/package.html")
    said = entry(page, "first_score")
    assert "first_score(query, key=3) → int" in said
    assert "query intwhat is looked for." in said
    assert "Source: Body [1901], eq. 2." in said
    assert re.search(
        r'<a [^>]*href="#attn_utils\.first_score"[^>]*><code', page
    )
    assert "plots.draw() " in entry(page, r"plots\.draw")


# Scripts, icons, style sheets, search.


@each_page
def test_icons_are_drawn_and_no_icon_font_is_asked_for(read, name):
    page = read(name)
    assert page.count("<svg class=") >= 5
    assert not re.search(r'<(i|span)\s+class="[^"]*\bfa[bsr]?\b', page)
    assert "fontawesome" not in page.lower()
    assert "thebe" not in page.lower()


def test_an_icon_that_is_not_vendored_stops_the_build():
    with pytest.raises(LookupError, match="fa-nowhere"):
        slim.mend('<i class="fa-solid fa-nowhere"></i>')


def test_an_icon_keeps_its_classes_and_is_silent():
    svg = slim.mend('<i class="fa-solid fa-moon extra" title="x"></i>')
    assert svg.startswith(
        '<svg class="attn-icon fa-solid fa-moon extra" aria-hidden="true" '
    )
    assert "title" not in svg


@each_page
def test_mathematics_comes_only_where_there_are_formulas(read, name):
    scripts = re.findall(r'<script[^>]*src="([^"]*)"', read(name))
    has_math = any("/math.js" in address for address in scripts)
    assert has_math is (name == CHAPTER)


@each_page
def test_no_script_of_the_head_holds_up_the_page_or_comes_twice(read, name):
    head = read(name).partition("</head>")[0]
    scripts = re.findall(r"<script[^>]*\ssrc=[^>]*>", head)
    assert scripts
    assert all(" defer" in tag or " async" in tag for tag in scripts)
    assert len(scripts) == len(set(scripts))
    assert "documentation_options.js" not in head
    assert "const DOCUMENTATION_OPTIONS" in head


def test_a_script_that_comes_twice_comes_once_and_an_unused_one_never():
    def asset(name, body=None):
        return types.SimpleNamespace(filename=name, attributes={"body": body})

    scripts = [
        asset("a.js"),
        asset("a.js"),
        asset(None, "let x"),
        asset(None, "let y"),
        asset(None, "let x"),
        asset("sphinx-thebe.js"),
        asset("mathjax.js"),
    ]
    for body, kept in (("", (0, 2, 3)), ('<div class="math">', (0, 2, 3, 6))):
        context = {"body": body, "script_files": scripts}
        slim.drop_unused(None, "page", "", context, None)
        assert context["script_files"] == [scripts[n] for n in kept]


def test_only_the_search_page_brings_the_search(read):
    assert "searchtools.js" in read("search.html")
    assert "searchtools.js" not in read(CHAPTER)


@each_page
def test_a_page_asks_for_the_fonts_of_its_text_alone(read, name):
    asked = " ".join(re.findall(r"for \(const href of (\[.*?\])", read(name)))
    assert "inter" in asked
    assert "source-serif-4-latin-wght-normal" in asked
    assert ("jetbrains" in asked) is ("<code" in article(read(name)))


@each_page
def test_a_page_has_one_style_sheet_and_it_is_there(site, read, name):
    links = re.findall(r'<link rel="stylesheet" href="([^"]*)"', read(name))
    assert len(links) == 1
    path, _, mark = links[0].partition("?v=")
    assert re.fullmatch(r"\w{8}", mark)
    css = (site / name).parent.joinpath(path).read_text("utf-8")
    assert ".attn-snapshot" in css
    assert ".attn-kicker" in css
    for joined in ("book.css", "pygments.css"):
        assert not (site / "_static" / joined).exists()


def test_what_nobody_asks_for_is_not_in_the_site(site):
    for pattern in slim.UNUSED:
        assert list(site.glob(pattern)) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('<ul role="list">', "<ul>"),
        ('<div role="doc-biblioentry" id="x">', '<div id="x">'),
        ('<summary aria-label="Toggle">Chapters', "<summary>Chapters"),
        (
            '<div class="sidebar-primary-item"> <a class="navbar-brand x">',
            '<div class="sidebar-primary-item" role="navigation" '
            'aria-label="Home"> <a class="navbar-brand x">',
        ),
        ("<script>kernelName = 'python3'</script>", ""),
        ('<div class="bd-content">', '<div class="bd-content">'),
        (
            '<div class="bd-content"><div class="bd-sidebar-secondary">',
            '<div class="bd-content attn-beside"><div class="bd-sidebar-secondary">',
        ),
    ],
)
def test_what_the_theme_gets_wrong_is_mended(wrong, right):
    assert slim.mend(wrong) == right


def test_the_search_finds_parts_of_a_chinese_word(read):
    index = json.loads(re.search(r"\((.*)\)", read("searchindex.js"))[1])
    for part in ("点积", "缩放", "放点", "积"):
        assert index["terms"][part] == index["docnames"].index(
            "chapters/01_made_up"
        )
    assert "缩放点积" not in index["terms"]
    assert re.search(
        r"searchtools\.js.*_static/search\.js\?v=\w{8}",
        read("search.html"),
        re.DOTALL,
    )
    assert "flatMap" in read("_static/language_data.js")
