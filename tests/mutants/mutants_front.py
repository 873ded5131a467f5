"""Wrong versions of what leads into the book: the map, the formulas, the figures."""

from mutants import Mutant

WHOLE = True
MAP = "book/_ext/chapter_map.py"
FORMULAS = "book/_ext/formulas_page.py"
FIGURES = "book/_ext/figure_index.py"
OWN_TESTS = {
    MAP: "test_chapter_map.py",
    FORMULAS: "test_formulas_page.py",
    FIGURES: "test_figure_index.py",
}
MUTANTS = [
    Mutant(
        MAP,
        "range(int(span[1]), int(span[2]) + 1)",
        "range(int(span[1]), int(span[2]))",
        "the last of several chapters is not needed",
    ),
    Mutant(
        MAP,
        "+ WORDS.get(said[2], 0)",
        "",
        "thirty-five minutes are thirty",
    ),
    Mutant(
        MAP,
        "if not any(need in before(other) for other in chapter.needs)",
        "",
        "arrows lead past what lies between",
    ),
    Mutant(
        MAP,
        "return set(needs).union(*(before(each) for each in needs))",
        "return set(needs)",
        "only the next chapter is known to lie between",
    ),
    Mutant(
        MAP,
        "(x1 + half - GUTTER, y1)",
        "(x1 - half + GUTTER, y1)",
        "an arrow starts at the wrong edge",
    ),
    Mutant(
        MAP,
        "number > 1 and column == 0",
        "number > 1",
        "every arrow comes from above",
    ),
    Mutant(
        MAP,
        "hours, rest = divmod(minutes, 60)",
        "hours, rest = divmod(minutes, 100)",
        "an hour has a hundred minutes",
    ),
    Mutant(
        FORMULAS,
        'if section == "Exercises":',
        "if False:",
        "formulas of exercises are shown",
    ),
    Mutant(
        FORMULAS,
        "if len(own) != len(shown):",
        "if len(own) > len(shown):",
        "a formula may be left out",
    ),
    Mutant(
        FORMULAS,
        '" ".join(part["inline"].split())',
        'part["inline"]',
        "a formula that is broken in the text is not found",
    ),
    Mutant(
        FIGURES,
        r"(?! attn-guess)",
        "",
        "a guess counts as what moves",
    ),
    Mutant(
        FIGURES,
        "count += 1",
        "count = 1",
        "all figures have one anchor",
    ),
    Mutant(
        FIGURES,
        "picture=opening + end + colours + rest",
        "picture=opening + end + rest",
        "a picture has no colours of its own",
    ),
    Mutant(
        FIGURES,
        "words = html.escape(entry.words)",
        "words = entry.words",
        "words may be markup",
    ),
    Mutant(
        FIGURES,
        "if len(sentence) <= LONGEST:",
        "if True:",
        "a caption is as long as its sentence",
    ),
]
