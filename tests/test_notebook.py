"""What a chapter shows: the source that runs, and sentences."""

import ast
import html as html_text
import re
import sys
from pathlib import Path

import nbformat
import pytest
import torch
from IPython.display import Markdown
from nbclient import NotebookClient
from tensors import coin, normal
from torch.testing import assert_close

import attn_utils
from attn_utils import recipes
from attn_utils.notebook import GUARD, at_least, at_most, say, source

MECHANISMS = [getattr(attn_utils, name) for name in attn_utils.__all__]
EVERY_MECHANISM = pytest.mark.parametrize(
    "thing", MECHANISMS, ids=attn_utils.__all__
)


def shown(thing) -> str:
    """Return the code on the page."""
    return source(thing).code


def run_shown(thing):
    """Run the code on the page where the package defines it."""
    names = dict(vars(sys.modules[thing.__module__]))
    exec(shown(thing), names)
    return names[thing.__name__]


@EVERY_MECHANISM
def test_source_drops_every_docstring_and_keeps_the_rest(thing):
    tree = ast.parse(shown(thing))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert ast.get_docstring(node) is None
            assert node.body
    assert tree.body[0].name == thing.__name__
    assert '"""' not in shown(thing)


def test_source_keeps_the_comments_that_give_reasons():
    assert "# Softmax of a row of -inf would be NaN" in shown(
        attn_utils.masked_softmax
    )


def test_source_of_a_method_stands_at_the_margin():
    assert shown(attn_utils.DotScore.forward).startswith("def forward(")


def test_source_of_a_bound_method_is_that_of_the_method():
    bound = attn_utils.DotScore().forward
    assert source(bound).code == source(attn_utils.DotScore.forward).code
    whole = source(attn_utils.MultiHeadAttention.from_torch).code
    assert "def from_torch(cls" in whole


@pytest.mark.parametrize(
    ("thing", "name", "title"),
    [
        (
            attn_utils.attention,
            "attn_utils.attention",
            "attn_utils/attention.py · attention",
        ),
        (
            attn_utils.Transformer.decode,
            "attn_utils.Transformer.decode",
            "attn_utils/transformer.py · Transformer.decode",
        ),
        (  # decorated, so that torch's own file stands in between
            attn_utils.Transformer.greedy,
            "attn_utils.Writer.greedy",
            "attn_utils/decoding.py · Writer.greedy",
        ),
        (
            recipes.teach_dates,
            "attn_utils.recipes.teach_dates",
            "attn_utils/recipes/dates.py · teach_dates",
        ),
    ],
)
def test_source_says_where_the_code_lies_and_how_one_reaches_it(
    thing, name, title
):
    block = source(thing)
    assert (block.name, block.title) == (name, title)
    reached = attn_utils
    for word in name.split(".")[1:]:
        reached = getattr(reached, word)
    assert reached is thing
    assert (Path(attn_utils.__file__).parents[1] / title.split()[0]).is_file()


def test_source_is_one_folded_block_in_a_notebook():
    block = source(attn_utils.causal_mask)
    html = block._repr_html_()
    assert html.count("<details") == 1
    assert "<details open" not in html
    text = html_text.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", html))
    assert text.strip() == f"{block.title}{block.code}"
    assert block._repr_markdown_() == (
        f"**{block.title}**\n\n```python\n{block.code}\n```"
    )
    assert repr(block) == f"# {block.title}\n{block.code}"


def test_the_colours_of_a_block_are_the_notebooks_own_mixed():
    html = source(attn_utils.causal_mask)._repr_html_()
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", html[: html.index("</style>")])
    assert len(rules) >= 4
    for selector, body in rules:
        assert ".attn-source" in selector
        for colour in re.findall(r"color:\s*([^;]+)", body):
            assert "currentcolor" in colour


@pytest.mark.parametrize(
    ("thing", "error", "words"),
    [
        (3, TypeError, ["thing", "attn_utils", "int"]),
        (attn_utils, TypeError, ["thing", "function", "module"]),
        (attn_utils.DotScore(), TypeError, ["thing", "DotScore"]),
        (torch.nn.Linear, ValueError, ["thing", "Linear", "torch.nn"]),
    ],
)
def test_source_refuses_what_is_not_the_packages(thing, error, words):
    with pytest.raises(error) as refused:
        source(thing)
    for word in words:
        assert word in str(refused.value)


def test_the_shown_masked_softmax_computes_the_same():
    scores, mask = normal(3, 5, 7, seed=1), coin(3, 5, 7, seed=2)
    again = run_shown(attn_utils.masked_softmax)
    assert torch.equal(
        again(scores, mask), attn_utils.masked_softmax(scores, mask)
    )
    assert torch.equal(again(scores), attn_utils.masked_softmax(scores))


