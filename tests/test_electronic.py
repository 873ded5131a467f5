"""The book as an EPUB: what becomes of a page's HTML in a reader without scripts."""

import xml.etree.ElementTree as ElementTree

import pytest
from docutils import nodes
from extensions import load

electronic = load("electronic")
HOME = "https://home.invalid/"


def page(text):
    return electronic.as_xhtml(text, HOME)


def test_html_becomes_xml_and_foreign_elements_name_their_space():
    made = page(
        '<p>a<br>b &amp; c</p><svg viewBox="0 0 1 1"><path d="M0 0"/></svg>'
    )
    tree = ElementTree.fromstring(f"<body>{made}</body>")
    assert [n.tag for n in tree] == ["p", "{http://www.w3.org/2000/svg}svg"]
    assert tree[1].get("viewBox") == "0 0 1 1"
    assert "ns0" not in made


@pytest.mark.parametrize(
    "gone",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        "<button>go</button>",
        '<a class="headerlink" href="#a">#</a>',
        '<details class="attn-code"><summary>code</summary><pre>x</pre></details>',
        '<div class="attn-controls"><p>slide</p></div>',
        '<svg aria-hidden="true"><path d="M0 0"/></svg>',
    ],
)
def test_what_only_a_screen_can_use_goes_and_the_text_behind_it_stays(gone):
    made = page(f"<div>before {gone} behind</div>")
    assert made == "<div>before  behind</div>"
    assert page(f"<div><p>a</p>{gone} behind</div>").endswith("behind</div>")


def test_formulas_of_many_rows_have_their_rows():
    made = electronic.mathml(
        r"\begin{aligned} a &= b \\ c &= \boldsymbol{d} \end{aligned}", "block"
    )
    tree = ElementTree.fromstring(made)
    rows = [n for n in tree.iter() if n.tag.endswith("mtr")]
    assert len(rows) == 2
    assert "&" not in "".join(tree.itertext())


def test_a_formula_keeps_the_stop_behind_it():
    formula = electronic.mathml("x", "inline")
    made = page(f"<p>{formula}, or {formula} {formula}).</p>")
    tree = ElementTree.fromstring(made)
    kept = [
        "".join(n.itertext()) for n in tree if n.get("class") == "attn-whole"
    ]
    assert kept == ["x,", "x)."]
    assert "".join(tree.itertext()) == "x, or x x)."


def test_a_solution_stays_under_one_name():
    made = page(
        '<details><summary><p class="collapsed">Show a solution</p>'
        '<p class="expanded">Hide the solution</p></summary><pre>4</pre></details>'
    )
    assert "Hide" not in made
    made = made.replace(' class="collapsed"', "")
    assert "<summary><span>Show a solution</span></summary>" in made
    assert "<pre>4</pre>" in made


def test_of_the_packages_source_its_title_stays():
    made = page(
        '<details class="attn-source"><summary>attn_utils/masks.py</summary>'
        "<pre>def f</pre></details>"
    )
    assert (
        made
        == '<p class="attn-source"><span>Source: attn_utils/masks.py</span></p>'
    )


@pytest.mark.parametrize(
    ("address", "led"),
    [
        ("#a", "#a"),
        ("https://example.org/x.html", "https://example.org/x.html"),
        ("../chapters/01.html#a", "../chapters/01.xhtml#a"),
        ("02.xhtml", "02.xhtml"),
        ("../attention-alive.zip", f"{HOME}attention-alive.zip"),
    ],
)
def test_a_link_leads_into_the_book_or_to_the_published_one(address, led):
    assert page(f'<a href="{address}">x</a>') == f'<a href="{led}">x</a>'


def test_a_tie_to_a_widget_is_plain_text():
    made = page('<a class="attn-tie attn-query" data-set="{}">the query</a>')
    assert made == '<span class="attn-tie attn-query">the query</span>'


def test_colours_stand_as_numbers():
    made = electronic.with_colours(
        "var(--attn-query) var(--attn-paper, #123456) var(--attn-own, red) var(--attn-own)"
    )
    assert made == "#0f5ff0 #fdfcf9 red var(--attn-own)"


def test_a_formula_is_mathml_in_the_colours_of_its_roles():
    made = electronic.mathml(r"\mathbf q \cdot \exp s_n", "block")
    tree = ElementTree.fromstring(made)
    assert tree.get("display") == "block"
    assert '<mrow class="attn-query"><mi mathvariant="bold">q</mi>' in made
    assert '<mi>exp</mi><mspace width="0.167em" />' in made
    assert "mspace" not in electronic.mathml(r"\exp(s) \log_2 n", "inline")


def test_a_page_has_its_sections_in_the_contents():
    def item(anchor, words, *below):
        link = nodes.reference("", words, anchorname=anchor)
        return nodes.list_item(
            "",
            nodes.paragraph("", "", link),
            *[nodes.bullet_list("", *below)][: len(below)],
        )

    one = item("#a", "A", item("#deep", "deep"))
    toc = nodes.bullet_list("", item("", "Title", one, item("#b", "B")))
    assert electronic.sections_of(toc) == [("#a", "A"), ("#b", "B")]
    assert electronic.sections_of(nodes.bullet_list("", item("", "T"))) == []


def test_figures_are_listed_by_their_first_sentence():
    figure = (
        '<h1>Whom</h1><figure class="attn-figure" id="figure-3"><svg></svg>'
        "<figcaption>Two &amp; two. And more.</figcaption></figure>"
    )
    assert electronic.figures_of("chapters/01", figure) == (
        '<h2>Whom</h2><ul><li><a href="../chapters/01.xhtml#figure-3">'
        "Two &amp; two</a></li></ul>"
    )


def test_the_sheet_of_the_epub_has_colours_in_the_place_of_variables():
    sheet = (electronic.ASSETS / electronic.SHEET).read_text("utf-8")
    assert "var(--attn-code-word)" in sheet
    assert "var(" not in electronic.with_colours(sheet)
