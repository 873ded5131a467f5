"""What has a spread: every run is seen, in the book's colours, the same each time."""

import re
import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from attn_utils.plots import (
    COLOURS,
    Picture,
    annotated,
    distribution,
    spread,
    use_book_style,
)

matplotlib.use("agg")
RUNS = torch.tensor([[3.0, 2.0, 1.0], [5.0, 4.0, 1.5], [4.0, 3.0, 0.5]])
GROUPS = {"one": [0.1, 0.2, 0.6], "two": torch.tensor([0.5, 0.5, 0.9])}
TABLE = [[0.0, 0.25, 1.0], [0.5, 0.04, 0.75]]


@pytest.fixture(autouse=True)
def book_style():
    with plt.rc_context():
        use_book_style()
        yield
    plt.close("all")


def drawn(draw) -> str:
    figure, ax = plt.subplots(figsize=(6, 3))
    draw(ax)
    text = Picture(figure, "A caption.", "What is seen.")._repr_html_()
    return re.sub(r"figure\d+", "figure", text)


DRAW = {
    "spread": lambda ax: spread(ax, RUNS, colour="weight", label="attention"),
    "distribution": lambda ax: distribution(ax, GROUPS, "value"),
    "annotated": lambda ax: annotated(ax, TABLE, ["a", "b"], ["x", "y", "z"]),
}


def test_runs_may_be_a_list_of_tensors():
    _, (together, apart) = plt.subplots(1, 2)
    spread(together, RUNS)
    spread(apart, list(RUNS))
    ours, theirs = (
        [line.get_ydata() for line in ax.lines] for ax in (together, apart)
    )
    assert len(ours) > 1
    assert all(map(np.array_equal, ours, theirs))


EACH = pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)


@EACH
def test_every_colour_of_a_spread_is_a_variable_of_the_theme(draw):
    text = drawn(draw)
    for name, colour in COLOURS.items():
        text = text.replace(f"var(--attn-{name}, {colour})", "")
    assert not re.search(
        r"#[0-9a-fA-F]{3,8}\b", re.sub(r'(?:href="|url\()#\w+', "", text)
    )
    assert not re.search(r"(?:fill|stroke): (?!none|url)[a-z]", text)
    assert "data:image" not in text


@EACH
def test_a_spread_is_the_same_each_time(draw):
    def without_ids(text):
        return re.sub(r"figure-\w+", "", text)

    assert without_ids(drawn(draw)) == without_ids(drawn(draw))


def test_a_spread_shows_each_run_their_mean_and_from_the_least_to_the_most():
    _, ax = plt.subplots()
    spread(ax, RUNS, x=[10, 20, 30], label="attention", colour="weight")
    *each, mean = [line.get_ydata().tolist() for line in ax.lines]
    assert each == RUNS.tolist()
    assert mean == pytest.approx(RUNS.mean(dim=0).tolist())
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    for place, least, most in zip(
        (10, 20, 30), RUNS.amin(0).tolist(), RUNS.amax(0).tolist(), strict=True
    ):
        there = corners[corners[:, 0] == place][:, 1]
        assert (there.min(), there.max()) == pytest.approx((least, most))
    assert {to_hex(line.get_color()) for line in ax.lines} == {
        COLOURS["weight"]
    }
    assert [text.get_text().strip() for text in ax.texts] == ["attention"]


def test_a_narrower_interval_holds_fewer_runs():
    _, (all_of, some_of) = plt.subplots(1, 2)
    runs = torch.arange(21.0).unsqueeze(1).repeat(1, 2)
    spread(all_of, runs)
    spread(some_of, runs, interval=0.5)
    heights = [
        np.ptp(ax.collections[0].get_paths()[0].vertices[:, 1])
        for ax in (all_of, some_of)
    ]
    assert heights == pytest.approx([20, 10])


def test_a_distribution_shows_every_number_and_the_means():
    figure, ax = plt.subplots()
    distribution(ax, GROUPS)
    figure.canvas.draw()
    dots = [dots.get_offsets()[:, 1].tolist() for dots in ax.collections]
    for shown, given in zip(dots, GROUPS.values(), strict=True):
        assert sorted(shown) == pytest.approx(sorted(map(float, given)))
    marks = [line.get_ydata() for line in ax.lines if line.get_marker() == "_"]
    means = [
        float(torch.tensor([*map(float, g)]).mean()) for g in GROUPS.values()
    ]
    assert np.concatenate(marks).tolist() == pytest.approx(means)
    places = [x for line in ax.lines for x in line.get_xdata() if x == x]
    assert min(abs(x - round(x)) for x in places) > 0.1  # beside the dots
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [*GROUPS]


@pytest.mark.filterwarnings("error")
def test_dots_that_stand_close_together_are_all_told_apart():
    figure, ax = plt.subplots(figsize=(6.4, 3.2))
    close = torch.linspace(0.843, 0.999, 40)
    distribution(ax, {"close": close, "far": torch.logspace(-2, 0, 40)})
    ax.set(yscale="log")
    figure.canvas.draw()
    for dots in ax.collections:
        places = ax.transData.transform(dots.get_offsets())
        gaps = np.linalg.norm(places[:, None] - places, axis=-1)
        assert gaps[~np.eye(40, dtype=bool)].min() > 0.5
        assert np.ptp(dots.get_offsets()[:, 0]) < 0.2


def test_an_annotated_map_writes_each_number_in_ink_on_a_thin_ramp():
    text = drawn(DRAW["annotated"])
    for number in ("0.00", "0.25", "1.00", "0.50", "0.04", "0.75"):
        assert f">{number}<" in text
    inks = [float(ink) for ink in re.findall(r"fill-opacity: ([\d.]+)", text)]
    assert max(inks) == pytest.approx(0.35, abs=0.01)
    # A quarter has half the ink of one.
    assert any(ink == pytest.approx(0.175, abs=0.01) for ink in inks)


def test_the_names_of_rows_have_room_to_grow_on_a_phone():
    figure, ax = plt.subplots(figsize=(6, 3))
    annotated(ax, TABLE, ["one", "fully connected"], ["x", "y", "z"])
    figure.canvas.draw()
    for label in ax.get_yticklabels():
        wide = label.get_window_extent().width
        label.set_text(label.get_text().lstrip("\u00a0"))
        assert wide > 1.25 * label.get_window_extent().width


@pytest.mark.long
def test_only_who_draws_a_spread_loads_seaborn():
    code = "import sys, attn_utils.plots; print('seaborn' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr
