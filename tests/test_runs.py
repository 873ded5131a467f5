"""Stored runs: the registry, the file, the tool, and a row that is made again."""

import json
import math
import os

import pytest
import torch
from turns import TURN

from attn_utils.data import runs
from attn_utils.recipes.experiments import EXPERIMENTS, Experiment, differences
from attn_utils.recipes.pooling import GRID, learn_bandwidth, street_errors
from tools import recipe_code
from tools import runs as tool
from tools.recipe_code import digest_of

each_experiment = pytest.mark.parametrize("name", EXPERIMENTS)
POOLING = runs.load("pooling")


def test_every_experiment_is_stored_and_every_file_has_its_experiment():
    assert runs.stored() == sorted(EXPERIMENTS)


@each_experiment
def test_what_is_stored_is_what_the_registry_asks_for(name):
    experiment, kept = EXPERIMENTS[name], runs.load(name)
    assert [row.settings for row in kept.rows] == list(experiment.settings)
    assert len(kept.seeds) >= 3
    assert kept.says == experiment.says
    assert kept.within == experiment.within
    assert kept.command == f"make runs EXPERIMENTS={name}"
    assert kept.function.endswith(f".{experiment.run.__name__}")
    assert {"python", "torch"} <= set(kept.versions)
    assert all(
        row.results.keys() == kept.rows[0].results.keys() for row in kept.rows
    )


@each_experiment
def test_a_recipe_that_has_changed_since_asks_for_its_runs_again(name):
    held = digest_of(EXPERIMENTS[name].run)
    assert runs.load(name).recipe == held, f"make runs EXPERIMENTS={name}"


