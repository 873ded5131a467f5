"""The recipes: batches, lessons, judging; training itself is the chapters'."""

import datetime

import pytest
import torch

from attn_utils import recipes
from attn_utils.data import END, START, date_pairs, is_held_out, write_date
from attn_utils.transformer import DecoderMaps, Transformer, TransformerMaps


def test_a_batch_holds_the_texts_and_their_answers_with_an_end():
    texts = ["3 May 2019", "vrijdag 3 mei 2019"]
    batch = recipes.date_batch(texts, ["2019-05-03", "2019-05-03"])
    assert batch.source.shape == (2, 18)
    assert batch.mask.sum(dim=-1).tolist() == [[10], [18]]
    assert recipes.READ.decode(batch.source[1]) == texts[1]
    assert recipes.WRITE.decode(batch.target[0]) == "2019-05-03"
    assert batch.target.shape == (2, 11)


def test_the_lessons_are_each_pair_once_half_as_typed_and_never_held_out():
    generator = torch.Generator().manual_seed(5)
    batches = list(recipes.date_lessons(6, 4, generator))
    assert [len(batch.source) for batch in batches] == [4] * 6
    written = [
        recipes.WRITE.decode(row) for batch in batches for row in batch.target
    ]
    days = [datetime.date.fromisoformat(text) for text in written]
    assert not any(is_held_out(day) for day in days)
    generator = torch.Generator().manual_seed(5)
    expected = date_pairs(12, generator=generator)
    expected += date_pairs(12, as_typed=True, generator=generator)
    assert sorted(written) == sorted(pair.target for pair in expected)


def test_teaching_lowers_the_loss_and_rounds_to_eight_bits():
    steps = []
    model, losses = recipes.teach_dates(
        num_heads=2,
        num_steps=12,
        batch_size=8,
        report=lambda *told: steps.append(told),
    )
    assert len(losses) == len(steps) == 12
    assert losses[-1] < losses[0]
    assert not model.training
    for parameter in model.parameters():
        if parameter.ndim == 2:
            assert max(len(row.unique()) for row in parameter) <= 255
        else:
            assert torch.equal(parameter, parameter.half().float())


def test_the_seed_decides_everything():
    first, again, other = (
        recipes.teach_dates(seed=seed, num_steps=2, batch_size=4)[1]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


class Parrot(Transformer):
    """Writes one date, whatever it reads."""

    def __init__(self):
        super().__init__(len(recipes.READ), len(recipes.WRITE), 8, 2, 8)

    def greedy(self, source, mask, **limits):
        assert limits["start"] == START
        ids = [*recipes.WRITE.encode("2019-05-03"), END]
        return torch.tensor([ids] * len(source))


def test_what_a_model_writes_is_spelled_out():
    assert recipes.write_dates(Parrot(), ["a", "bc"]) == ["2019-05-03"] * 2


class Pointer(Parrot):
    """Looks at chosen places: `looks` holds one for each of eleven rows."""

    def __init__(self, *looks):
        super().__init__()
        self.looks = looks

    def __call__(self, source, target, mask, need_weights):
        assert need_weights
        width = source.shape[1]
        rows = [torch.eye(width)[list(places)] for places in self.looks]
        memory = torch.stack(rows).unsqueeze(1).expand(-1, 3, -1, -1)
        return None, TransformerMaps([], [DecoderMaps(None, memory)])


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        # "3 May 2019": day 0, month 2-4, year 6-9, on the hyphens anything
        ((6, 7, 8, 9, 0, 2, 4, 0, 0, 0, 0), [True] * 8),
        ((5, 7, 8, 9, 0, 1, 5, 0, 1, 0, 0), [False, *[True] * 3] + [False] * 3),
    ],
)
def test_a_hit_is_a_look_inside_the_field(looks, expected):
    day = datetime.date(2019, 5, 3)
    spans = write_date(day, "en_GB")
    pair = date_pairs(1)[0]._replace(
        source=spans.text,
        target="2019-05-03",
        **{
            field: getattr(spans, field)
            for field in ("year", "month", "day", "weekday")
        },
    )
    (hits,) = recipes.alignment_hits(Pointer(looks), [pair]).tolist()
    assert hits[: len(expected)] == expected
