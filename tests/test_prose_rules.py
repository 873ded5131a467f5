"""The book's prose is as the book writes, and every rule of it can fail."""

import json

import pytest

from tools import prose

BOOK = prose.of_book()
PAGES = sorted({passage.page for passage in BOOK})
GLOSSARY = prose.terms((prose.ROOT / prose.GLOSSARY).read_text("utf-8"))
TERMS = [
    prose.Term("self-attention", "自注意力", "p"),
    prose.Term("key", "键", "p"),
    prose.Term("Transformer", "Transformer 模型", "p"),
]
NINE = "This sentence has as many words as nine has."


def read(text, page="p"):
    return prose.of_markdown(text, page)


@pytest.fixture(scope="module")
def faults():
    return prose.faults_of(BOOK, GLOSSARY)


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
def test_the_prose_of_a_page_has_no_fault(page, faults):
    assert [fault for fault in faults if page in fault] == []


def test_the_prose_of_the_book_has_no_fault(faults):
    named = [f for f in faults if not any(page in f for page in PAGES)]
    assert named == []


def test_every_page_and_chapter_is_read():
    files = [
        *prose.ROOT.glob("book/*.md"),
        *prose.ROOT.glob("chapters/*.ipynb"),
    ]
    assert len(PAGES) == len(files)
    assert {"text", "heading", "table", "said"} == {p.kind for p in BOOK}
    assert len(GLOSSARY) >= 30
    assert all(term.page in PAGES for term in GLOSSARY)


def test_no_docstring_of_the_package_uses_a_word_that_is_refused():
    said = prose.of_docstrings()
    assert len({passage.page for passage in said}) > 30
    refused = {"refused": prose.TABLES["refused"]}
    assert prose.badly_worded(said, refused) == []


def test_a_docstring_is_read_over_its_line_ends(tmp_path):
    module = tmp_path / "attn_utils" / "m.py"
    module.parent.mkdir()
    module.write_text('class A:\n    """It is of\n    course so."""\n', "utf-8")
    (said,) = prose.of_docstrings(tmp_path)
    assert said.where == "attn_utils/m.py, A"
    assert prose.badly_worded([said], prose.TABLES)


# What is read


def test_code_formulas_citations_and_html_are_not_prose():
    text = "So `teh` $x$ is [a *link*](teh.md) <b>here</b> [@teh2017; @b].\n\n"
    more = "```\nteh\n```\n\n$$ teh $$\n"
    assert [p.text for p in read(text + more)] == ["So 𝑥 𝑥 is a link here."]


def test_a_passage_knows_its_kind_and_its_line():
    found = read(
        "# Head\n\nTwo\nlines.\n\n- Item\n\n| A | B |\n|---|---|\n| c | |\n"
    )
    assert [(p.kind, p.text, p.place) for p in found] == [
        ("heading", "Head", "line 1"),
        ("text", "Two lines.", "line 3"),
        ("text", "Item", "line 6"),
        ("table", "A", "line 8"),
        ("table", "B", "line 8"),
        ("table", "c", "line 10"),
    ]


def test_what_a_cell_says_is_read_and_what_it_computes_is_not():
    code = """
x = "not said"
say(f"an error of {error:.2f} " "is small")
plots.Picture(fig, "caption", f"alt {row['teh']}")
Live(x, hint="try it", name="teh")
Guess(question="which?", options=["one", "two"], right=0, why="so")
ax.set(title="teh")
"""
    assert {p.text for p in prose.of_code(code, "p", "cell 1")} == {
        *("an error of 𝑥 is small", "caption", "alt 𝑥", "try it"),
        *("which?", "one", "two", "so"),
    }


def test_a_chapter_is_read_cell_by_cell(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# A\n", "\n", "B."]},
        {"cell_type": "code", "source": ['say("C.")']},
        {"cell_type": "raw", "source": ["D."]},
    ]
    path = tmp_path / "c.ipynb"
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    assert [(p.text, p.where, p.kind) for p in prose.of_page(path, "c")] == [
        ("A", "c, cell 0", "heading"),
        ("B.", "c, cell 0", "text"),
        ("C.", "c, cell 1", "said"),
    ]