@pytest.mark.parametrize("name", ["attention", "scaled_dot_product_attention"])
def test_the_shown_attention_computes_the_same(name):
    query, key, value = (
        normal(5, 7, seed=1),
        normal(11, 7, seed=2),
        normal(11, 3, seed=3),
    )
    function = getattr(attn_utils, name)
    mask = coin(5, 11, seed=4)
    again = run_shown(function)(query, key, value, mask)
    assert_close(again, function(query, key, value, mask), atol=0, rtol=0)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("causal_mask", (7,)),
        ("padding_mask", ([2, 5, 3], 5)),
        ("window_mask", (7, 2)),
    ],
)
def test_a_shown_mask_computes_the_same(name, sizes):
    function = getattr(attn_utils, name)
    assert torch.equal(run_shown(function)(*sizes), function(*sizes))


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("DotScore", ()),
        ("ScaledDotScore", ()),
        ("BilinearScore", (7, 7)),
        ("AdditiveScore", (7, 7, 3)),
        ("GaussianScore", (0.7,)),
        ("LowRankScore", (7, 7, 3)),
    ],
)
def test_a_shown_score_computes_the_same(name, sizes):
    query, key = normal(5, 7, seed=1), normal(11, 7, seed=2)
    ours = getattr(attn_utils, name)
    torch.manual_seed(0)
    expected = ours(*sizes)(query, key)
    torch.manual_seed(0)
    assert torch.equal(run_shown(ours)(*sizes)(query, key), expected)


def test_say_returns_the_sentence_as_markdown():
    sentence = say("The answer is **21**.")
    assert isinstance(sentence, Markdown)
    assert sentence.data == "The answer is **21**."


@pytest.mark.parametrize(
    ("number", "form", "said"),
    [
        (6e9, ".1e", r"$6.0 \times 10^{9}$"),
        (2.7e-7, ".0e", r"$3 \times 10^{-7}$"),
        (1e-120, ".0e", r"$1 \times 10^{-120}$"),
        (0.05, ".2f", "0.05"),
    ],
)
def test_say_writes_powers_of_ten_as_a_reader_does(number, form, said):
    assert say(f"about {number:{form}}, or so").data == f"about {said}, or so"


def test_say_leaves_code_and_names_alone():
    text = "`eps=1e-06`, case0e and 3e-1"
    assert say(text).data == text


# -- bounds ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "form", "below", "above"),
    [
        (0.99875, ".1%", "99.8%", "99.9%"),
        (0.99875, ".2%", "99.87%", "99.88%"),
        (0.9996, ".3f", "0.999", "1.000"),
        (1.0, ".3f", "1.000", "1.000"),
        (0.5, ".0%", "50%", "50%"),
        (-0.126, ".2f", "-0.13", "-0.12"),
        (3.4e-7, ".0e", "3e-07", "4e-07"),
        (9.4e-7, ".0e", "9e-07", "1e-06"),
        (41.6, ".0f", "41", "42"),
        (0.0, ".0e", "0e+00", "0e+00"),
        # in single precision that is 0.8999…
        (torch.tensor(0.9), ".1%", "90.0%", "90.0%"),
        (torch.tensor(0.1), ".1f", "0.1", "0.1"),
    ],
)
def test_a_bound_is_rounded_to_its_own_side(number, form, below, above):
    assert at_least(number, form) == below
    assert at_most(number, form) == above


@pytest.mark.parametrize("write", [at_least, at_most])
@pytest.mark.parametrize(
    ("number", "form", "message"),
    [
        (float("nan"), ".1f", "number must be finite, but is nan"),
        (float("inf"), ".1%", "number must be finite, but is inf"),
        (0.5, ",.0f", "form must be as .* but is ',.0f'"),
        (0.5, "", "form must be as .* but is ''"),
    ],
)
def test_what_cannot_be_rounded_is_refused(write, number, form, message):
    with pytest.raises(ValueError, match=message):
        write(number, form)


# -- assertions ---------------------------------------------------------------------


@pytest.mark.long
def test_a_failed_assertion_of_a_notebook_is_explained():
    texts = (
        "from attn_utils.notebook import say",
        "assert 1 == 2",
        "assert 1 == 2, 'which says it itself'",
        "1 / 0",
        "print('as ever')",
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(text) for text in texts]
    )
    NotebookClient(notebook, allow_errors=True).execute()
    said = [
        "".join(output.get("text", "") for output in cell.outputs)
        for cell in notebook.cells
    ]
    assert said == ["", f"{GUARD}\n", "", "", "as ever\n"]
    kinds = [
        [
            output.ename
            for output in cell.outputs
            if output.output_type == "error"
        ]
        for cell in notebook.cells
    ]
    failed = ["AssertionError"]
    assert kinds == [[], failed, failed, ["ZeroDivisionError"], []]
