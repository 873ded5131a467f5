"""Checkers' common part: an answer is tried, and a sentence says what came.

An answer may be a function, numbers, a choice, names for what a picture shows,
or tensors set by hand. Nothing that it is or does makes a checker raise.
"""

import copy
import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import torch

from .._shapes import Tensor
from .compare import difference, shape_fault
from .words import kind, number_of, ordinal, shown, written

# What a reader may put in quotes and means as a number.
DIGITS = r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?"
NUMBER = re.compile(rf"{DIGITS}(\s*/\s*{DIGITS})?", re.IGNORECASE)


class Verdict:
    """What a checker found: true if the answer is right, and a sentence."""

    def __init__(self, right: bool, sentence: str):
        self.right, self.sentence = right, sentence

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return f"{'✓' if self.right else '✗'} {self.sentence}"


def wrong(sentence: str, hint: str = "") -> Verdict:
    """Return the verdict on a wrong answer, with a hint if there is one."""
    return Verdict(False, f"{sentence} ({hint})" if hint else sentence)


def judge(
    answer: object,
    reference: Callable,
    cases: Iterable[tuple],
    tolerance: float = 1e-5,
    mistakes: Mapping[Callable, str] | None = None,
    compare: Callable[[object, object, float], str] = difference,
) -> Verdict:
    """Compare a function with the reference on every case.

    Each call gets copies of its own, so that a function may write into its
    arguments, or empty them.

    Args:
        answer: the reader's function.
        reference: what it should compute: a tensor, a number, or a tuple; its
            parameters' names are those that the verdict uses.
        cases: arguments for both; chosen so that near misses show.
        tolerance: how far a number may be off, relative or absolute.
        mistakes: wrong functions that people write, each with a hint. It is
            given where the first fault lies in what was returned, and answer and
            mistake agree on all cases in which something was.
        compare: `(got, expected, tolerance)` -> how they differ, in words.

    Returns:
        The first difference in words, or that all cases agree.
    """
    names = list(inspect.signature(reference).parameters)
    if _is_missing(answer):
        return wrong("not yet: a function is asked for")
    if not callable(answer):
        return wrong(
            f"a function is asked for, but this is {kind(answer)}",
            "hand in its name, without calling it",
        )
    cases = list(cases)
    if not _takes(answer, cases[0]):
        count = f"{len(names)} argument{'s' if len(names) > 1 else ''}"
        return wrong(f"it must take {count}: {', '.join(names)}")
    results, missing, sentence = [], [], ""
    compared = True  # whether the first fault lies in what was returned
    for arguments in cases:
        expected = reference(*copy.deepcopy(arguments))
        returned = False
        try:
            got = answer(*copy.deepcopy(arguments))
        except Exception as error:  # whatever the reader's code raises is news
            said = f": {error}" if str(error) else ""
            fault = f"it raised {type(error).__name__}{said}"
        else:
            if _is_missing(got):
                missing.append(got)
                fault = (
                    f"it returned {shown(got)} (does each way through it end in a "
                    "`return`?)"
                )
            else:
                returned = True
                results.append((arguments, got))
                fault = compare(got, expected, tolerance)
        if fault and not sentence:
            tried = zip(names, arguments, strict=False)
            told = ", ".join(f"{n} = {shown(a)}" for n, a in tried)
            sentence, compared = f"{fault}, for {told}", returned
    if len(missing) == len(cases):
        return wrong(
            f"not yet: it returns {shown(missing[0])} (is there a `return`?)"
        )
    if not sentence:
        return Verdict(True, f"right, on all {len(cases)} inputs tried")
    # What raised, or returned nothing, may be right elsewhere: no hint fits that.
    for mistake, hint in (mistakes or {}).items() if compared else ():
        if all(
            _same(got, mistake, arguments, tolerance, compare)
            for arguments, got in results
        ):
            return wrong(sentence, hint)
    return wrong(sentence)