def test_sentences_end_at_their_marks_and_names_of_things_are_none():
    text = "*A subtitle* · 加权\n\nHere «мая 2019 г.», and on. “Why?” So: $x$, e.g. this.\n"
    assert [len(words) for _, words in prose.sentences(read(text))] == [6, 1, 4]


# Every rule can fail


@pytest.mark.parametrize(
    "text",
    ["Thier key.", "# An occured head", "| a table | recieved |\n|---|---|"],
)
def test_a_misspelling_is_found_wherever_it_stands(text):
    (fault,) = prose.misspelt(read(f"Well.\n\n{text}"))
    assert "p, line 3" in fault
    assert "==>" in fault


def test_a_word_that_is_known_is_no_misspelling():
    assert prose.misspelt(read("Teh key, пятница, 3 mei 2019."), ["teh"]) == []


REFUSED = [
    "It is simply so.",
    "Obviously it is.",
    "It JUST works.",
    "Note that it is.",
    "A powerful idea.",
    "A state-of-the-art model.",
    "Without positions order is lost.",
    "Attention by itself does not know the order of its inputs.",
    "An input counts as much as its weight.",
    "Each value is read, each as much as its weight.",
    "A norm which trains without care.",
]
SECOND = {
    "Each sign is read.": "character",
    "Pad tokens are hidden.": "padding",
    "Its coefficients make one.": "weights",
    "A layer with random weights.": "parameters",
    "The energies are high.": "score",
    "A soft-max.": "softmax",
    "The band-width.": "bandwidth",
    "A source attention.": "encoder-decoder attention",
    "Keys that are masked out.": "hidden",
    "Neural nets.": "network",
    "Take the inner product.": "dot product",
    "A score function.": "scoring function",
    "A positional encoding.": "position encoding",
    "A skip-connection.": "residual connection",
    "A look-ahead mask.": "causal mask",
    "A feedforward network.": "feed-forward",
    "At each timestep.": "time step",
    "We normalize it.": "British",
    "The color of a center.": "British",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_word_that_is_refused_is_found(text):
    (fault,) = prose.badly_worded(read(text), prose.TABLES)
    assert "p, line 1" in fault


@pytest.mark.parametrize(("text", "word"), SECOND.items())
def test_a_second_word_for_one_thing_is_found(text, word):
    faults = prose.badly_worded(read(text), prose.TABLES)
    assert faults
    assert all(f"say {word}" in fault or word in fault for fault in faults)


def test_words_that_only_look_alike_are_let_through():
    text = (
        "An assigned minus sign, adjusted; the size of a prize resized; "
        "a colour, a centre, clear and unclear; the design of a network."
    )
    assert prose.badly_worded(read(text), prose.TABLES) == []


def test_every_row_of_the_tables_has_its_example():
    for table in [*prose.TABLES["refused"], *prose.TABLES["instead"]]:
        assert table.get("why") or table["say"]
        pattern = prose.whole("|".join(table.get("words") or table["of"]))
        assert any(pattern.search(text) for text in [*REFUSED, *SECOND]), table


def test_leave_is_given_to_one_page_and_taken_back():
    leave = {"page": "p", "says": "just", "why": "a quotation"}
    tables = {**prose.TABLES, "allowed": [leave]}
    assert prose.badly_worded(read("A just king. Just so."), tables) == []
    assert len(prose.badly_worded(read("A just king.", "q"), tables)) == 2
    assert "strike it" in prose.badly_worded(read("A king."), tables)[0]


def test_one_sentence_in_five_may_be_short_and_no_more():
    four = f"{NINE} " * 4
    assert (
        prose.too_short(read(f"{four}This one has fewer, only eight words."))
        == []
    )
    (fault,) = prose.too_short(read(f"{four}Two here. And here."))
    assert "2 of 6 sentences" in fault
    assert prose.too_short(read("Few. So few.")) == []
    assert prose.too_short(
        read("# A\n\n" + "Eight words are one too few of them. " * 9)
    )


def test_the_bar_of_a_short_sentence_is_nine_words():
    three, eight = f"{NINE} " * 3, "This sentence has as many words as eight. "
    assert prose.too_short(read(three + f"{NINE} " * 2)) == []
    assert prose.too_short(read(three + eight * 2))


def test_a_very_long_sentence_is_told():
    assert prose.too_long(read("word " * (prose.LONG - 1) + "end.")) == []
    (warning,) = prose.too_long(read("word " * prose.LONG + "end."))
    assert f"{prose.LONG + 1} words" in warning


@pytest.mark.parametrize("length", prose.MOST)
def test_a_phrase_that_recurs_is_found_in_a_page_and_in_the_book(length):
    in_a_page, in_the_book = prose.MOST[length]
    phrase = " ".join(f"w{n}" for n in range(length))

    def page(name, times):
        return read("\n\n".join(f"{phrase} a{n}" for n in range(times)), name)

    def found(*passages):
        return [
            fault
            for fault in prose.repeated([*passages], [])
            if f"'{phrase}'" in fault
        ]

    assert found(*page("p", in_a_page)) == []
    assert f"{in_a_page + 1} times" in found(*page("p", in_a_page + 1))[0]
    apart = [p for n in range(in_the_book) for p in page(f"p{n}", 1)]
    assert found(*apart) == []
    assert found(*apart, *page("one more", 1))


def test_a_phrase_does_not_run_over_a_sentences_end_nor_over_code():
    text = "One two three. Four five `x` six.\n\n"
    assert "three four five" not in prose.phrases(read(text), 3)
    assert "four five six" not in prose.phrases(read(text), 3)
    assert prose.phrases(read("| one two three |\n|---|\n"), 3) == {}


def test_a_phrase_is_let_through_while_it_recurs():
    leave = [{"says": "by the end you can", "why": "furniture"}]
    often = read("By the end you can do it.\n\n" * 9)
    assert prose.repeated(often, [])
    assert not any("by the end" in f for f in prose.repeated(often, leave))
    assert "strike it" in prose.repeated(often[:1], leave)[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The **values** (键).", "键 is 'key'"),
        ("A **monkey** (键).", "键 is 'key'"),
        ("An **attention** (注意力机制).", "注意力机制 is not in the glossary"),
        ("*Fusion* · 融合", "融合 is not in the glossary"),
    ],
)
def test_chinese_that_is_not_the_glossarys_is_found(text, words):
    (fault,) = prose.glossed(read(text), TERMS)
    assert words in fault


