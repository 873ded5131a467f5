"""What the date reader's heads do: where each looks, and who is missed."""

import pytest
import torch
from torch.testing import assert_close

from attn_utils import Transformer, recipes
from attn_utils.data import date_pairs, runs
from attn_utils.recipes import date_heads
from attn_utils.recipes.date_heads import (
    DATE_ATTENTIONS,
    DATE_FIELDS,
    attentions,
    date_head_results,
    looks_inside,
    right_without_heads,
)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    made = Transformer(
        len(recipes.READ), len(recipes.WRITE), model_dim=16, num_heads=2
    )
    return made.eval()


def pairs(count=5):
    generator = torch.Generator().manual_seed(0)
    return date_pairs(count, generator=generator)


def test_the_attentions_are_named_in_the_order_in_which_they_are_run(model):
    found = attentions(model)
    first, second = model.encoder.layers
    (last,) = model.decoder.layers
    assert len(found) == len(DATE_ATTENTIONS)
    assert found[0] is first.attention
    assert found[1] is second.attention
    assert found[2] is last.attention
    assert found[3] is last.memory_attention


def test_a_head_looks_inside_where_its_largest_weight_is(model):
    asked = pairs()
    maps = recipes.date_maps(
        model, [p.source for p in asked], [p.target for p in asked]
    ).decoder[-1]
    places = {"year": [0, 1, 2, 3], "month": [5, 6], "day": [8, 9]}
    expected = torch.zeros(2, 3)
    for head in range(2):
        for column, field in enumerate(DATE_FIELDS):
            inside = [
                span[0] <= int(maps.memory[i, head, place].argmax()) < span[1]
                for i, span in enumerate(getattr(p, field) for p in asked)
                for place in places[field]
            ]
            expected[head, column] = sum(inside) / len(inside)
    assert_close(looks_inside(model, asked), expected)
    # The two heads of an untaught model differ, and neither looks nowhere.
    assert expected[0].ne(expected[1]).any()
    assert expected.sum() > 0


def test_one_head_is_off_at_a_time_and_all_are_on_afterwards(
    model, monkeypatch
):
    seen = []

    def listening(asked, sources):
        seen.append(
            [
                [True, True]
                if each.active_heads is None
                else each.active_heads.tolist()
                for each in attentions(asked)
            ]
        )
        return [p.target for p in pairs()][: len(seen) % 5] + ["?"] * (
            5 - len(seen) % 5
        )

    monkeypatch.setattr(date_heads, "write_dates", listening)
    left = right_without_heads(model, pairs())
    assert len(seen) == 8
    for turn, state in enumerate(seen):
        row, head = divmod(turn, 2)
        expected = [[True, True] for _ in range(4)]
        expected[row][head] = False
        assert state == expected
    assert_close(left.flatten(), torch.tensor([n % 5 / 5 for n in range(1, 9)]))
    assert all(each.active_heads is None for each in attentions(model))


def test_a_row_is_what_its_model_does(monkeypatch):
    real = recipes.teach_dates
    asked = []

    def short(seed, num_steps):
        asked.append((seed, num_steps))
        return real(2, seed, num_steps, batch_size=4)

    monkeypatch.setattr(date_heads, "teach_dates", short)
    exam = recipes.date_exam
    monkeypatch.setattr(
        date_heads, "date_exam", lambda model: exam(model, num_dates=4)
    )
    row = date_head_results(seed=3, num_steps=2)
    assert asked == [(3, 2)]
    assert len(row["looks"]) == 2 * 3
    assert len(row["left"]) == 4 * 2


def test_what_is_stored_is_the_machine_of_the_chapter():
    stored = runs.load("date_heads")
    looks = torch.tensor(stored.column("looks", num_steps=1200)).view(3, 4, 3)
    left = torch.tensor(stored.column("left", num_steps=1200)).view(3, 4, 4)
    # Every head finds the year; in no machine the heads share the fields out.
    assert looks[..., 0].min() > 0.9
    assert looks.min() > 0.4
    # In each some head is hardly missed, and another takes a fifth or more.
    assert left.flatten(1).amax(dim=1).min() > 0.97
    assert left.flatten(1).amin(dim=1).max() < 0.8
