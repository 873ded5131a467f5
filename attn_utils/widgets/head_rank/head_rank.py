"""Which tables of weights a narrow head can make: chapter 04's second widget."""

import operator
from collections.abc import Mapping

import torch
import traitlets

from ..base import FloatList, LiveWidget, check_named, chip_rows
from ..weights import pack

MOST_TARGETS, MOST_WIDTHS, MOST_TOKENS = 4, 12, 24


class HeadRank(LiveWidget):
    """Set a head's width; see the weights that it shall have and those it has.

    Scores have no rank above the head's width. Softmax makes more of them than
    that: two features point each query at any one key, but do not share its
    weight as they should.

    Args:
        targets: from names to tables of weights, (queries, keys), 1 to 4 of one
            shape, 2 to 24 queries and keys; rows sum to 1. The page gets them
            rounded to half precision.
        fits: from the same names to dicts from widths to the heads fitted to
            that table: modules with a `query` (queries, width) and a `key`
            (keys, width), or pairs of them. All have the same widths, 2 to 12
            of them. The page gets them rounded to half precision.
        target: which table is wanted; the first, unless it is said.
        width: of the head that is shown; the least, unless it is said.
        row: of which query the weights are said.
        column: of which key.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: targets or fits that do not fit, or numbers that half
            precision cannot hold.
    """

    files = "head_rank"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shares = traitlets.List(FloatList()).tag(sync=True)
    target = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        ["wanted", "made", "rank", "pointing", "divergence", "left"],
    ).tag(sync=True)

    def __init__(self, targets, fits, **traits):
        """Take the tables, the heads, and the traits by their names."""
        tables = _tables(targets)
        heads = _heads(fits, tables)
        # The numbers tell the page which table and which width a tensor is of.
        weights, shapes = pack(
            {f"wanted.{n}": table for n, table in enumerate(tables.values())}
            | {
                f"fits.{n}.{width}.{side}": tensor
                for n, name in enumerate(tables)
                for width, pair in heads[name].items()
                for side, tensor in zip(("query", "key"), pair, strict=True)
            }
        )
        first = next(iter(tables))
        traits = {"target": first, "width": min(heads[first])} | traits
        super().__init__(
            weights=weights,
            shapes=shapes,
            names=[*tables],
            shares=[_shares(table) for table in tables.values()],
            **traits,
        )

    @property
    def widths(self) -> list[int]:
        """Every width that can be shown."""
        parts = [name.split(".") for name, *_ in self.shapes]
        return [int(w) for _, n, w, side in _fits(parts) if side == "query"]

    @property
    def size(self) -> list[int]:
        """How many queries and keys a table has."""
        return self.shapes[0][1]

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = (
            hint + 34 * chip_rows(self.names, wide)
            for hint, wide in zip(
                self._hint_height(32, 85, 38), (252, 305, 266), strict=True
            )
        )
        # A cell has 18 pixels, fewer where there are many keys.
        queries, keys = self.size
        maps = [queries * min(18, room // keys) for room in (272, 290, 242)]
        return [
            max(440 + beside, 154 + maps[0]),
            358 + maps[1] + below,
            635 + 2 * maps[2] + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        widths, (queries, keys) = self.widths, self.size
        return {
            "target": self.names,
            "width": [widths[0], widths[-1], widths],
            "row": [0, queries - 1, 1],
            "column": [0, keys - 1, 1],
        }

    @traitlets.validate("target")
    def _one_of_the_targets(self, proposal):
        return self._one_of(self.names, proposal)

    @traitlets.validate("width")
    def _one_of_the_widths(self, proposal):
        return self._one_of(self.widths, proposal)

    @traitlets.validate("row", "column")
    def _inside_the_table(self, proposal):
        name = proposal["trait"].name
        last = self.size[name == "column"] - 1
        if not 0 <= proposal["value"] <= last:
            raise traitlets.TraitError(
                f"{name} must be one of the table's, 0 to {last}, but is "
                f"{proposal['value']}"
            )
        return proposal["value"]


def _fits(parts: list[list[str]]) -> list[list[str]]:
    """Return those split names that are of heads fitted to the first table."""
    return [part for part in parts if part[:2] == ["fits", "0"]]


def _shares(table: torch.Tensor) -> list[float]:
    """Return which share of a table's squares each singular value carries."""
    squares = torch.linalg.svdvals(table.double()).square()
    return (squares / squares.sum()).tolist()


def _tables(targets) -> dict[str, torch.Tensor]:
    """Return the tables, or raise a ValueError that says why not."""
    check_named("targets", targets, "tables of weights", MOST_TARGETS)
    tables = {
        name: torch.as_tensor(table).detach().cpu()
        for name, table in targets.items()
    }
    shape = next(iter(tables.values())).shape
    for name, table in tables.items():
        if table.ndim != 2 or not all(
            2 <= size <= MOST_TOKENS for size in table.shape
        ):
            raise ValueError(
                f"targets[{name!r}] must have the shape (queries, keys), 2 to "
                f"{MOST_TOKENS} of each, but has the shape {tuple(table.shape)}"
            )
        if table.shape != shape:
            raise ValueError(
                f"targets must have one shape, but targets[{name!r}] has the "
                f"shape {tuple(table.shape)}, and the first {tuple(shape)}"
            )
        # A NaN is neither above nor below.
        sums = table.double().sum(-1)
        weights = table.is_floating_point() and bool((table >= 0).all())
        if not weights or not torch.allclose(
            sums, torch.ones_like(sums), atol=1e-3
        ):
            raise ValueError(
                f"targets[{name!r}] must hold weights, floating, 0 or more, in "
                f"rows that sum to 1, but holds {table.dtype} from "
                f"{table.min().item():g}, in rows that sum to "
                f"{sums.min().item():g} to {sums.max().item():g}"
            )
    return tables


def _heads(fits, tables: dict[str, torch.Tensor]) -> dict[str, dict]:
    """Return query and key by name and ascending width, or raise a ValueError."""
    if not isinstance(fits, Mapping) or fits.keys() != tables.keys():
        got = [*fits] if isinstance(fits, Mapping) else type(fits).__name__
        raise ValueError(
            f"fits must be a dict with the names of targets, {[*tables]}, but "
            f"is {got}"
        )
    heads, first = {}, None
    for name, table in tables.items():
        widths = _widths(name, fits[name])
        first = first or widths
        if widths != first:
            raise ValueError(
                f"fits must have the same widths, but fits[{name!r}] has "
                f"{widths}, and the first {first}"
            )
        heads[name] = {
            width: _head(f"fits[{name!r}][{width}]", fits[name][width], table)
            for width in widths
        }
        for width, pair in heads[name].items():
            for tensor in pair:
                if tensor.shape[1] != width:
                    raise ValueError(
                        f"fits[{name!r}][{width}] must have a query and a key "
                        f"of {width} features, but has the shapes "
                        f"{[tuple(each.shape) for each in pair]}"
                    )
    return heads


def _widths(name: str, heads) -> list[int]:
    """Return the widths of these heads, ascending, or raise a ValueError."""
    if not isinstance(heads, Mapping):
        raise ValueError(
            f"fits[{name!r}] must be a dict from widths to heads, but is "
            f"{type(heads).__name__}"
        )
    try:
        widths = sorted(
            operator.index("" if isinstance(width, bool) else width)
            for width in heads
        )
    except TypeError:
        raise ValueError(
            f"fits[{name!r}] must have whole numbers for widths, but has "
            f"{[*heads]}"
        ) from None
    if not 2 <= len(widths) <= MOST_WIDTHS or widths[0] < 1:
        raise ValueError(
            f"fits[{name!r}] must have 2 to {MOST_WIDTHS} widths from 1 on, but "
            f"has {widths}"
        )
    return widths


def _head(called: str, head, table: torch.Tensor) -> list[torch.Tensor]:
    """Return the query and the key of one head, or raise a ValueError."""
    try:
        query, key = (
            (head.query, head.key) if hasattr(head, "query") else tuple(head)
        )
        pair = [torch.as_tensor(each).detach().cpu() for each in (query, key)]
    except (AttributeError, RuntimeError, TypeError, ValueError):
        raise ValueError(
            f"{called} must be a module with query and key, or a pair of them, "
            f"but is {type(head).__name__}"
        ) from None
    for side, tensor, rows in zip(
        ("query", "key"), pair, table.shape, strict=True
    ):
        if tensor.ndim != 2 or len(tensor) != rows:
            raise ValueError(
                f"the {side} of {called} must have the shape ({rows}, width), "
                f"but has the shape {tuple(tensor.shape)}"
            )
    return pair
