"""Who reaches whom, and by which way: chapter 06's second widget."""

import traitlets

from ..base import LiveWidget, chip_rows

MIXERS = ["attention", "RNN", "convolution", "dilated", "fully connected"]
KERNELS = [3, 5, 7]
MOST_TOKENS, MOST_LAYERS = 16, 7


class ReachPaths(LiveWidget):
    """See the shortest way from an input to an output, or that there is none.

    Tokens are dots, level upon level, the inputs lowest; a thin line says what a
    dot is computed from. The way is thick, and what hears of the input at any
    level is half full.

    Args:
        mixer: what a layer is: "attention", "RNN", "convolution", "dilated" (the
            neighbours lie 1, 2, 4, ... apart, a layer upon the other) or "fully
            connected".
        num_tokens: how many tokens, 2 to 16.
        num_layers: how many layers stand upon each other, 1 to 7.
        kernel_size: neighbours that a convolution reads, itself among them: 3, 5
            or 7.
        origin: from which input the way leads, 0 to 15; a place after the last
            token is the last.
        target: to which output, the same.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "reach_paths"

    mixer = traitlets.Unicode(MIXERS[0]).tag(sync=True)
    num_tokens = traitlets.Int(8, min=2, max=MOST_TOKENS).tag(sync=True)
    num_layers = traitlets.Int(3, min=1, max=MOST_LAYERS).tag(sync=True)
    kernel_size = traitlets.Int(KERNELS[0]).tag(sync=True)
    origin = traitlets.Int(0, min=0, max=MOST_TOKENS - 1).tag(sync=True)
    target = traitlets.Int(MOST_TOKENS - 1, min=0, max=MOST_TOKENS - 1).tag(
        sync=True
    )
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["input", "output", "wire", "reach", "way"]
    ).tag(sync=True)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = (
            hint + 42 * chip_rows(MIXERS, wide)
            for hint, wide in zip(
                self._hint_height(32, 85, 38), (252, 640, 266), strict=True
            )
        )
        return [444 + beside, 640 + below, 728 + phone]

    @traitlets.default("settable")
    def _ends(self):
        anyone = [0, MOST_TOKENS - 1, 1]
        return {
            "origin": anyone,
            "target": anyone,
            "num_tokens": [2, MOST_TOKENS, 1],
            "num_layers": [1, MOST_LAYERS, 1],
            "kernel_size": [KERNELS[0], KERNELS[-1], 2],
            "mixer": MIXERS,
        }

    @traitlets.validate("mixer")
    def _one_of_the_mixers(self, proposal):
        return self._one_of(MIXERS, proposal)

    @traitlets.validate("kernel_size")
    def _one_of_the_kernels(self, proposal):
        return self._one_of(KERNELS, proposal)
