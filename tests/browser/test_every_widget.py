"""What holds for every widget: its ends, Reset, its speech, its colours, and that
nothing of it stays behind. A new widget joins with a line in `MADE`.
"""

import re

import pytest
import torch
import traitlets
from conftest import Handle, frames, python_sets
from test_clutter_gates import made as clutter
from test_encoder_block import made as block
from test_gate_watch import LONG
from test_gate_watch import made as watch
from test_gates_by_hand import made as gates
from test_glimpses import made as glimpses
from test_head_rank import made as heads
from test_induction_reader import made as induction
from test_letter_counts import made as letter_counts
from test_loss_slope import made as slope
from test_mask_paint import LEAKY
from test_mask_paint import made as mask
from test_matrix_product import made as product
from test_order_reader import made as order
from test_reach_paths import made as reach
from test_recall_race import made as race
from test_side_by_side import made as side
from test_tiny_attention import made as tiny
from test_two_answers import made as two_answers
from test_weighed_values import made as weighed

from attn_utils import Transformer, recipes, widgets
from attn_utils.widgets.base import FOLDER

TABLE = {"key": [1.0, 2.0, 4.0], "value": [10.0, 20.0, 40.0], "query": 2.0}
HINT = "move something."


def pad():
    """Seven digits of random ink to remember, three to lay on the pad."""
    torch.manual_seed(0)
    return widgets.DigitRecall(
        torch.rand(7, 8, 8),
        torch.arange(7),
        torch.rand(3, 8, 8),
        torch.tensor([5, 0, 2]),
        digit=1,
        hint=HINT,
    )


def reader():
    """A date reader that was never taught anything."""
    torch.manual_seed(0)
    model = Transformer(len(recipes.READ), len(recipes.WRITE), 8, 2, 1, 1, 8)
    return widgets.DateReader(
        model.state_dict(),
        num_heads=2,
        source_characters="".join(recipes.READ.characters),
        target_characters="".join(recipes.WRITE.characters),
        month_names=[["may"], *[["june"]] * 11],
        words=["may"],
        text="3 May 2019",
        layer=2,
        examples=[{"language": "English", "text": "4 May 2019"}],
        hint=HINT,
    )


