"""The widgets' Python side: traits, state, still picture, files."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch
import traitlets
from refused import hold_refused, refused

import attn_utils
from attn_utils import plots, widgets
from attn_utils.recipes.copying import copying_model
from attn_utils.recipes.gated import GatedNetwork, fold_norms
from attn_utils.recipes.glimpses import GlimpseReader
from attn_utils.recipes.induction import InductionModel
from attn_utils.recipes.letter_counts import LetterCounter
from attn_utils.recipes.order import OrderModel
from attn_utils.recipes.reach import RecallNetwork
from attn_utils.recipes.two_names import TwoNames
from attn_utils.widgets import WeightedFusion
from attn_utils.widgets.base import FloatList, LiveWidget, SettableFloat, bundle

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "attn_utils" / "widgets"
PLANE = {"key": [[1.0, 0.5], [-1.0, 1.0]], "value": [10.0, 20.0]}
STREET = {"key": [1.0, 2.0, 4.0], "value": [10.0, 20.0, 40.0]}
# A text for a widget that does not take every letter.
TEXTS = {"OrderReader": "Badge", "RecallRace": "Badge", "SideBySide": "badge"}


def test_a_name_that_no_widget_has_is_refused():
    with pytest.raises(TypeError, match="ClockHands has no argument 'place'"):
        widgets.ClockHands(place=50)
    with pytest.raises(TypeError, match=r"it has .*bandwidth, .*still"):
        widgets.ByHand(key=[1.0], value=[1.0], width=3)


def test_a_name_that_a_widget_has_not_cannot_be_set():
    live = widgets.WeightedFusion(**STREET, query=2.0)
    live.query = 3.0
    with pytest.raises(
        AttributeError, match="has no 'band_width' to set: is 'bandwidth' meant"
    ):
        live.band_width = 4.0
    plane = widgets.ScorePlane(**PLANE)
    with pytest.raises(AttributeError, match=r"'query' .* 'query_[xy]' meant"):
        plane.query = [0.0, 1.0]
    live.mine = "something else"
    assert (live.query, live.mine) == (3.0, "something else")


@pytest.mark.parametrize("name", ["WeightedFusion", "ByHand", "ScorePlane"])
def test_a_widget_of_inputs_asks_for_some(name):
    made = getattr(widgets, name)
    with pytest.raises(TypeError, match=r"argument.*'key'"):
        made()
    with pytest.raises(traitlets.TraitError, match="key"):
        made(key=[], value=[])


def gates():
    """A widget whose gates' weights only its making checks."""
    return widgets.GatesByHand(
        torch.ones(2, 4, 4), [[1.0, 1.0]], [[1.0], [1.0]], torch.ones(2, 3, 3)
    )


def test_what_only_the_making_of_a_widget_checks_stays():
    widget = gates()
    kernel = widget.kernel
    for wrong in ([1.0], [2.0] * 18):
        with pytest.raises(
            traitlets.TraitError,
            match=r"kernel is fixed .* another GatesByHand",
        ):
            widget.kernel = wrong
        assert widget.kernel == kernel
    widget.kernel = [1.0] * 18  # what it is already
    widget.cell = 3  # what a hand changes


def test_it_stays_however_it_is_set():
    widget = gates()
    with (
        pytest.raises(traitlets.TraitError, match="first is fixed"),
        widget.hold_trait_notifications(),
    ):
        widget.first = [9.0, 9.0]
    assert widget.first == [1.0, 1.0]


def scored(model, attention):
    """Give an attention of a model a score that no page computes."""
    attention.score = attn_utils.DotScore()
    return model


def turned(model, attention):
    """Let an attention of a model turn queries and keys by their places."""
    attention.rotate = attn_utils.rotate
    return model


@pytest.mark.parametrize(
    ("change", "words"),
    [(scored, "with ScaledDotScore"), (turned, "without rotate")],
)
def test_a_model_whose_attention_no_page_computes_is_refused(change, words):
    counter, names = LetterCounter(), TwoNames(num_heads=1)
    recall = RecallNetwork("attention", 8)
    refusing = (
        lambda: widgets.LetterCounts(
            {"a": change(counter, counter.layer.attention)}
        ),
        lambda: widgets.TwoAnswers(
            {"a": change(names, names.layers[0])}, ([0, 1], [0, 1])
        ),
        lambda: widgets.RecallRace(
            {"a": {8: change(recall, recall.mixer.attention)}}
        ),
    )
    for refused_call in refusing:
        with pytest.raises(ValueError, match=f"must have an attention {words}"):
            refused_call()


