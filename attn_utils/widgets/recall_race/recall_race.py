"""Several networks, one string: who still knows the capital? Chapter 06's widget."""

import math
import re
from collections.abc import Mapping

import traitlets

from ..base import LiveWidget, check_named, chip_rows
from ..weights import check_plain, check_shapes, check_tensors, pack_models

WIDTH, KEYS, SYMBOLS, KERNEL = 32, 8, 19, 3
SHORTEST, LONGEST = 2, 128  # tokens
MOST_NAMES, MOST_LENGTHS, LONGEST_NAME = 6, 6, 24
TEXT = "Bjcafid"
LETTERS = re.compile(f"[A-Ha-j]{{1,{LONGEST}}}")
# What all have, around that which mixes the tokens.
AROUND = {
    "embedding.weight": (SYMBOLS, WIDTH),
    "norm_in.weight": (WIDTH,),
    "norm_in.bias": (WIDTH,),
    "norm_out.weight": (WIDTH,),
    "norm_out.bias": (WIDTH,),
    "read_out.weight": (KEYS, WIDTH),
    "read_out.bias": (KEYS,),
}
# What torch's recurrent layers say that they are: our name, and how many gates.
MODES = {"RNN_TANH": ("RNN", 1), "GRU": ("GRU", 3), "LSTM": ("LSTM", 4)}


class RecallRace(LiveWidget):
    """Type a string: every network says which capital stood in it.

    The string that is read is the text, then its small letters over and over, in
    their order, until one letter less than `length` stands there, then a question
    mark. A text without small letters is filled up with a to j; of a longer text
    the end is left out. Capitals are the keys 0 to 7, small letters the noise,
    8 to 17, the question mark is 18. Right is whoever names the one capital of
    the string; where it has none, or several, no answer is right.

    Args:
        models: from names, 1 to 6 of them, to dicts from lengths, 2 to 128
            tokens, to trained networks: modules with an `embedding` of 19
            symbols, the norms `norm_in` and `norm_out`, a `read_out` of 8 keys,
            and a `mixer` between the norms, which is one of an `attention`, a
            recurrent `layer`, `layers` of convolutions with residuals, or a map
            `across` the tokens. Its tensors' names tell which. Not every name
            needs every length; there may be 6 lengths in all. The page gets the
            networks rounded to half precision, one that serves several lengths
            once: 300,000 bytes at most.
        text: 1 to 128 letters, capitals from A to H and small ones from a to j.
        length: one of the lengths; the shortest, unless it is said.
        racer: the name of the network whose answer is read out in full; the
            first, unless it is said.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: models that do not fit, are none, or weigh too much.
    """

    files = "recall_race"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    lengths = traitlets.List(traitlets.Int()).tag(sync=True)
    mixers = traitlets.List(traitlets.Dict()).tag(sync=True)
    # The network of each name at each length, -1 where there is none.
    served = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    text = traitlets.Unicode(TEXT).tag(sync=True)
    length = traitlets.Int().tag(sync=True)
    racer = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(traitlets.Unicode(), ["string", "answers"]).tag(
        sync=True
    )

    def __init__(self, models, **traits):
        """Take the models, and the traits by their names."""
        _check_names(models)
        # By itself: a network that serves several lengths travels once.
        travelling = {
            id(network): _state(f"models[{name!r}][{length}]", length, network)
            for name, of_name in models.items()
            for length, network in of_name.items()
        }
        weights, shapes = pack_models(state for state, _ in travelling.values())
        lengths = sorted(
            {each for of_name in models.values() for each in of_name}
        )
        order = [*travelling]
        served = [
            [
                order.index(id(of_name[length])) if length in of_name else -1
                for length in lengths
            ]
            for of_name in models.values()
        ]
        traits = {"length": lengths[0], "racer": next(iter(models))} | traits
        super().__init__(
            weights=weights,
            shapes=shapes,
            names=[*models],
            lengths=lengths,
            mixers=[mixer for _, mixer in travelling.values()],
            served=served,
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 32)
        chips = [str(length) for length in self.lengths]
        chips = [42 * chip_rows(chips, wide) for wide in (255, 318, 278)]
        longest = self.lengths[-1]
        wide, narrow = (math.ceil(longest / tokens) for tokens in (32, 16))
        rows = len(self.names)
        return [
            max(280 + 23 * wide + 42 * rows, 300 + chips[0] + beside),
            366 + 23 * wide + 42 * rows + chips[1] + below,
            560 + 23 * narrow + 60 * rows + chips[2] + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "text": "text",
            "length": [self.lengths[0], self.lengths[-1], self.lengths],
            "racer": self.names,
        }

    @traitlets.validate("text")
    def _letters(self, proposal):
        text = proposal["value"]
        if not LETTERS.fullmatch(text):
            raise traitlets.TraitError(
                f"text must be 1 to {LONGEST} letters, A to H or a to j, but is "
                f"{text!r}"
            )
        return text

    @traitlets.validate("length")
    def _one_of_the_lengths(self, proposal):
        return self._one_of(self.lengths, proposal)

    @traitlets.validate("racer")
    def _one_of_the_names(self, proposal):
        return self._one_of(self.names, proposal)


