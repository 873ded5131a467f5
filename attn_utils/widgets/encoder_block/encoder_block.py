"""One encoder layer, drawn: chapter 08's second widget."""

import traitlets

from ..base import FloatList
from ..weights import ModelWidget


class EncoderBlock(ModelWidget):
    """Follow a token's vector through the parts of an encoder layer.

    Args:
        parameters: the `state_dict()` of an EncoderLayer; the page gets it
            rounded to half precision.
        num_heads: heads of its attention.
        inputs: one list of features for each token.
        tokens: one character for each token.
        token: which token is followed.
        part: which part is explained, 0 to 6.
        norm_first: pre-norm, or post-norm.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: parameters that half precision cannot hold.
    """

    files = "encoder_block"
    room = FloatList([480, 660, 860]).tag(sync=True)

    inputs = traitlets.List(FloatList()).tag(sync=True)
    tokens = traitlets.Unicode().tag(sync=True)
    token = traitlets.Int(0, min=0).tag(sync=True)
    part = traitlets.Int(0, min=0, max=6).tag(sync=True)

    @traitlets.default("settable")
    def _ends(self):
        return {
            "token": [0, len(self.tokens) - 1, 1],
            "part": [0, 6, 1],
            "norm_first": "switch",
        }

    @traitlets.observe("tokens")
    def _move_ends(self, change):
        self.settable = self._ends()

    @traitlets.validate("inputs")
    def _rows(self, proposal):
        rows = proposal["value"]
        if not rows or len({len(row) for row in rows}) != 1:
            raise traitlets.TraitError(
                "inputs must have one row of features for each token, all of "
                f"one length, but has rows of {[len(row) for row in rows]}"
            )
        return rows

    @traitlets.validate("token")
    def _one_of_them(self, proposal):
        if self.inputs and proposal["value"] >= len(self.inputs):
            raise traitlets.TraitError(
                f"token must be below {len(self.inputs)}, the number of tokens, "
                f"but is {proposal['value']}"
            )
        return proposal["value"]
