"""What all checkers do: try, compare, and say in words what they found."""

import copy
import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from exercise_table import CHECKERS
from torch import nn

from attn_utils.exercises import seq2seq, transformer, weighted_fusion
from attn_utils.exercises.base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from attn_utils.exercises.words import kind, shown, written


def double(x):
    return x * 2


ROW = torch.tensor([1.0, 2.0, 4.0])


def on_row(answer, reference=double, **options):
    return judge(answer, reference, [(ROW,)], **options).sentence


def sabotage(things):
    """Empty or overwrite everything inside, as deep as it goes."""
    if isinstance(things, torch.Tensor):
        things.zero_()
        return
    inside = list(things.values()) if isinstance(things, dict) else things
    for thing in inside:
        if not isinstance(thing, float | int):
            sabotage(thing)
    things.clear()


# -- functions -----------------------------------------------------------------


def test_judge_says_where_the_first_difference_is_and_for_what():
    verdict = judge(
        lambda x: x * 2, lambda x: x * 1, [(torch.tensor([0.0, 3.0]),)]
    )
    assert not verdict
    assert verdict.sentence == "expected 3 at [1], got 6, for x = [0, 3]"
    assert isinstance(verdict, Verdict)


def test_what_an_answer_does_to_its_arguments_is_its_own_affair():
    case = (
        [1.0, [2.0]],
        {"deep": [torch.ones(3)]},
        torch.ones(2),
        nn.Linear(2, 1),
    )
    before = copy.deepcopy(case)

    def total(numbers, table, x, module):
        inner = table["deep"][0].sum() + x.sum() + module.weight.sum()
        return inner + numbers[0] + numbers[1][0]

    def spoiling(spoiled):
        def answer(numbers, table, x, module):
            result = total(numbers, table, x, module).detach().clone()
            sabotage(numbers), sabotage(table), sabotage(x)
            nn.init.zeros_(module.weight)
            return result + spoiled

        return answer

    # The answer spoils, then the reference does, then a mistake does.
    assert judge(spoiling(0), total, [case, case])
    assert judge(total, spoiling(0), [case, case])
    verdict = judge(
        lambda *given: total(*given) + 1,
        total,
        [case, case],
        mistakes={spoiling(5): "not this", spoiling(1): "one too many"},
    )
    assert "(one too many)" in verdict.sentence
    assert case[0] == before[0]
    assert torch.equal(case[1]["deep"][0], before[1]["deep"][0])
    assert torch.equal(case[2], before[2])
    assert torch.equal(case[3].weight, before[3].weight)


def test_a_result_may_carry_a_gradient_be_sparse_or_of_more_digits():
    for convert in (
        lambda x: x.requires_grad_(),
        lambda x: x.double(),
        lambda x: x.to_sparse(),
        lambda x: nn.Parameter(x),
    ):
        assert judge(
            lambda x, convert=convert: convert(2 * x), double, [(ROW,)]
        )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_result_on_another_device_is_compared_here():
    assert judge(lambda x: 2 * x.cuda(), double, [(ROW,)])
    assert "at [0]" in on_row(lambda x: 3 * x.cuda())
    assert judge(lambda x: x.cuda().sum(), lambda x: x.sum().item(), [(ROW,)])
    assert judge_numbers(ROW.cuda(), [1.0, 2.0, 4.0])
    assert judge_tensors({"x": ROW.cuda()}, {"x": (3,)}, [lambda x: ""])


