"""Imports: what the package loads, and who imports whom inside it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import attn_utils
from attn_utils import data

PACKAGE = Path(attn_utils.__file__).parent
TESTS = Path(__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

HELPERS = {"_checks", "_copies", "_levels", "_shapes"}
MECHANISMS = {
    "attention",
    "cbam",
    "decoding",
    "layers",
    "masks",
    "multihead",
    "positions",
    "scores",
    "seq2seq",
    "transformer",
}
# Whom each module, or each module of a folder, may import from the package.
MAY_IMPORT = {
    "__init__": MECHANISMS,
    "_shapes": set(),
    "_checks": {"_shapes"},
    "_copies": {"_checks", "_shapes"},
    "_levels": {"_checks", "_shapes"},
    "scores": HELPERS,
    "masks": HELPERS,
    "attention": HELPERS | {"scores", "masks"},
    "multihead": HELPERS | {"scores", "masks", "attention"},
    "decoding": HELPERS,
    "layers": HELPERS | {"multihead"},
    "transformer": HELPERS
    | {"decoding", "layers", "masks", "multihead", "positions"},
    "seq2seq": HELPERS | {"scores", "masks", "attention", "decoding"},
    "positions": HELPERS | {"scores"},
    "cbam": HELPERS,
    "data": HELPERS | {"data"},
    "train": HELPERS,
    "recipes": HELPERS | MECHANISMS | {"data", "recipes", "train"},
    "notebook": set(),
    "plots": {"plots"},
    "widgets": {"_levels", "widgets"},
    "exercises": HELPERS | MECHANISMS | {"data", "exercises", "recipes"},
}
# The same for the widgets' JavaScript: parts by name, and each widget's folder.
WIDGETS = PACKAGE / "widgets"
SCRIPTS = sorted(WIDGETS.rglob("*.js"))
PARTS_MAY_IMPORT = {
    "rows": set(),
    "scores": {"rows"},
    "masks": set(),
    "positions": {"scores"},
    "weights": set(),
    "attention": {"rows", "scores"},
    "multihead": {"rows", "attention"},
    "layers": {"rows", "masks", "multihead"},
    "transformer": {"rows", "positions", "layers"},
    "decoding": {"transformer"},
    "axes": set(),
    "cbam": {"convolution", "rows"},
    "convolution": {"rows"},
    "face": {"language"},
    "grip": {"face"},
    "hatch": {"axes"},
    "ink": {"ramp"},
    "language": set(),
    "letter_line": {"face", "language"},
    "letters": {"named"},
    "named": set(),
    "pen": {"axes", "face"},
    "ramp": set(),
    "recurrent": {"rows"},
    "seq2seq": {"attention", "recurrent", "rows", "scores"},
    "stops": set(),
    "strip": {"axes", "face", "ramp", "stops"},
    "typed": {"named"},
}


def run_afresh(code: str) -> str:
    """Run `code` in a process of its own and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def layer(path: Path) -> str:
    """Return the module's name, or the folder's if it stands in one."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def relative_imports(path: Path) -> set[str]:
    """Return the layers of the package that a module imports."""
    folders = path.relative_to(PACKAGE).parts[:-1]
    layers = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            start = list(folders[: len(folders) - node.level + 1])
            named = node.module.split(".") if node.module else []
            inside = start + named
            layers |= (
                {inside[0]} if inside else {name.name for name in node.names}
            )
    return layers


def absolute_imports(path: Path) -> set[str]:
    """Return the full names that a module imports from anywhere."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{name.name}" for name in node.names}
    return names


@pytest.mark.long
def test_importing_the_package_loads_nothing_that_draws_or_moves():
    heavy = [
        "matplotlib",
        "anywidget",
        "ipywidgets",
        "traitlets",
        "IPython",
        "jupyter",
    ]
    code = f"import sys, attn_utils; print(*sys.modules.keys() & {set(heavy)})"
    assert run_afresh(code) == ""


@pytest.mark.long
def test_the_data_sets_load_nothing_but_torch_until_they_are_made():
    heavy = ["sklearn", "scipy", "babel", "matplotlib", "pandas"]
    code = f"import sys, attn_utils.data; print(*sys.modules.keys() & {set(heavy)})"
    assert run_afresh(code) == ""


@pytest.mark.long
def test_without_scikit_learn_one_line_says_what_the_digits_need():
    code = """
import sys
sys.modules["sklearn.datasets"] = None
from attn_utils.data import digit_images
try:
    digit_images()
except ModuleNotFoundError as error:
    print(error)
"""
    assert run_afresh(code) == (
        "digit_images needs scikit-learn, which is not installed: "
        "pip install scikit-learn"
    )


def test_torch_is_the_only_other_package_that_the_mechanisms_import():
    for path in MODULES:
        if layer(path) in HELPERS | MECHANISMS | {"__init__"}:
            roots = {name.split(".")[0] for name in absolute_imports(path)}
            assert roots <= set(sys.stdlib_module_names) | {
                "torch",
                "jaxtyping",
            }, path