def judge_numbers(
    answer: object,
    expected: int | float | Sequence[int | float],
    tolerance: float | Sequence[int | float] = 0.005,
    mistakes: Mapping[object, str] | None = None,
    because: str = "",
) -> Verdict:
    """Compare one number, or several in order, worked out by hand.

    The verdict never gives the number away.

    Args:
        answer: a number, or a list, tuple or tensor of numbers, in any brackets.
        expected: what is right, computed by the checker; an int where a whole
            number is asked for.
        tolerance: how far each may be off; one for all, or one for each.
        mistakes: wrong numbers (tuples, where several are asked for) that
            people get, each with a hint.
        because: what a right answer is told.
    """
    several = isinstance(expected, Sequence)
    right = tuple(expected) if several else (expected,)
    wish = f"{len(right)} numbers are" if several else "a number is"
    try:
        listed = _listed(answer)
    except RecursionError:  # a list that holds itself
        return wrong(f"{wish} asked for, but this is {kind(answer)}")
    if any(_is_missing(one) for one in listed or [answer]):
        return wrong(f"not yet: {wish} asked for")
    if several == (listed is None):
        return wrong(f"{wish} asked for, but this is {kind(answer)}")
    listed = listed if several else [answer]
    if len(listed) != len(right):
        return wrong(f"{wish} asked for, but there are {len(listed)}")
    numbers = [number_of(one) for one in listed]
    for one, number in zip(listed, numbers, strict=True):
        if number is None or number != number:
            quoted = isinstance(one, str) and NUMBER.fullmatch(one.strip())
            hint = "leave out the quotes" if quoted else ""
            said = kind(one) if number is None else "not a number (NaN)"
            return wrong(f"{wish} asked for, but this is {said}", hint)
    each = isinstance(tolerance, Sequence)
    allowed = tolerance if each else [tolerance] * len(right)

    def missed(theirs: Sequence[int | float]) -> list[bool]:
        """Say of each number whether it is another than theirs."""
        trios = zip(numbers, theirs, allowed, strict=True)
        return [abs(mine - other) > far for mine, other, far in trios]

    if not any(missed(right)):
        return Verdict(True, "right" + (f": {because}" if because else ""))
    for mistake, hint in (mistakes or {}).items():
        theirs = mistake if several else (mistake,)
        if len(theirs) == len(numbers) and not any(missed(theirs)):
            return wrong(f"{shown(answer)} is not it", hint)
    place = missed(right).index(True)
    whole = isinstance(right[place], int)
    subject = written(numbers[place], 9 if whole else 4)
    if several:
        subject = f"the {ordinal(place)} number, {subject},"
    if whole and _is_between(numbers[place]):
        return wrong(f"{subject} is not whole", "a whole number is asked for")
    off = abs(numbers[place] - right[place])
    if not whole and off <= 10 * allowed[place]:
        return wrong(f"{subject} is close, but off", "keep more digits")
    size = "large" if numbers[place] > right[place] else "small"
    return wrong(f"{subject} is too {size}")


def judge_choice(
    answer: object, right: str, reasons: Mapping[str, str], because: str
) -> Verdict:
    """Compare a pick, such as "b", with what is right.

    Args:
        answer: one of the options; capitals, brackets and blanks are ignored.
        right: the option that is right, computed by the checker.
        reasons: every other option, and why it is refused.
        because: why the right one is right.

    Raises:
        ValueError: `right` has a reason to be refused.
    """
    if right in reasons:
        raise ValueError(
            f"reasons must be of the wrong options alone, but refuse {right!r}, "
            "which is right"
        )
    options = sorted([right, *reasons])
    offer = f"pick one of {', '.join(map(repr, options))}"
    if _is_missing(answer):
        return wrong(f"not yet: {offer}")
    if not isinstance(answer, str):
        return wrong(f"{offer}; this is {kind(answer)}")
    picked = _plain(answer)
    if picked == _plain(right):
        return Verdict(True, f"right: {because}")
    for option, reason in reasons.items():
        if picked == _plain(option):
            return wrong(f"not {option!r}: {reason}")
    return wrong(f"{offer}; {answer!r} is none of them")


def judge_names(
    answer: object, truth: Mapping[str, str], signs: Mapping[str, str]
) -> Verdict:
    """Compare the name given to each part of a picture with what it is.

    Args:
        answer: a dict from the letter of each part to a name.
        truth: the same, computed from what is drawn.
        signs: every name that may be given, and what one would see by it.

    Raises:
        ValueError: a true name is none of those that may be given.
    """
    if missing := set(truth.values()) - set(signs):
        raise ValueError(
            f"signs must have every true name, but lack {sorted(missing)}"
        )
    offer = f"the names are {', '.join(map(repr, signs))}"
    if _is_missing(answer):
        return wrong(f"not yet: {offer}")
    if not isinstance(answer, Mapping):
        letters = ", ".join(f"{letter!r}: …" for letter in truth)
        return wrong(
            f"a name for each is asked for, {{{letters}}}, but this is "
            f"{kind(answer)}"
        )
    given = {_plain(str(part)): name for part, name in answer.items()}
    known = {_plain(name): name for name in signs}
    right = 0
    for part, true in truth.items():
        name = given.get(_plain(part))
        if _is_missing(name):
            return wrong(f"not yet: {part} has no name; {offer}")
        if not isinstance(name, str) or _plain(name) not in known:
            return wrong(f"{name!r} for {part} is no name; {offer}")
        right += known[_plain(name)] == true
    for part, true in truth.items():
        name = known[_plain(given[_plain(part)])]
        if name != true:
            return wrong(
                f"{right} of {len(truth)} are right; {part} is not {name!r}: "
                f"{signs[name]}"
            )
    return Verdict(True, f"right, all {len(truth)}")