def test_a_device_without_numbers_is_named():
    assert 'device "meta"' in on_row(lambda x: (2 * x).to("meta"))
    assert "must return a number" in on_row(
        lambda x: x.sum().to("meta"), lambda x: x.sum().item()
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: 2 * x.unsqueeze(0), "an axis of one is left over: `squeeze`"),
        (lambda x: (2 * x).sum(), "one number for all"),
        (lambda x: 2 * x[:1], "torch would spread it over the rest"),
        (lambda x: 2 * x[:2], "the shape must be (3,), but is (2,)"),
        (lambda x: (2 * x).tolist(), "returned a list (`torch.tensor` makes"),
        (lambda x: [2 * one for one in x], "returned a list (`torch.stack` makes"),
        (lambda x: (2 * x).numpy(), "returned a ndarray (`torch.tensor` makes"),
        (lambda x: 2.0, "returned a float"),
        (lambda x: {"x": x}, "returned a dict"),
        (lambda x: "2x", "returned a string ('2x')"),
        (lambda x: double, "returned a function"),
        (lambda x: (2 * x).long(), "must hold floats (torch.float32), but holds torch.int64"),
        (lambda x: 2 * x.half(), "must keep the digits of torch.float32"),
        (lambda x: x > 0, "must hold numbers (torch.float32), but holds torch.bool"),
        (lambda x: x / 0 * 0, "at [0] is not a number (NaN), as 0 / 0"),
        (lambda x: x / 0, "expected 2 at [0], got inf"),
        (lambda x: 2 * x + 0.0001, "expected 2 at [0], got 2.0001"),
        (lambda x: None, "not yet: it returns None (is there a `return`?)"),
        (lambda x: ..., "not yet"),
        (lambda x: x.oops, "it raised AttributeError: 'Tensor' object has no"),
        (lambda: 1, "it must take 1 argument: x"),
        (2 * ROW, "but this is a tensor of shape (3,) (hand in its name"),
        (..., "not yet: a function is asked for"),
    ],
)  # fmt: skip
def test_where_a_tensor_is_asked_for_a_fault_is_told_in_its_own_types(
    answer, words
):
    verdict = judge(answer, double, [(ROW,)])
    assert not verdict
    assert words in verdict.sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda x: x,
            "must return a number, but returned a tensor of shape (3,)",
        ),
        (lambda x: x.sum().reshape(1), "(`.item()` takes its number out)"),
        (lambda x: [7.0], "returned a list"),
        (lambda x: True, "returned True"),
        (lambda x: "7", "returned a string ('7')"),
        (lambda x: math.nan, "not a number (NaN)"),
        (lambda x: 7.00012, "expected 7, got 7.0001"),
        (lambda x: 2.200000047683716, "expected 7, got 2.2, for x = [1, 2, 4]"),
    ],
)
def test_where_a_number_is_asked_for_no_tensor_is_spoken_of(answer, words):
    verdict = judge(answer, lambda x: x.sum().item(), [(ROW,)])
    assert not verdict
    assert words in verdict.sentence
    assert "must return a tensor" not in verdict.sentence


@pytest.mark.parametrize(
    "seven",
    [7, 7.0, Fraction(7), np.float32(7), torch.tensor(7.0), torch.tensor(7)],
)
def test_a_number_may_be_of_any_kind(seven):
    assert judge(lambda x: seven, lambda x: 7.0, [(ROW,)])
    assert judge(lambda x: seven, lambda x: torch.tensor(7.0), [(ROW,)])
    assert judge_numbers(seven, 7.0)


def test_masks_are_compared_entry_by_entry():
    verdict = judge(lambda x: x > 0, lambda x: x > 1, [(ROW,)])
    assert "1 of 3 entries are wrong, the first at [0]: it must be False" in (
        verdict.sentence
    )
    mask = judge(lambda x: (x > 1).long(), lambda x: x > 1, [(ROW,)])
    assert "must hold True and False (torch.bool), but holds torch.int64" in (
        mask.sentence
    )


def test_several_results_are_compared_one_by_one():
    def both(x):
        return x, x.sum().item()

    assert judge(lambda x: [x, 7], both, [(ROW,)])
    for answer, words in [
        (
            lambda x: x,
            "must return 2 things, as in `return a, b`, but returned a t",
        ),
        (lambda x: (x, 7, 7), "must return 2 things, but returned 3"),
        (lambda x: (x, 8), "of result 2: expected 7, got 8"),
        (lambda x: (x.sum(), 7), "of result 1: the shape must be (3,)"),
    ]:
        assert words in on_row(answer, both)


