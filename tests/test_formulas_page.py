"""The page of formulas: none is missing, and each line of code stands where it says."""

import json
import tomllib

import pytest
from extensions import load

page = load("formulas_page")
TABLE = tomllib.loads(page.TABLE.read_text("utf-8"))
ENTRIES = [(number, entry) for number in TABLE for entry in TABLE[number]]


def code_of(number):
    (path,) = (page.ROOT / "chapters").glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n".join(
        "".join(c["source"]) for c in cells if c["cell_type"] == "code"
    )


def test_every_chapter_has_its_formulas():
    stems = [p.stem for p in (page.ROOT / "chapters").glob("[0-9]*.ipynb")]
    assert sorted(TABLE) == sorted(stem[:2] for stem in stems)
    for number, entries in TABLE.items():
        assert len(page.pairs_of(number, entries)) == len(entries)


@pytest.mark.parametrize(
    ("number", "entry"), ENTRIES, ids=[entry["name"] for _, entry in ENTRIES]
)
def test_a_line_of_code_stands_where_it_is_said_to(number, entry):
    if "code" not in entry:
        assert "module" not in entry
        return
    text = (
        (page.ROOT / entry["module"]).read_text("utf-8")
        if "module" in entry
        else code_of(number)
    )
    assert entry["code"] in [line.strip() for line in text.splitlines()]


def test_most_formulas_are_computed():
    with_code = [entry for _, entry in ENTRIES if "code" in entry]
    assert len(with_code) >= 0.8 * len(ENTRIES)


def test_a_formula_of_which_nothing_is_said_is_found():
    with pytest.raises(ValueError, match=r"chapter 09 has 1 formulas .* 0 are"):
        page.pairs_of("09", [])
    with pytest.raises(ValueError, match=r"chapter 09 has 1 formulas .* 2 are"):
        page.pairs_of("09", [{"name": "a"}, {"name": "b"}])


def notebook(tmp_path, *cells):
    path = tmp_path / "12_tiny.ipynb"
    listed = [{"cell_type": kind, "source": [text]} for kind, text in cells]
    path.write_text(json.dumps({"cells": listed}), "utf-8")
    return path


def test_formulas_are_found_with_their_sections_up_to_the_exercises(tmp_path):
    path = notebook(
        tmp_path,
        ("markdown", "# Title\n\nWith $a +\nb$ and\n\n$$\nc = d\n$$\n"),
        ("code", "x = '$no$'"),
        ("markdown", "### Deeper\n\n$$e$$\n\n## Exercises\n\n$$f$$"),
    )
    assert page.formulas_of(path) == [
        page.Formula("a + b", "Title", False),
        page.Formula("c = d", "Title", True),
        page.Formula("e", "Deeper", True),
    ]


def test_the_page_shows_name_section_formula_module_and_line():
    title = "10 · Gates"
    made = page.page_of(
        {"chapters/10_cbam": title}
        | dict.fromkeys(
            (
                f"chapters/{p.stem}"
                for p in (page.ROOT / "chapters").glob("*.ipynb")
            ),
            "another",
        )
        | {"chapters/10_cbam": title}
    )
    start = made.index(f"## {title}")
    section = made[start : made.index("## another", start)]
    assert (
        "**Channel gate**, from [Which channel?]"
        "(../chapters/10_cbam.ipynb#which-channel), computed in "
        "`attn_utils/cbam.py`\n\n$$\n\\begin{aligned}"
    ) in section
    line = "scores = sum(self.network(pool(places)) for pool in self.pools)"
    assert f"```python\n{line}\n```" in section
