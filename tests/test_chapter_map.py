"""The map of the chapters: what they need, how long they take, who leads to whom."""

import json
import re
import types
from pathlib import Path

import pytest
from extensions import load

chapter_map = load("chapter_map")
live_widgets = load("live_widgets")
ALL = chapter_map.chapters()


def test_what_a_chapter_needs_and_how_long_it_takes_is_read_from_its_words():
    def both(text):
        return chapter_map.needs_of(text), chapter_map.minutes_of(text)

    assert both(
        "**You\nneed** chapters 1, 2 and 4, and about forty minutes."
    ) == (
        (1, 2, 4),
        40,
    )
    assert both(
        "**You need** chapters 1 to 3, and about thirty-five\nminutes."
    ) == (
        (1, 2, 3),
        35,
    )
    words = "**You need** chapter 10, and nerves. It takes about fifty minutes."
    assert both(words) == ((10,), 50)
    assert both("**You need** Python. It takes about thirty minutes.") == (
        (),
        30,
    )


@pytest.mark.parametrize(
    ("read", "words"),
    [
        ("needs_of", "must say what"),
        ("minutes_of", "for about how many minutes"),
    ],
)
@pytest.mark.parametrize("text", ["Nothing.", "It is about ten minutes long."])
def test_a_chapter_that_does_not_say_so_stops_the_build(read, words, text):
    with pytest.raises(ValueError, match=words):
        getattr(chapter_map, read)(text)


def test_every_chapter_has_its_place_and_needs_earlier_ones_only():
    assert (
        list(ALL) == sorted(chapter_map.PLACES) == list(range(1, len(ALL) + 1))
    )
    for number, chapter in ALL.items():
        assert all(need < number for need in chapter.needs)
        assert chapter.minutes >= 30
        assert chapter.title.startswith(f"{number} · ")
        assert chapter.question
    assert len(set(chapter_map.PLACES.values())) == len(ALL)


def test_arrows_lead_from_every_need_and_leave_out_what_follows():
    of = {
        number: chapter_map.Chapter("", "", "", needs, 30)
        for number, needs in {
            1: (),
            2: (1,),
            3: (2,),
            4: (1, 3),
            5: (1,),
        }.items()
    }
    assert chapter_map.arrows(of) == [(1, 2), (2, 3), (3, 4), (1, 5)]
    leads = set(chapter_map.arrows(ALL))
    reached = {number: {number} for number in ALL}
    for number in ALL:
        for need, other in leads:
            if other == number:
                reached[number] |= reached[need]
        assert set(ALL[number].needs) <= reached[number]


def test_a_line_leads_from_card_to_card():
    for one, other in chapter_map.arrows(ALL):
        points = re.findall(r"([\d.]+) ([\d.]+)", chapter_map.line(one, other))
        (x1, y1), (x2, y2) = ([float(n) for n in points[k]] for k in (0, -1))
        (c1, r1), (c2, r2) = (chapter_map.PLACES[n] for n in (one, other))
        assert y1 == pytest.approx(100 * (r1 + 1) / 6, abs=0.01)
        assert y2 == pytest.approx(100 * (r2 + 1) / 6, abs=0.01)
        if c2 > c1:
            assert c1 * 25 + 12.5 < x1 < (c1 + 1) * 25
            assert c2 * 25 < x2 < c2 * 25 + 12.5
        else:
            assert (x1, x2) == (c1 * 25 + 12.5, c2 * 25 + 12.5)


def test_a_card_says_title_question_needs_and_minutes():
    made = chapter_map.card(8, ALL[8])
    assert 'href="../chapters/08_transformer.html"' in made
    assert "<b>8 · The Transformer</b>" in made
    assert "How does a machine read a date?" in made
    assert "after 2, 4, 5, 6, 7 · 50\u00a0min" in made
    assert "after" not in chapter_map.card(1, ALL[1])
    below = [n for n in ALL if "attn-below" in chapter_map.card(n, ALL[n])]
    assert below == [5]


def test_a_path_has_links_and_its_time():
    assert chapter_map.time_of(60) == "1\u00a0h"
    assert chapter_map.time_of(45) == "45\u00a0min"
    assert chapter_map.time_of(150) == "2\u00a0h 30\u00a0min"
    made = chapter_map.path_of([1, 10], ALL)
    assert made == (
        "chapters [1](../chapters/01_weighted_fusion.ipynb), "
        "[10](../chapters/10_cbam.ipynb): 1\u00a0h 10\u00a0min"
    )


def test_the_page_that_asks_gets_map_and_paths():
    content = [f"# Book\n\n{chapter_map.MAP}\n\nRead {{path 1, 2}}.\n"]
    chapter_map.fill_map(None, "book/intro", content)
    assert content[0].count("<li") == len(ALL)
    assert content[0].count("<path") == len(chapter_map.arrows(ALL))
    assert content[0].endswith(": 1\u00a0h 10\u00a0min.\n")
    other = ["# Other"]
    chapter_map.fill_map(None, "book/notation", other)
    assert other == ["# Other"]


def borrowed(more):
    traits = {"name": "a", "query": 2, "bandwidth": 0.5, "text": "x"}
    shown = {
        "model": "m",
        "state": {"state": traits},
        "place": '<div class="x">',
    }
    env = types.SimpleNamespace(
        metadata={"chapters/01": {live_widgets.SHOWN: [shown]}}
    )
    text = f'<div data-live="chapters/01" data-name="a"{more}></div>'
    made = live_widgets.borrow(env, live_widgets.BORROWED.fullmatch(text))
    assert traits["bandwidth"] == 0.5  # the chapter's own stays as it is
    return made


def test_a_borrowed_widget_starts_and_glides_where_the_page_says():
    made = borrowed(' data-start="bandwidth=0.25" data-glide="query=4"')
    assert made["state"]["state"]["bandwidth"] == 0.25
    assert made["state"]["state"]["query"] == 2
    glide = re.fullmatch(r'<div data-glide="(.*)" class="x">', made["place"])
    assert json.loads(glide[1].replace("&quot;", '"')) == {"query": 4.0}
    assert borrowed("")["place"] == '<div class="x">'


@pytest.mark.parametrize("part", ["speed=3", "text=3"])
def test_a_start_that_is_no_number_of_the_widget_stops_the_build(part):
    with pytest.raises(
        live_widgets.ExtensionError, match="has no number named"
    ):
        borrowed(f' data-start="{part}"')


def test_the_landing_page_asks_for_the_map():
    intro = Path(chapter_map.ROOT, "book", "intro.md").read_text("utf-8")
    assert chapter_map.MAP in intro
    assert len(chapter_map.PATH.findall(intro)) >= 3
