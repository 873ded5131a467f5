"""What the docstrings of the package owe: they say what raises."""

import ast
import inspect
import textwrap

import pytest

import attn_utils
from attn_utils import data, notebook, plots, recipes, train


def refuses(code: str) -> bool:
    """Whether code raises by itself or by a check of its arguments."""
    for node in ast.walk(ast.parse(textwrap.dedent(code))):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called.startswith("check_"):
                return True
    return False


def told_of(thing) -> list[tuple[str, str, str]]:
    """Return name, code and docstring of a function, or of all that a class has.

    What a constructor refuses stands in the docstring of the class.
    """
    if inspect.isfunction(thing):
        return [(thing.__name__, inspect.getsource(thing), thing.__doc__)]
    owners = [each for each in thing.__mro__ if "attn_utils" in each.__module__]
    return [
        (
            f"{owner.__name__}.{name}",
            inspect.getsource(method),
            thing.__doc__ + owner.__doc__
            if name == "__init__"
            else method.__doc__,
        )
        for owner in owners
        for name, method in vars(owner).items()
        if inspect.isfunction(method)
        and (name == "__init__" or not name.startswith("_"))
    ]


PUBLIC = [
    pytest.param(thing, id=name)
    for home in (attn_utils, data, notebook, plots, recipes, train)
    for name, thing in vars(home).items()
    if not name.startswith("_")
    and (inspect.isfunction(thing) or inspect.isclass(thing))
    and thing.__module__.startswith("attn_utils")
    and "._" not in thing.__module__
]


@pytest.mark.parametrize("thing", PUBLIC)
def test_what_refuses_an_argument_says_so(thing):
    for called, code, said in told_of(thing):
        if refuses(code):
            told = "Raises:" in said or "errors are those of" in said
            assert told, f"the docstring of {called} must say what it raises"


def test_a_check_or_a_raise_is_seen():
    assert refuses("check_size('size', size, least=1)")
    assert refuses("    if not size:\n        raise ValueError(size)")
    assert not refuses("sized(size)")
