"""How a training run is shown: a bar that moves now and then, and that ends."""

import re

import pytest

from attn_utils import notebook
from attn_utils.notebook import Progress


class Clock:
    """Stands in for `time`: a second is when the test says so."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


class Handle:
    """Stands in for the place that a notebook shows."""

    def __init__(self):
        self.shown = []

    def update(self, thing):
        self.shown.append(thing.data)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(notebook, "time", clock)
    return clock


@pytest.fixture
def handle(monkeypatch):
    handle = Handle()
    monkeypatch.setattr(notebook, "display", lambda *_, display_id: handle)
    return handle


def test_a_bar_says_step_and_loss(clock, handle):
    report = Progress("dates")
    clock.now += 1
    report(3, 7, 0.25)
    (text,) = handle.shown
    assert re.search(
        r'<progress value="3" max="7" aria-label="training">', text
    )
    assert "step 3 of 7, loss 0.250" in text


def test_a_bar_moves_no_more_often_than_it_may(clock, handle):
    report = Progress("dates", pause=0.5)
    for step, wait in ((1, 0.4), (2, 0.2), (3, 0.4), (4, 0.2)):
        clock.now += wait
        report(step, 10, 1.0)
    steps = [re.search(r"step (\d+)", text)[1] for text in handle.shown]
    assert steps == ["2", "4"]


def test_the_last_step_leaves_a_sentence_and_no_bar_however_soon(clock, handle):
    report = Progress("dates")
    clock.now += 12.4
    report(6, 7, 0.5)
    report(7, 7, 0.5)
    assert "<progress" in handle.shown[0]
    text = re.sub(r"<[^>]*>", "", handle.shown[1])
    assert text == "Trained on dates: 7 steps in 12 seconds."
    assert "<progress" not in handle.shown[1]


def test_outside_jupyter_a_run_is_reported_to_nobody(monkeypatch):
    asked = []
    monkeypatch.setattr(
        notebook, "display", lambda *_, **how: asked.append(how)
    )
    report = Progress("dates")
    report(6, 7, 0.5)
    report(7, 7, 0.5)
    assert len(asked) == 1