@pytest.mark.long
def test_without_jaxtyping_the_package_works_and_its_annotations_are_tensors():
    code = """
import sys
sys.modules["jaxtyping"] = None
import torch, attn_utils, attn_utils.data, attn_utils.masks
assert attn_utils.causal_mask.__annotations__["return"] is torch.Tensor
annotations = attn_utils.scaled_dot_product_attention.__annotations__
assert annotations["query"] is torch.Tensor
assert annotations["mask"] == torch.Tensor | None
assert annotations["return"] == tuple[torch.Tensor, torch.Tensor]
x, _ = attn_utils.data.noisy_curve(7)
inputs = x.unsqueeze(-1)
score = attn_utils.GaussianScore()
context, weights = attn_utils.attention(
    inputs, inputs, inputs, attn_utils.causal_mask(7), score
)
print(tuple(context.shape), tuple(weights.shape))
"""
    assert run_afresh(code) == "(7, 1) (7, 7)"


@pytest.mark.long
def test_with_jaxtyping_the_annotations_name_the_axes():
    pytest.importorskip("jaxtyping")
    code = "import attn_utils; print(attn_utils.causal_mask.__annotations__['return'])"
    assert "queries tokens" in run_afresh(code)


def test_every_public_name_is_there_and_listed_once():
    assert len(set(attn_utils.__all__)) == len(attn_utils.__all__)
    for name in attn_utils.__all__:
        assert callable(getattr(attn_utils, name))


def test_every_public_name_of_the_data_sets_is_there():
    assert all(hasattr(data, name) for name in data.__all__)


@pytest.mark.parametrize(
    "path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_a_module_imports_only_what_stands_below_it(path):
    assert layer(path) in MAY_IMPORT, (
        "a new module: say here whom it may import"
    )
    assert relative_imports(path) <= MAY_IMPORT[layer(path)]


@pytest.mark.parametrize(
    "path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_inside_the_package_imports_are_relative(path):
    assert not {
        n for n in absolute_imports(path) if n.split(".")[0] == "attn_utils"
    }


def imported_scripts(path: Path) -> list[Path]:
    """Return the scripts that a script imports."""
    text = path.read_text("utf-8")
    names = re.findall(r'^import .* from "([^"]+)";$', text, re.MULTILINE)
    assert len(names) == len(re.findall(r"\bimport\b[^;]*?;", text)), path
    return [(path.parent / name).resolve() for name in names]


@pytest.mark.parametrize(
    "path", SCRIPTS, ids=lambda p: str(p.relative_to(WIDGETS))
)
def test_a_script_imports_only_what_stands_below_it(path):
    for other in imported_scripts(path):
        assert other.is_file(), other
        if path.parent.name == "parts":
            assert other.parent == path.parent
            assert other.stem in PARTS_MAY_IMPORT[path.stem]
        else:
            assert other.parent in (path.parent, WIDGETS / "parts")


def test_every_mechanism_in_javascript_has_the_name_of_its_python_module():
    own = {
        "axes",
        "convolution",
        "face",
        "grip",
        "hatch",
        "ink",
        "language",
        "letter_line",
        "letters",
        "named",
        "pen",
        "ramp",
        "recurrent",
        "rows",
        "stops",
        "strip",
        "typed",
        "weights",
    }
    parts = {p.stem for p in (WIDGETS / "parts").glob("*.js")}
    assert parts == PARTS_MAY_IMPORT.keys()
    assert parts - own <= MECHANISMS


def test_pictures_and_mechanisms_do_not_know_each_other():
    pictures = {"plots", "widgets", "notebook"}
    for mechanism in MECHANISMS:
        assert not MAY_IMPORT[mechanism] & pictures
    for picture in pictures:
        assert not MAY_IMPORT[picture] & MECHANISMS


@pytest.mark.parametrize(
    "path", sorted(TESTS.glob("*.py")), ids=lambda p: p.name
)
def test_tests_import_the_package_by_its_public_names(path):
    names = {
        n for n in absolute_imports(path) if n.split(".")[0] == "attn_utils"
    }
    assert not {
        n for n in names if any(p.startswith("_") for p in n.split(".")[1:])
    }


def test_the_reader_of_imports_finds_what_is_there():
    path = PACKAGE / "attention.py"
    assert relative_imports(path) == {"_checks", "_shapes", "scores"}
    assert relative_imports(PACKAGE / "exercises" / "__init__.py") == set()
    assert "widgets" in relative_imports(PACKAGE / "widgets" / "__init__.py")
    assert "collections.abc.Callable" in absolute_imports(path)


def test_every_text_is_read_and_written_as_utf_8():
    # Windows would take the machine's own code for it.
    root = PACKAGE.parent
    folders = ("attn_utils", "book/_ext", "tests", "tools")
    bare = []
    for path in (
        p for folder in folders for p in (root / folder).rglob("*.py")
    ):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(call, "func", None), "attr", "")
            if name in {"read_text", "write_text"}:
                given = len(call.args) + len(call.keywords)
                if given < (1 if name == "read_text" else 2):
                    bare.append(f"{path.relative_to(root)}:{call.lineno}")
    assert not bare, f'say "utf-8" in {bare}'