RECIPE = """
from ..attention import attention
from .other import halve as cut

STEPS, WIDTH = 3, 4


def result(seed):
    \"\"\"Say it.\"\"\"
    # so far
    return attention(cut(seed), STEPS)
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "counts"),
    [
        ("recipes/one.py", "3, 4", "5, 4", True),
        ("recipes/one.py", "cut(seed)", "cut(seed + 1)", True),
        ("recipes/other.py", "0.5", "0.4", True),
        ("data/half.py", "HALF = 2", "HALF = 3", True),
        ("recipes/one.py", "Say it.", "Say it so.", False),
        ("recipes/one.py", "# so far", "# and so on", False),
        ("recipes/other.py", "unused = 1", "unused = 2", False),
        ("attention.py", "weights", "scores", False),
    ],
)
def test_a_digest_is_of_what_a_recipe_does(
    tmp_path, monkeypatch, file, old, new, counts
):
    other = "from ..data import HALF\n\nunused = 1\n\n\ndef halve(x):\n    return 0.5 * x / HALF\n"
    files = {
        "recipes/one.py": RECIPE,
        "recipes/other.py": other,
        "data/__init__.py": "from .half import HALF\n",
        "data/half.py": "HALF = 2\n",
        "attention.py": "attention = 'weights'\n",
    }
    monkeypatch.setattr(recipe_code, "PACKAGE", tmp_path)
    counted = (tmp_path / "recipes", tmp_path / "data", tmp_path / "train.py")
    monkeypatch.setattr(recipe_code, "COUNTED", counted)

    def result():
        pass

    result.__module__ = "attn_utils.recipes.one"
    digests = []
    for change in (("", ""), (old, new)):
        recipe_code.read.cache_clear()
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            assert name != file or old in text
            path.write_text(
                text.replace(*change) if name == file else text, "utf-8"
            )
        digests.append(digest_of(result))
    recipe_code.read.cache_clear()
    assert (digests[0] != digests[1]) == counts


# `make test` makes a third of the first rows again, by turns: a recipe that has changed
# asks for all of its rows anyway. `make unit` makes every one.
DUE = [*EXPERIMENTS]
if os.environ.get("ATTN_ROWS") == "some":
    DUE = DUE[TURN % 3 :: 3]


@pytest.mark.long
@pytest.mark.parametrize("name", DUE)
def test_the_first_row_comes_out_again(name):
    kept = runs.load(name)
    first = kept.rows[0]
    assert 0 < first.cpu_seconds <= 20  # so that this test may make it again
    experiment = EXPERIMENTS[name]
    again = experiment.run(**first.settings)
    near = experiment.near
    assert differences(again, first.results, kept.within, near) == []


@each_experiment
def test_another_row_would_not_pass_for_the_first(name):
    kept = runs.load(name)
    first, second = kept.rows[:2]
    near = EXPERIMENTS[name].near
    assert differences(second.results, first.results, kept.within, near)


def test_a_number_outside_the_interval_is_told_and_one_inside_is_not():
    kept = {"error": 2.0, "curve": [1.0, -4.0]}
    assert differences(kept, kept, 0.01) == []
    assert (
        differences({"error": 2.019, "curve": [1.0, -4.03]}, kept, 0.01) == []
    )
    assert differences({"error": 2.021, "curve": [1.0, -4.0]}, kept, 0.01) == [
        "error is 2.021, but 2.0 is stored"
    ]
    about = {"gradient": -0.1}
    assert differences({"gradient": 0.05}, about, 0.5, near=0.1) == []
    assert differences({"gradient": 0.06}, about, 0.5, near=0.1)
    assert differences({"gradient": 0.05}, about, 0.5)
    assert (
        len(differences({"error": 2.0, "curve": [1.0, 4.0]}, kept, 0.01)) == 1
    )
    assert len(differences({"error": 2.0, "curve": [1.0]}, kept, 0.01)) == 1
    assert (
        len(differences({"error": math.nan, "curve": [1.0, -4.0]}, kept, 0.01))
        == 1
    )
    assert differences({"curve": [1.0, -4.0], "new": 1.0}, kept, 0.01) == [
        "error is only stored",
        "new is only made again",
    ]


def test_a_column_has_one_result_for_each_row_with_these_settings():
    assert len(POOLING.column("leave one out")) == 40
    third = POOLING.rows[3]
    assert POOLING.column("leave one out", seed=3) == [
        third.results["leave one out"]
    ]
    assert POOLING.seeds == list(range(40))


def test_a_name_or_a_setting_that_is_not_there_is_refused():
    with pytest.raises(
        ValueError, match=r"name must be one of mean of all, .* is 'x'"
    ):
        POOLING.column("x")
    with pytest.raises(
        ValueError, match="settings must be those of a stored row"
    ):
        POOLING.column("h = 1", seed=40)
    with pytest.raises(
        ValueError, match="settings must be those of a stored row"
    ):
        POOLING.column("h = 1", score="dot")
    with pytest.raises(
        ValueError, match=r"experiment must be one of .*pooling.*'poling'"
    ):
        runs.load("poling")


def test_a_file_that_lacks_something_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "FOLDER", tmp_path)
    (tmp_path / "half.json").write_text(
        '{"command": "make runs", "rows": []}', "utf-8"
    )
    with pytest.raises(
        ValueError, match=r"half\.json must hold .* lacks function"
    ):
        runs.load("half")
    held = dict.fromkeys(runs.FIELDS, 1) | {"rows": []}
    (tmp_path / "none.json").write_text(json.dumps(held), "utf-8")
    with pytest.raises(ValueError, match=r"none\.json .* but lacks every row"):
        runs.load("none")


def test_the_tool_writes_what_the_loader_reads(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runs, "FOLDER", tmp_path)
    monkeypatch.setattr(
        tool,
        "EXPERIMENTS",
        {
            "tiny": Experiment(
                run=lambda seed, power: {
                    "two": 2.0**power,
                    "curve": [1 / 3, seed],
                },
                settings=[
                    {"seed": s, "power": p} for s in (0, 1) for p in (2, 3)
                ],
                says="Powers of two.",
                within=0.1,
            )
        },
    )
    monkeypatch.setattr(tool, "digest_of", lambda run: "0123456789ab")
    tool.main("tiny")
    kept = runs.load("tiny")
    assert kept.recipe == "0123456789ab"
    assert kept.column("two", seed=1) == [4.0, 8.0]
    assert kept.column("curve", power=2) == [[0.333333, 0], [0.333333, 1]]
    assert kept.seeds == [0, 1]
    assert "tiny.json: 4 rows" in capsys.readouterr().out
    lines = (tmp_path / "tiny.json").read_text("utf-8").splitlines()
    assert sum('"settings"' in line for line in lines) == 4  # one row a line


def test_the_tool_refuses_an_experiment_that_there_is_not():
    with pytest.raises(
        SystemExit, match="poling is no experiment; there are pooling"
    ):
        tool.main("poling")


def test_the_stored_file_is_as_the_tool_writes_it():
    for name in runs.stored():
        text = (runs.FOLDER / f"{name}.json").read_text("utf-8")
        assert tool.written(json.loads(text)) == text


# -- the first experiment --------------------------------------------------------


def test_a_street_leaves_torch_s_own_randomness_alone():
    before = torch.get_rng_state()
    street_errors(3)
    assert torch.equal(torch.get_rng_state(), before)


def test_hearing_oneself_is_worse_on_every_street_and_the_grid_s_best_is_least():
    column = POOLING.column
    others, itself = column("leave one out"), column("on itself")
    assert all(o < i for o, i in zip(others, itself, strict=True))
    assert max(column("h: on itself")) < 0.02 < min(column("h: leave one out"))
    for name in ("h = 1", "by eye", "cross-validated"):
        least = column("best of the grid")
        assert all(a <= b for a, b in zip(least, column(name), strict=True))
    assert set(column("h: cross-validated")) <= set(GRID)


def test_what_was_learned_is_near_the_best_on_some_streets_and_not_on_all():
    def near(name):
        pairs = zip(
            POOLING.column("leave one out"), POOLING.column(name), strict=True
        )
        return sum(learned <= 1.1 * other for learned, other in pairs)

    assert near("best of the grid") == 21
    assert near("by eye") == 27


def test_without_a_mask_two_people_learn_to_hear_themselves():
    place, number = torch.tensor([1.0, 2.0]), torch.tensor([10.0, 20.0])
    learned = learn_bandwidth(place, number)
    assert learned.bandwidth < 0.3
    assert not learned.log_bandwidth.requires_grad