def test_exchanged_axes_are_told():
    square = torch.rand(2, 3)
    verdict = judge(lambda x: x.T, lambda x: x, [(square,)])
    assert "but is (3, 2) (the axes are exchanged)" in verdict.sentence
    column = judge(lambda x: x[:, :1], lambda x: x, [(square,)])
    assert "torch would spread it" in column.sentence
    missing = judge(lambda x: x.squeeze(0), lambda x: x, [(square[:1],)])
    assert "an axis of one is missing: `unsqueeze`" in missing.sentence


def test_a_hint_is_given_only_where_the_mistake_agrees_on_every_case():
    cases = [(torch.tensor(2.0),), (torch.tensor(3.0),)]
    mistakes = {
        lambda x: x + 5: "five too many",
        lambda x: x * 3.5: "half again",
    }

    def told(answer):
        return judge(answer, double, cases, mistakes=mistakes).sentence

    assert "five" in told(lambda x: x + 5)
    assert "half again" in told(lambda x: x * 3.5)
    assert "(" not in told(
        lambda x: torch.where(x < 3, x + 5, x)
    )  # one case alone


def test_a_mistake_that_cannot_be_made_gives_no_hint():
    verdict = judge(
        lambda x: x, double, [(ROW,)], mistakes={lambda x: x.oops: "no"}
    )
    assert verdict.sentence == "expected 2 at [0], got 1, for x = [1, 2, 4]"


def test_what_raises_gets_no_hint_of_what_is_right_elsewhere():
    cases = [(torch.tensor(2.0),), (torch.tensor(0.0),)]
    mistakes = {lambda x: x * 2.0 if x > 1 else x + 5: "no doubling below"}
    for answer in (
        lambda x: 2 * x if x > 1 else 1 / 0,
        lambda x: 2 * x if x > 1 else None,
    ):
        sentence = judge(answer, double, cases, mistakes=mistakes).sentence
        assert "no doubling below" not in sentence
        assert sentence.endswith("for x = 0")


def test_a_way_without_a_return_is_told_by_its_input():
    cases = [(torch.tensor(2.0),), (torch.tensor(3.0),)]

    def told(answer):
        return judge(answer, double, cases).sentence

    end = (
        "returned None (does each way through it end in a `return`?), for x = "
    )
    assert told(lambda x: None if x > 2 else 2 * x) == f"it {end}3"
    assert told(lambda x: 2 * x if x > 2 else None) == f"it {end}2"
    assert told(lambda x: None).startswith("not yet: it returns None (is there")


def test_an_error_without_words_is_told_without_a_colon():
    def unwritten(x):
        raise NotImplementedError

    assert on_row(unwritten, double).startswith(
        "it raised NotImplementedError, for"
    )


def test_of_several_things_one_is_asked_for():
    for pair in ((2 * ROW, ROW[:1]), [2 * ROW, ROW[:1]]):
        told = on_row(lambda x, pair=pair: pair, double)
        assert "returned 2 things: return its first alone" in told
    assert "its second alone" in on_row(lambda x: (7, 2 * x), double)
    assert "one thing in brackets: return its first" in on_row(
        lambda x: (2 * x,), double
    )
    assert "makes one of it" in on_row(lambda x: (x[0], x[1]), double)


def test_a_function_that_is_handed_in_is_named_never_printed():
    sentence = transformer.pre_norm(lambda *given: given[0]).sentence
    assert "memory = a tensor of shape (5, 7), attend = attend" in sentence
    assert "0x" not in sentence


def test_a_right_verdict_counts_the_inputs():
    assert repr(judge(double, double, [(ROW,), (ROW,)])) == (
        "✓ right, on all 2 inputs tried"
    )


# -- numbers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (..., "not yet: a number is asked for"),
        (None, "not yet"),
        (3.0, "3 is too large"),
        (-2.200000047683716, "-2.2 is too small"),
        (0.26, "0.26 is close, but off (keep more digits)"),
        (4.0, "4 is not it (that is the square)"),
        ("0.25", "but this is a string ('0.25') (leave out the quotes)"),
        (math.nan, "not a number (NaN)"),
        (True, "but this is True"),
        ([0.25], "but this is a list"),
        (torch.ones(3), "but this is a tensor of shape (3,)"),
        (torch.ones(3, device="meta"), "but this is a tensor"),
        (1j, "but this is a complex"),
        (double, "but this is a function"),
    ],
)
def test_a_number_is_refused_without_giving_the_right_one_away(answer, words):
    verdict = judge_numbers(answer, 0.25, mistakes={4.0: "that is the square"})
    assert not verdict
    assert words in verdict.sentence
    if not isinstance(answer, str):
        assert "0.25" not in verdict.sentence


def test_several_numbers_are_told_by_their_place():
    def told(answer):
        return judge_numbers(answer, [1.0, 2.0], because="one, two").sentence

    assert told([1, 2]) == told((1.004, torch.tensor(2.0))) == "right: one, two"
    assert told([1, 7]) == "the second number, 7, is too large"
    assert told([1]) == "2 numbers are asked for, but there are 1"
    assert told([1, [2]]) == told(torch.tensor([[1.0], [2.0]])) == told([1, 2])
    assert told([[1, 2], 3]) == "2 numbers are asked for, but there are 3"
    assert told([1, {}]) == "2 numbers are asked for, but this is a dict"
    endless = [1]
    endless.append(endless)
    assert told(endless) == "2 numbers are asked for, but this is a list"
    assert told([1, ...]) == "not yet: 2 numbers are asked for"
    assert told(1) == "2 numbers are asked for, but this is an int"


def test_a_whole_number_is_asked_for_where_the_right_one_is():
    def told(answer):
        return judge_numbers(answer, [2.5, 1375], tolerance=(0.1, 0.2)).sentence

    assert told([2.55, 1375.0]) == "right"
    assert told([2.5, 1374.63]) == (
        "the second number, 1374.63, is not whole (a whole number is asked for)"
    )
    assert told([2.5, 1376]) == "the second number, 1376, is too large"
    assert told([2.5, 1376 + 1e-9]) == "the second number, 1376, is too large"
    assert told([2.5, math.inf]) == "the second number, inf, is too large"


def test_tensors_may_be_lists_of_rows():
    def told(rows):
        return judge_tensors(
            {"x": rows}, {"x": (2, 1)}, [lambda x: f"{x.tolist()}"]
        )

    rows = [torch.tensor([1.0]), torch.tensor([2.0])]
    for given in (rows, tuple(rows), [[rows[0][0]], [2]], torch.stack(rows)):
        assert told(given).sentence == "[[1.0], [2.0]]"
    uneven = told([torch.ones(1), torch.ones(2)])
    assert "must be rows of numbers" in uneven.sentence


def test_quotes_are_to_be_left_out_only_where_a_number_is_inside():
    for number in ("3", " 2/3", "-1.5e-3", "1E5", ".5"):
        assert "leave out the quotes" in judge_numbers(number, 1.0).sentence
    for words in ("c", "2π", "53.1%", "two", "...", "."):
        assert "quotes" not in judge_numbers(words, 1.0).sentence


def test_each_number_may_be_off_by_its_own_tolerance():
    def told(answer):
        return judge_numbers(
            answer,
            [1.0, 2000.0],
            tolerance=(0.01, 100),
            mistakes={(2.0, 2000.0): "that is twice", (1.0, 7000.0): "too far"},
        ).sentence

    assert told([1.009, 1901]) == "right"
    assert told([1.02, 2000]).startswith("the first number, 1.02, is close")
    assert told([1, 2101]).startswith("the second number, 2101, is close")
    assert told([1, 3001]) == "the second number, 3001, is too large"
    assert "(that is twice)" in told([2.009, 1901])
    assert "that is twice" not in told([2.02, 2000])
    assert "(too far)" in told([1, 6901])
    assert "too far" not in told([1, 6899])