def test_chinese_that_is_the_glossarys_and_dates_are_let_through():
    text = "The *keys* (键), Self-attention (自注意力), 2019年5月3日金曜日 · Transformer 模型"
    assert prose.glossed(read(text), TERMS) == []
    assert prose.glossed(read("The values (键).", prose.GLOSSARY), TERMS) == []


def test_a_term_that_its_chapter_does_not_name_is_found():
    text = "The keys (键), self-attention (自注意力), Transformer 模型"
    assert prose.unglossed(read(text), TERMS) == []
    (fault,) = prose.unglossed(read(text.replace("keys", "monkeys")), TERMS)
    assert "'key'" in fault
    (fault,) = prose.unglossed(read(text.replace("自注", "注")), TERMS)
    assert "自注意力" in fault
    (fault,) = prose.unglossed(read(text.replace("(键", "(键回")), TERMS)
    assert "键" in fault
    assert len(prose.unglossed(read(text, "q"), TERMS)) == 6


@pytest.mark.parametrize(
    "name", ["Self attention", "selfattention", "self–attention"]
)
def test_a_term_without_its_hyphen_is_found(name):
    (fault,) = prose.misnamed(read(f"One {name}."), TERMS)
    assert "is spelled 'self-attention'" in fault
    assert (
        prose.misnamed(read("Self-attention; itself attention."), TERMS) == []
    )


# The tool


@pytest.mark.long
def test_the_tool_fails_on_a_fault_and_says_where(tmp_path, capsys):
    draft = tmp_path / "draft.md"
    draft.write_text("It is simply so.", "utf-8")
    with pytest.raises(SystemExit, match=r"faults?$"):
        prose.main(f"book/references.md={draft}")
    assert "book/references.md, line 1: 'simply'" in capsys.readouterr().out
