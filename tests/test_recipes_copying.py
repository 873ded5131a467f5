"""Chapter 11's writers: their lessons, their judges, and what is stored of them."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from attn_utils import (
    BahdanauDecoder,
    LuongDecoder,
    RecurrentDecoder,
    Seq2Seq,
)
from attn_utils.data import END, PADDING, START, runs
from attn_utils.recipes import copying
from attn_utils.recipes.copying import (
    COPY_LENGTHS,
    COPY_TASKS,
    LETTERS,
    NUM_TESTS,
    READ,
    SHORT_LENGTHS,
    SYMBOLS,
    WRITE,
    CopyBatch,
    copy_alignment,
    copy_batch,
    copy_date_results,
    copy_lessons,
    copy_loss,
    copy_width_results,
    copying_model,
    copying_results,
    draw_copies,
    looked_beside,
    teach_copying,
    write_copies,
    written_right,
)
from attn_utils.recipes.experiments import EXPERIMENTS

each_task = pytest.mark.parametrize("task", COPY_TASKS)


def drawn(seed=0):
    return torch.Generator().manual_seed(seed)


class Told(nn.Module):
    """A writer that is told each source's answer, and spoils some places of it.

    When it reads a wrong token of its own it writes nothing but the first letter.
    """

    def __init__(self, answers, spoilt=(), weights=None):
        super().__init__()
        self.answers, self.spoilt, self.weights = answers, spoilt, weights
        self.anything = nn.Parameter(torch.zeros(1))

    def logits(self, target):
        answer = self.answers[:, 1:].clone()
        for row, place in self.spoilt:
            answer[row, place] = 23 if answer[row, place] != 23 else 22
        right = target == self.answers[:, : target.shape[1]]
        lost = ~right.cumprod(dim=1).bool()
        said = answer[:, : target.shape[1]].masked_fill(lost, 4)
        return 9.0 * F.one_hot(said, 24)

    def forward(self, source, lengths, target):
        return self.logits(target), self.weights

    def greedy(self, source, lengths, start, end, max_tokens):
        tokens = torch.full((len(source), 1), start)
        for _ in range(max_tokens):
            last = self.logits(tokens)[:, -1:].argmax(-1)
            tokens = torch.cat([tokens, last], dim=1)
        return tokens[:, 1:]


# -- the models and their lessons ------------------------------------------------


@each_task
@pytest.mark.parametrize(
    ("decoder", "kind"),
    [
        ("none", RecurrentDecoder),
        ("luong", LuongDecoder),
        ("bahdanau", BahdanauDecoder),
    ],
)
def test_a_writer_knows_the_tokens_of_its_task(task, decoder, kind):
    model = copying_model(decoder, task, two_way=True, width=7)
    assert type(model) is Seq2Seq
    assert type(model.decoder) is kind
    assert model.encoder.memory_dim == 14
    read, write = (READ, WRITE) if task == "dates" else (LETTERS, LETTERS)
    assert model.encoder.source_size == len(read)
    assert model.decoder.target_size == len(write)


def test_both_models_of_the_page_fit_into_it():
    sizes = [
        2 * sum(p.numel() for p in copying_model(decoder).parameters())
        for decoder in ("none", "luong")
    ]
    assert max(sizes) <= 300_000
    assert sum(sizes) <= 400_000


def test_strings_are_copied_and_reversed():
    for task in ("copy", "reverse"):
        source, lengths, target = draw_copies(task, 50, drawn(), 2, 9)
        assert lengths.min() == 2
        assert lengths.max() == 9
        for row, length, answer in zip(source, lengths, target, strict=True):
            string = row[:length].tolist()
            told = string[::-1] if task == "reverse" else string
            assert answer[: length + 2].tolist() == [START, *told, END]
            assert (row[length:] == PADDING).all()
            assert (answer[length + 2 :] == PADDING).all()


def test_dates_are_padded_in_front_and_as_long_as_each_other():
    source, lengths, target = draw_copies("dates", 30, drawn(3))
    assert (lengths == source.shape[1]).all()
    assert (source[:, -1] != PADDING).all()
    padded = source == PADDING
    assert (padded[:, :-1] | ~padded[:, 1:]).all()
    assert padded.any(dim=1).sum() > 20
    assert not padded.all(dim=0).any()
    assert WRITE.decode(target[0])[4] == "-"
    held = draw_copies("dates", 30, drawn(3), held_out=True)
    assert not {WRITE.decode(row) for row in held.target} & {
        WRITE.decode(row) for row in target
    }


@each_task
def test_lessons_are_what_was_drawn_each_once_and_cut_to_their_length(task):
    batches = [*copy_lessons(task, 5, 8, drawn(1))]
    assert len(batches) == 5
    whole = draw_copies(task, 40, drawn(1))

    def rows(tokens, decode):
        return sorted(decode.decode(row) for row in tokens)

    read = READ if task == "dates" else LETTERS
    assert rows(whole.source, read) == sorted(
        text for batch in batches for text in rows(batch.source, read)
    )
    for source, lengths, target in batches:
        assert len(source) == 8
        assert source.shape[1] == lengths.max()
        assert (target[:, -1] == END).any()
        # Strings of one batch are of like length.
        assert lengths.max() - lengths.min() <= 8
        for row, answer in zip(source, target, strict=True):
            if task == "copy":
                assert LETTERS.decode(row) == LETTERS.decode(answer)
            if task == "reverse":
                assert LETTERS.decode(row) == LETTERS.decode(answer)[::-1]


def test_no_string_of_a_lesson_is_longer_than_asked():
    for batch in copy_lessons("copy", 3, 8, drawn(), longest=6):
        assert batch.lengths.max() <= 6


def test_the_loss_leaves_the_padding_out():
    model = copying_model("luong", width=7)
    short = copy_batch(["abc"], ["abc"])
    both = copy_batch(["abc", "defghij"], ["abc", "defghij"])
    long = copy_batch(["defghij"], ["defghij"])
    places = torch.tensor([4.0, 8.0])  # letters and the end
    each = torch.stack([copy_loss(model, short), copy_loss(model, long)])
    expected = (each * places).sum() / places.sum()
    torch.testing.assert_close(copy_loss(model, both), expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decoder": "luongs"}, "^decoder must be one of"),
        ({"task": "say"}, "^task must be one of"),
        ({"num_steps": 0}, "^num_steps must be at least 1"),
    ],
)
def test_what_does_not_exist_is_not_taught(change, message):
    with pytest.raises(ValueError, match=message):
        teach_copying(**({"num_steps": 1} | change))


def test_a_seed_decides_lessons_and_parameters_and_rounds_to_half():
    one, other = (
        teach_copying("none", seed=3, num_steps=2, width=5) for _ in range(2)
    )
    assert one.losses == other.losses
    assert not one.model.training
    for mine, theirs in zip(
        one.model.parameters(), other.model.parameters(), strict=True
    ):
        assert torch.equal(mine, theirs)
        assert torch.equal(mine, mine.half().float())
    apart = teach_copying("none", seed=4, num_steps=2, width=5)
    assert apart.losses != one.losses


def test_all_decoders_have_the_same_lessons(monkeypatch):
    seen = []

    def lessons(*given):
        for batch in copy_lessons(*given):
            seen.append(batch.source)
            yield batch

    monkeypatch.setattr(copying, "copy_lessons", lessons)
    for decoder in ("none", "bahdanau"):
        teach_copying(decoder, num_steps=2, width=5)
    assert torch.equal(seen[0], seen[2])
    assert torch.equal(seen[1], seen[3])


def test_a_taught_writer_is_the_one_whose_loss_fell():
    losses = teach_copying("luong", num_steps=60, longest=6, width=24).losses
    assert sum(losses[-10:]) < 0.9 * sum(losses[:10])


# -- the judges ------------------------------------------------------------------


def test_right_places_are_told_apart_alone_and_when_told():
    batch = copy_batch(["abcde", "fghij"], ["abcde", "fghij"])
    model = Told(batch.target, spoilt=[(0, 1)])
    alone, forced = written_right(model, batch)
    # After its mistake it is lost if nobody tells it the right letter.
    assert alone.tolist() == [[True, False] + 4 * [False], 6 * [True]]
    assert forced.tolist() == [[True, False] + 4 * [True], 6 * [True]]


def test_an_answer_that_ends_early_is_wrong_from_there_on():
    batch = copy_batch(["abcde"], ["abcde"])
    shorter = copy_batch(["abcde"], ["abc"])
    model = copying_model("none", width=5)
    model.greedy = lambda *source, **how: shorter.target[:, 1:]
    alone, _ = written_right(model, batch)
    assert alone.tolist() == [[True, True, True, False, False, True]]


@pytest.mark.parametrize("backwards", [False, True])
def test_looks_are_counted_from_the_right_place(backwards):
    text = "abcde"
    batch = copy_batch([text], [text[::-1] if backwards else text])
    places = torch.arange(5).flip(0) if backwards else torch.arange(5)
    for off, expected in ((0, [0, 1, 0]), (1, [0, 0, 0.8]), (-1, [0.8, 0, 0])):
        looked = (places + off).clamp(0, 4)
        weights = F.one_hot(torch.cat([looked, torch.tensor([2])]), 5)
        model = Told(batch.target, weights=weights[None].float())
        found = looked_beside(model, batch, backwards)
        # Where the string ends the look stays at the right letter.
        assert found[[0, 2]].tolist() == pytest.approx(
            [expected[0], expected[2]]
        )
        assert found.sum() == pytest.approx(1)


def test_texts_are_written_by_the_model_itself():
    model = copying_model("luong", width=7)
    texts = ["abc", "defghij"]
    source, lengths, _ = copy_batch(texts, texts)
    tokens = model.greedy(source, lengths, start=START, end=END, max_tokens=45)
    assert write_copies(model, texts) == [LETTERS.decode(r) for r in tokens]


def test_an_alignment_is_the_model_s_own_without_the_end():
    model = copying_model("luong", width=7)
    batch = copy_batch(["abcd"], ["dcb"])
    _, weights = model(batch.source, batch.lengths, batch.target[:, :-1])
    found = copy_alignment(model, "abcd", "dcb")
    assert found.shape == (3, 4)
    torch.testing.assert_close(found, weights[0, :3])


# -- what is stored --------------------------------------------------------------


def canned(monkeypatch, model):
    asked = []

    def teach(*given, **named):
        asked.append((given, named))
        return model, [1.0]

    monkeypatch.setattr(copying, "teach_copying", teach)
    return asked


def test_results_of_strings_are_those_of_the_model(monkeypatch):
    model = copying_model("luong", width=7)
    asked = canned(monkeypatch, model)
    results = copying_results("luong", "reverse", True, 300, 2)
    assert asked == [(("luong", "reverse", True, 2, 300), {})]
    assert [*results] == ["broken", "letters", "forced", "places", "beside"]
    for place, length in enumerate(COPY_LENGTHS):
        batch = draw_copies("reverse", NUM_TESTS, drawn(1002), length, length)
        alone, forced = written_right(model, batch)
        shares = [
            1 - alone.all(1).float().mean(),
            alone.float().mean(),
            forced.float().mean(),
        ]
        for name, share in zip(results, shares, strict=False):
            assert results[name][place] == pytest.approx(share.item())
        if length == 10:
            expected = alone[:, :-1].float().mean(0).tolist()
            assert results["places"] == pytest.approx(expected)
        if length == 20:
            beside = looked_beside(model, batch, backwards=True).tolist()
            assert results["beside"] == pytest.approx(beside)


def test_nothing_is_said_of_looks_where_there_are_none(monkeypatch):
    canned(monkeypatch, copying_model("none", width=5))
    assert copying_results("none", "copy", False, 300, 0)["beside"] == []


def test_results_by_width_are_those_of_one_vector(monkeypatch):
    model = copying_model("none", width=7)
    asked = canned(monkeypatch, model)
    results = copy_width_results(7, 300, 1)
    assert asked == [
        ((), {"seed": 1, "num_steps": 300, "width": 7, "longest": 16})
    ]
    for place, length in enumerate(SHORT_LENGTHS):
        batch = draw_copies("copy", NUM_TESTS, drawn(1001), length, length)
        alone, _ = written_right(model, batch)
        assert results["letters"][place] == pytest.approx(
            alone.float().mean().item()
        )
        assert results["broken"][place] == pytest.approx(
            1 - alone.all(1).float().mean().item()
        )


def test_dates_are_judged_by_the_length_of_the_line(monkeypatch):
    exam = draw_copies("dates", 1000, drawn(1000), held_out=True)
    lengths = (exam.source != PADDING).sum(dim=1)
    short = lengths <= 12

    def judged(model, batch):
        assert torch.equal(batch.source, exam.source)
        right = short.unsqueeze(1).expand(-1, 11).clone()
        right[lengths >= 21, 3:] = True
        return right, right

    asked = canned(monkeypatch, None)
    monkeypatch.setattr(copying, "written_right", judged)
    results = copy_date_results("none", 300, 0)
    assert asked == [(("none", "dates"), {"seed": 0, "num_steps": 300})]
    assert results["short"] == 0
    assert results["long"] == 1
    assert results["broken"] == pytest.approx(1 - short.float().mean().item())
    assert 0.1 < results["broken"] < 0.9


@pytest.mark.parametrize("name", ["copying", "copy_widths", "copy_dates"])
def test_every_row_of_the_table_is_stored(name):
    rows = [dict(row.settings) for row in runs.load(name).rows]
    assert rows == [dict(each) for each in EXPERIMENTS[name].settings]


def test_the_tests_are_of_the_letters_that_the_page_takes():
    assert "".join(LETTERS.characters) == SYMBOLS
    assert isinstance(copy_batch(["a"], ["a"]), CopyBatch)
