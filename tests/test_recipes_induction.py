"""Chapter 09's model, its lines, and how it is looked into."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from attn_utils import ScaledDotScore, rotate
from attn_utils.data import induction_sequences, runs
from attn_utils.recipes import induction
from attn_utils.recipes.induction import (
    MOMENTS,
    NUM_HEADS,
    WIDTH,
    InductionModel,
    SmearedScore,
    head_values,
    induction_rate,
    look_inside,
    next_letter_loss,
    share_known,
    share_said,
    teach_induction,
    what_is_reached,
    what_is_read,
)
from attn_utils.recipes.repeated_lines import (
    LETTERS,
    Lines,
    induction_lines,
    new_letters,
    returning_letters,
    same_letter,
    unseen_lines,
)

pytestmark = pytest.mark.long

STORED = runs.load("induction")
each_model = pytest.mark.parametrize(
    ("num_layers", "smeared", "start"),
    [(2, False, True), (2, False, False), (1, False, True), (1, True, True)],
    ids=["two layers", "without a start", "one layer", "smeared"],
)


def made(num_layers=2, smeared=False, start=True, seed=0):
    torch.manual_seed(seed)
    return InductionModel(num_layers, smeared, start).eval()


def line_of(text):
    """Return a line of letters; what is known in it is asked of nobody."""
    tokens = torch.tensor([[LETTERS.index(letter) for letter in text]])
    return Lines(tokens, torch.zeros_like(tokens, dtype=torch.bool))


def letters_of(tokens, where):
    """Return the places that are True, of the only line."""
    assert len(tokens) == 1
    return where[0].nonzero().flatten().tolist()


class Says(InductionModel):
    """Say at each place what a function of the line says."""

    def __init__(self, answer):
        super().__init__(num_layers=1)
        self.answer = answer

    def forward(self, tokens, need_weights=False):
        return 9.0 * F.one_hot(self.answer(tokens), len(LETTERS))


# -- lines -----------------------------------------------------------------------


def test_lines_are_those_of_the_data_behind_a_start():
    tokens, predictable = induction_sequences(
        3, 40, 24, generator=torch.Generator().manual_seed(5)
    )
    plain, started = (
        induction_lines(3, torch.Generator().manual_seed(5), start)
        for start in (False, True)
    )
    assert torch.equal(plain.tokens, tokens)
    assert torch.equal(started.tokens[:, 1:], tokens)
    assert set(started.tokens[:, 0].tolist()) == {24}
    # Known is the place before the one that can be foretold.
    assert torch.equal(plain.known[:, :-1], predictable[:, 1:])
    assert not plain.known[:, -1].any()
    assert torch.equal(started.known[:, 1:], plain.known)
    assert not started.known[:, 0].any()


def test_no_line_of_a_test_is_one_of_the_lessons():
    lessons = induction_lines(640, torch.Generator().manual_seed(0)).tokens
    seen = {tuple(line) for line in lessons.tolist()}
    tests = unseen_lines(400).tokens
    assert not seen & {tuple(line) for line in tests.tolist()}
    assert torch.equal(unseen_lines(400).tokens, tests)
    assert not torch.equal(unseen_lines(400, seed=1).tokens, tests)


def test_what_is_known_has_had_one_follower_and_comes_again():
    lines = unseen_lines(200)
    following = lines.tokens.roll(-1, dims=-1)
    for line, place in lines.known.nonzero().tolist():
        row = lines.tokens[line]
        before = [
            following[line, k].item()
            for k in range(place)
            if row[k] == row[place]
        ]
        assert set(before) == {following[line, place].item()}
    assert 0.3 < lines.known.float().mean() < 0.5


def test_a_letter_is_new_or_comes_again_after_one_follower_or_several():
    #               0123456789
    lines = line_of("abacabadab")
    again = returning_letters(lines)
    # a has had b; then b and c; then b, c and again; d after it is none of them.
    assert letters_of(lines.tokens, new_letters(lines)) == [1, 3, 7]
    assert letters_of(lines.tokens, again.settled) == [5]
    assert letters_of(lines.tokens, again.wavering) == [4, 8]
    same = same_letter(lines.tokens)[0]
    assert same[0].nonzero().flatten().tolist() == [0, 2, 4, 6, 8]
    assert torch.equal(same, same.T)


def test_the_last_place_has_nothing_after_it_that_could_come_again():
    # Wrapped around, the b at the end would be followed by the a.
    again = returning_letters(line_of("abab"))
    assert letters_of(again.settled, again.settled) == [2]
    again = returning_letters(line_of("abab" * 2))
    assert letters_of(again.settled, again.settled) == [2, 3, 4, 5, 6]
    assert not again.wavering.any()


def test_every_place_with_a_known_letter_is_settled():
    for start in (False, True):
        lines = unseen_lines(100, start=start)
        again = returning_letters(lines)
        assert again.settled[lines.known].all()
        assert again.settled.sum() > lines.known.sum()
        assert not (again.settled & again.wavering).any()
        assert not (new_letters(lines) & (again.settled | again.wavering)).any()


# -- the model -------------------------------------------------------------------


@each_model
def test_a_model_has_the_layers_that_were_asked_for(num_layers, smeared, start):
    model = made(num_layers, smeared, start)
    assert model.embedding.weight.shape == (24 + start, WIDTH)
    assert model.read_out.weight.shape == (24, WIDTH)
    assert len(model.layers) == num_layers
    for layer in model.layers:
        assert isinstance(
            layer.score, SmearedScore if smeared else ScaledDotScore
        )
        assert layer.num_heads == NUM_HEADS
        x = torch.randn(2, 5, 6)
        assert_close(layer.rotate(x, offset=3), rotate(x, 3, base=1000.0))
    size = sum(p.numel() for p in model.parameters())
    attention = 4 * (WIDTH + 1) * WIDTH + (NUM_HEADS if smeared else 0)
    ends = (24 + start) * WIDTH + 24 * (WIDTH + 1)
    assert size == num_layers * attention + ends


@each_model
def test_maps_are_weights_and_the_logits_are_those_without_them(
    num_layers, smeared, start
):
    model = made(num_layers, smeared, start)
    tokens = unseen_lines(5, start=start).tokens[:, :7]
    logits, maps = model(tokens, need_weights=True)
    assert torch.equal(model(tokens), logits)
    assert logits.shape == (5, 7, 24)
    assert maps.shape == (num_layers, 5, NUM_HEADS, 7, 7)
    assert_close(maps.sum(-1), torch.ones(num_layers, 5, NUM_HEADS, 7))
    hidden = torch.ones(7, 7).triu(1).bool()
    assert not maps[..., hidden].any()
    assert (maps[..., ~hidden] > 0).all()


@each_model
def test_no_letter_changes_what_came_before(num_layers, smeared, start):
    model = made(num_layers, smeared, start)
    tokens, place = unseen_lines(5, start=start).tokens[:, :9], 4
    changed = tokens.clone()
    changed[:, place] = (changed[:, place] + 5) % 24
    before, after = model(tokens), model(changed)
    assert torch.equal(before[:, :place], after[:, :place])
    assert not torch.allclose(before[:, place:], after[:, place:])


def test_a_layer_adds_to_the_stream():
    model = made(num_layers=1)
    tokens = unseen_lines(3).tokens
    nn.init.zeros_(model.layers[0].output_map.weight)
    nn.init.zeros_(model.layers[0].output_map.bias)
    assert_close(model(tokens), model.read_out(model.embedding(tokens)))


def test_keys_are_smeared_with_the_one_before():
    score = SmearedScore(num_heads=2)
    query, key = torch.randn(3, 2, 5, 7), torch.randn(3, 2, 6, 7)
    plain = ScaledDotScore()
    own = torch.tensor([30.0, -30.0]).view(2, 1, 1)
    with torch.no_grad():
        score.own.copy_(own)
    scores = score(query, key)
    assert_close(scores[:, 0], plain(query, key)[:, 0])
    assert_close(scores[:, 1, :, 1:], plain(query, key)[:, 1, :, :-1])
    # Before the first key there is none.
    assert_close(scores[:, 1, :, 0], torch.zeros(3, 5))
    score = SmearedScore(num_heads=2)
    half = (plain(query, key)[..., 1:] + plain(query, key)[..., :-1]) / 2
    assert_close(score(query, key)[..., 1:], half)


def test_a_smeared_head_learns_its_share():
    model = made(1, smeared=True)
    next_letter_loss(model, unseen_lines(3)).backward()
    assert (model.layers[0].score.own.grad != 0).all()
    assert model.layers[0].score.own.shape == (NUM_HEADS, 1, 1)


# -- lessons ---------------------------------------------------------------------


def test_the_loss_is_that_of_the_next_letter():
    tokens = line_of("abcd").tokens
    right = next_letter_loss(
        Says(lambda given: (given + 1) % 24), Lines(tokens, None)
    )
    # One of 24 has 9, the others 0.
    assert_close(right, (23 * torch.tensor(-9.0).exp()).log1p())
    tokens = line_of("abce").tokens
    wrong = next_letter_loss(
        Says(lambda given: (given + 1) % 24), Lines(tokens, None)
    )
    assert_close(wrong - right, torch.tensor(9 / 3))


@each_model
def test_a_model_is_taught_as_it_was_asked_for(num_layers, smeared, start):
    taught = teach_induction(num_layers, smeared, start, seed=3, num_steps=2)
    assert len(taught.losses) == 2
    model = taught.model
    assert len(model.layers) == num_layers
    assert model.start == start
    assert isinstance(model.layers[0].score, SmearedScore) == smeared
    assert not model.training
    # Chance is a loss of ln 24, about 3.2.
    assert 3 < taught.losses[0] < 4
    again = teach_induction(num_layers, smeared, start, seed=3, num_steps=2)
    assert again.losses == taught.losses
    other = teach_induction(num_layers, smeared, start, seed=4, num_steps=2)
    assert other.losses != taught.losses


def test_all_models_are_taught_the_same_lines(monkeypatch):
    heard = []
    monkeypatch.setattr(
        induction,
        "induction_lines",
        lambda *given: heard.append(induction_lines(*given)) or heard[-1],
    )
    for num_layers, smeared, start, seed in (
        (2, False, False, 3),
        (1, True, False, 3),
        (1, False, True, 3),
        (2, False, False, 4),
    ):
        teach_induction(num_layers, smeared, start, seed, num_steps=2)
    tokens = [lines.tokens for lines in heard]
    assert [len(x) for x in tokens] == [64] * 8
    for place in (0, 1):
        assert torch.equal(tokens[2 + place], tokens[place])
        assert torch.equal(tokens[4 + place][:, 1:], tokens[place])
        assert not torch.equal(tokens[6 + place], tokens[place])
    assert not torch.equal(tokens[0], tokens[1])


def test_the_model_is_kept_at_its_moments(monkeypatch):
    monkeypatch.setattr(induction, "MOMENTS", (0, 2, 3))
    told = []
    taught = teach_induction(
        1, seed=1, num_steps=3, report=lambda *given: told.append(given)
    )
    assert [*taught.moments] == [0, 2, 3]
    assert [(step, of) for step, of, _ in told] == [(1, 3), (2, 3), (3, 3)]
    assert [loss for _, _, loss in told] == taught.losses
    # At 0 it is as it was made; at the end as it is returned.
    torch.manual_seed(1)
    new = InductionModel(1).half().float().state_dict()
    first, middle, last = (x.state_dict() for x in taught.moments.values())
    for name, end in taught.model.state_dict().items():
        assert torch.equal(first[name], new[name])
        assert torch.equal(last[name], end)
        assert torch.equal(end, end.half().float())
        assert torch.equal(middle[name], middle[name].half().float())
    assert any(not torch.equal(middle[name], last[name]) for name in last)
    assert not any(model.training for model in taught.moments.values())


def test_four_moments_are_kept_of_the_chapter_s_lessons():
    assert MOMENTS[0] == 0
    assert MOMENTS[-1] == induction.NUM_STEPS
    assert len(MOMENTS) == 4


# -- how often it is right -------------------------------------------------------


def test_the_share_is_that_of_the_places_that_are_asked():
    tokens = line_of("abcdef").tokens
    logits = Says(lambda given: (given + 1) % 24)(tokens)
    logits[0, 2] = 0  # a tie, of which the first letter is said
    where = torch.tensor([[True, False, True, True, False, False]])
    assert share_said(logits, tokens, where) == pytest.approx(2 / 3)
    where[0, 5] = True  # nothing follows
    assert share_said(logits, tokens, where) == pytest.approx(2 / 3)
    assert share_known(logits, Lines(tokens, where)) == pytest.approx(2 / 3)


def test_the_rate_is_that_of_known_letters_in_new_lines():
    def look_up(tokens):
        """Say what came after the last place with the same letter."""
        at = torch.arange(tokens.shape[-1])
        earlier = same_letter(tokens).tril(-1) * (at + 1)
        found = earlier.argmax(-1) + 1
        return tokens.gather(-1, found.clamp(max=len(at) - 1)) % 24

    assert induction_rate(Says(look_up), num_lines=50) == 1
    assert induction_rate(Says(lambda tokens: tokens % 24)) < 0.1
    half = induction_rate(
        Says(
            lambda tokens: torch.where(
                torch.arange(41) % 2 == 1, look_up(tokens), 0
            )
        )
    )
    assert 0.4 < half < 0.6
    one, other = (
        induction_rate(Says(lambda tokens: torch.full_like(tokens, 7)), seed)
        for seed in (0, 1)
    )
    assert one != other


# -- looked into -----------------------------------------------------------------


@each_model
def test_what_is_seen_inside_adds_up_to_what_is_said(
    num_layers, smeared, start
):
    model = made(num_layers, smeared, start)
    tokens = unseen_lines(3, start=start).tokens
    inside = look_inside(model, tokens)
    logits, maps = model(tokens, need_weights=True)
    assert_close(inside.logits, logits)
    assert_close(inside.weights, maps)
    assert torch.equal(inside.streams[0], model.embedding(tokens))
    assert_close(model.read_out(inside.streams[-1]), logits)
    said = (inside.weights @ inside.values).sum(2)
    bias = torch.stack([layer.output_map.bias for layer in model.layers])
    assert_close(
        inside.streams[1:], inside.streams[:-1] + said + bias[:, None, None]
    )
    assert not inside.logits.requires_grad


def test_the_value_of_a_head_is_what_the_layer_adds_for_that_token_alone():
    layer = made().layers[0]
    stream = torch.randn(2, 1, WIDTH)
    values = head_values(layer, stream)
    assert values.shape == (2, NUM_HEADS, 1, WIDTH)
    for head in range(NUM_HEADS):
        layer.switch_heads(torch.arange(NUM_HEADS) == head)
        # Alone in its line, a token has all the weight.
        output, _ = layer(stream)
        assert_close(values[:, head], output - layer.output_map.bias)


def test_weights_and_heads_can_be_changed_on_the_way():
    model = made()
    tokens = unseen_lines(3).tokens
    whole = look_inside(model, tokens)
    looked = []

    def reweigh(layer, weights):
        looked.append((layer, weights))
        return weights.roll(1, dims=0) if layer == 1 else weights

    other = look_inside(model, tokens, reweigh=reweigh)
    assert [layer for layer, _ in looked] == [0, 1]
    assert_close(torch.stack([each for _, each in looked]), whole.weights)
    assert_close(other.weights[1], whole.weights[1].roll(1, dims=0))
    assert_close(other.streams[1], whole.streams[1])
    said = (other.weights @ other.values).sum(2)[1]
    bias = model.layers[1].output_map.bias
    assert_close(other.streams[2], other.streams[1] + said + bias)
    # What the first layer's heads add is heard by the second.
    silent = look_inside(
        model,
        tokens,
        speak=lambda layer, said: said if layer else torch.zeros_like(said),
    )
    bias = model.layers[0].output_map.bias
    assert_close(silent.streams[1], silent.streams[0] + bias)
    assert not torch.allclose(silent.weights[1], whole.weights[1])
    assert silent.weights[0].equal(whole.weights[0])


# -- what the maps say -----------------------------------------------------------


def one_hot_maps(looks, num_tokens):
    """Return maps (layers, 1, heads, tokens, tokens) of heads that look at one."""
    return torch.stack(
        [
            torch.stack([F.one_hot(head, num_tokens).float() for head in layer])
            for layer in looks
        ]
    ).unsqueeze(1)


def test_a_map_is_read_where_the_next_letter_is_known():
    #  places   0123456789
    lines = line_of("abcdabcdab")
    known = torch.zeros(1, 10, dtype=torch.bool)
    known[0, 5:8] = True
    lines = Lines(lines.tokens, known)
    at = torch.arange(10)
    before, after, far = (at - 1).clamp(0), (at - 3).clamp(0), (at - 4).clamp(0)
    maps = one_hot_maps([[before, after], [after, far]], 10)
    read = what_is_read(maps, lines)
    assert read.tolist() == [[[1, 0], [0, 1]], [[0, 1], [0, 0]]]
    # After c comes d, four places ago and none since.
    uniform = torch.ones(1, 1, 1, 10, 10).tril()
    uniform /= uniform.sum(-1, keepdim=True)
    expected = torch.tensor([1 / 6, 1 / 7, 1 / 8]).mean()
    assert_close(what_is_read(uniform, lines)[0, 0], expected.repeat(2))


def test_all_earlier_places_with_the_letter_count():
    lines = line_of("abacab")
    known = torch.zeros(1, 6, dtype=torch.bool)
    known[0, 4] = True
    weights = torch.tensor([0.1, 0.2, 0.4, 0.05, 0.25, 0.0])
    maps = torch.zeros(1, 1, 1, 6, 6)
    maps[..., 4, :] = weights
    # The letter before is c; after an a came b at place 1 and c at place 3.
    read = what_is_read(maps, Lines(lines.tokens, known))
    assert_close(read[0, 0], torch.tensor([0.05, 0.25]))


def test_two_maps_lead_from_the_follower_back_to_the_letter():
    lines = line_of("abcdabcd")
    known = torch.zeros(1, 8, dtype=torch.bool)
    known[0, 5:7] = True
    lines = Lines(lines.tokens, known)
    at = torch.arange(8)
    before, after, itself = (at - 1).clamp(0), (at - 3).clamp(0), at
    maps = one_hot_maps([[before, itself, before], [after, before, itself]], 8)
    reached = what_is_reached(maps, lines)
    # A row for each head of the second layer, a column for each of the first:
    # only after a follower, and then a step back, stands the letter itself.
    assert reached.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_few_lessons_teach_smeared_keys_what_one_plain_layer_never_learns():
    smeared, plain = (
        induction_rate(
            teach_induction(1, smeared, seed=0, num_steps=100).model,
            num_lines=100,
        )
        for smeared in (True, False)
    )
    assert smeared > 0.9
    assert plain < 0.3


# -- over seeds ------------------------------------------------------------------


def column(name, num_layers=2, smeared=False, start=True):
    """Return a stored result of all seeds."""
    return STORED.column(
        name,
        num_layers=num_layers,
        smeared=smeared,
        start=start,
        num_steps=500,
    )


def test_one_layer_cannot_unless_its_keys_are_smeared():
    for start in (True, False):
        assert min(column("right", start=start)) > 0.98
    assert max(column("right", 1)) < 0.3
    assert min(column("right", 1, smeared=True)) > 0.99
    # It can before two layers have left their plateau.
    assert min(right[1] for right in column("moments", 1, True)) > 0.98
    assert max(right[1] for right in column("moments")) < 0.3


def test_two_layers_go_by_more_than_one_letter():
    two, smeared = column("wavering"), column("wavering", 1, True)
    assert min(two) > 0.9
    assert min(column("wavering", start=False)) > 0.85
    assert 0.5 < min(smeared) <= max(smeared) < 0.7
    assert min(column("settled", 1, True)) > 0.99
    assert max(column("wavering", 1)) < 0.3


@pytest.mark.parametrize("start", [True, False])
def test_the_first_layer_looks_back_and_the_second_at_what_came_after(start):
    for before in column("before", start=start):
        assert max(before[:NUM_HEADS]) > 0.8
        assert max(before[NUM_HEADS:]) < 0.01
    for after in column("after", start=start):
        assert max(after[:NUM_HEADS]) < 0.1
        assert min(after[NUM_HEADS:]) > 0.65
    # Both together lead back to the letter.
    for reached in column("reached", start=start):
        assert max(reached) > 0.65


def test_a_start_is_where_the_second_layer_looks_when_nothing_is_found():
    for new, known in zip(
        column("first: new"), column("first: known"), strict=True
    ):
        assert min(new[NUM_HEADS:]) > 0.8
        assert max(known[NUM_HEADS:]) < 0.25
    for new in column("first: new", start=False):
        assert max(new) < 0.2


# -- errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "call", "said"),
    [
        (
            ValueError,
            lambda: InductionModel(0),
            "num_layers must be at least 1, but is 0",
        ),
        (
            TypeError,
            lambda: InductionModel(True),
            "num_layers must be an int, but is True",
        ),
        (
            ValueError,
            lambda: teach_induction(num_steps=0),
            "num_steps must be at least 1, but is 0",
        ),
        (
            ValueError,
            lambda: teach_induction(num_layers=0),
            "num_layers must be at least 1, but is 0",
        ),
        (
            ValueError,
            lambda: unseen_lines(0),
            "num_examples must be at least 1, but is 0",
        ),
    ],
)
def test_a_bad_argument_is_named(error, call, said, without_the_shape_hook):
    with pytest.raises(error, match=said):
        call()
