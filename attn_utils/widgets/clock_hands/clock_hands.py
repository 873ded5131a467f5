"""Sinusoidal positions as the hands of clocks: chapter 07's widget of them."""

import traitlets

from ..base import LiveWidget

# With these ends no position is negative: attn_utils knows none.
MOST_OFFSET, LAST = 30, 90
DIMS = [8, 16, 24]
BASES = [10, 100, 1000, 10_000]


class ClockHands(LiveWidget):
    """Turn the hands of two positions; what lies between them is their offset's.

    Each pair of features is a clock whose hand has turned by position /
    base^(2i / dim): as high as the sine, as wide as the cosine. Below the clocks
    stand both vectors, and their dot product over all offsets.

    Args:
        position: whose hands are drawn in ink, 30 to 90.
        offset: how far the other position lies from it, -30 to 30.
        dim: features of a position: 8, 16 or 24, two for each clock.
        base: what sets the slowest hand: 10, 100, 1000 or 10000.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "clock_hands"

    position = traitlets.Int(42, min=MOST_OFFSET, max=LAST).tag(sync=True)
    offset = traitlets.Int(3, min=-MOST_OFFSET, max=MOST_OFFSET).tag(sync=True)
    dim = traitlets.Int(16).tag(sync=True)
    base = traitlets.Int(10_000).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["position", "other", "angle", "period", "product"]
    ).tag(sync=True)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 38)
        return [516 + beside, 800 + below, 1226 + phone]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "position": [MOST_OFFSET, LAST, 1],
            "offset": [-MOST_OFFSET, MOST_OFFSET, 1],
            "dim": [DIMS[0], DIMS[-1], DIMS],
            "base": [BASES[0], BASES[-1], BASES],
        }

    @traitlets.validate("dim")
    def _one_of_the_dims(self, proposal):
        return self._one_of(DIMS, proposal)

    @traitlets.validate("base")
    def _one_of_the_bases(self, proposal):
        return self._one_of(BASES, proposal)
