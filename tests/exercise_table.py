"""What the tests of all checkers share: right answers pass, wrong ones get words."""

import importlib
import inspect
import pkgutil
import re
import sys

from attn_utils import exercises
from attn_utils.exercises import base


def checkers(module):
    """The checkers of a module: its public functions of one answer."""
    return [
        thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing)
        and thing.__module__ == module.__name__
        and name[0] != "_"
        and list(inspect.signature(thing).parameters) == ["answer"]
    ]


CHECKERS = [
    checker
    for info in pkgutil.iter_modules(
        exercises.__path__, exercises.__name__ + "."
    )
    for checker in checkers(importlib.import_module(info.name))
]


def judges(checker):
    """The judges that a checker asks."""
    return set(re.findall(r"\bjudge\w*(?=\()", inspect.getsource(checker)))


def hints(checker, monkeypatch):
    """Every hint that a checker keeps ready."""
    found = []

    def spy(judge):
        def judging(*arguments, **named):
            bound = inspect.signature(judge).bind(*arguments, **named)
            for name in ("mistakes", "reasons", "signs"):
                found.extend((bound.arguments.get(name) or {}).values())
            return judge(*arguments, **named)

        return judging

    module = sys.modules[checker.__module__]
    for name in ("judge", "judge_numbers", "judge_choice", "judge_names"):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, spy(getattr(base, name)))
    checker(None)
    return found


def assert_refused(checker, answer, words):
    verdict = checker(answer)
    assert not verdict
    assert repr(verdict).startswith("✗ ")
    assert words in verdict.sentence
    assert "<function" not in verdict.sentence
    assert "<lambda>" not in verdict.sentence
