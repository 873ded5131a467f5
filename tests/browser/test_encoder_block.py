"""The encoder block's picture against the layer that it draws."""

import itertools
import re

import pytest
import torch
from conftest import Handle, frames, python_sets

from attn_utils import EncoderLayer
from attn_utils.widgets import EncoderBlock

COUNT, WIDTH = 3, 8


def made(seed):
    """A layer that half precision holds exactly, and the rows that it reads."""
    torch.manual_seed(seed)
    layer = EncoderLayer(WIDTH, 2, 16, norm_first=True).eval()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn_like(parameter).half())
    return layer, torch.randn(COUNT, WIDTH).half().float()


def block(layer, rows, **traits):
    given = {
        "num_heads": 2,
        "inputs": rows.tolist(),
        "tokens": "abcde"[: len(rows)],
    }
    return EncoderBlock(layer.state_dict(), **given | traits)


def last_bars(face):
    """What the last row's bars stand for, signed as they are drawn."""
    group = face.locator(".attn-picture > g").last
    middle = float(
        group.locator(".block-zero").get_attribute("d").split()[1].split("H")[0]
    )
    drawn = []
    for bar in group.locator(".block-bar").all():
        y, height, value = (
            float(bar.get_attribute(name))
            for name in ("y", "height", "data-value")
        )
        assert y == (middle if value <= 0 else pytest.approx(middle - height))
        drawn.append(value)
    return torch.tensor(drawn)


@torch.no_grad()
def test_what_python_changes_later_is_drawn(watch, bare):
    layer, rows = made(0)
    widget = block(layer, rows, token=2)
    page = bare(watch(), widget, Handle(of=widget.model_id))
    face = page.locator(".attn-block")
    face.wait_for()
    assert torch.allclose(last_bars(face), layer(rows[None])[0, 2], atol=1e-4)
    others = torch.randn(5, WIDTH).half().float()
    python_sets(page, widget, inputs=others.tolist())
    python_sets(page, widget, tokens="vwxyz", token=4)
    assert torch.allclose(last_bars(face), layer(others[None])[0, 4], atol=1e-4)
    assert "5, “z”" in face.inner_text()
    face.get_by_role("slider", name="token").press("Home")
    face.get_by_role("slider", name="token").press("End")
    frames(page)
    assert "5, “z”" in face.inner_text()


def test_the_ends_of_the_slider_follow_the_tokens():
    layer, rows = made(1)
    widget = block(layer, rows)
    assert widget.settable["token"] == [0, 2, 1]
    widget.tokens = "vwxyz"
    assert widget.settable["token"] == [0, 4, 1]


ROWS = {
    True: "layer norm, attention, + residual, layer norm, feed-forward, + residual",
    False: "attention, + residual, layer norm, feed-forward, + residual, layer norm",
}
# Between which rows the residual path goes around a part.
AROUND = {True: [(0, 3), (3, 6)], False: [(0, 2), (3, 5)]}


@pytest.mark.parametrize("norm_first", [True, False])
def test_the_rows_are_the_parts_in_their_order(watch, bare, norm_first):
    layer, rows = made(2)
    widget = block(layer, rows, token=1, part=4, norm_first=norm_first)
    page = bare(watch(), widget)
    face = page.locator(".attn-block")
    face.wait_for()
    names = face.locator(".block-name").all_text_contents()
    assert ", ".join(names) == f"inputs, {ROWS[norm_first]}"
    groups = face.locator(".attn-picture > g")
    followed = groups.evaluate_all(
        "(all) => all.flatMap((g, i) => g.classList.contains('block-followed') ? [i] : [])"
    )
    assert followed == [4]
    middles = []
    for group in groups.all():
        zero = group.locator(".block-zero").get_attribute("d")
        middles.append(float(zero.split()[1].split("H")[0]))
        bars = [
            tuple(float(bar.get_attribute(n)) for n in ("x", "width"))
            for bar in group.locator(".block-bar").all()
        ]
        assert len(bars) == WIDTH
        for (x, width), (following, _) in itertools.pairwise(bars):
            assert x + width < following
    path = face.locator(".block-path").get_attribute("d")
    ends = re.findall(r"M20 ([\d.]+)H10V([\d.]+)H20", path)
    assert [tuple(map(float, pair)) for pair in ends] == [
        (middles[start], middles[end]) for start, end in AROUND[norm_first]
    ]
