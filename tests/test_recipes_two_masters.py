"""Chapter 03's narrow store: one vector for key and value, or one for each."""

import pytest
import torch
from torch.testing import assert_close

from attn_utils.data import runs, symbol_store
from attn_utils.recipes.two_masters import (
    NUM_SYMBOLS,
    SymbolStore,
    store_loss,
    store_results,
    teach_store,
)

STORED = runs.load("two_masters")


def stores(num_examples=7):
    generator = torch.Generator().manual_seed(1)
    return symbol_store(num_examples, 5, NUM_SYMBOLS, generator)


def pair_of_models(width=3):
    torch.manual_seed(0)
    separate, shared = SymbolStore(width, False), SymbolStore(width, True)
    shared.load_state_dict(separate.state_dict())
    return separate, shared


def test_shared_and_separate_have_the_same_parameters():
    names = [
        {name: p.shape for name, p in model.named_parameters()}
        for model in pair_of_models()
    ]
    assert names[0] == names[1]
    for row in STORED.rows:
        width = row.settings["width"]
        assert row.results["parameters"] == 32 * (4 * width + 1)


def test_logits_and_weights_have_a_column_for_each_symbol_and_each_pair():
    for model in pair_of_models():
        *symbols, _ = stores()
        logits, weights = model(*symbols)
        assert logits.shape == (7, 32)
        assert weights.shape == (7, 5)
        assert_close(weights.sum(-1), torch.ones(7))


def test_only_shared_vectors_let_what_is_stored_change_where_it_is_looked_up():
    separate, shared = pair_of_models()
    key_symbols, value_symbols, query_symbol, _ = stores()
    others = (value_symbols + 1) % NUM_SYMBOLS
    for model, same in ((separate, True), (shared, False)):
        _, before = model(key_symbols, value_symbols, query_symbol)
        _, after = model(key_symbols, others, query_symbol)
        assert torch.allclose(before, after) == same


def test_only_shared_vectors_carry_the_key_into_what_is_read():
    separate, shared = pair_of_models()
    # One pair: it is read, whatever it weighs.
    value = torch.tensor([[2]])
    query = torch.tensor([3])
    for model, same in ((separate, True), (shared, False)):
        first, _ = model(torch.tensor([[5]]), value, query)
        second, _ = model(torch.tensor([[7]]), value, query)
        assert torch.allclose(first, second) == same
    with torch.no_grad():
        shared.key.weight.zero_()
    assert_close(
        shared(torch.tensor([[5]]), value, query)[0],
        separate(torch.tensor([[5]]), value, query)[0],
    )


def test_the_loss_asks_for_what_is_stored_under_the_query():
    *symbols, label = stores()
    torch.manual_seed(0)
    model = SymbolStore(32, shared=False)
    with torch.no_grad():
        for table in (model.query, model.key, model.value, model.read_out):
            table.weight.copy_(torch.eye(32) * 20)
    assert store_loss(model, (*symbols, label)) < 1e-3
    assert store_loss(model, (*symbols, (label + 1) % 32)) > 1


def test_what_has_not_learned_gets_as_much_as_a_guess():
    taught = teach_store(3, False, seed=3, num_steps=1)
    assert taught.accuracy == pytest.approx(1 / 32, abs=0.03)
    assert 0 < taught.found < 0.25


def test_a_store_that_is_wide_enough_learns_to_find_and_to_answer():
    taught = teach_store(5, False, seed=3, num_steps=211)
    assert len(taught.losses) == 211
    assert not taught.model.training
    assert taught.found > 0.97
    assert taught.accuracy > 0.97


def test_the_seed_decides_everything_and_both_start_alike():
    def losses(shared, seed):
        return teach_store(3, shared, seed, num_steps=2).losses

    assert losses(True, 1) == losses(True, 1)
    assert losses(True, 1) != losses(True, 2)
    assert losses(True, 1) != losses(False, 1)
    torch.manual_seed(1)
    start = SymbolStore(3, shared=True)
    for shared in (True, False):
        model = teach_store(3, shared, 1, num_steps=1).model
        moved = model.key.weight - start.key.weight
        assert moved.abs().max() < 0.04  # one step of AdamW


def test_the_tests_are_none_of_the_lessons(monkeypatch):
    drawn = []

    def listening(*sizes, **named):
        drawn.append(symbol_store(*sizes, **named))
        return drawn[-1]

    monkeypatch.setattr(
        "attn_utils.recipes.two_masters.symbol_store", listening
    )
    store_results(3, True, seed=1, num_steps=1)
    lesson, tests = drawn
    assert len(lesson[0]) == 128 < len(tests[0])
    assert not torch.equal(lesson[0], tests[0][:128])


def test_a_width_below_1_is_refused():
    with pytest.raises(ValueError, match="width must be at least 1, but is 0"):
        SymbolStore(0, shared=True)


# -- what is stored --------------------------------------------------------------


def column(name, width, shared, num_steps=500):
    return STORED.column(name, width=width, shared=shared, num_steps=num_steps)


def test_four_features_are_enough_for_two_vectors_and_not_for_one():
    assert len(column("accuracy", 4, True)) == 5
    assert min(column("accuracy", 4, False)) > 0.95
    assert max(column("accuracy", 4, True)) < 0.3


def test_more_lessons_help_one_vector_and_are_not_enough():
    late = column("accuracy", 4, True, num_steps=3000)
    assert len(late) == 3
    assert 0.35 < min(late) < max(late) < 0.75
    assert min(column("accuracy", 4, False, num_steps=3000)) > 0.99


def test_with_room_enough_one_vector_serves_both():
    for width in (8, 16):
        assert min(column("accuracy", width, True)) > 0.97
        assert min(column("accuracy", width, False)) > 0.99


def test_one_vector_finds_its_pair_more_often_than_it_says_what_it_holds():
    for width in (2, 3, 4):
        pairs = zip(
            column("found", width, True),
            column("accuracy", width, True),
            strict=True,
        )
        assert all(found > 2 * right for found, right in pairs)
