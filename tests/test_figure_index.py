"""The index of figures: each figure has its anchor, its picture and its words."""

import re

from extensions import load

index = load("figure_index")
PICTURE = '<svg viewBox="0 0 2 1"><path d="M 0 0"/></svg>'
NARROW = '<svg viewBox="0 0 1 2"></svg>'


def figure(caption, inside=PICTURE, more=""):
    return (
        f'<figure class="attn-figure"{more}><div>{inside}</div>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def test_figures_are_numbered_in_their_order():
    body = figure("a") + "<p></p>" + figure("b", more=' data-picture="1"')
    made = index.with_anchors(body)
    assert re.findall(r'<figure class="attn-figure" id="([^"]+)"', made) == [
        "figure-1",
        "figure-2",
    ]
    assert ' id="figure-2" data-picture="1">' in made
    assert re.sub(r' id="figure-\d"', "", made) == body


def test_of_a_caption_the_first_sentence_is_shown():
    assert (
        index.first_words("Left: <em>two</em> rows. More.") == "Left: two rows"
    )
    assert index.first_words("Is it &lt; 0.5? No.") == "Is it < 0.5?"
    long = index.first_words("word, " * 40)
    assert long.endswith("word …")
    assert len(long) <= index.LONGEST + 2


def test_entries_tell_words_picture_and_what_moves():
    page = index.with_anchors(
        figure("First.", PICTURE + NARROW)
        + '<div class="attn-live full-width" data-model="m" style="--phone: 2px">'
        + figure("Second.")
        + "</div>"
        + '<div class="attn-live attn-guess" data-model="m">'
        + figure("Third.")
    )
    found = index.entries_of(page, "<style>c</style>")
    assert [each.anchor for each in found] == [f"figure-{n}" for n in (1, 2, 3)]
    assert [each.words for each in found] == ["First", "Second", "Third"]
    assert [each.live for each in found] == [False, True, False]
    assert found[0].picture == PICTURE.replace(
        '1"><path', '1"><style>c</style><path'
    )


def test_what_has_no_anchor_picture_or_caption_is_left_out():
    page = figure("a") + '<figure class="attn-figure" id="figure-9"></figure>'
    assert index.entries_of(page, "") == []


def test_a_picture_knows_the_colours_of_both_themes():
    made = index.themes(index.SHEET.read_text("utf-8"))
    light, dark = made.split("prefers-color-scheme: dark")
    for colours in (light, dark):
        assert set(re.findall(r"--attn-(\w+):", colours)) >= {
            *(
                "ink",
                "paper",
                "query",
                "key",
                "value",
                "weight",
                "soft",
                "line",
            ),
        }
    assert re.findall(r"--attn-ink: #\w+", light) != re.findall(
        r"--attn-ink: #\w+", dark
    )


def test_an_entry_leads_to_its_figure():
    entry = index.Entry("figure-3", "a < b", True, "")
    made = index.item("chapters/01_x.html", entry, "_static/figures/01_x-3.svg")
    assert 'href="../chapters/01_x.html#figure-3"' in made
    assert 'src="../_static/figures/01_x-3.svg"' in made
    assert "moves</span> a &lt; b" in made
    still = index.item("p.html", entry._replace(live=False), "x.svg")
    assert "moves" not in still