# -- choices, names, tensors ---------------------------------------------------


def test_a_choice_is_right_or_refused_with_the_reason_of_that_option():
    def told(answer):
        return judge_choice(
            answer, "b", {"a": "too far", "c": "too near"}, "so"
        ).sentence

    assert (
        told("b") == told("B") == told('"b".') == told(" (b) ") == "right: so"
    )
    assert told("a") == "not 'a': too far"
    assert told("C)") == "not 'c': too near"
    assert told("d") == "pick one of 'a', 'b', 'c'; 'd' is none of them"
    assert told("") == "pick one of 'a', 'b', 'c'; '' is none of them"
    assert told(1) == "pick one of 'a', 'b', 'c'; this is an int"
    assert told(...) == "not yet: pick one of 'a', 'b', 'c'"


def test_a_choice_whose_computed_truth_has_moved_is_no_checker():
    with pytest.raises(ValueError, match="refuse 'a', which is right"):
        judge_choice("a", "a", {"a": "too far"}, "so")


def test_names_are_told_by_what_one_would_see():
    signs = {"causal": "a triangle", "window": "a band"}

    def told(answer):
        return judge_names(
            answer, {"A": "causal", "B": "window"}, signs
        ).sentence

    assert told({"A": "causal", "B": "window"}) == "right, all 2"
    assert told({"a": " Causal ", "b": "'window'"}) == "right, all 2"
    assert told({"A": "window", "B": "window"}) == (
        "1 of 2 are right; A is not 'window': a band"
    )
    assert told({"A": "causal", "B": ...}).startswith("not yet: B has no name")
    assert told({"A": "causal"}).startswith("not yet: B has no name")
    assert told({"A": 1, "B": "window"}).startswith("1 for A is no name")
    assert "but this is a list" in told(["causal", "window"])
    assert told(...) == "not yet: the names are 'causal', 'window'"


def test_tensors_set_by_hand_are_judged_by_what_they_do():
    def told(x):
        tests = [
            lambda x: "" if x.sum() == 3 else f"the sum is {shown(x.sum())}"
        ]
        return judge_tensors({"x": x}, {"x": (2,)}, tests, "three").sentence

    for right in (
        [1, 2],
        (3.0, 0.0),
        torch.tensor([4, -1]),
        np.array([1.5, 1.5]),
    ):
        assert told(right) == "right: three"
    assert told(torch.ones(2, requires_grad=True)) == "the sum is 2"
    assert told([1, 2, 3]) == "of x: the shape must be (2,), but is (3,)"
    assert told([True, False]) == "x must hold numbers, but holds torch.bool"
    assert (
        told(["1", "2"]) == "x must be rows of numbers, (2,), but is ['1', '2']"
    )
    assert told([1, math.nan]) == "x must hold finite numbers alone"
    assert told(torch.ones(2, device="meta")).startswith("x must be rows")
    assert told([..., ...]).startswith("x must be rows")
    assert told(...) == "not yet: x must have the shape (2,)"
    assert judge_tensors(..., {"x": (2,)}, []).sentence == "not yet: x (2,)"
    assert "but this is a list" in judge_tensors([1], {"x": (1,)}, []).sentence


def test_what_a_test_does_to_the_tensors_reaches_neither_the_answer_nor_the_next():
    x = torch.ones(2)

    def spoil(x):
        assert x.sum() == 2
        x.zero_()
        return ""

    assert judge_tensors({"x": x}, {"x": (2,)}, [spoil, spoil])
    assert x.sum() == 2


