"""Who reaches whom: the wires of a layer, and the shortest way along them."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from .._checks import check_one_of, check_sizes

WIRED = ("attention", "RNN", "convolution", "dilated", "fully connected")


class Node(NamedTuple):
    """A token at a level: 0 are the inputs, the last level the outputs."""

    level: int
    place: int


class Wire(NamedTuple):
    """What `end` is computed from: `start`."""

    start: Node
    end: Node


Neighbours = dict[Node, list[Node]]


def wires_of(
    mixer: str, num_tokens: int, num_layers: int = 1, kernel_size: int = 3
) -> list[Wire]:
    """List the wires of layers that turn a sequence into one of the same length.

    Args:
        mixer: "attention" and "fully connected" join every pair; "RNN" hands a
            state from left to right; a "convolution" reads `kernel_size`
            neighbours, "dilated" such that lie 1, 2, 4, ... apart, a layer
            upon the other.
        num_tokens: how many tokens.
        num_layers: how many layers stand upon each other.
        kernel_size: taps of a convolution, an odd number.

    Raises:
        ValueError: another mixer, a size below 1, an even kernel.
        TypeError: a size that is no whole number.
    """
    check_one_of("mixer", mixer, WIRED)
    num_tokens, num_layers, kernel_size = check_sizes(
        num_tokens=num_tokens, num_layers=num_layers, kernel_size=kernel_size
    )
    if kernel_size % 2 == 0:
        raise ValueError(f"kernel_size must be odd, but is {kernel_size}")
    side, wires = kernel_size // 2, []
    for layer in range(num_layers):
        step = 2**layer if mixer == "dilated" else 1
        for place in range(num_tokens):
            end = Node(layer + 1, place)
            if mixer == "RNN":
                read = [place]
                if place:
                    wires.append(Wire(Node(layer + 1, place - 1), end))
            elif mixer in ("convolution", "dilated"):
                read = [place + tap * step for tap in range(-side, side + 1)]
            else:
                read = range(num_tokens)
            wires += [
                Wire(Node(layer, origin), end)
                for origin in read
                if 0 <= origin < num_tokens
            ]
    return wires


def shortest_path(
    wires: Iterable[Wire], start: tuple[int, int], end: tuple[int, int]
) -> list[Node]:
    """Return the nodes on a shortest way from start to end; none, if there is none.

    Of several it is the one that keeps, node by node, closest to the straight
    line between the two.

    Args:
        wires: as `wires_of` lists them.
        start: where the way begins, such as `Node(0, 0)`.
        end: where it leads.

    Raises:
        ValueError: a start or an end that no wire joins.
    """
    ahead, behind = _neighbours(wires)
    start, end = _joined("start", start, ahead), _joined("end", end, ahead)
    left = _distances(behind, end)

    def stray(node: Node) -> int:
        """Return how far a node lies from the line, up to a factor."""
        along = (node.level - start.level) * (end.place - start.place)
        return abs(
            along - (node.place - start.place) * (end.level - start.level)
        )

    path = [start] if start in left else []
    while path and path[-1] != end:
        nearer = [
            node
            for node in ahead[path[-1]]
            if left.get(node) == left[path[-1]] - 1
        ]
        path.append(min(nearer, key=stray))
    return path


def reached_nodes(wires: Iterable[Wire], start: tuple[int, int]) -> set[Node]:
    """Return all nodes to which a way leads from start, itself among them.

    At the level of the outputs they are those that change with it; at every
    level together, the cone that it is heard in.

    Args:
        wires: as `wires_of` lists them.
        start: where the ways begin.

    Raises:
        ValueError: a start that no wire joins.
    """
    ahead, _ = _neighbours(wires)
    return {*_distances(ahead, _joined("start", start, ahead))}


def _neighbours(wires: Iterable[Wire]) -> tuple[Neighbours, Neighbours]:
    """Return what reads each node, and what each reads."""
    ahead: Neighbours = {}
    behind: Neighbours = {}
    for start, end in wires:
        for node in (start, end):
            ahead.setdefault(node, [])
            behind.setdefault(node, [])
        ahead[start].append(end)
        behind[end].append(start)
    return ahead, behind


def _joined(name: str, node: tuple[int, int], ahead: Neighbours) -> Node:
    """Return a node that wires join, or raise a ValueError."""
    if node not in ahead:
        raise ValueError(
            f"{name} must be a node that the wires join, but is {node!r}"
        )
    return Node(*node)


def _distances(neighbours: Neighbours, start: Node) -> dict[Node, int]:
    """Return how many wires lead from start to each node that is reached."""
    far, waiting = {start: 0}, deque([start])
    while waiting:
        node = waiting.popleft()
        for other in neighbours[node]:
            if other not in far:
                far[other] = far[node] + 1
                waiting.append(other)
    return far
