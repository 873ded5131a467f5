"""The Python side of the widget of what layers cost."""

import pytest
from refused import hold_refused

from attn_utils.recipes import layer_cost
from attn_utils.widgets import LayerCosts

TOKENS = [
    *(8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512),
    *(768, 1024, 1536, 2048, 3072, 4096),
]
WIDTHS = [8, 16, 32, 64, 128, 256, 512, 1024]
KERNELS = [3, 5, 7, 9]
RIVALS = ["RNN", "GRU", "LSTM", "convolution", "fully connected"]


def test_unless_it_is_said_512_tokens_of_width_64_are_counted_with_their_maps():
    widget = LayerCosts()
    assert (widget.num_tokens, widget.width, widget.kernel_size) == (512, 64, 3)
    assert (widget.count, widget.rival) == ("with maps", "LSTM")
    assert widget.hint == ""


def test_a_link_may_set_every_number_that_a_slider_stops_at():
    assert LayerCosts().settable == {
        "num_tokens": [8, 4096, TOKENS],
        "width": [8, 1024, WIDTHS],
        "kernel_size": [3, 9, KERNELS],
        "count": ["mixing", "with maps"],
        "rival": RIVALS,
    }


def test_every_rival_is_a_layer_whose_cost_is_known():
    for rival in LayerCosts().settable["rival"]:
        assert layer_cost(rival, 8, 8).mixing > 0


def test_every_stop_is_accepted():
    widget = LayerCosts()
    for trait, (*_, stops) in widget.settable.items():
        allowed = stops if isinstance(stops, list) else widget.settable[trait]
        for value in allowed:
            setattr(widget, trait, value)
            assert getattr(widget, trait) == value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"num_tokens": 100}, ["num_tokens", "one of [8, 12,", "is 100"]),
        ({"num_tokens": 8192}, ["num_tokens", "4096]", "is 8192"]),
        ({"num_tokens": 4.5}, ["num_tokens", "4.5"]),
        ({"width": 96}, ["width", "one of [8, 16, 32,", "is 96"]),
        ({"width": 4}, ["width", "is 4"]),
        ({"width": "64"}, ["width", "'64'"]),
        ({"kernel_size": 4}, ["kernel_size", "[3, 5, 7, 9]", "is 4"]),
        ({"kernel_size": 1}, ["kernel_size", "is 1"]),
        ({"count": "maps"}, ["count", "with maps", "'maps'"]),
        ({"rival": "attention"}, ["rival", "RNN", "'attention'"]),
        ({"rival": "dilated"}, ["rival", "convolution", "'dilated'"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    given = {"num_tokens": 96, "width": 8, "kernel_size": 7, "rival": "GRU"}

    def made(**traits):
        return LayerCosts(**(given | traits))

    hold_refused(made, change, words, later)


def test_a_longer_hint_makes_more_room():
    widget = LayerCosts()
    before = list(widget.room)
    widget.hint = "pull n to the right. " * 9
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
