"""Stored runs: what an experiment gave for seeds that a chapter has no time for.

Written by `make runs`, one JSON file for each experiment of
`recipes.experiments`. A chapter runs one seed and draws it over those stored:

    stored = runs.load("pooling")
    stored.column("leave one out")  # one number for each seed
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from ..._checks import check_one_of

FOLDER = Path(__file__).parent
FIELDS = (
    "command",
    "function",
    "says",
    "within",
    "recipe",
    "versions",
    "cpu_seconds",
    "rows",
)


class Row(NamedTuple):
    """One run: what was set, what it cost, what came out."""

    settings: dict[str, Any]
    cpu_seconds: float
    results: dict[str, Any]


class Runs(NamedTuple):
    """All runs of one experiment, and how to make them again.

    `recipe` is a digest of the code that ran: where it has become another, a test
    asks for the runs again.
    """

    command: str
    function: str
    says: str
    within: float
    recipe: str
    versions: dict[str, str]
    cpu_seconds: float
    rows: list[Row]

    @property
    def seeds(self) -> list[int]:
        """The seeds that were run, each once, in order."""
        return sorted({row.settings["seed"] for row in self.rows})

    def column(self, name: str, **settings: object) -> list:
        """Return one result of every row that has these settings.

        Args:
            name: which result.
            settings: e.g. `score="dot"`; without any, all rows.

        Raises:
            ValueError: no row has that result, or these settings.
        """
        names = list(self.rows[0].results)
        check_one_of("name", name, names)
        chosen = [
            row.results[name]
            for row in self.rows
            if settings.items() <= row.settings.items()
        ]
        if not chosen:
            raise ValueError(
                f"settings must be those of a stored row, as {self.rows[0].settings}, "
                f"but are {settings}"
            )
        return chosen


def stored() -> list[str]:
    """Return the names of all experiments whose runs are stored."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(experiment: str) -> Runs:
    """Read what an experiment gave.

    Args:
        experiment: its name in `recipes.experiments`.

    Raises:
        ValueError: nothing is stored under that name, or not what belongs there.
    """
    path = FOLDER / f"{experiment}.json"
    if experiment not in stored():
        raise ValueError(
            f"experiment must be one of {', '.join(stored())}, but is "
            f"{experiment!r}; `make runs` stores one"
        )
    held = json.loads(path.read_text("utf-8"))
    missing = [field for field in FIELDS if field not in held]
    if missing or not held["rows"]:
        raise ValueError(
            f"{path.name} must hold {', '.join(FIELDS)}, but lacks "
            f"{', '.join(missing or ['every row'])}; `make runs` writes it anew"
        )
    rows = [Row(**row) for row in held.pop("rows")]
    return Runs(rows=rows, **held)