def judge_tensors(
    answer: object,
    shapes: Mapping[str, tuple[int, ...]],
    tests: Iterable[Callable[..., str]],
    because: str = "",
) -> Verdict:
    """Try tensors that were set by hand, by what they do.

    Args:
        answer: a dict from names to tensors, or to lists of numbers.
        shapes: the names, and what shape each must have.
        tests: functions of the tensors by these names, in float32, that return
            a fault in words or an empty string; the first fault is told.
        because: what a right answer is told.
    """
    wish = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    if _is_missing(answer):
        return wrong(f"not yet: {wish}")
    if not isinstance(answer, Mapping):
        return wrong(
            f"a dict is asked for, {{{', '.join(f'{n!r}: …' for n in shapes)}}}, "
            f"but this is {kind(answer)}"
        )
    made = {}
    for name, shape in shapes.items():
        given = answer.get(name)
        if _is_missing(given):
            others = [other for other in answer if other not in shapes]
            hint = (
                f"{others[0]!r} is no name that is asked for" if others else ""
            )
            return wrong(f"not yet: {name} must have the shape {shape}", hint)
        try:
            tensor = _tensor_of(given).detach().to_dense().cpu()
        except (TypeError, ValueError, RuntimeError, NotImplementedError):
            return wrong(
                f"{name} must be rows of numbers, {shape}, but is {shown(given)}"
            )
        if tensor.dtype == torch.bool or tensor.is_complex():
            return wrong(f"{name} must hold numbers, but holds {tensor.dtype}")
        tensor = tensor.float().clone()
        if fault := shape_fault(tuple(tensor.shape), shape):
            return wrong(f"of {name}: {fault}")
        if not tensor.isfinite().all():
            return wrong(f"{name} must hold finite numbers alone")
        made[name] = tensor
    for test in tests:
        if fault := test(**copy.deepcopy(made)):
            return wrong(fault)
    return Verdict(True, "right" + (f": {because}" if because else ""))


def _is_between(number: int | float) -> bool:
    """Say whether a number lies between whole ones, by more than rounding."""
    return math.isfinite(number) and abs(number - round(number)) > 1e-6


def _is_missing(answer: object) -> bool:
    """Say whether a stub still stands: nothing, or three dots."""
    return answer is None or answer is Ellipsis


def _listed(answer: object) -> list | None:
    """Return the parts of a list, a tuple, a tensor or an array, else None.

    Brackets inside are left out: numbers in a column, or grouped, are in order.
    """
    if isinstance(answer, list | tuple):
        parts = [(part, _listed(part)) for part in answer]
        return [
            one
            for part, inside in parts
            for one in ([part] if inside is None else inside)
        ]
    if isinstance(answer, Tensor):
        flat = answer.is_nested or answer.is_meta or not answer.ndim
        return None if flat else _listed(answer.detach().to_dense().tolist())
    if not isinstance(answer, type) and getattr(answer, "shape", ()) != ():
        return _listed(getattr(answer, "tolist", lambda: None)())
    return None


def _tensor_of(given: object) -> Tensor:
    """Return a tensor of what may also be a list of tensors; else raise a TypeError."""
    if getattr(given, "is_nested", False) is True:
        raise TypeError
    if isinstance(given, list | tuple) and any(
        isinstance(part, Tensor | list | tuple) for part in given
    ):
        return torch.stack([_tensor_of(part) for part in given])
    return torch.as_tensor(given)


def _plain(text: str) -> str:
    """Strip what does not matter in a short answer."""
    return " ".join(text.strip("().'\" \t\n").casefold().split())


def _takes(answer: Callable, arguments: tuple) -> bool:
    """Say whether a function can be called with so many arguments."""
    try:
        inspect.signature(answer).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # some that are built in do not tell
        return True
    return True


def _same(
    got: object,
    mistake: Callable,
    arguments: tuple,
    tolerance: float,
    compare: Callable[[object, object, float], str],
) -> bool:
    """Say whether a mistake gives what the answer gave."""
    try:
        theirs = mistake(*copy.deepcopy(arguments))
    except Exception:  # this mistake cannot be made with these arguments
        return False
    return not compare(got, theirs, tolerance)