@pytest.mark.plain  # the shape hook would refuse it first
def test_a_module_in_place_of_its_parameters_is_refused():
    module = torch.nn.Linear(2, 2)
    with pytest.raises(
        ValueError, match=r"parameters must be .*, but is Linear"
    ):
        widgets.DateReader(module, source_characters="a", target_characters="b")


def test_tensors_and_lists_are_taken_alike():
    from_lists = WeightedFusion(**STREET)
    from_tensors = WeightedFusion(
        **{k: torch.tensor(v) for k, v in STREET.items()}
    )
    assert from_lists.key == from_tensors.key == [1.0, 2.0, 4.0]
    assert all(type(n) is float for n in from_tensors.value)


def test_a_scalar_tensor_sets_a_number():
    widget = WeightedFusion(**STREET, query=torch.tensor(2.0))
    assert widget.query == 2.0
    assert type(widget.query) is float


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": [1.0, 2.0]}, ["value", "3", "2"]),
        ({"key": [], "value": []}, ["must not be empty"]),
        ({"key": [1.0, float("nan"), 2.0]}, ["key", "finite", "nan"]),
        ({"value": [1.0, float("inf"), 2.0]}, ["value", "finite", "inf"]),
        ({"key": [[1.0], [2.0], [4.0]]}, ["key", "one axis"]),
        ({"key": "abc"}, ["key", "numbers", "abc"]),
        ({"key": 3.0}, ["key", "list or tensor"]),
        ({"key": [True, False, True]}, ["key", "numbers"]),
        ({"truth": [float("nan")]}, ["truth", "finite"]),
        ({"query": 5.1}, ["query", "between", "5.1"]),
        ({"query": -0.1}, ["query", "between", "-0.1"]),
        ({"query": float("nan")}, ["query", "finite", "nan"]),
        ({"query": "near"}, ["query", "near"]),
        ({"bandwidth": 0.0}, ["bandwidth", "above 0", "0.0"]),
        ({"bandwidth": float("inf")}, ["bandwidth", "finite", "inf"]),
        ({"window": -1.0}, ["window", "0 or more", "-1.0"]),
        ({"low": 4.0, "high": 4.0}, ["high", "above low", "4.0"]),
        ({"high": 3.0}, ["key", "between low = 0.0 and high = 3.0", "4.0"]),
        ({"truth": [1.0]}, ["truth", "two heights or more", "1"]),
        ({"movable": [3]}, ["movable", "3 keys, 0 to 2", "has 3"]),
        ({"movable": [-1]}, ["movable", "3 keys", "has -1"]),
        ({"movable": [0, 0]}, ["movable", "different", "[0, 0]"]),
        ({"movable": [True]}, ["movable", "whole numbers", "True"]),
        ({"movable": [0.5]}, ["movable", "whole numbers", "0.5"]),
        ({"movable": 1}, ["movable", "list of whole numbers", "1"]),
        ({"least": 5.0, "most": 5.0}, ["most", "above least", "5.0"]),
        ({"most": float("inf")}, ["most", "finite", "inf"]),
    ],
)
def test_bad_input_names_the_trait_and_what_came(change, words):
    with refused(traitlets.TraitError, words):
        WeightedFusion(**(STREET | change))