def _check_names(models) -> None:
    """Raise a ValueError unless these are names with lengths with networks."""
    check_named("models", models, "dicts from lengths to networks", MOST_NAMES)
    for name, of_name in models.items():
        if len(name) > LONGEST_NAME:
            raise ValueError(
                f"models must have names of {LONGEST_NAME} letters at most, but "
                f"one is {name!r}"
            )
        if not isinstance(of_name, Mapping) or not of_name:
            raise ValueError(
                f"models[{name!r}] must be a dict from lengths to networks, 1 "
                f"or more, but is {_what(of_name)}"
            )
        for length in of_name:
            whole = isinstance(length, int) and not isinstance(length, bool)
            if not whole or not SHORTEST <= length <= LONGEST:
                raise ValueError(
                    f"models[{name!r}] must have lengths from {SHORTEST} to "
                    f"{LONGEST}, but one is {length!r}"
                )
    lengths = {length for of_name in models.values() for length in of_name}
    if len(lengths) > MOST_LENGTHS:
        raise ValueError(
            f"models must have {MOST_LENGTHS} lengths at most, but have "
            f"{len(lengths)}: {sorted(lengths)}"
        )


def _what(given) -> str:
    return "empty" if given == {} else type(given).__name__


def _state(which: str, length: int, network) -> tuple[dict, dict]:
    """Return a network's parameters and what its mixer is, or raise.

    Args:
        which: what an error calls it.
        length: how many tokens it is to read.
        network: the module.
    """
    if not hasattr(network, "state_dict") or not hasattr(network, "mixer"):
        raise ValueError(
            f"{which} must be a module with a mixer, but is "
            f"{type(network).__name__}"
        )
    state = network.state_dict()
    mixer, inside = _mixer(which, length, network.mixer, state)
    tensors = AROUND | {
        f"mixer.{name}": shape for name, shape in inside.items()
    }
    check_tensors(which, state, tensors)
    check_shapes(which, state, tensors)
    # The page knows two axes: a kernel's neighbours stand side by side.
    parameters = {
        name: state[name].flatten(1) if len(shape) == 3 else state[name]
        for name, shape in tensors.items()
    }
    return parameters, mixer


def _mixer(which: str, length: int, mixer, state) -> tuple[dict, dict]:
    """Return what a mixer is, and the shapes of its tensors, or raise."""
    if "mixer.attention.query_map.weight" in state:
        check_plain(which, mixer.attention)
        names = [
            f"attention.{role}_map"
            for role in ("query", "key", "value", "output")
        ]
        kind = {"kind": "attention", "heads": mixer.attention.num_heads}
        return kind, _maps(dict.fromkeys(names, (WIDTH, WIDTH)))
    if "mixer.layer.weight_ih_l0" in state:
        return _recurrent(which, mixer.layer)
    if "mixer.layers.0.weight" in state:
        return _convolution(which, mixer.layers)
    if "mixer.across.weight" in state:
        kind = {"kind": "fully connected"}
        return kind, _maps({"across": (length, length)})
    found = [name for name in state if name.startswith("mixer.")]
    raise ValueError(
        f"{which} must have a mixer with an attention, a recurrent layer, "
        "layers of convolutions or a map across the tokens, but its mixer has "
        f"the tensors {', '.join(found) or 'none'}"
    )


def _maps(weights: dict) -> dict:
    """Return the shapes of maps with biases, from those of their weights."""
    return {
        f"{name}.{part}": shape if part == "weight" else shape[:1]
        for name, shape in weights.items()
        for part in ("weight", "bias")
    }


def _recurrent(which: str, layer) -> tuple[dict, dict]:
    """Return which recurrent layer this is, and the shapes of its tensors."""
    mode = getattr(layer, "mode", type(layer).__name__)
    if mode not in MODES:
        raise ValueError(
            f"{which} must have a recurrent layer that is {', '.join(MODES)}, "
            f"but it is {mode}"
        )
    kind, gates = MODES[mode]
    shapes = {
        f"layer.{part}_{side}_l0": (gates * WIDTH, WIDTH)[:axes]
        for part, axes in (("weight", 2), ("bias", 1))
        for side in ("ih", "hh")
    }
    return {"kind": kind}, shapes


def _convolution(which: str, layers) -> tuple[dict, dict]:
    """Return the steps of convolutions, and the shapes of their tensors."""
    for layer in layers:
        same = layer.stride == (1,) and layer.padding == layer.dilation
        if not same or layer.padding_mode != "zeros":
            raise ValueError(
                f"{which} must have convolutions of stride 1 that are padded by "
                f"as many zeros as their dilation, but one is {layer}"
            )
    shapes = {f"layers.{n}": (WIDTH, WIDTH, KERNEL) for n in range(len(layers))}
    steps = [layer.dilation[0] for layer in layers]
    return {"kind": "convolution", "steps": steps}, _maps(shapes)
