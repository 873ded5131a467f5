"""What drawings, pictures and spreads refuse, by the argument's name."""

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

from attn_utils.plots import (
    Picture,
    annotated,
    bell,
    dial,
    distribution,
    grid,
    line,
    linear,
    mask,
    plan,
    residual,
    row,
    sign,
    split,
    spread,
    wires,
)

matplotlib.use("agg")
RUNS = torch.tensor([[3.0, 2.0, 1.0], [5.0, 4.0, 1.5]])
TABLE = [[0.0, 0.25, 1.0], [0.5, 0.04, 0.75]]
WIRE = [((0, 0), (1, 1))]


@pytest.fixture(autouse=True)
def no_figure_left():
    yield
    plt.close("all")


REFUSED = {
    "axes": (lambda: grid(torch.zeros(2, 3, 5)), "tensor must have at most 2 axes"),
    "empty": (lambda: grid(torch.zeros(0)), "tensor must have at least one cell"),
    "nan": (lambda: grid([float("nan")]), "tensor must hold numbers, but one is NaN"),
    "ragged": (lambda: grid([[1, 2], [3]]), r"tensor must have rows of one length.*\[2, 1\]"),
    "names": (lambda: grid([1, 2], axes=("a", "b")), "axes must name each of the tensor's 1"),
    "role": (lambda: grid([1], role="violet"), "role must be one of .*'violet'"),
    "rows": (lambda: grid([[1], [2]], rows="abc"), "rows must name each of the 2, but names 3"),
    "columns": (lambda: grid([1, 2], columns="a"), "columns must name each of the 2"),
    "groups": (lambda: grid([1, 2, 3], groups=2), "groups must divide the 3 columns, but is 2"),
    "marked": (lambda: grid([1], marked=[(0, 1)]), r"marked must lie within 1 rows.*\(0, 1\)"),
    "one-axis mask": (lambda: mask([True]), "tensor must be a mask .*but has 1 axes"),
    "vector": (lambda: linear([1, 2], "W"), "weight must be a matrix .*but has 1 axes"),
    "silent": (lambda: sign(" "), "label must say something"),
    "nothing": (lambda: row(), "parts must hold at least one drawing"),
    "heads": (lambda: split(torch.zeros(3, 8), 3, "x"), "num_heads must divide the 8 features, but is 3"),
    "phone": (lambda: Picture(grid(torch.rand(1, 14)), 'A caption.'), "a drawing must be at most 320 pixels"),
    "twice": (lambda: plan(["a", "a"]), "layers must name each box once"),
    "no box": (lambda: plan(["a", []]), "layers must each hold"),
    "unknown": (lambda: plan(["a"], lit=["b"]), "lit must name boxes of .*'b'"),
    "back": (lambda: plan(["a", "b"], [("b", "a")]), "links must lead to a later layer"),
    "box role": (lambda: plan(["a"], roles={"a": "red"}), "roles must be of .*'red'"),
    "period": (lambda: dial([1], 0), "period must be positive, but is 0"),
    "no point": (lambda: dial([], 24), "points must be finite numbers"),
    "outside": (lambda: line([25], (0, 24)), r"points must lie between the ends \(0, 24\)"),
    "answer outside": (lambda: line([1], (0, 24), 25), r"answer must lie between the ends \(0, 24\), but is 25"),
    "ends turned": (lambda: line([1], (24, 0)), r"ends must be the lower one and the higher, but are \(24, 0\)"),
    "no wire": (lambda: wires([], "x"), "joined must hold pairs of nodes, but is empty"),
    "no pair": (lambda: wires([(0, 1, 2)], "x"), r"joined must hold pairs \(start, end\) of nodes, but holds \(0, 1, 2\)"),
    "no node": (lambda: wires([((0, 0), (1, 0.5))], "x"), r"joined must hold nodes \(level, place\).*holds \(1, 0.5\)"),
    "below": (lambda: wires([((0, -1), (1, 0))], "x"), r"joined must hold nodes .*counted from 0, but holds \(0, -1\)"),
    "untitled": (lambda: wires(WIRE, " "), "title must say something, but is empty"),
    "by no wire": (lambda: wires(WIRE, "x", [(1, 1), (0, 0)]), r"lit must follow what is joined, but \(1, 1\) and \(0, 0\) are not"),
    "lit nowhere": (lambda: wires(WIRE, "x", [(0, 1)]), r"lit must hold nodes that are joined, but \(0, 1\) is not"),
    "marked nowhere": (lambda: wires(WIRE, "x", marked=[(2, 0)]), r"marked must hold nodes that are joined, but \(2, 0\) is not"),
    "half a node": (lambda: wires(WIRE, "x", marked=[3]), r"marked must hold nodes \(level, place\).*holds 3"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_by_name(case):
    make, message = REFUSED[case]
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: grid(["a"]), "tensor must hold numbers, but holds 'a'"),
        (lambda: mask([[1, 0]]), "tensor must be a bool mask"),
        (lambda: row("a"), "parts must be drawings, but one is str"),
        (lambda: residual("a"), "inner must be a drawing, but is str"),
    ],
)
def test_what_is_of_another_kind_is_refused(make, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda ax: spread(ax, [1.0, 2.0]), r"runs must be \(seeds, steps\)"),
        (
            lambda ax: spread(ax, [[1.0], [1.0, 2.0]]),
            r"runs must have as many.*\[1, 2\]",
        ),
        (lambda ax: spread(ax, [[1.0, float("nan")]]), "runs must be finite"),
        (
            lambda ax: spread(ax, RUNS, x=[1]),
            "x must have a place for each of the 3",
        ),
        (
            lambda ax: spread(ax, RUNS, colour="grey"),
            "colour must be one of .*'grey'",
        ),
        (lambda ax: spread(ax, RUNS, interval=0), "interval must be above 0"),
        (lambda ax: distribution(ax, {}), "groups must hold the numbers"),
        (
            lambda ax: distribution(ax, {"a": []}),
            "groups must hold finite.*'a'",
        ),
        (
            lambda ax: annotated(ax, [[2.0]], "a", "b"),
            "table must hold numbers from 0",
        ),
        (
            lambda ax: annotated(ax, TABLE, "a", "xyz"),
            "rows must name each of the 2",
        ),
    ],
)
def test_a_spread_of_bad_input_is_refused_by_name(make, message):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=f"^{message}"):
        make(ax)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bandwidth": 0}, "bandwidth must be positive, but is 0"),
        ({"query": 9, "bandwidth": 0.1}, "bandwidth must reach a key.* 7 away"),
        ({"weights": [1.0]}, "weights must be one for each of the 2 keys.* 1"),
    ],
)
def test_a_bell_of_bad_input_is_refused(change, words):
    _, ax = plt.subplots()
    given = {"key": [1, 2], "weights": [0.5, 0.5], "query": 1, "bandwidth": 1}
    with pytest.raises(ValueError, match=f"^{words}"):
        bell(ax, **(given | change))
