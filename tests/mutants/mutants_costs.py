"""Wrong versions of what chapter 06 counts."""

from mutants import Mutant

COSTS = "recipes/costs.py"
OWN_TESTS = {COSTS: "test_recipes_costs.py"}
OF_COSTS = [
    (
        'MAPS = {"attention": 4',
        'MAPS = {"attention": 3',
        "attention's last map is not counted",
    ),
    (
        "mixing = 2 * num_tokens**2 * width",
        "mixing = num_tokens**2 * width",
        "scores are counted, averages are not",
    ),
    (
        "map_cost = num_tokens * width**2",
        "map_cost = num_tokens * width",
        "a map of features costs as much as their number",
    ),
    (
        "return Cost(half, half, steps=num_tokens",
        "return Cost(2 * half, 0, steps=num_tokens",
        "the inputs' maps are counted as mixing",
    ),
    (
        "steps=num_tokens, path=num_tokens",
        "steps=1, path=num_tokens",
        "no state waits for another",
    ),
    (
        "-(-(num_tokens - 1) // side)",
        "-(-num_tokens // side)",
        "the path leads one token too far",
    ),
    (
        "-(-(num_tokens - 1) // side)",
        "(num_tokens - 1) // side",
        "the last layer of a pile is left out",
    ),
    (
        "layers = layers.bit_length()",
        "layers = (layers - 1).bit_length()",
        "a path whose steps double is too short",
    ),
    (
        "return Cost(kernel_size * map_cost",
        "return Cost(side * map_cost",
        "a kernel's taps on one side alone are counted",
    ),
    (
        "if kernel_size < 3 or",
        "if kernel_size < 1 or",
        "a kernel of 1 passes, which reaches nobody",
    ),
    (
        "_check_mixers(mixer=mixer, rival=rival)",
        "_check_mixers(mixer=mixer, mixer_=rival)",
        "an unknown rival is called by another name",
    ),
    (
        "if squares == other_squares:\n        return None",
        "if squares == other_squares:\n        return 0.0",
        "parallel costs meet at nothing",
    ),
    (
        "return num_tokens if num_tokens > 0 else None",
        "return num_tokens",
        "layers meet at less than nothing",
    ),
    (
        "(other_lines - lines) / (squares",
        "(lines - other_lines) / (squares",
        "layers meet on the wrong side",
    ),
    (
        "cost.mixing + maps * cost.maps",
        "cost.mixing + cost.maps",
        "maps are counted though they shall not be",
    ),
    (
        "layer_cost(mixer, n, 1, kernel_size)",
        "layer_cost(mixer, n, 1)",
        "layers meet as if every kernel were 3",
    ),
]
MUTANTS = [Mutant(COSTS, old, new, why) for old, new, why in OF_COSTS]
