"""One encoder layer, followed: chapter 08's second widget."""

from operator import add

import torch
import traitlets
from torch import nn

from ..base import chip_rows
from ..weights import ModelWidget, check_plain, check_tensors

MOST_TOKENS, MOST_FEATURES = 20, 64
MOST_BYTES = 100_000
SWITCHES = ["attention", "feed_forward", "residual", "norm"]
ROW = 26  # pixels that a row of the map takes
# What the page computes with: maps with a weight and a bias, and norms.
TENSORS = [
    f"{module}.{name}"
    for module in (
        *(f"attention.{r}_map" for r in ("query", "key", "value", "output")),
        *("feed_forward.widen", "feed_forward.narrow"),
        *("around_attention.norm", "around_feed_forward.norm"),
    )
    for name in ("weight", "bias")
]
MODULES = {
    "attention",
    "feed_forward",
    "around_attention",
    "around_feed_forward",
}
PLACES = ["before the part (pre-norm)", "after the sum (post-norm)"]


class EncoderBlock(ModelWidget):
    """Follow a token's vector through an encoder layer, part by part.

    A map says who reads whom; a row of it is the token that is followed. Its
    features are drawn as bars at each station: what comes in, what attention and
    the feed-forward network add to it, and where the norm stands.

    Args:
        layer: an EncoderLayer with ScaledDotScore, without `rotate`; the page
            gets it rounded to half precision, 100,000 bytes at most with the
            inputs.
        inputs: what it reads, one row of features for each token, (tokens,
            features): 1 to 20 tokens of 64 features at most.
        tokens: one character for each token.
        token: which token is followed, from 0 on.
        head: which head's map is drawn, from 1 on; 0 draws the heads' average.
        norm_first: pre-norm, or post-norm with the same parameters; the layer's
            own order, unless it is said.
        attention: whether attention adds what it reads.
        feed_forward: whether the feed-forward network adds what it makes.
        residual: whether both sums are made; else a part replaces its input.
        norm: whether anything is normalised.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: a layer, inputs or tokens that do not fit.
    """

    files = "encoder_block"

    tokens = traitlets.Unicode().tag(sync=True)
    token = traitlets.Int(0, min=0).tag(sync=True)
    head = traitlets.Int(0, min=0).tag(sync=True)
    attention = traitlets.Bool(True).tag(sync=True)
    feed_forward = traitlets.Bool(True).tag(sync=True)
    residual = traitlets.Bool(True).tag(sync=True)
    norm = traitlets.Bool(True).tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["read", "stream", "added", "norm", "left"]
    ).tag(sync=True)

    def __init__(self, layer, inputs, tokens, **traits):
        """Take the layer, what it reads, and the traits by their names."""
        _check_layer(layer)
        rows = _rows(inputs, layer.model_dim)
        # The names tell the page which tensor is what.
        parameters = {
            f"layer.{name}": tensor
            for name, tensor in layer.state_dict().items()
        }
        size = 2 * sum(each.numel() for each in (rows, *parameters.values()))
        if size > MOST_BYTES:
            raise ValueError(
                f"layer and inputs must weigh {MOST_BYTES} bytes at most in half "
                f"precision, but weigh {size}"
            )
        traits = {"norm_first": layer.around_attention.norm_first} | traits
        super().__init__(
            {"inputs": rows, **parameters},
            num_heads=layer.attention.num_heads,
            tokens=tokens,
            **traits,
        )

    @property
    def _num_tokens(self):
        """How many rows of inputs have travelled."""
        _, (count, _), *_ = self.shapes[0]
        return count

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        heads = ["average", *map(str, range(1, self.num_heads + 1))]
        beside, below, phone = self._hint_height(32, 85, 42)
        chips = [
            42 * rows(chip_rows(heads, wide), chip_rows(PLACES, wide))
            for wide, rows in ((255, add), (318, max), (278, add))
        ]
        return [
            max(666, 400 + chips[0] + beside),
            858 + chips[1] + below,
            1000 + ROW * self._num_tokens + chips[2] + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "token": [0, self._num_tokens - 1, 1],
            "head": [0, self.num_heads, 1],
            "norm_first": "switch",
            **dict.fromkeys(SWITCHES, "switch"),
        }

    @traitlets.validate("tokens")
    def _one_for_each(self, proposal):
        if len(proposal["value"]) != self._num_tokens:
            raise traitlets.TraitError(
                "tokens must be one character for each row of inputs, "
                f"{self._num_tokens}, but are {len(proposal['value'])}"
            )
        return proposal["value"]

    @traitlets.validate("token")
    def _one_of_the_tokens(self, proposal):
        if proposal["value"] >= self._num_tokens:
            raise traitlets.TraitError(
                f"token must be below {self._num_tokens}, the number of tokens, "
                f"but is {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.validate("head")
    def _one_of_the_heads(self, proposal):
        if proposal["value"] > self.num_heads:
            raise traitlets.TraitError(
                f"head must be 0, the average, or 1 to {self.num_heads}, but is "
                f"{proposal['value']}"
            )
        return proposal["value"]


def _check_layer(layer) -> None:
    """Raise a ValueError unless this is a layer that the page can compute."""
    modules = (
        dict(layer.named_children()) if isinstance(layer, nn.Module) else ()
    )
    if {*modules} != MODULES:
        raise ValueError(
            f"layer must be an EncoderLayer, but is {type(layer).__name__}"
        )
    check_tensors("layer", layer.state_dict(), TENSORS)
    check_plain("layer", layer.attention)
    if layer.model_dim > MOST_FEATURES:
        raise ValueError(
            f"layer must have {MOST_FEATURES} features at most, but has "
            f"{layer.model_dim}"
        )


def _rows(inputs, width: int) -> torch.Tensor:
    """Return what the layer reads, or raise a ValueError that says why not."""
    try:
        rows = torch.as_tensor(inputs).float()
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"inputs must be rows of numbers, all of one length: {error}"
        ) from None
    fits = rows.ndim == 2 and 1 <= len(rows) <= MOST_TOKENS
    if not fits or rows.shape[1] != width:
        raise ValueError(
            f"inputs must have the shape (1 to {MOST_TOKENS}, {width}), but have "
            f"the shape {tuple(rows.shape)}"
        )
    return rows