LETTER = "b"
ODD = [
    *(
        None,
        ...,
        True,
        0,
        -1.5,
        1j,
        math.nan,
        "",
        "b",
        b"b",
        Fraction(1, 3),
        [],
        (),
    ),
    *(
        {},
        {"A": None},
        {"key": [[1]], "query": "x"},
        [[]],
        [None],
        {1, 2},
        range(3),
    ),
    *(
        torch.tensor([]),
        torch.ones(3, 3) > 0,
        torch.ones(2, device="meta"),
        object(),
    ),
    *(
        torch.eye(2).to_sparse(),
        torch.ones(2, dtype=torch.complex64),
        np.ones((2, 2)),
    ),
    *(
        nn.Linear(2, 2),
        nn.Linear,
        print,
        iter([1]),
        np.array("text"),
        RuntimeError("no"),
    ),
]


LETTER_IS_RIGHT = weighted_fusion.without_the_sum, seq2seq.shuffled


@pytest.mark.long
@pytest.mark.parametrize(
    "checker", CHECKERS, ids=lambda checker: checker.__name__
)
def test_whatever_is_handed_in_or_returned_there_is_a_verdict(checker):
    for thing in ODD:
        for answer in (thing, lambda *given, thing=thing: thing):
            if checker in LETTER_IS_RIGHT and answer is LETTER:
                continue
            verdict = checker(answer)
            assert not verdict
            assert isinstance(verdict.sentence, str)
            assert " at 0x" not in verdict.sentence


# -- words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (torch.tensor(2.2), "2.2"),
        (torch.tensor([2.2, -0.0]), "[2.2, 0]"),
        (torch.tensor([[1, 2]]), "[[1, 2]]"),
        (torch.tensor([True, False]), "[True, False]"),
        (torch.rand(3, 5), "a tensor of shape (3, 5)"),
        ([0.1, 0.4], "[0.1, 0.4]"),
        ((1, "two"), "(1, 'two')"),
        ([0.0] * 9, "a list of 9"),
        ({"h": 0.5}, "{'h': 0.5}"),
        (None, "None"),
        (True, "True"),
        (double, "double"),
        (lambda x: x, "a function"),
        (nn.Linear(2, 3), "the module Linear"),
        (12345.678, "12346"),
        (1e-7, "1e-07"),
        (math.inf, "inf"),
    ],
)  # fmt: skip
def test_an_argument_is_shown_as_a_person_would_write_it(thing, text):
    assert shown(thing) == text


def test_what_something_is_has_its_article():
    assert [kind(x) for x in (1, 1.0, [], ..., nn.Linear, print)] == [
        "an int",
        "a float",
        "a list",
        "an ellipsis",
        "the class Linear",
        "a function",
    ]
    assert written(1 / 3) == "0.3333"


STRANGE = {
    "a class": torch.Tensor,
    "too large": 10**400,
    "nested": torch.nested.nested_tensor([ROW, ROW[:2]]),
    "sparse": ROW.to_sparse(),
}


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("expected", [7.0, ROW, (ROW, 7.0)], ids=str)
def test_strange_results_are_refused_in_words(strange, expected):
    if strange is STRANGE["sparse"] and expected is ROW:
        expected = 2 * ROW

    def once(x):
        return strange

    def twice(x):
        return strange, strange

    for answer in (once, twice):
        verdict = judge(answer, lambda x: expected, [(ROW,)])
        assert not verdict
        assert verdict.sentence


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (torch.Tensor, "but is Tensor"),
        ([[10**400]], "a number beyond all floats"),
        (STRANGE["nested"], "a nested tensor"),
        (torch.ones(3).to_sparse(), "right"),
    ],
)
def test_strange_tensors_are_refused_in_words(given, said):
    verdict = judge_tensors({"w": given}, {"w": (3,)}, [])
    assert said in verdict.sentence
    assert judge_numbers(given, [1.0, 2.0]).sentence