def some(name):
    """A widget of that name, small."""
    model = attn_utils.EncoderLayer(8, 2, 8).state_dict()
    given = {
        "WeightedFusion": lambda: WeightedFusion(
            **STREET, low=1, high=4, query=2
        ),
        "EncoderBlock": lambda: widgets.EncoderBlock(
            attn_utils.EncoderLayer(8, 2, 8), [[0.0] * 8] * 3, "abc"
        ),
        "DateReader": lambda: widgets.DateReader(model, num_heads=2),
        "ByHand": lambda: widgets.ByHand(**STREET, query=2),
        "ScorePlane": lambda: widgets.ScorePlane(
            **PLANE, scores=["product", "distance"], low=-3, high=1
        ),
        "Guess": lambda: widgets.Guess("Which?", ["this", "that"]),
        "ScoreWidth": lambda: widgets.ScoreWidth(
            torch.ones(2, 3, 5), [1, 4], width=4
        ),
        "GatesByHand": lambda: widgets.GatesByHand(
            torch.ones(2, 4, 4),
            torch.ones(1, 2),
            torch.ones(2, 1),
            torch.ones(2, 3, 3),
        ),
        "ClutterGates": lambda: widgets.ClutterGates(
            fold_norms(GatedNetwork()),
            torch.ones(2, 8, 8),
            [3, 1],
            torch.ones(2, 4, 4),
        ),
        "WeighedValues": lambda: widgets.WeighedValues(
            torch.full((2, 3, 3), 1 / 3), torch.ones(2, 3, 4), "abc"
        ),
        "GateWatch": lambda: widgets.GateWatch(
            attn_utils.LSTMCell(2, 3).state_dict(), torch.ones(5, 2), "aetxy"
        ),
        "Glimpses": lambda: widgets.Glimpses(
            {"one": GlimpseReader()},
            (torch.rand(2, 25, 8, 8), [3, 1], [24, 0]),
        ),
        "TwoAnswers": lambda: widgets.TwoAnswers(
            {"one": TwoNames(1)}, (torch.rand(12, 16), [1, 7] * 6)
        ),
        "LetterCounts": lambda: widgets.LetterCounts({"one": LetterCounter()}),
        "RecallRace": lambda: widgets.RecallRace(
            {"one": {2: RecallNetwork("RNN", 2), 5: RecallNetwork("GRU", 5)}}
        ),
        "LayerCosts": lambda: widgets.LayerCosts(num_tokens=96),
        "ClockHands": lambda: widgets.ClockHands(position=60),
        "HeadRank": lambda: widgets.HeadRank(
            {"one": torch.eye(3)},
            {"one": {d: (torch.ones(3, d), torch.ones(3, d)) for d in (1, 4)}},
        ),
        "MaskPaint": lambda: widgets.MaskPaint(
            torch.ones(6, 2), torch.ones(6, 2)
        ),
        "LossSlope": lambda: widgets.LossSlope(
            ["a", "b", "c"], [0.0, 1.0, -1.0], "b"
        ),
        "MatrixProduct": lambda: widgets.MatrixProduct(
            [[1, 0], [2, -1]], [[3, 1, 0], [1, 1, 2]], row=2
        ),
        "InductionReader": lambda: widgets.InductionReader(
            {step: InductionModel().state_dict() for step in (0, 9)},
            dict.fromkeys((0, 9), torch.zeros(2, 4, 64)),
        ),
        "OrderReader": lambda: widgets.OrderReader({"one": OrderModel("none")}),
        "ReachPaths": lambda: widgets.ReachPaths(),
        "SideBySide": lambda: widgets.SideBySide(
            copying_model("none", width=3).state_dict(),
            copying_model("luong", width=3).state_dict(),
        ),
        "TinyAttention": lambda: widgets.TinyAttention(
            torch.eye(3)[:, :2], *[[[1, 2], [-3, 0]]] * 3
        ),
        "DigitRecall": lambda: widgets.DigitRecall(
            torch.ones(3, 8, 8), [1, 2, 3], torch.ones(2, 8, 8), [1, 2]
        ),
    }
    assert name in given, (
        f"say in `some` of tests/test_widgets.py how to make {name}"
    )
    return given[name]()


@pytest.mark.parametrize("name", widgets.__all__)
def test_what_a_link_may_set_is_a_trait_and_its_ends_are_accepted(name):
    widget = some(name)
    state = widget.get_state()
    assert json.dumps(state["settable"], allow_nan=False)
    for trait, allowed in widget.settable.items():
        now = state[trait]
        if allowed == "switch":
            ends = [not now, now]
            assert type(now) is bool
        elif allowed == "text":
            ends = [TEXTS.get(name, "text")]
            assert type(now) is str
        elif isinstance(allowed[0], str):
            ends = allowed
            assert now in allowed
        elif isinstance(allowed[0], list):
            ends = [
                [each[0] for each in allowed],
                [each[1] for each in allowed],
            ]
            assert len(now) == len(allowed)
        else:
            ends = allowed[:2]
            assert ends[0] <= now
        for end in ends:
            setattr(widget, trait, end)


def test_a_plain_value_does_not_take_the_place_of_a_trait():
    with pytest.raises(
        TypeError, match=r"^Flat\.room would take the place of a"
    ):
        type("Flat", (LiveWidget,), {"room": [300, 400, 420]})
    made = type("High", (LiveWidget,), {"room": FloatList([3, 4, 5])})
    assert made().room == [3, 4, 5]


