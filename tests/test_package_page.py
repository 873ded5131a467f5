"""The generator of the page that lists the package: what it makes of the source."""

import importlib.util
import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import griffe
import pytest

import attn_utils

ROOT = Path(__file__).parent.parent


def load_extension():
    path = ROOT / "book" / "_ext" / "package_page.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


page = load_extension()
PACKAGE = page.load()
BLOCK = re.search(
    r"```\{package\}\n(.*?)```",
    (ROOT / "book" / "package.md").read_text("utf-8"),
    re.DOTALL,
)[1].strip()
KINDS = page.kinds_of(BLOCK.splitlines())
LISTED = [module for modules in KINDS.values() for module in modules]
SHOWN = [name for module in LISTED for name in page.public(PACKAGE, module)]
HELPERS = sorted({name.split(".")[0] for name in SHOWN if "." in name})


def module_names():
    return {
        module.name
        for module in pkgutil.iter_modules(attn_utils.__path__)
        if not module.name.startswith("_")
    } - {"widgets", "exercises"}


def visited(code):
    with griffe.temporary_visited_module(code, module_name="made_up") as module:
        return module


def test_the_page_lists_every_module_once():
    assert len(LISTED) == len(set(LISTED))
    assert set(LISTED) == module_names()


def test_the_page_shows_every_exported_name_once():
    plain = [name for name in SHOWN if "." not in name]
    assert sorted(plain) == sorted(attn_utils.__all__)


@pytest.mark.parametrize("name", HELPERS)
def test_a_helper_shows_what_it_lists_or_else_what_it_defines(name):
    module = import_module(f"attn_utils.{name}")
    defined = {
        word
        for word, thing in vars(module).items()
        if (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
        and not word.startswith("_")
    }
    expected = {f"{name}.{w}" for w in getattr(module, "__all__", defined)}
    assert expected
    shown = {word for word in SHOWN if word.startswith(f"{name}.")}
    others = {f"{name}.{word}" for word in page.constants(PACKAGE, name)}
    assert expected == shown | others
    assert not shown & others


@pytest.mark.parametrize("name", SHOWN)
def test_a_public_name_has_its_chapter(name):
    assert page.chapter_of(name), f"say in {page.TABLE} who derives {name}"


def test_the_table_of_chapters_names_nothing_else_and_nothing_twice():
    chapters = page.tomllib.loads(page.TABLE.read_text("utf-8"))
    names = [name for c in chapters.values() for name in c["names"]]
    assert len(names) == len(set(names))
    assert set(names) <= {*SHOWN, *LISTED}


def test_the_table_of_chapters_says_the_title_of_the_contents():
    chapters = page.tomllib.loads(page.TABLE.read_text("utf-8"))
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    listed = re.findall(r"file: chapters/(\d+)_\w+\n\s+title: (.+)", toc)
    assert listed
    for number, title in listed:
        assert title == f"{int(number)} · {chapters[number]['title']}"


def test_a_name_that_nobody_derives_has_no_chapter():
    assert page.chapter_of("no_such_name") is None
    assert page.chapter_of("data.no_such_name") is None


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        ("Float[Tensor, '*batch queries dim']", "(*batch, queries, dim)"),
        (
            "Bool[Tensor, '*#batch #keys'] | None",
            "bool (*#batch, #keys) | None",
        ),
        ("Int[Tensor, examples]", "int (examples,)"),
        ("Float[Tensor, '']", "()"),
        ("Bool[Tensor, '...']", "bool (…)"),
        ("list[Float[Tensor, 'a b']]", "list[(a, b)]"),
        ("int", "int"),
    ],
)
def test_a_type_reads_as_a_shape(annotation, text):
    assert page.readable(annotation) == text