MADE = {
    "WeightedFusion": lambda: widgets.WeightedFusion(
        **TABLE,
        truth=[0.0, 30.0, 20.0],
        bandwidth=1.0,
        window=3.0,
        movable=[0, 2],
        show_errors=True,
        hint=HINT,
    ),
    "ByHand": lambda: widgets.ByHand(**TABLE, bandwidth=1.0, step=5, hint=HINT),
    "ClockHands": lambda: widgets.ClockHands(
        position=50, offset=-7, dim=24, base=100, hint=HINT
    ),
    "ClutterGates": lambda: clutter(stage=2, chosen=1, hint=HINT),
    "EncoderBlock": lambda: block(token=1, residual=False, hint=HINT),
    "ScoreWidth": lambda: widgets.ScoreWidth(
        torch.linspace(-9, 9, 3 * 5 * 7).view(3, 5, 7),
        [1, 4, 64],
        width=4,
        hint=HINT,
    ),
    "DateReader": reader,
    "DigitRecall": pad,
    "GateWatch": lambda: watch(text=LONG, unit=2, step=7, hint=HINT),
    "GatesByHand": lambda: gates(cell=9, pools="average", hint=HINT),
    "Glimpses": lambda: glimpses(temperature=3.0, scene=1, hint=HINT),
    "HeadRank": lambda: heads(width=2, row=1, column=3, hint=HINT),
    # Forty letters: a slider leads to as many places as the line has.
    "InductionReader": lambda: induction(
        text="birdlamp" * 5,
        place=14,
        layer=1,
        head=2,
        moment=150,
        heads=[0, 1, 2, 1, 1, 1, 1, 1],
        hint=HINT,
    ),
    "LayerCosts": lambda: widgets.LayerCosts(
        num_tokens=96, width=32, kernel_size=5, rival="convolution", hint=HINT
    ),
    "LetterCounts": lambda: letter_counts(model="none", hint=HINT),
    "LossSlope": lambda: slope(target="bird", hint=HINT),
    "MaskPaint": lambda: mask(6, mask=LEAKY, layers=2, token=2, hint=HINT),
    "MatrixProduct": lambda: product(
        row=2, column=1, transposed=True, hint=HINT
    ),
    # Sixty letters: a slider leads to as many places as the line has.
    "OrderReader": lambda: order(
        text="LABCDEFGHIJK" * 5, model="rotary", place=14, hint=HINT
    ),
    "RecallRace": lambda: race(length=32, racer="dilated", hint=HINT),
    "ReachPaths": lambda: reach(
        mixer="dilated",
        num_tokens=16,
        num_layers=2,
        kernel_size=5,
        origin=3,
        target=12,
        hint=HINT,
    ),
    "ScorePlane": lambda: widgets.ScorePlane(
        key=[[1.0, 0.5], [-1.0, 1.0], [-0.5, -1.5]],
        value=TABLE["value"],
        query=[0.5, 0.25],
        scores=["distance", "product", "scaled", "bilinear"],
        matrix=[[1.0, 0.5], [0.0, 2.0]],
        hint=HINT,
    ),
    # Endless answers: a slider leads to as many characters as there are.
    "SideBySide": lambda: side(endless=True, text="goats", step=3, hint=HINT),
    "TinyAttention": lambda: tiny(token=1, mask="causal", hint=HINT),
    "TwoAnswers": lambda: two_answers(model="two heads", hint=HINT),
    "WeighedValues": lambda: weighed(
        head=2, query=3, key=2, times=0.5, hint=HINT
    ),
    "Guess": lambda: widgets.Guess(
        "Which?", ["this", "that"], right=0, why="So."
    ),
}
# Whose controls are held elsewhere: they have no sliders, or ones that move what is
# chosen. Every other widget is held here.
ELSEWHERE = {
    "ClutterGates": "test_clutter_gates.py",
    "DateReader": "test_date_reader.py",
    "EncoderBlock": "test_encoder_block.py",
    "GatesByHand": "test_gates_by_hand.py",
    "Guess": "test_guess.py",
    "LetterCounts": "test_letter_counts.py",
    "LossSlope": "test_loss_slope.py",
    "RecallRace": "test_recall_race.py",
    "TwoAnswers": "test_two_answers.py",
}
WITH_SLIDERS = [name for name in MADE if name not in ELSEWHERE]
# What has no slider although it is a number.
BY_BUTTONS = {
    "ByHand": ["step"],
    "ClockHands": ["dim", "base"],
    "DigitRecall": ["digit"],
    "Glimpses": ["scene", "chosen"],
    "InductionReader": ["layer", "head"],
    "MaskPaint": ["layers"],
    "OrderReader": ["layer", "head"],
    "WeighedValues": ["head"],
}
# Which part of a picture has the colour of which role.
COLOURS = {
    "WeightedFusion": {
        ".fusion-key": ("stroke", "key"),
        ".fusion-ray": ("stroke", "weight"),
        ".fusion-bar": ("fill", "weight"),
        ".fusion-dot": ("stroke", "value"),
        ".fusion-grip-value": ("stroke", "value"),
        ".fusion-query": ("stroke", "query"),
        ".fusion-window": ("fill", "query"),
        ".fusion-answer": ("stroke", "ink"),
        ".fusion-fit": ("stroke", "ink"),
        ".fusion-truth": ("stroke", "soft"),
        ".attn-grip circle": ("fill", "query"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "ByHand": {
        ".hand-key": ("stroke", "key"),
        ".hand-says": ("fill", "value"),
        ".hand-query": ("stroke", "query"),
        ".hand-distance": ("stroke", "query"),
        ".hand-score": ("stroke", "ink"),
        ".hand-exponential": ("stroke", "weight"),
        ".hand-weight": ("fill", "weight"),
        ".hand-piece": ("fill", "value"),
        ".hand-flow": ("stroke", "value"),
        ".hand-answer": ("stroke", "ink"),
        ".attn-grip circle": ("fill", "query"),
    },
    "ClockHands": {
        ".clock-ring": ("stroke", "soft"),
        ".clock-line": ("stroke", "line"),
        ".clock-hand.clock-position": ("stroke", "ink"),
        ".clock-hand.clock-other": ("stroke", "soft"),
        ".clock-end.clock-position": ("fill", "ink"),
        ".clock-end.clock-other": ("fill", "paper"),
        ".clock-bar.clock-position": ("fill", "ink"),
        ".clock-bar.clock-other": ("fill", "paper"),
        ".clock-name.clock-position": ("fill", "ink"),
        ".clock-curve": ("stroke", "soft"),
        ".clock-now": ("stroke", "soft"),
        ".clock-mark": ("fill", "ink"),
        ".clock-words": ("fill", "ink"),
    },
    "ClutterGates": {
        ".clutter-map": ("color", "weight"),
        ".clutter-bar": ("fill", "weight"),
        ".clutter-halo": ("stroke", "paper"),
        ".clutter-strongest": ("stroke", "ink"),
        ".clutter-frame": ("stroke", "line"),
        ".clutter-hatch": ("stroke", "line"),
        ".clutter-odd:not(.clutter-best)": ("fill", "soft"),
        ".clutter-odd.clutter-best": ("fill", "ink"),
        ".clutter-truth": ("stroke", "ink"),
        ".clutter-thing": ("borderTopColor", "ink"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "DateReader": {
        ".reader-large": ("color", "weight"),
        ".reader-map canvas": ("color", "weight"),
        ".reader-arc": ("stroke", "weight"),
        ".attn-tile-bar": ("backgroundColor", "weight"),
        ".attn-tile-marked": ("borderTopColor", "query"),
        ".reader-band": ("stroke", "query"),
        ".reader-axes .reader-query": ("fill", "query"),
        ".reader-axes .reader-key": ("fill", "key"),
        ".reader-hatch": ("stroke", "soft"),
        ".reader-line input": ("accentColor", "ink"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "DigitRecall": {
        ".recall-wall": ("color", "weight"),
        ".recall-bar": ("stroke", "weight"),
        ".recall-weight": ("fill", "weight"),
        ".recall-query": ("fill", "query"),
        ".recall-value": ("fill", "value"),
        ".recall-mark": ("stroke", "ink"),
        ".recall-divide": ("stroke", "ink"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "GateWatch": {
        ".gate-bar": ("fill", "ink"),
        ".gate-hatch": ("stroke", "soft"),
        ".gate-rule": ("stroke", "line"),
        ".gate-curve": ("stroke", "ink"),
        ".gate-other": ("stroke", "soft"),
        ".gate-dots": ("fill", "ink"),
        ".gate-now": ("fill", "paper"),
        ".gate-name": ("fill", "ink"),
        ".gate-letter": ("fill", "ink"),
        ".gate-later": ("fill", "soft"),
    },
    "GatesByHand": {
        ".gates-box:not(.gates-weight)": ("stroke", "line"),
        ".gates-box.gates-weight": ("fill", "weight"),
        ".gates-number": ("fill", "ink"),
        ".gates-title": ("fill", "ink"),
        ".gates-name:not(.gates-off)": ("fill", "ink"),
        ".gates-name.gates-off": ("fill", "soft"),
        ".gates-column": ("fill", "soft"),
        ".gates-hatch": ("stroke", "soft"),
        ".gates-frame": ("stroke", "ink"),
        ".gates-cell": ("color", "ink"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "Glimpses": {
        ".glimpse-wall": ("color", "weight"),
        ".glimpse-expected": ("stroke", "weight"),
        ".glimpse-value": ("fill", "value"),
        ".glimpse-chosen": ("stroke", "value"),
        ".glimpse-found": ("stroke", "ink"),
        ".glimpse-share": ("stroke", "ink"),
        ".glimpse-bar.glimpse-best": ("fill", "ink"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "TwoAnswers": {
        ".two-mark": ("fill", "query"),
        ".two-frame": ("stroke", "query"),
        ".two-title": ("fill", "query"),
        ".two-picker": ("color", "query"),
        ".two-name": ("fill", "key"),
        ".two-held": ("fill", "value"),
        ".two-cell": ("fill", "weight"),
        ".two-hatch": ("stroke", "soft"),
        ".two-bar.two-best": ("fill", "ink"),
        ".two-truth": ("stroke", "ink"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "TinyAttention": {
        ".tiny-title.tiny-query": ("fill", "query"),
        ".tiny-title.tiny-key": ("fill", "key"),
        ".tiny-title.tiny-value": ("fill", "value"),
        ".tiny-title.tiny-weight": ("fill", "weight"),
        ".tiny-title.tiny-context": ("fill", "ink"),
        ".tiny-box.tiny-query": ("fill", "query"),
        ".tiny-box.tiny-key": ("fill", "key"),
        ".tiny-box.tiny-value": ("fill", "value"),
        ".tiny-box.tiny-weight": ("fill", "weight"),
        ".tiny-number": ("fill", "ink"),
        ".tiny-column": ("fill", "key"),
        ".tiny-hatch": ("stroke", "soft"),
        ".tiny-frame": ("stroke", "query"),
        ".tiny-row.tiny-asking": ("fill", "query"),
        ".attn-control.query input": ("accentColor", "query"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "HeadRank": {
        ".rank-map": ("color", "weight"),
        ".rank-query": ("fill", "query"),
        ".rank-key": ("fill", "key"),
        ".rank-cell": ("stroke", "ink"),
        ".rank-band": ("stroke", "soft"),
        ".rank-wrong": ("stroke", "ink"),
        ".attn-control.query input": ("accentColor", "query"),
        ".attn-control.key input": ("accentColor", "key"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "InductionReader": {
        ".induce-arc": ("stroke", "weight"),
        ".induce-map canvas": ("color", "weight"),
        ".induce-hatch": ("stroke", "soft"),
        ".induce-map[aria-pressed=true]": ("borderTopColor", "ink"),
        ".induce-out": ("borderTopColor", "ink"),
        ".induce-bar": ("backgroundColor", "ink"),
        ".induce-chance": ("borderLeftColor", "soft"),
        ".induce-comes": ("borderTopColor", "ink"),
        ".attn-tile-marked": ("borderTopColor", "query"),
        ".attn-control.query input": ("accentColor", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "LayerCosts": {
        ".cost-curve:not(.cost-own, .cost-rival)": ("stroke", "soft"),
        ".cost-own": ("stroke", "ink"),
        ".cost-rival": ("stroke", "ink"),
        ".cost-strong": ("fill", "ink"),
        ".cost-dot:not(.cost-hollow)": ("fill", "ink"),
        ".cost-hollow": ("fill", "paper"),
        ".cost-mark": ("stroke", "ink"),
        ".cost-value": ("fill", "ink"),
        ".cost-now": ("stroke", "soft"),
        ".cost-drop": ("stroke", "soft"),
        ".cost-rule": ("stroke", "line"),
    },
    "LetterCounts": {
        ".count-map": ("color", "weight"),
        ".count-band": ("stroke", "query"),
        ".count-asked": ("borderTopColor", "query"),
        ".attn-picture .count-query": ("fill", "query"),
        ".attn-picture .count-key": ("fill", "key"),
        ".count-mark": ("stroke", "ink"),
        ".count-cell .count-query": ("color", "query"),
        ".count-cell .count-key": ("color", "key"),
        ".count-cell .weight": ("color", "weight"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "MaskPaint": {
        ".paint-query": ("fill", "query"),
        ".paint-key": ("fill", "key"),
        ".paint-frame": ("stroke", "key"),
        ".paint-divide": ("stroke", "key"),
        ".paint-weight": ("fill", "weight"),
        ".paint-hatch": ("stroke", "soft"),
        ".paint-band": ("stroke", "soft"),
        ".paint-pass": ("stroke", "ink"),
        ".paint-changes": ("fill", "ink"),
        ".paint-stays": ("stroke", "soft"),
        ".paint-leaks": ("stroke", "ink"),
        ".paint-number": ("fill", "ink"),
        ".attn-control.key input": ("accentColor", "key"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .key": ("color", "key"),
    },
    "LossSlope": {
        ".slope-bar": ("fill", "ink"),
        ".slope-gradient": ("stroke", "ink"),
        ".slope-rule": ("stroke", "line"),
        ".slope-zero": ("stroke", "soft"),
        ".slope-number": ("fill", "ink"),
        ".slope-loss": ("fill", "ink"),
        ".slope-title": ("fill", "ink"),
        ".slope-tick": ("fill", "soft"),
        ".attn-control input": ("accentColor", "ink"),
    },
    "MatrixProduct": {
        ".product-frame.product-left": ("stroke", "query"),
        ".product-frame.product-right": ("stroke", "key"),
        ".product-frame.product-product": ("stroke", "ink"),
        ".product-title.product-left": ("fill", "query"),
        ".product-title.product-right": ("fill", "key"),
        ".product-title.product-product": ("fill", "ink"),
        ".product-on-q": ("fill", "query"),
        ".product-on-k": ("fill", "key"),
        ".product-cell": ("color", "ink"),
        ".attn-control.query input": ("accentColor", "query"),
        ".attn-control.key input": ("accentColor", "key"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .key": ("color", "key"),
    },
    "OrderReader": {
        ".order-map": ("color", "weight"),
        ".order-query": ("fill", "query"),
        ".order-offer": ("fill", "key"),
        ".order-band": ("stroke", "query"),
        ".order-step": ("stroke", "ink"),
        ".order-limit": ("stroke", "soft"),
        ".order-frame": ("stroke", "line"),
        ".order-here": ("borderTopColor", "query"),
        ".order-wrong:not(.order-here)": ("color", "soft"),
        ".order-share": ("color", "weight"),
        ".order-bar": ("backgroundColor", "weight"),
        ".attn-control.query input": ("accentColor", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "RecallRace": {
        ".race-capital": ("backgroundColor", "ink"),
        ".race-true": ("backgroundColor", "ink"),
        ".race-cell": ("fill", "ink"),
        ".race-frame": ("stroke", "ink"),
        ".race-hatch": ("stroke", "soft"),
        ".race-again": ("color", "soft"),
    },
    "ReachPaths": {
        ".reach-wire": ("stroke", "soft"),
        ".reach-open": ("fill", "paper"),
        ".reach-heard": ("stroke", "soft"),
        ".reach-way": ("stroke", "ink"),
        ".reach-on": ("fill", "ink"),
        ".reach-ring": ("stroke", "ink"),
        ".reach-name": ("fill", "ink"),
    },
    "SideBySide": {
        ".side-map": ("color", "weight"),
        ".side-number": ("stroke", "ink"),
        ".side-band": ("stroke", "query"),
        ".side-query": ("fill", "query"),
        ".side-key": ("fill", "key"),
        ".side-frame": ("stroke", "line"),
        ".side-here": ("borderTopColor", "ink"),
        ".side-wrong .side-sign": ("color", "soft"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "EncoderBlock": {
        ".block-weight": ("fill", "weight"),
        ".block-query": ("fill", "query"),
        ".block-column": ("fill", "key"),
        ".block-frame": ("stroke", "query"),
        ".block-most": ("stroke", "ink"),
        ".block-hatch": ("stroke", "soft"),
        ".block-kept": ("fill", "value"),
        ".block-added": ("fill", "ink"),
        ".block-taken": ("stroke", "value"),
        ".block-normed": ("fill", "soft"),
        ".block-left": ("stroke", "value"),
        ".block-path": ("stroke", "value"),
        ".block-path.block-off": ("stroke", "soft"),
        ".block-dot": ("fill", "value"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "WeighedValues": {
        ".weighed-weight": ("fill", "weight"),
        ".weighed-length": ("stroke", "value"),
        ".weighed-added": ("fill", "value"),
        ".weighed-sum": ("fill", "ink"),
        ".weighed-before": ("stroke", "soft"),
        ".weighed-asks": ("stroke", "query"),
        ".weighed-mark": ("fill", "key"),
        ".weighed-name:not(.weighed-hidden)": ("fill", "ink"),
        ".weighed-hidden": ("fill", "soft"),
        ".attn-control.query input": ("accentColor", "query"),
        ".attn-control.key input": ("accentColor", "key"),
        ".attn-control.value input": ("accentColor", "value"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .key": ("color", "key"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "ScoreWidth": {
        ".width-score": ("fill", "soft"),
        ".width-weight": ("fill", "weight"),
        ".width-trend.width-scaled": ("stroke", "ink"),
        ".width-trend.width-raw": ("stroke", "soft"),
        ".width-dot.width-scaled": ("fill", "ink"),
        ".width-dot.width-raw": ("fill", "paper"),
        ".width-now": ("stroke", "soft"),
        ".attn-readout .weight": ("color", "weight"),
    },
    "ScorePlane": {
        ".plane-canvas": ("color", "weight"),
        ".plane-dot": ("fill", "key"),
        ".plane-diamond": ("fill", "query"),
        ".plane-says": ("fill", "value"),
        ".plane-value": ("fill", "value"),
        ".plane-weight": ("fill", "weight"),
        ".plane-bar": ("stroke", "weight"),
        ".plane-border": ("stroke", "ink"),
        ".attn-chip.query": ("color", "query"),
        ".attn-chip.key": ("color", "key"),
        ".attn-readout .query": ("color", "query"),
        ".attn-readout .weight": ("color", "weight"),
    },
}


class Opened:
    """A widget on a page of its own: its face, its sliders and its traits."""

    def __init__(self, watch, bare, name):
        self.widget = MADE[name]()
        self.page = bare(watch(), self.widget, Handle(of=self.widget.model_id))
        self.face = self.page.locator(".attn-face").first
        self.face.wait_for()
        self.page.wait_for_function(
            "(of) => window.models?.[of]", arg=self.widget.model_id
        )

    def sliders(self):
        return self.face.locator("input[type=range]").all()

    def traits(self):
        """What the page holds of all that a link may set."""
        return self.page.evaluate(
            "([of, names]) => Object.fromEntries("
            "names.map((name) => [name, window.models[of].get(name)]))",
            [self.widget.model_id, [*self.widget.settable]],
        )

    def press(self, control, key):
        control.press(key)
        frames(self.page)
        return self.traits()

    def words(self):
        """What is shown in words, the errors beside it included."""
        texts = self.face.locator(".attn-readout-room > *").all_text_contents()
        return " ".join(texts).strip()


@pytest.fixture
def opened(watch, bare):
    """Open a widget by its name."""
    return lambda name: Opened(watch, bare, name)


def test_every_widget_is_looked_at():
    missing = {*widgets.__all__} ^ MADE.keys()
    assert not missing, f"MADE in this file must have {missing}"
    missing = MADE.keys() - COLOURS.keys() - {"Guess"}
    assert not missing, f"COLOURS in this file must have {missing}"


def another(now):
    """Another value of the same type."""
    if isinstance(now, list):
        return now[:-1] if now else [None]
    more = {str: "x", bytes: b"xx", int: 1, float: 1.0}
    return now + more[type(now)]


@pytest.mark.parametrize("name", MADE)
def test_what_only_its_making_checks_stays(name):
    widget = MADE[name]()
    for trait, now in widget._made.items():
        with pytest.raises(traitlets.TraitError, match=trait):
            setattr(widget, trait, another(now))
        setattr(widget, trait, now)


# What a widget's program sets, as in `tied.set({ query: 3 })`.
SETS = re.compile(r"\bset\(\{([^}]*)\}")
KEY = re.compile(r"(?:^|,)\s*(\w+)\s*(?=:|,|$)")


def test_what_the_page_writes_is_not_fixed():
    found = {}
    for name, make in MADE.items():
        widget = make()
        for path in (FOLDER / widget.files).glob("*.js"):
            for inside in SETS.findall(path.read_text("utf-8")):
                found.setdefault(name, set()).update(KEY.findall(inside))
        assert not found.get(name, set()) & widget._made.keys(), name
    assert "answer" in found["DateReader"]
    assert len(found) > 0.7 * len(MADE)


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_each_slider_goes_from_end_to_end_of_its_trait(opened, name):
    one = opened(name)
    reached = {}
    for slider in one.sliders():
        low, high = (one.press(slider, key) for key in ("Home", "End"))
        for trait in low:
            if low[trait] != high[trait]:
                assert trait not in reached, trait
                reached[trait] = [low[trait], high[trait]]
    # Buttons lead from step to step, from digit to digit, from scene to scene, to
    # a glimpse, to a number of layers, features or base, and to a word of a list; each of several
    # numbers has its own.
    numeric = {
        trait: allowed[:2]
        for trait, allowed in one.widget.settable.items()
        if isinstance(allowed, list)
        and not isinstance(allowed[0], str | list)
        and trait not in BY_BUTTONS.get(name, ())
    }
    assert reached.keys() == numeric.keys()
    for trait, ends in numeric.items():
        assert reached[trait] == pytest.approx(ends), trait


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_what_is_shown_is_said(opened, name):
    one = opened(name)
    said = set()
    one.page.wait_for_timeout(700)
    # What stands there at first is read where it stands.
    assert one.face.locator(".attn-spoken").text_content() == ""
    for slider in one.sliders():
        for key in ("End", "Home"):
            one.press(slider, key)
            spoken = slider.get_attribute("aria-valuetext")
            shown = slider.locator("xpath=following-sibling::output")
            assert spoken == shown.text_content() != ""
            # The slider has said it.
            assert shown.get_attribute("aria-live") == "off"
            picture = one.face.locator(".attn-picture")
            assert picture.get_attribute("aria-label") == one.words()
            said.add(one.words())
    assert len(said) > len(one.sliders())
    one.page.wait_for_timeout(700)
    assert one.face.locator(".attn-spoken").text_content() == one.words()


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_reset_brings_everything_back(opened, name):
    one = opened(name)
    traits, words = one.traits(), one.words()
    for slider in one.sliders():
        one.press(slider, "End")
    for control in one.face.locator("input[type=radio]").all():
        control.check()
        frames(one.page)  # what is drawn then keeps what was chosen
        assert control.is_checked()
    moved = one.traits()
    assert moved != traits
    assert one.words() != words
    one.face.get_by_role("button", name="Reset").click()
    frames(one.page)
    # A thumb of a logarithmic slider keeps the last digit only.
    for trait, value in one.traits().items():
        assert value == pytest.approx(traits[trait]), trait
    assert one.words() == words


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_all_that_a_link_may_set_is_drawn(opened, name):
    one = opened(name)
    for trait, allowed in one.widget.settable.items():
        before = one.face.inner_html()
        now = one.traits()[trait]
        if allowed == "switch":
            other = not now
        elif isinstance(allowed[0], list):
            other = [
                each[n == each[0]] for n, each in zip(now, allowed, strict=True)
            ]
        else:
            other = allowed[now == allowed[0]]
        python_sets(one.page, one.widget, **{trait: other})
        assert one.face.inner_html() != before, trait


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_a_picture_follows_the_width_of_its_place(opened, name):
    one = opened(name)
    picture = one.face.locator(".attn-picture")
    frames(one.page)
    wide = picture.inner_html()
    one.page.set_viewport_size({"width": 380, "height": 900})
    frames(one.page)
    assert picture.inner_html() != wide
    frame = one.face.bounding_box()
    assert frame["x"] + frame["width"] <= 380


PAINTED = """
(face, [part, property, role]) => {
  const node = face.querySelector(part);
  const probe = document.createElement("span");
  probe.style.color = `var(--${role})`;
  face.append(probe);
  const wanted = getComputedStyle(probe).color;
  probe.remove();
  return [getComputedStyle(node)[property], wanted];
}
"""


@pytest.mark.parametrize("name", [name for name in MADE if name != "Guess"])
def test_each_part_has_the_colour_of_its_role(opened, name):
    one = opened(name)
    for part, (prop, role) in COLOURS[name].items():
        got, wanted = one.face.evaluate(PAINTED, [part, prop, role])
        assert got == wanted, part


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.004, "0.00"), (-0.0, "0.00"), (-0.01, "-0.01"), (0.456, "0.46")],
)
def test_what_rounds_to_nothing_has_no_sign(modules, value, text):
    written = modules.evaluate(
        "async (value) => (await import('./parts/face.js')).number(value, 2).textContent",
        value,
    )
    assert written == text


# Mounts a widget, ends it, and counts what is still there; three times.
LEAVES = """
async ([source, entry]) => {
  const alive = { heard: 0, sizes: 0, changes: 0, queries: 0 };
  const count = (kind, name) => class extends kind {
    observe(...args) { this.open = true; alive[name] += 1; super.observe(...args); }
    disconnect() { if (this.open) alive[name] -= 1; this.open = false; super.disconnect(); }
  };
  const [Sizes, Changes] = [window.ResizeObserver, window.MutationObserver];
  window.ResizeObserver = count(Sizes, "sizes");
  window.MutationObserver = count(Changes, "changes");
  for (const [name, by] of [["addEventListener", 1], ["removeEventListener", -1]]) {
    const usual = MediaQueryList.prototype[name];
    MediaQueryList.prototype[name] = function (...args) {
      alive.queries += by;
      return usual.apply(this, args);
    };
  }
  const { state } = entry;
  for (const { path: [name], data } of entry.buffers ?? []) {
    state[name] = new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
  }
  const listeners = new Map();
  const tell = (name) => {
    for (const call of [...(listeners.get(`change:${name}`) ?? [])]) call();
  };
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      tell(name);
    },
    on(event, call) {
      alive.heard += 1;
      listeners.set(event, [...(listeners.get(event) ?? []), call]);
    },
    off(event, call) {
      const left = (listeners.get(event) ?? []).filter((other) => other !== call);
      alive.heard -= (listeners.get(event)?.length ?? 0) - left.length;
      listeners.set(event, left);
    },
    save_changes() {}, send() {},
  };
  model.widget_manager = { get_model: async () => model };
  const faults = [];
  addEventListener("error", (event) => faults.push(event.message));
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const during = [];
  let [left, drawn] = [0, 0];
  const ends = Object.entries(state.settable).filter(([, all]) => Array.isArray(all))
    .map(([name, all]) => [name, Array.isArray(all[0]) ? [0, 1].map((end) => all.map((each) => each[end])) : all]);
  for (let i = 0; i < 3; i++) {
    const el = document.createElement("div");
    document.body.append(el);
    const end = await widget.render({ model, el });
    await frame();
    during.push(Object.values(alive).reduce((sum, one) => sum + one, 0));
    for (const name of Object.keys(state)) tell(name);
    for (const [name, [least, most]] of ends) model.set(name, i % 2 ? least : most);
    const root = el.firstChild;
    end(); // in the midst of a frame that was asked for
    const watch = new Changes((records) => { drawn += records.length; });
    watch.observe(root, { subtree: true, attributes: true, childList: true, characterData: true });
    await frame();
    watch.disconnect();
    left += el.childNodes.length;
    el.remove();
  }
  return { alive, during, left, drawn, faults };
}
"""


@pytest.mark.parametrize("name", MADE)
def test_nothing_of_it_stays_behind(modules, name):
    widget = MADE[name]()
    for part in (widget, widget.answer) if name == "Guess" else (widget,):
        entry = part._get_embed_state()
        source = entry["state"].pop("_esm")
        found = modules.evaluate(LEAVES, [source, entry])
        assert min(found["during"]) > 0
        assert found["during"] == found["during"][:1] * 3
        assert set(found["alive"].values()) == {0}, found["alive"]
        assert found["left"] == found["drawn"] == 0
        assert found["faults"] == []
