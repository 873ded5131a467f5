"""What the build makes of a chapter's cells, formulas and ties: a page of one's own."""

import json
import re

import matplotlib.pyplot as plt
import pytest
import tiny_book
from bs4 import BeautifulSoup
from tiny_book import cell

import attn_utils
from attn_utils import plots
from attn_utils.notebook import say, source
from attn_utils.widgets import Guess, WeightedFusion

pytestmark = pytest.mark.long
LOG = type(
    "Log", (), {"_repr_html_": lambda _: '<p class="attn-log">Trained</p>'}
)


def widget(**traits):
    street = {"key": [1.0, 2.0, 4.0], "value": [10.0, 20.0, 40.0]}
    return WeightedFusion(**street, query=2, **traits)


class Drawing:
    """A figure with parts."""

    def _repr_html_(self):
        return (
            '<figure class="attn-figure"><svg><g data-show="query first"></g>'
            '<g data-show="key"></g></svg><figcaption>D</figcaption></figure>'
        )


def picture():
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    return plots.Picture(fig, "A line.", "A rising line.")


PAGE = [
    "# Tiny\n\nBelow is [a query at 3](#live:query=3).",
    cell(
        "import torch",
        tags=["hide-input"],
        mystnb={"code_prompt_show": "Show the imports"},
    ),
    cell("figure()", picture(), tags=["hide-input"]),
    cell("live = widget()", widget(parts=["weight"]), tags=["hide-input"]),
    cell("guess()", Guess("Which?", ["this", "that"], 0), tags=["hide-input"]),
    cell("guess.answer", say("It is that."), tags=["hide-input"]),
    "Above is [bandwidth **0.3**](#live:bandwidth=0.3), [$h = 1$](#live:bandwidth=1) "
    "and [the weight](#show:weight). $\\alpha_n \\mathbf v_n$\n\n"
    "$$\\mathbf q_i$$\n\n| a | b |\n|---|---|\n| $\\mathbf k$ | [2](#live:query=2) |",
    cell(
        "say(f'')",
        say("It is [4](#live:query=4): $\\alpha_n$."),
        tags=["hide-input"],
    ),
    cell("drawing()", Drawing(), tags=["hide-input"]),
    "[The first query](#show:first+query) is lit.",
    cell("teach()", LOG(), "step 1", say("Done."), tags=["hide-input"]),
    cell("teach_in_silence()", LOG(), tags=["hide-input"]),
    cell("teach_openly()", LOG()),
    cell("source(attention)", source(attn_utils.attention)),
    cell(
        "source(hidden)",
        source(attn_utils.MultiHeadAttention._attend),
        tags=["hide-input"],
    ),
    cell("x = 1\nsource(GaussianScore)", source(attn_utils.GaussianScore)),
    cell("solution()", say("Right."), tags=["hide-cell"]),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder, warnings = tiny_book.build(
        tmp_path_factory.mktemp("tiny"), *PAGE, pages=["book/package"]
    )
    text = (folder / f"{tiny_book.PAGE}.html").read_text("utf-8")
    return BeautifulSoup(text, "html.parser"), warnings, text


@pytest.fixture(scope="module")
def cells(built):
    return built[0].select("div.cell")


def tags(node):
    """The kinds of a cell's children, in order."""
    plain = {"docutils", "container"}
    kids = node.find_all(recursive=False)
    return [" ".join(c for c in k["class"] if c not in plain) for k in kids]


def parts(node):
    return node.find_all(recursive=False)


def with_code(cells, code):
    (found,) = [c for c in cells if code in c.get_text()]
    return found


def test_such_a_page_makes_no_warning_of_its_own(built):
    own = [w for w in built[1].splitlines() if tiny_book.PAGE in w]
    assert own == []


@pytest.mark.parametrize(
    "code", ["figure()", "live = widget()", "say(f", "drawing()"]
)
def test_code_folds_under_what_it_made(cells, code):
    made = with_code(cells, code)
    assert tags(made) == ["cell_output", "attn-code"]
    fold = parts(made)[1]
    assert fold.get("open") is None
    word, inside = parts(fold)
    assert (word.name, word.get_text()) == ("summary", "code")
    assert code in inside.get_text()


def test_a_tag_is_heard_with_its_section_and_its_number(built):
    tags = built[0].select(".attn-code > summary")
    heard = [tag["aria-label"] for tag in tags]
    codes = [name for name in heard if name.startswith("code")]
    assert heard[0] == "imports of “Tiny”"
    assert codes == [f"code {n} of “Tiny”" for n in range(1, len(codes) + 1)]
    assert len(codes) == len(tags) - 1 > 1


def test_imports_are_a_tag_alone(cells):
    made = with_code(cells, "import torch")
    assert tags(made) == ["attn-code"]
    assert made.summary.get_text() == "imports"


def test_a_cell_that_only_names_what_it_shows_has_no_input(cells):
    made = with_code(cells, "It is that.")
    assert tags(made) == ["cell_output"]


def test_logs_of_training_go_into_the_fold(cells):
    made = with_code(cells, "teach()")
    assert tags(made) == ["cell_output", "attn-code"]
    shown, fold = parts(made)
    assert shown.get_text().strip() == "Done."
    assert "Trained" in fold.get_text()
    assert "step 1" in fold.get_text()
    assert tags(with_code(cells, "teach_in_silence()")) == ["attn-code"]


def test_the_log_of_code_that_is_seen_stands_below_it(cells):
    made = with_code(cells, "teach_openly()")
    assert tags(made) == ["cell_input", "cell_output"]
    assert "Trained" in parts(made)[1].get_text()


def test_a_solution_folds_as_before(cells):
    made = with_code(cells, "solution()")
    (fold,) = parts(made)
    assert "hide" in fold["class"]
    assert "Right." in fold.get_text()


def test_a_source_is_one_titled_block_without_its_call(built, cells):
    blocks = built[0].select(".attn-source-block")
    titles = [b.select("summary")[0].get_text() for b in blocks]
    assert titles == [
        "attn_utils/attention.py · attention",
        "attn_utils/multihead.py · MultiHeadAttention._attend",
        "attn_utils/scores.py · GaussianScore",
    ]
    for block in blocks:
        (fold,) = block.select("details")
        assert fold.get("open") is None
        (code,) = block.select("div.highlight-python")
        assert code in fold.descendants
    assert built[2].count("def attention(") == 0  # marked up, word by word
    assert not [s for s in built[0].select("style") if "attn-source" in str(s)]
    plain, hidden, mixed = (b.find_parent("div", "cell") for b in blocks)
    assert tags(plain) == tags(hidden) == ["cell_output"]
    assert tags(mixed) == ["cell_input", "cell_output"]


def test_a_source_leads_to_the_package_a_private_method_to_its_class(built):
    links = [a.get("href") for a in built[0].select(".attn-source-link a")]
    assert links == [
        "../book/package.html#attn_utils.attention",
        "../book/package.html#attn_utils.MultiHeadAttention",
        "../book/package.html#attn_utils.GaussianScore",
    ]


def found_ties(built):
    return {t.get_text(): t for t in built[0].select("a.attn-tie")}


def test_a_tie_is_text_that_says_what_it_sets(built):
    ties = found_ties(built)
    place, guess = built[0].select(".attn-live")
    assert "attn-guess" in guess["class"]
    for text, setting in {
        "a query at 3": {"query": 3},
        "bandwidth 0.3": {"bandwidth": 0.3},
        "2": {"query": 2},
        "4": {"query": 4},
    }.items():
        tie = ties[text]
        assert json.loads(tie.get("data-set")) == setting
        assert tie.get("data-model") == place.get("data-model")
        assert tie.get("href") is None
    assert ties["bandwidth 0.3"].select("strong")
    does = "Sets query to 3 in the picture below"
    assert ties["a query at 3"].get("data-does") == does
    does = "Sets bandwidth to 0.3 in the picture above"
    assert ties["bandwidth 0.3"].get("data-does") == does


def test_a_term_lights_the_nearest_picture_that_has_parts(built):
    ties = found_ties(built)
    weight = ties["the weight"]
    assert weight.get("data-light") == "weight"
    assert weight.get("data-model")
    first = ties["The first query"]
    assert first.get("data-light") == "first query"
    (figure,) = built[0].select(
        f'figure[data-picture="{first.get("data-picture")}"]'
    )
    assert figure.get_text() == "D"


def test_no_two_figures_have_one_number(built):
    marked = [
        f.get("data-picture") for f in built[0].select("figure[data-picture]")
    ]
    assert len(marked) == len(set(marked)) == 2


def test_formulas_have_their_colours_wherever_they_stand(built):
    formulas = built[0].select(".math[data-tex]")
    assert len(formulas) == 4
    text = "\n".join(formula["data-tex"] for formula in formulas)
    assert text.count(r"\class{attn-weight}{\alpha_n}") == 2
    for tex in (
        r"query}{\mathbf q}_i",
        r"key}{\mathbf k}",
        r"value}{\mathbf v}_n",
    ):
        assert rf"\class{{attn-{tex}" in text


FAULTS = {
    "[at 3](#live:query=2)": "the text says 3, the target query=2",
    "[x](#live:color=2)": "'color' is nothing that can be set here",
    "[x](#live:query=9)": "query must be a number from 0.0 to 5.0",
    "[x](#show:key)": "'key' is no part of the picture: weight",
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    cells = [*FAULTS, cell("live", widget(parts=["weight"]))]
    return tiny_book.build(
        tmp_path_factory.mktemp("faulty"), "# Faulty", *cells
    )[1]


@pytest.mark.parametrize("link", FAULTS)
def test_a_faulty_tie_is_a_warning_where_it_stands(faulty, link):
    (line,) = [w for w in faulty.splitlines() if link in w]
    assert re.search(rf"{tiny_book.PAGE}.ipynb:\d+: WARNING", line)
    assert FAULTS[link] in line


def test_nothing_else_warns_of_a_tie(faulty):
    assert faulty.count("WARNING") == len(FAULTS)
    assert "xref_missing" not in faulty
