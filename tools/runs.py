"""Run the experiments, and store what they give in attn_utils/data/runs.

`python tools/runs.py` runs all, `python tools/runs.py pooling` one. On one thread;
each file is written whole, after its last row.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch

from attn_utils.data import runs
from attn_utils.recipes.experiments import EXPERIMENTS, Experiment

sys.path.insert(0, str(Path(__file__).parent))
from recipe_code import digest_of


def record(name: str, experiment: Experiment) -> dict:
    """Run every row of an experiment and say how it was made."""
    rows = []
    for settings in experiment.settings:
        start = time.process_time()
        results = experiment.run(**settings)
        seconds = round(time.process_time() - start, 2)
        rows.append(runs.Row(dict(settings), seconds, dict(results))._asdict())
    return runs.Runs(
        command=f"make runs EXPERIMENTS={name}",
        function=f"{experiment.run.__module__}.{experiment.run.__name__}",
        says=experiment.says,
        within=experiment.within,
        recipe=digest_of(experiment.run),
        versions={
            "python": platform.python_version(),
            "torch": torch.__version__,
        },
        cpu_seconds=round(sum(row["cpu_seconds"] for row in rows), 1),
        rows=rows,
    )._asdict()


def written(held: dict) -> str:
    """Write a record as JSON, one row a line."""
    rows = ",\n  ".join(
        json.dumps(_short(row), ensure_ascii=False) for row in held["rows"]
    )
    head = {name: part for name, part in held.items() if name != "rows"}
    text = json.dumps(head, indent=1, ensure_ascii=False)
    return f'{text[:-2]},\n "rows": [\n  {rows}\n ]\n}}\n'


def _short(part):
    """Keep six digits of every number, which is more than any is sure of."""
    if isinstance(part, float):
        return float(f"{part:.6g}")
    if isinstance(part, dict):
        return {name: _short(inside) for name, inside in part.items()}
    if isinstance(part, list | tuple):
        return [_short(inside) for inside in part]
    return part


def main(*names: str) -> None:
    """Run the experiments named, or all."""
    if unknown := set(names) - set(EXPERIMENTS):
        sys.exit(
            f"runs: {', '.join(sorted(unknown))} is no experiment; there are "
            f"{', '.join(EXPERIMENTS)}"
        )
    torch.set_num_threads(1)
    for name in names or EXPERIMENTS:
        held = record(name, EXPERIMENTS[name])
        path = runs.FOLDER / f"{name}.json"
        path.write_text(written(held), "utf-8")
        print(f"{path.name}: {len(held['rows'])} rows, {held['cpu_seconds']} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
