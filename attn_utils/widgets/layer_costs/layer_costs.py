"""Set attention's cost against another layer's: chapter 06's third widget."""

import traitlets

from ..base import LiveWidget

RIVALS = ["RNN", "GRU", "LSTM", "convolution", "fully connected"]
COUNTS = ["mixing", "with maps"]
# Powers of two, and what lies halfway between them.
TOKENS = [8 * 2**n * half // 2 for n in range(9) for half in (2, 3)] + [4096]
WIDTHS = [2**n for n in range(3, 11)]
STOPS = {"num_tokens": TOKENS, "width": WIDTHS, "kernel_size": [3, 5, 7, 9]}


class LayerCosts(LiveWidget):
    """Set how many tokens there are and how wide; see what a layer multiplies.

    Six layers that turn a sequence into one of the same length, their
    multiplications drawn over the number of tokens. Attention and one rival
    stand out; where they cross is marked.

    Args:
        num_tokens: how many tokens, 8 to 4,096: a power of two, or one and a
            half of one.
        width: features of a token, a power of two from 8 to 1,024.
        kernel_size: taps of the convolution: 3, 5, 7 or 9.
        count: "mixing" counts by what tokens meet, "with maps" the maps that
            see one token alone too.
        rival: which layer attention is compared with: "RNN", "GRU", "LSTM",
            "convolution" or "fully connected".
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "layer_costs"

    num_tokens = traitlets.Int(512).tag(sync=True)
    width = traitlets.Int(64).tag(sync=True)
    kernel_size = traitlets.Int(3).tag(sync=True)
    count = traitlets.Enum(COUNTS, "with maps").tag(sync=True)
    rival = traitlets.Enum(RIVALS, "LSTM").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        [
            *("attention", "RNN", "GRU", "LSTM", "convolution"),
            *("connected", "crossing", "tokens"),
        ],
    ).tag(sync=True)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 88, 38)
        return [600 + beside, 775 + below, 1010 + phone]

    @traitlets.default("settable")
    def _ends(self):
        ends = {name: [all_[0], all_[-1], all_] for name, all_ in STOPS.items()}
        return ends | {"count": COUNTS, "rival": RIVALS}

    @traitlets.validate(*STOPS)
    def _one_of_its_stops(self, proposal):
        return self._one_of(STOPS[proposal["trait"].name], proposal)
