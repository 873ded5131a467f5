"""Look-up tasks: the label stands in the slot that the query names."""

import pytest
import torch
from tensors import normal
from torch.testing import assert_close

from attn_utils import BilinearScore, DotScore, attention
from attn_utils.data import (
    addressing,
    random_rotation,
    symbol_store,
    two_name_recall,
)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def make_addresses(seed, **options):
    codebook = normal(13, 11, seed=1)
    return addressing(
        7, codebook, 5, num_classes=3, generator=generator(seed), **options
    )


TASKS = [
    make_addresses,
    lambda seed: two_name_recall(
        7, num_items=5, id_dim=3, num_classes=11, generator=generator(seed)
    ),
    lambda seed: symbol_store(
        7, num_slots=5, num_symbols=13, generator=generator(seed)
    ),
    lambda seed: (random_rotation(7, generator(seed)),),
]


@pytest.mark.parametrize("make", TASKS)
def test_the_seed_alone_decides_the_examples(make):
    first = make(3)
    torch.manual_seed(0)
    assert_close(make(3), first, rtol=0, atol=0)
    assert not torch.equal(make(5)[0], first[0])


@pytest.mark.parametrize("dim", [1, 2, 7, 16])
def test_a_rotation_keeps_every_length_and_angle(dim):
    rotation = random_rotation(dim, generator(dim))
    assert_close(rotation @ rotation.T, torch.eye(dim))


def test_rotations_prefer_no_direction():
    rotations = torch.stack(
        [random_rotation(2, generator(s)) for s in range(999)]
    )
    assert_close(rotations.mean(0), torch.zeros(2, 2), rtol=0, atol=0.1)


def test_without_noise_the_query_is_the_key_of_its_slot():
    query, key, _, _, place = make_addresses(2, noise=0.0)
    assert torch.equal(query[:, 0], key[torch.arange(7), place])


def test_the_noise_is_the_standard_deviation_about_the_key():
    query, key, _, _, place = addressing(
        499, normal(13, 11, seed=1), 5, noise=0.3, generator=generator(2)
    )
    difference = query[:, 0] - key[torch.arange(499), place]
    assert difference.std().item() == pytest.approx(0.3, rel=0.05)


def test_the_keys_of_an_example_are_different_ones_of_the_codebook():
    codebook = normal(13, 11, seed=1)
    _, key, _, _, _ = make_addresses(2)
    same = (key.unsqueeze(-2) == codebook).all(-1)
    assert (same.sum(-1) == 1).all()
    assert same.sum(-2).max() == 1


def test_the_label_is_the_class_of_the_slot():
    _, _, value, label, place = make_addresses(2)
    assert torch.equal(value.sum(-1), torch.ones(7, 5))
    assert torch.equal(value[torch.arange(7), place].argmax(-1), label)
    assert value.argmax(-1).unique().tolist() == [0, 1, 2]
    assert place.unique().numel() > 2


def test_every_place_is_asked_for_alike():
    *_, place = addressing(999, normal(8, 3, seed=1), 5, generator=generator(2))
    assert place.bincount(minlength=5).min() > 150


def test_a_rotation_changes_the_query_alone():
    rotation = random_rotation(11, generator(5))
    query, *rest = make_addresses(2)
    turned, *same = make_addresses(2, rotation=rotation)
    assert_close(turned, query @ rotation)
    assert_close(same, rest, rtol=0, atol=0)


def test_the_dot_product_finds_the_slot_in_the_same_space_only():
    codebook = normal(32, 16, seed=1)
    rotation = random_rotation(16, generator(5))

    def accuracy(score, **options):
        query, key, value, label, _ = addressing(
            999, codebook, generator=generator(2), **options
        )
        context, _ = attention(query, key, value, score=score)
        return (context[:, 0].argmax(-1) == label).float().mean()

    assert accuracy(DotScore()) > 0.95
    assert accuracy(DotScore(), rotation=rotation) < 0.3
    turned_back = BilinearScore(16, 16)
    turned_back.weight.data = rotation.T
    assert accuracy(turned_back, rotation=rotation) > 0.95


def test_a_query_names_two_different_items():
    query, key, value, label, place = TASKS[1](2)
    assert (place[:, 0] != place[:, 1]).all()
    for which in (0, 1):
        found = torch.arange(7), place[:, which]
        assert torch.equal(query[:, 0, 3 * which : 3 * which + 3], key[found])
        assert torch.equal(value[found].argmax(-1), label[:, which])


def test_an_id_matches_itself_best():
    _, key, _, _, _ = TASKS[1](2)
    matches = key @ key.transpose(-2, -1)
    assert_close(matches.diagonal(dim1=-2, dim2=-1), torch.ones(7, 5))
    assert torch.equal(matches.argmax(-1), torch.arange(5).expand(7, 5))


def test_a_symbol_is_stored_under_one_key():
    keys, values, query, label = TASKS[2](2)
    found = keys == query.unsqueeze(-1)
    assert (found.sum(-1) == 1).all()
    assert torch.equal(values[found], label)
    assert all(row.unique().numel() == 5 for row in keys)
    assert keys.max() < 13 > values.max()


def test_a_full_store_uses_every_symbol():
    keys, *_ = symbol_store(3, 7, 7, generator=generator(1))
    assert torch.equal(keys.sort().values, torch.arange(7).expand(3, 7))
