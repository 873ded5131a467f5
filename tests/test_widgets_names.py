"""The widgets' class names: none may be one that the book's theme styles, too."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

WIDGETS = Path(__file__).parent.parent / "attn_utils" / "widgets"
CLASS = re.compile(r"\.(-?[a-z][\w-]*)")


def classes_of(css):
    """Return the classes that a style sheet names in its selectors."""
    css = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", css, flags=re.DOTALL)
    heads = re.findall(r"[^{};]+(?=\{)", css)
    return {name for head in heads for name in CLASS.findall(head)}


@pytest.fixture(scope="module")
def of_theme():
    """All classes of the theme, Bootstrap's among them."""
    found = set()
    for package in ("pydata_sphinx_theme", "sphinx_book_theme"):
        (folder,) = find_spec(package).submodule_search_locations
        for path in Path(folder, "theme").rglob("*.css"):
            found |= classes_of(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    "path", sorted(WIDGETS.rglob("*.css")), ids=lambda path: path.stem
)
def test_a_widget_has_class_names_of_its_own(path, of_theme):
    assert classes_of(path.read_text("utf-8")) & of_theme == set()


def test_a_name_of_the_theme_would_be_found(of_theme):
    # What once sent the twelfth letter of a line to its end, by the theme's rule.
    assert "order-last" in of_theme
    assert classes_of("@media print{.a .b-c:is(.d){top:.5em}}/* .e{} */") == {
        "a",
        "b-c",
        "d",
    }
