"""Chapter 08's machine without a part: what is taken out, and what stays."""

import datetime

import pytest
import torch
from torch.testing import assert_close

from attn_utils import Transformer
from attn_utils.data import is_held_out, runs
from attn_utils.recipes import taken_away
from attn_utils.recipes.taken_away import (
    PARTS,
    date_exam,
    date_results,
    share_right,
    take_away,
)

STORED = runs.load("dates")


def machine(seed=0):
    torch.manual_seed(seed)
    model = Transformer(13, 11, model_dim=8, num_heads=2, ff_dim=6)
    return model.eval()


def without(part, seed=0):
    model = machine(seed)
    take_away(model, part)
    return model


def tokens(shape=(2, 5), most=11, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(most, shape, generator=generator)


def places_move(model):
    """Say whether the order of what is read moves what is written."""
    source, target = tokens(), tokens((2, 4), seed=2)
    turned = model(source.flip(-1), target)
    return not torch.allclose(model(source, target), turned, atol=1e-5)


def hears_the_future(model):
    source, target = tokens(), tokens((2, 4), seed=2)
    later = target.clone()
    later[:, -1] = (later[:, -1] + 1) % 11
    early, late = (model(source, each)[:, :-1] for each in (target, later))
    return not torch.allclose(early, late, atol=1e-5)


def test_only_without_positions_the_order_is_lost_to_the_reader():
    assert places_move(machine())
    for part in PARTS:
        assert places_move(without(part)) == (part != "positions")


def test_only_without_the_causal_mask_the_future_is_heard():
    assert not hears_the_future(machine())
    for part in PARTS:
        assert hears_the_future(without(part)) == (part == "causal mask")


def test_what_is_written_step_by_step_is_written_at_once_but_for_the_mask():
    source, target = tokens(), tokens((2, 4), seed=2)
    for part in PARTS:
        model = without(part)
        state = model.begin(source)
        steps = [model.step(target[:, n], state) for n in range(4)]
        same = torch.allclose(
            torch.stack(steps, dim=1), model(source, target), atol=1e-5
        )
        assert same == (part != "causal mask")


def test_without_the_scale_scores_are_as_many_times_larger_as_the_root_says():
    # Heads of four features: the root is two, so queries of half the size undo it.
    whole, raw = machine(), without("scale")
    layers = [*whole.encoder.layers, *whole.decoder.layers]
    for name, part in whole.named_modules():
        if name.endswith("query_map"):
            part.weight.data *= 2
            part.bias.data *= 2
    source, target = tokens(), tokens((2, 4), seed=2)
    assert len(layers) == 3
    assert_close(raw(source, target), whole(source, target))


def test_without_residuals_a_layer_returns_what_its_last_part_makes():
    model = without("residual")
    for layer in model.encoder.layers:
        layer.feed_forward.narrow.weight.data.zero_()
        layer.feed_forward.narrow.bias.data.fill_(3.0)
        inputs = torch.randn(2, 5, 8)
        assert torch.equal(layer(inputs), torch.full((2, 5, 8), 3.0))


def test_without_norms_nothing_is_brought_to_one_size():
    model = without("norm")
    assert not any(
        isinstance(part, torch.nn.LayerNorm) for part in model.modules()
    )
    whole = machine()
    norms = [
        part for part in whole.modules() if isinstance(part, torch.nn.LayerNorm)
    ]
    assert len(norms) == 2 * 2 + 3 + 2


def test_without_feed_forward_a_layer_adds_only_what_was_read():
    model, whole = without("feed-forward"), machine()
    inputs = torch.randn(2, 5, 8)
    for mine, theirs in zip(
        model.encoder.layers, whole.encoder.layers, strict=True
    ):
        read, _ = theirs.attention(theirs.around_attention.enter(inputs))
        assert_close(mine(inputs), inputs + read)


def test_without_positions_a_token_is_its_scaled_vector():
    model = without("positions")
    drawn = tokens()
    vectors = model.source_embedding(drawn)
    assert_close(model.embed(drawn, model.source_embedding), vectors * 8**0.5)


def test_a_part_of_another_name_is_refused():
    with pytest.raises(ValueError, match=r"^part must be one of scale, pos"):
        take_away(machine(), "softmax")


def test_the_exam_asks_for_days_that_no_lesson_had_and_counts_what_is_right(
    monkeypatch,
):
    monkeypatch.setattr(
        taken_away,
        "write_dates",
        lambda model, sources: ["2019-05-03"] * len(sources),
    )
    model = machine()
    for as_typed in (False, True):
        # Twice in a row: torch's own randomness would give other days.
        pairs, written = date_exam(model, as_typed, num_dates=7)
        again, _ = date_exam(model, as_typed, num_dates=7)
        assert len(pairs) == len(written) == 7
        assert pairs == again
        for pair in pairs:
            assert is_held_out(datetime.date.fromisoformat(pair.target))
    right = [pair.target for pair in pairs]
    assert share_right(pairs, right) == 1
    assert share_right(pairs, [*right[:6], "?"]) == 6 / 7


def test_a_row_is_what_its_model_scores(monkeypatch):
    calls = []
    monkeypatch.setattr(
        taken_away,
        "date_exam",
        lambda model, as_typed=False: date_exam(model, as_typed, num_dates=6),
    )
    real = taken_away.teach_dates

    def listening(num_heads, seed, num_steps, change):
        calls.append((num_heads, seed, num_steps, change))
        return real(num_heads, seed, num_steps, batch_size=4, change=change)

    monkeypatch.setattr(taken_away, "teach_dates", listening)
    whole = date_results(seed=3, num_heads=2, num_steps=2)
    less = date_results(seed=3, num_heads=2, without="norm", num_steps=2)
    assert whole.keys() == less.keys() == {"exact", "typed", "loss"}
    assert whole["loss"] != less["loss"]
    assert calls[0] == (2, 3, 2, None)
    assert calls[1][3].keywords == {"part": "norm"}


def column(name, **which):
    return torch.tensor(
        STORED.column(name, **{"num_heads": 4, "num_steps": 1200} | which)
    )


def test_the_whole_machine_reads_what_it_never_saw():
    assert column("exact", without=None).min() >= 0.985
