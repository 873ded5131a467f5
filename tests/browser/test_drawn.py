"""Drawings in a real browser: which layout is shown, and that its letters fit."""

import pytest
import torch

from attn_utils.plots import (
    Picture,
    arrow,
    column,
    dial,
    grid,
    line,
    linear,
    mask,
    merge,
    plan,
    residual,
    row,
    sign,
    split,
    wires,
)

X = torch.tensor([[1.25, -10.5, 2.0], [0.0, 7.75, 11.0], [3.5, 0.25, 1.0]])
PARTS = [
    row(
        grid(X, "inputs", ("tokens", "features"), rows=["wide", "word", "mm"]),
        linear(X, "W_Q", "query"),
        grid(X, "query", ("tokens", "key_dim"), "query", columns=["left", "mid", "right"]),
    ),
    column(grid([0.35, 0.57, 0.08], "weight", role="weight"), arrow("× value"), grid([1, 2, 3])),
    row(mask(torch.ones(9, 9).tril().bool(), "causal"), sign("and"), mask([[True, False]], "one")),
    split(torch.arange(24).reshape(3, 8) / 10, 2, "query", "query"),
    merge(torch.arange(24).reshape(3, 8) / 10, 4, "context", "value"),
    residual(row(grid(X, "in"), arrow("attention"), grid(X, "change"))),
    plan(
        [["query", "keys", "values"], ["scores"], ["weights"], ["context"]],
        [("query", "scores"), ("keys", "scores"), ("values", "context")],
        notes={"weights": "they sum to 1"},
    ),
    row(line([23, 1], (0, 24), 12, "on a line"), dial([23, 1], 24, 0, "on a circle")),
    wires([((0, 0), (1, 1))], "two tokens under a wider title"),
]  # fmt: skip
# For each picture that is shown: its layout, its scale, and the words that reach
# beyond it or beyond their own cell.
LOOK = """() => [...document.querySelectorAll(".attn-panel")].map((panel) => {
  const shown = [...panel.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width);
  const [svg] = shown;
  const view = svg.viewBox.baseVal;
  const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const outer = svg.getBoundingClientRect();
  const cells = [...svg.querySelectorAll("rect")].map((rect) => rect.getBoundingClientRect());
  const out = [];
  for (const text of svg.querySelectorAll("text")) {
    const place = text.getBoundingClientRect();
    const [x, y] = [(place.left + place.right) / 2, (place.top + place.bottom) / 2];
    const own = cells.filter((c) => c.left < x && x < c.right && c.top < y && y < c.bottom);
    if (!within(place, outer)) out.push(text.textContent);
    for (const cell of own) {
      if (place.left < cell.left || place.right > cell.right) out.push(text.textContent);
    }
  }
  return { shown: shown.length, first: svg === panel.querySelector("svg"), scale: outer.width / view.width, out };
})"""


@pytest.fixture(scope="module")
def content():
    return "".join(Picture(part, "A caption.")._repr_html_() for part in PARTS)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_one_layout_is_shown_and_its_words_stay_in_their_cells(
    watch, bare, content, width
):
    # As far from the screen's edge as in a chapter.
    edge = -8 if width <= 768 else 0
    content = f'<div style="margin-inline: {edge}px">{content}</div>'
    page = bare(watch(viewport={"width": width, "height": 900}), content)
    page.evaluate("() => document.fonts.ready.then(() => {})")
    look = page.evaluate(LOOK)
    assert len(look) == len(PARTS)
    for seen in look:
        assert seen["shown"] == 1
        assert seen["out"] == []
        # At its own size; 320 px are a little less than it is drawn for.
        assert seen["scale"] > (0.87 if width == 320 else 0.99)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_without_style_rules_the_wide_layout_alone_is_shown(
    watch, bare, content
):
    bald = content.replace("<style>", "<!--").replace("</style>", "-->")
    page = bare(watch(viewport={"width": 360, "height": 900}), bald)
    look = page.evaluate(LOOK)
    assert {(seen["shown"], seen["first"]) for seen in look} == {(1, True)}
