"""What the weekly canary watches: links to other hosts, and what Colab has."""

import urllib.error
from pathlib import Path

import pytest

from tools import colab_list, links

ROOT = Path(__file__).parents[1]
OURS = "torch==2.13.0\nnumpy==2.1.3\nmatplotlib==3.10.0\nipywidgets==7.7.1\nwidgetsnbextension==3.6.1\nipykernel==6.17.1\nipython==7.34.0\n"


def test_a_list_of_the_same_series_is_what_is_tested():
    theirs = OURS.replace("ipykernel==6.17.1", "ipykernel==6.17.9")
    assert colab_list.moved(OURS, theirs) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ipywidgets==7.7.1", "ipywidgets==8.1.5", "Colab has 8.1.5, "),
        ("torch==2.13.0", "torch @ https://a.org/whl/cu/torch-2.14.1%2Bcu130-cp312.whl", "Colab has 2.14.1, "),
        ("torch==2.13.0", "torch==2.14.0+cu130", "Colab has 2.14.0, "),
        ("numpy==2.1.3\n", "", "Colab has none that can be read, "),
    ],
)  # fmt: skip
def test_what_has_moved_is_told(old, new, said):
    (line,) = colab_list.moved(OURS, OURS.replace(old, new))
    assert line.startswith(f"{old.partition('=')[0]}: {said}")


def test_a_release_named_by_its_file_is_read():
    by_file = "torch @ https://a.org/whl/torch-2.13.0%2Bcu130-cp312.whl"
    theirs = OURS.replace("torch==2.13.0", by_file)
    assert colab_list.moved(OURS, theirs) == []


def test_an_empty_list_is_not_what_is_tested():
    assert len(colab_list.moved(OURS, "")) == len(colab_list.WATCHED)


def test_what_is_watched_is_what_is_tested_there():
    ours = (ROOT / "requirements-colab.txt").read_text("utf-8")
    assert set(colab_list.WATCHED) <= dict(colab_list.PIN.findall(ours)).keys()


class Answer:
    """Of a host that answers."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def refused(code):
    return urllib.error.HTTPError("https://a.org", code, "no", {}, None)


SLOW = TimeoutError("timed out")


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([Answer()], ""),
        ([refused(404)], "404"),
        ([refused(429)], ""),
        ([refused(503)], ""),
        ([SLOW, Answer()], ""),
        ([SLOW, SLOW, refused(410)], "410"),
        ([SLOW, SLOW, SLOW], "timed out"),
        ([ValueError("unknown url type")], "unknown url type"),
    ],
)
def test_a_link_is_broken_only_if_it_stays_so(monkeypatch, answers, fault):
    left, paused = [*answers], []

    def ask(*_, **__):
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(links.urllib.request, "urlopen", ask)
    monkeypatch.setattr(links.time, "sleep", paused.append)
    assert links.fault("https://a.org") == fault
    assert not left
    assert len(paused) == len(answers)
