"""Which key wins where: chapter 02's widget."""

import math
from collections.abc import Mapping

import traitlets

from ..base import (
    TOGETHER,
    FiniteFloat,
    FloatList,
    LiveWidget,
    PositiveFloat,
)

LETTERS = "ABCDE"
SCORES = ("distance", "product", "scaled", "bilinear", "additive")
MAPS = ("query_map", "key_map", "read_out")
MOST_HIDDEN = 4
CHECKED = [
    *("key", "value", "low", "high", "query_x", "query_y"),
    *("scores", "score", "matrix", "additive", "chosen"),
]


def _plain(name: str, value):
    """Return lists of finite floats for a tensor or nested lists."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, bool) or not isinstance(
        value, int | float | list | tuple
    ):
        raise traitlets.TraitError(
            f"{name} must hold numbers, but holds {value!r}"
        )
    if isinstance(value, list | tuple):
        return [_plain(name, entry) for entry in value]
    if not math.isfinite(value):
        raise traitlets.TraitError(
            f"{name} must hold finite numbers, but holds {value}"
        )
    return float(value)


def _rows(name: str, value) -> list[list[float]]:
    """Return rows of two numbers for a tensor or nested lists."""
    rows = _plain(name, value)
    if not isinstance(rows, list) or not all(
        isinstance(row, list)
        and len(row) == 2
        and all(isinstance(n, float) for n in row)
        for row in rows
    ):
        raise traitlets.TraitError(
            f"{name} must have rows of two numbers, but is {rows}"
        )
    return rows


class Rows(traitlets.List):
    """Rows of two finite numbers; a tensor of two axes is accepted."""

    def validate(self, obj, value):
        """Return lists of plain floats, or raise a TraitError that says why."""
        return super().validate(obj, _rows(self.name, value))


class Maps(traitlets.Dict):
    """What an additive score has learned, under the names of AdditiveScore."""

    def validate(self, obj, value):
        """Return lists of plain floats, or raise a TraitError that says why."""
        if not isinstance(value, Mapping) or (value and {*value} != {*MAPS}):
            came = [*value] if isinstance(value, Mapping) else value
            raise traitlets.TraitError(
                f"{self.name} must hold {', '.join(MAPS)}, but holds {came!r}"
            )
        if not value:
            return super().validate(obj, {})
        maps = {name: _rows(name, value[name]) for name in MAPS[:2]}
        read_out = _plain("read_out", value["read_out"])
        hidden = len(maps["query_map"])
        if not 1 <= hidden <= MOST_HIDDEN:
            raise traitlets.TraitError(
                f"query_map must have 1 to {MOST_HIDDEN} rows, but has {hidden}"
            )
        if len(maps["key_map"]) != hidden:
            raise traitlets.TraitError(
                f"key_map must have as many rows as query_map, {hidden}, but has "
                f"{len(maps['key_map'])}"
            )
        if not (
            isinstance(read_out, list)
            and len(read_out) == hidden
            and all(isinstance(n, float) for n in read_out)
        ):
            raise traitlets.TraitError(
                f"read_out must be {hidden} numbers, one for each row of query_map, "
                f"but is {read_out}"
            )
        return super().validate(obj, maps | {"read_out": read_out})


class ScorePlane(LiveWidget):
    """Drag a query and keys in a plane that shows which key wins where.

    Wherever the query could stand, the plane is as dark as the largest weight
    there; lines divide the regions of different winners.

    Args:
        key: where each key lies, two to five rows of two features (tensor or
            list); they are called A, B, C, D and E.
        value: what each key says, one number for each.
        query: where the query stands, two features; `query_x` and `query_y` are
            the same, one by one.
        low, high: the ends of both features.
        scores: which scores are offered: "distance", "product", "scaled",
            "bilinear", "additive".
        score: which of them is shown; the first, if none is given.
        bandwidth: over what distance a key counts as near, above 0.
        matrix: the bilinear score's W, 2 × 2; needed where that is offered.
        additive: the additive score's `query_map` (hidden × 2), `key_map`
            (hidden × 2) and `read_out` (hidden), up to four hidden features;
            needed where that is offered.
        chosen: what the sliders move: "query", "A", "B" …
        axes: what the two features are.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "score_plane"

    key = Rows().tag(sync=True)
    value = FloatList().tag(sync=True)
    query_x = FiniteFloat(0.0).tag(sync=True)
    query_y = FiniteFloat(0.0).tag(sync=True)
    low = FiniteFloat(-2.0).tag(sync=True)
    high = FiniteFloat(2.0).tag(sync=True)
    scores = traitlets.List(traitlets.Unicode(), [*SCORES[:3]]).tag(sync=True)
    score = traitlets.Unicode().tag(sync=True)
    bandwidth = PositiveFloat(1.0).tag(sync=True)
    matrix = Rows().tag(sync=True)
    additive = Maps().tag(sync=True)
    chosen = traitlets.Unicode("query").tag(sync=True)
    axes = traitlets.List(
        traitlets.Unicode(), ["feature 1", "feature 2"], minlen=2, maxlen=2
    ).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        ["query", "key", "value", "weight", "context", "borders"],
    ).tag(sync=True)

    def __init__(self, key, value, *, query=None, **traits):
        """Take keys and values, other traits by their names, and the query as one."""
        if query is not None:
            query = _plain("query", query)
            if not isinstance(query, list) or len(query) != 2:
                raise traitlets.TraitError(
                    f"query must be two numbers, but is {query}"
                )
            traits |= {"query_x": query[0], "query_y": query[1]}
        super().__init__(key=key, value=value, **traits)

    @traitlets.default("score")
    def _first_score(self):
        return (self.scores or SCORES)[0]

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        below, phone = self._hint_height(85, 36)
        hidden = len(self.additive.get("read_out", []))
        maps = 19 * hidden - 44 if "additive" in self.scores else 0
        rows = math.ceil(len(self.scores) / 2)
        matrix = 0 if "bilinear" in self.scores else -50
        table = 30 * len(self.key)
        return [
            662 + table,
            733 + maps + below,
            841 + maps + matrix + table + 42 * rows + phone,
        ]

    @traitlets.observe("hint", "key", "scores", "additive")
    def _make_room(self, change):
        self.room = self._room()

    def _ends(self) -> dict:
        """Return what a link may set, and between which ends."""
        span = self.high - self.low
        return {
            "query_x": [self.low, self.high],
            "query_y": [self.low, self.high],
            "bandwidth": [span / 20, span],
            "score": [*self.scores],
            "chosen": ["query", *LETTERS[: len(self.key)]],
        }

    @traitlets.default("settable")
    def _first_ends(self):
        return self._ends()

    @traitlets.observe("low", "high", "scores", "key")
    def _move_ends(self, change):
        self.settable = self._ends()

    def _fault(
        self, key, value, low, high, query_x, query_y, chosen, **how
    ) -> str | None:
        """Return what is wrong with these traits together, if anything is."""
        if not 2 <= len(key) <= len(LETTERS):
            return f"key must have 2 to {len(LETTERS)} rows, but has {len(key)}"
        if len(value) != len(key):
            return (
                f"value must have as many numbers as key has rows, {len(key)}, but "
                f"has {len(value)}{TOGETHER}"
            )
        if high <= low:
            return f"high must be above low = {low}, but is {high}{TOGETHER}"
        places = [("query_x", query_x), ("query_y", query_y)]
        for name, at in [*places, *(("key", n) for row in key for n in row)]:
            if not low <= at <= high:
                return (
                    f"{name} must lie between low = {low} and high = {high}, but "
                    f"has {at}{TOGETHER}"
                )
        names = ["query", *LETTERS[: len(key)]]
        if chosen not in names:
            return (
                f"chosen must be one of {', '.join(names)}, but is {chosen!r}"
            )
        return self._fault_of_scores(**how)

    def _fault_of_scores(self, scores, score, matrix, additive) -> str | None:
        """Return what is wrong with the scores that are offered, if anything is."""
        unknown = [name for name in scores if name not in SCORES]
        if not scores or unknown or len({*scores}) < len(scores):
            return (
                f"scores must be some of {', '.join(SCORES)}, each once, but is "
                f"{scores}"
            )
        if len(matrix) != 2 and ("bilinear" in scores or matrix):
            return (
                "matrix must be 2 × 2 where the bilinear score is offered, but has "
                f"{len(matrix)} rows"
            )
        if "additive" in scores and not additive:
            return (
                f"additive must hold {', '.join(MAPS)} where the additive score is "
                "offered, but is empty"
            )
        if score not in scores:
            return (
                f"score must be one of scores = {scores}, but is {score!r}"
                f"{TOGETHER}"
            )
        return None

    @traitlets.validate(*CHECKED)
    def _fit_together(self, proposal):
        return self._checked(proposal, CHECKED)