def test_a_slider_with_a_step_has_ends_as_well():
    body = {
        "share": SettableFloat(0.5),
        "settable": traitlets.Dict({"share": [0, 1, 0.25]}),
    }
    widget = type("Stepping", (LiveWidget,), body)()
    widget.share = 0.75
    with pytest.raises(traitlets.TraitError, match="between 0 and 1, but is 2"):
        widget.share = 2


def test_a_guess_lets_nothing_be_set_or_lit():
    guess = some("Guess")
    assert guess.settable == {}
    assert guess.parts == []


def test_the_ends_of_a_street_are_those_of_its_query():
    ends = some("WeightedFusion").settable
    assert ends["query"] == [1.0, 4.0]
    assert ends["window"] == [0, 3.0]


def test_a_refused_change_leaves_the_state_as_it_was():
    widget = WeightedFusion(**STREET, bandwidth=0.5)
    with pytest.raises(traitlets.TraitError):
        widget.bandwidth = -1.0
    with pytest.raises(traitlets.TraitError):
        widget.key = [1.0]
    assert widget.bandwidth == 0.5
    assert widget.key == STREET["key"]


def test_up_to_three_values_can_be_moved():
    street = {"key": [0.0, 1.0, 2.0, 3.0], "value": [1.0] * 4}
    places = torch.tensor([3, 1])
    assert WeightedFusion(**street, movable=places).movable == [3, 1]
    with pytest.raises(traitlets.TraitError, match="up to 3 different"):
        WeightedFusion(**street, movable=range(4))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"high": 3.0}, ["key", "high = 3.0", "4.0"]),
        ({"low": 2.5}, ["query", "low = 2.5", "2.0"]),
        ({"query": 5.5}, ["query", "5.5"]),
        ({"movable": [4]}, ["movable", "4"]),
        ({"value": [1.0, 2.0]}, ["value", "3", "2"]),
        ({"least": 7.0}, ["most", "above least = 7.0", "6.0"]),
    ],
)
def test_a_change_from_python_that_would_not_fit_is_refused(change, words):
    def made(**traits):
        return WeightedFusion(**STREET, query=2.0, most=6.0, **traits)

    hold_refused(made, change, words, later=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": [1.0] * 6, "value": [1.0] * 6}, ["key", "5 numbers", "6"]),
        ({"key": [1.0, 2.0]}, ["value", "2", "3"]),
        ({"key": [], "value": []}, ["key", "must not be empty"]),
        ({"key": [1.0, 2.0, 6.0]}, ["key", "high = 5.0", "6.0"]),
        ({"query": 7.0}, ["query", "between", "7.0"]),
        ({"bandwidth": 0.0}, ["bandwidth", "above 0", "0.0"]),
        ({"bandwidth": float("nan")}, ["bandwidth", "finite", "nan"]),
        ({"high": 0.0}, ["high", "above low", "0.0"]),
        ({"step": 6}, ["step", "5", "6"]),
        ({"step": -1}, ["step", "0", "-1"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_by_hand_refuses_what_it_cannot_draw(change, words, later):
    def made(**traits):
        return widgets.ByHand(**(STREET | traits))

    hold_refused(made, change, words, later)


MAPS = {
    "query_map": torch.ones(3, 2),
    "key_map": torch.ones(3, 2),
    "read_out": torch.ones(3),
}


def test_a_plane_takes_tensors_and_lists_and_one_query_or_two_numbers():
    one = widgets.ScorePlane(
        **{name: torch.tensor(given) for name, given in PLANE.items()},
        query=torch.tensor([0.5, -1.0]),
        scores=["additive"],
        additive=MAPS,
    )
    two = widgets.ScorePlane(**PLANE, query_x=0.5, query_y=-1.0)
    assert one.key == two.key == PLANE["key"]
    assert (one.query_x, one.query_y) == (two.query_x, two.query_y)
    assert one.additive["key_map"] == [[1.0, 1.0]] * 3
    assert (one.score, two.score) == ("additive", "distance")
    assert json.dumps(one.get_state(), allow_nan=False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": [[1.0, 0.5]], "value": [1.0]}, ["key", "2 to 5", "1"]),
        ({"key": [[0.0, 0.0]] * 6, "value": [0.0] * 6}, ["2 to 5", "6"]),
        ({"key": [[1.0], [2.0]]}, ["key", "rows of two", "[[1.0], [2.0]]"]),
        ({"key": [1.0, 2.0]}, ["key", "rows of two"]),
        ({"key": "AB"}, ["key", "numbers", "AB"]),
        ({"key": [[1.0, float("nan")], [0.0, 0.0]]}, ["key", "finite", "nan"]),
        ({"key": [[1.0, True], [0.0, 0.0]]}, ["key", "numbers", "True"]),
        ({"key": [[1.0, 2.5], [0.0, 0.0]]}, ["key", "high = 2.0", "2.5"]),
        ({"value": [1.0]}, ["value", "key", "2", "1"]),
        ({"query": [1.0]}, ["query", "two numbers", "[1.0]"]),
        ({"query": [1.0, 2.1]}, ["query_y", "between", "2.1"]),
        ({"query_x": -2.1}, ["query_x", "between", "-2.1"]),
        ({"low": 3.0}, ["high", "above low = 3.0", "2.0"]),
        ({"bandwidth": 0.0}, ["bandwidth", "above 0", "0.0"]),
        ({"score": "cosine"}, ["score", "distance", "cosine"]),
        ({"scores": []}, ["scores", "distance", "[]"]),
        ({"scores": ["cosine"]}, ["scores", "bilinear", "cosine"]),
        ({"scores": ["product"] * 2}, ["scores", "each once"]),
        ({"scores": ["bilinear"]}, ["matrix", "2 × 2", "0 rows"]),
        ({"matrix": [[1.0, 2.0]]}, ["matrix", "2 × 2", "1 rows"]),
        ({"scores": ["additive"]}, ["additive", "query_map", "empty"]),
        ({"additive": {"query_map": [[1.0, 1.0]]}}, ["additive", "read_out"]),
        (
            {"additive": MAPS | {"key_map": torch.ones(2, 2)}},
            ["key_map", "3", "2"],
        ),
        (
            {"additive": MAPS | {"read_out": torch.ones(1, 3)}},
            ["read_out", "3"],
        ),
        (
            {"additive": {name: torch.ones(5, 2) for name in MAPS}},
            ["query_map", "1 to 4", "5"],
        ),
        ({"chosen": "C"}, ["chosen", "query, A, B", "'C'"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_plane_refuses_what_it_cannot_draw(change, words, later):
    def made(**traits):
        return widgets.ScorePlane(**(PLANE | traits))

    hold_refused(made, change, words, later and "query" not in change)


def test_what_can_be_set_follows_the_line():
    widget = WeightedFusion(**STREET)
    least, most = widget.settable["bandwidth"]
    assert least <= 0.0035 < 20 <= most
    widget.high = 8.0
    assert widget.settable["query"] == [0.0, 8.0]
    assert widget.settable["window"] == [0, 8.0]


def test_keys_and_values_may_change_length_together():
    widget = WeightedFusion(**STREET)
    with widget.hold_trait_notifications():
        widget.key, widget.value = [1.0, 3.0], [5.0, 6.0]
    assert (widget.key, widget.value) == ([1.0, 3.0], [5.0, 6.0])


def test_traits_can_be_read_set_observed_and_linked():
    one, two = WeightedFusion(**STREET), WeightedFusion(**STREET)
    seen = []
    two.observe(lambda change: seen.append(change["new"]), names="bandwidth")
    with_link = traitlets.link((one, "bandwidth"), (two, "bandwidth"))
    one.bandwidth = 0.25
    with_link.unlink()
    one.bandwidth = 0.75
    assert two.bandwidth == 0.25
    assert seen[-1] == 0.25


@pytest.mark.parametrize("name", widgets.__all__)
def test_the_state_is_strict_json_but_for_its_bytes(name):
    state = {
        trait: value
        for trait, value in some(name).get_state().items()
        if not isinstance(value, bytes | memoryview)
    }
    assert json.dumps(state, allow_nan=False)


def test_the_live_view_carries_its_still_picture():
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    still = plots.Picture(fig, "A line.", "A rising line.")
    data, _ = WeightedFusion(**STREET, still=still)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"] == still._repr_html_()
    assert data["text/plain"] == "WeightedFusion()"


def test_without_a_still_picture_there_is_a_sentence():
    data, _ = WeightedFusion(**STREET)._repr_mimebundle_()
    assert data["text/html"].startswith("<p>")


@pytest.mark.long
def test_without_anywidget_the_still_picture_remains():
    script = (
        "import sys; sys.modules['anywidget'] = None\n"
        "from attn_utils.widgets import WeightedFusion\n"
        "w = WeightedFusion(key=[1, 2], value=[3, 4], query=1)\n"
        "data, _ = w._repr_mimebundle_()\n"
        "print(sorted(data), w.query, w.key)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.stdout == "['text/html', 'text/plain'] 1.0 [1.0, 2.0]\n", (
        done.stderr
    )


def test_a_bundle_holds_each_neighbour_once_and_imports_nothing():
    text = bundle(FOLDER / "weighted_fusion" / "weighted_fusion.js")
    assert "import" not in re.sub(r"//.*", "", text)
    assert text.count("export function maskedSoftmax(") == 1
    assert text.count("export function face(") == 1
    assert text.rstrip().endswith("export default { render };")


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.js")), ids=lambda p: p.name
)
def test_a_module_fetches_nothing_and_uses_no_id_and_no_global(path):
    code = re.sub(
        r"//.*|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL
    )
    code = code.replace("http://www.w3.org/2000/svg", "")
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "http",
        "getElementById",
        "innerHTML",
    ):
        assert word not in code, word
    assert not re.search(r"\b(globalThis|window)\.\w+ *=[^=]", code)
    assert not re.search(r"[{,\s]id:|\.id *=|\"id\"", code)


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.css")), ids=lambda p: p.name
)
def test_every_rule_of_a_style_sheet_is_scoped(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    selectors = re.findall(r"([^{}@]+)\{(?!\s*\.)", css)
    for group in selectors:
        for selector in re.sub(r":is\([^()]*\)", "", group).split(","):
            if selector.strip() and not selector.strip().startswith("("):
                assert ".attn-" in selector, selector


def test_every_widget_is_three_files_of_one_name_and_every_folder_a_widget():
    folders = {
        getattr(widgets, name).__module__.rpartition(".")[2]
        for name in widgets.__all__
    }
    for module in folders:
        for ending in ("py", "js", "css"):
            assert (FOLDER / module / f"{module}.{ending}").is_file()
    there = {path.parent.name for path in FOLDER.glob("*/*.py")}
    assert there == folders


def test_figures_and_stylesheet_share_one_palette():
    css = (ROOT / "book" / "_assets" / "book.css").read_text("utf-8")
    light = css[: css.index('html[data-theme="dark"]')]
    in_css = dict(re.findall(r"--attn-(\w+): (#[0-9a-f]{6});", light))
    assert {role: in_css[role] for role in plots.COLOURS} == plots.COLOURS
    sheets = [path.read_text("utf-8") for path in FOLDER.rglob("*.css")]
    found = re.findall(r"var\(--attn-(\w+), (#[0-9a-f]{6})\)", "".join(sheets))
    fallbacks = dict(found)
    assert set(found) == {(role, in_css[role]) for role in fallbacks}
    assert set(fallbacks) >= {"query", "key", "value", "weight", "ink"}


@pytest.mark.parametrize("name", widgets.__all__)
def test_no_name_of_a_bundle_is_declared_twice(name):
    """Joined modules share one scope: a second name would not even parse."""
    text = getattr(widgets, name)._esm
    declared = re.findall(
        r"^(?:export )?(?:const|let|function|class) (\w+)", str(text), re.M
    )
    assert len(declared) > 10
    assert len(declared) == len(set(declared))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The package as pip installs it, unpacked from its wheel."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--no-compile", "--target", str(folder)]
    # From a copy: setuptools builds in the checkout, and takes what an earlier
    # build has left there.
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "attn_utils", copy / "attn_utils")
    done = subprocess.run([*command, str(copy)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.long
def test_an_installed_package_has_every_file(installed):
    def files(root):
        return {
            str(path.relative_to(root))
            for path in (root / "attn_utils").rglob("*")
            if path.suffix in {".py", ".js", ".css", ".json", ".unicode"}
        }

    assert files(installed) == files(ROOT)


@pytest.mark.long
def test_an_installed_package_imports_from_every_folder(installed):
    names = sorted(
        path.parent.relative_to(installed).as_posix().replace("/", ".")
        for path in installed.glob("attn_utils/**/__init__.py")
    )
    assert "attn_utils.widgets.weighted_fusion" in names
    code = (
        f"import importlib, sys; sys.path.insert(0, {str(installed)!r})\n"
        f"for name in {names}: importlib.import_module(name)\n"
        "import attn_utils; print(attn_utils.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))
