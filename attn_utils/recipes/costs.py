"""What one layer costs that turns a sequence into one of the same length.

Vaswani et al. (2017), table 1, with its factors and with what it leaves out: the
four maps of an attention, and the gates of a GRU or an LSTM.
"""

from typing import NamedTuple

from .._checks import check_one_of, check_sizes

# Maps of (width, width) that a token passes through.
MAPS = {"attention": 4, "RNN": 2, "GRU": 6, "LSTM": 8}
COUNTED = (*MAPS, "convolution", "dilated", "fully connected")


class Cost(NamedTuple):
    """What a layer costs for one sequence.

    Args:
        mixing: multiplications by which tokens meet: scores and averages,
            steps of a state, taps of a kernel, stored weights.
        maps: multiplications by maps that see one token alone.
        steps: how many must wait for each other.
        path: how many wires lead from the first input to the last output, in
            as many layers as that takes.
    """

    mixing: int
    maps: int
    steps: int
    path: int


def layer_cost(
    mixer: str, num_tokens: int, width: int, kernel_size: int = 3
) -> Cost:
    """Count the multiplications of one layer, its steps and its longest path.

    Biases, norms, softmax and the functions of gates are left out.

    Args:
        mixer: "attention", "RNN", "GRU", "LSTM", "convolution", "dilated" (the
            path is that of a pile whose steps double) or "fully connected"
            (a weight for each pair of places, the same for all features).
        num_tokens: how many tokens.
        width: features of a token.
        kernel_size: taps of a convolution, an odd number above 1.

    Raises:
        ValueError: another mixer, a size below 1, an even kernel or one of 1.
        TypeError: a size that is no whole number.
    """
    _check_mixers(mixer=mixer)
    num_tokens, width, kernel_size = check_sizes(
        num_tokens=num_tokens, width=width, kernel_size=kernel_size
    )
    if kernel_size < 3 or kernel_size % 2 == 0:
        raise ValueError(
            f"kernel_size must be odd and 3 or more, but is {kernel_size}"
        )
    map_cost = num_tokens * width**2
    if mixer == "attention":
        mixing = 2 * num_tokens**2 * width  # scores, then averages
        return Cost(mixing, MAPS[mixer] * map_cost, steps=1, path=1)
    if mixer == "fully connected":
        return Cost(num_tokens**2 * width, 0, steps=1, path=1)
    if mixer in MAPS:
        half = MAPS[mixer] // 2 * map_cost  # of the state, and of the inputs
        return Cost(half, half, steps=num_tokens, path=num_tokens)
    side = kernel_size // 2
    layers = max(1, -(-(num_tokens - 1) // side))
    if mixer == "dilated":  # side (1 + 2 + 4 + ...) must reach the distance
        layers = layers.bit_length()
    return Cost(kernel_size * map_cost, 0, steps=1, path=layers)


def crossing(
    mixer: str, rival: str, width: int, kernel_size: int = 3, maps: bool = True
) -> float | None:
    """Find the number of tokens at which two layers multiply equally often.

    A layer multiplies a·n²d + b·nd² times for n tokens of width d, each with an
    a and a b of its own: two such meet where n = d (b' - b) / (a - a').

    Args:
        mixer: one layer, by the names that `layer_cost` knows.
        rival: the other.
        width: features of a token.
        kernel_size: taps of a convolution, an odd number above 1.
        maps: whether maps that see one token alone are counted, or mixing only.

    Returns:
        A number above 0 that need not be whole; None where they never meet, or
        everywhere.

    Raises:
        ValueError: another layer, a size below 1, an even kernel or one of 1.
        TypeError: a size that is no whole number.
    """
    _check_mixers(mixer=mixer, rival=rival)
    (width,) = check_sizes(width=width)
    squares, lines = _terms(mixer, kernel_size, maps)
    other_squares, other_lines = _terms(rival, kernel_size, maps)
    if squares == other_squares:
        return None
    num_tokens = width * (other_lines - lines) / (squares - other_squares)
    return num_tokens if num_tokens > 0 else None


def _terms(mixer: str, kernel_size: int, maps: bool) -> tuple[int, int]:
    """Return a and b of a layer that multiplies a·n²d + b·nd² times."""
    # Of width 1, one token takes a + b and two take 4a + 2b.
    one, two = (
        cost.mixing + maps * cost.maps
        for cost in (layer_cost(mixer, n, 1, kernel_size) for n in (1, 2))
    )
    return two // 2 - one, 2 * one - two // 2


def _check_mixers(**mixers: str) -> None:
    """Raise unless all are layers whose costs are known."""
    for name, mixer in mixers.items():
        check_one_of(name, mixer, COUNTED)