CODE = '''
from typing import NamedTuple


class Pair(NamedTuple):
    """Two."""

    left: int
    right: Float[Tensor, "batch dim"]


def both(x: int, *rest: int, only: str = "a", **more) -> tuple[int, Float[Tensor, "a b"]]:
    """Do both.

    Returns:
        first: one.
        second: two,
            and more.
    """


def whole(x, *, only=None) -> Pair:
    """Do it.

    Returns:
        left: one.
        right: two.
    """


def told(x) -> tuple[Float[Tensor, "a b"], Float[Tensor, "a"]]:
    """Do it.

    Returns:
        Rows, of which some
        have: a colon.
    """


def nothing() -> None:
    """Do nothing."""


class Parent:
    """A parent.

    Args:
        width: how wide.
    """

    def __init__(self, width: int):
        self.width = width

    @property
    def area(self) -> Float[Tensor, ""]:
        """How much."""

    def shared(self):
        """Do what all do."""

    def bare(self):
        pass


class Child(Parent):
    """A child."""

    def forward(self):
        """Go."""
'''


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("Pair", ("(left, right)", "")),
        ("both", ("(x, *rest, only='a', **more)", "first, second")),
        ("whole", ("(x, *, only=None)", "Pair")),
        ("told", ("(x)", "(a, b), (a,)")),
        ("nothing", ("()", "")),
        ("Child", ("(width)", "")),
        ("Parent.area", ("", "()")),
    ],
)
def test_a_signature_is_short_and_says_what_comes_out(name, call):
    assert page.signature(visited(CODE)[name]) == call


def test_what_is_returned_is_one_thing_or_named_things():
    made_up = visited(CODE)
    first, second = page.sections(made_up["both"])["returns"]
    assert (first.name, second.name) == ("first", "second")
    assert second.description == "two,\nand more."
    (rows,) = page.sections(made_up["told"])["returns"]
    assert rows.description == "Rows, of which some\nhave: a colon."


def test_a_class_shows_forward_first_and_refers_to_a_parent_on_the_page():
    child = visited(CODE)["Child"]
    own, told = page.members(child, {})
    assert next(iter(own)) == "forward"
    assert (set(own), told) == ({"forward", "area", "shared"}, {})
    own, told = page.members(child, {"made_up.Parent": "Parent"})
    assert list(own) == ["forward"]
    assert {k: set(v) for k, v in told.items()} == {
        "Parent": {"area", "shared"}
    }


def test_a_source_is_cited_where_the_references_have_it():
    text = "Vaswani et al. 2017, eq. 1; Nobody and Noone 1901; equal to x."
    assert page.with_citations(text) == (
        "{cite:t}`vaswani2017`, eq. 1; Nobody and Noone 1901; equal to x."
    )


def test_a_name_that_could_be_nothing_else_becomes_a_link():
    names = ["EncoderLayer", "split_heads", "Transformer", "rotate"]
    text = page.with_links(
        "See EncoderLayer; undoes `split_heads`. A Transformer may `rotate`, "
        "as `nn.TransformerEncoderLayer`, EncoderLayer.x and `EncoderLayer(3)` do.",
        names,
    )
    assert text == (
        "See {py:obj}`EncoderLayer <attn_utils.EncoderLayer>`; undoes "
        "{py:obj}`split_heads <attn_utils.split_heads>`. A Transformer may "
        "`rotate`, as `nn.TransformerEncoderLayer`, EncoderLayer.x and "
        "`EncoderLayer(3)` do."
    )


def test_where_no_name_is_clear_nothing_becomes_a_link():
    text = "A `score`, of two (or more)."
    assert page.with_links(text, ["score"]) == text


def test_modules_stand_under_a_kind_or_under_none():
    assert page.kinds_of(["One: a b", "Two: c"]) == {
        "One": ["a", "b"],
        "Two": ["c"],
    }
    assert page.kinds_of(["a b", "c"]) == {"": ["a", "b", "c"]}


def test_the_index_has_a_line_for_every_name_under_its_kind():
    index = page.index_of(PACKAGE, KINDS)
    rows = re.findall(r'<a href="#attn_utils\.([\w.]+)">', index)
    assert rows == SHOWN
    lines = re.findall(r"<td>(.*?)</td>", index)
    assert len(lines) == len(SHOWN)
    assert all(lines)
    for kind in KINDS:
        assert f"<summary>{kind} · " in index
