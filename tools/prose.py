"""Read the book's prose, and say what in it is not as the book writes.

`make prose` reads the Markdown of every page and chapter, and what the chapters'
cells say in sentences, captions, alt texts and guesses. The words and phrases
that are refused, and those that are let through with a reason, stand in
`tools/prose.toml`; the terms, in English and Chinese, in `book/glossary.md`.
A fault fails; a long sentence is only a warning, since some must be long.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

ROOT = Path(__file__).parent.parent
TABLES = tomllib.loads((ROOT / "tools/prose.toml").read_text("utf-8"))
GLOSSARY = "book/glossary.md"

SHORT, SHORT_SHARE = 9, 1 / 5  # design: one sentence in five under nine words
LONG = 45
FEW = 5  # sentences: of fewer, a share says nothing
# How often a phrase of so many words may stand in a page, and in the book.
MOST = {4: (3, 6), 5: (2, 4)}

# What cells say to the reader, by the name of the call; the first argument of
# a picture is its figure.
SAYING = {"say", "Markdown", "Picture", "Guess"}
HINT = "hint"
PLACE = "𝑥"  # stands for code, a formula or a computed number: one word
CITATION = re.compile(r" ?\[@[^\]]*\]")
WORD = re.compile(r"\w+(?:[-'’.,]\w+)*")
END = re.compile(r"(?<=[.!?])[)\]”\"’»]*\s+(?=[^a-z\s])")
ENDED = re.compile(r"[.!?:…][)\]”\"’»]*$")
HAN = re.compile("[\u3400-\u9fff]+(?:-[\u3400-\u9fff]+)*")
GLOSS = re.compile(r"([^()]*?)\s\(((?:[A-Za-z]+ )?[\u3400-\u9fff-]+)\)")

READ = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)


class Passage(NamedTuple):
    """A piece of prose: its page, its place there, its kind, its text."""

    page: str
    place: str
    kind: str  # "text", "heading", "table", "said" or "docstring"
    text: str

    @property
    def where(self) -> str:
        """Say where it stands."""
        return f"{self.page}, {self.place}"


class Term(NamedTuple):
    """A row of the glossary."""

    english: str
    chinese: str
    page: str  # the chapter that its row leads to


# Reading


def plain(inline) -> str:
    """Return the words of a piece of Markdown: no code, formula or citation."""
    parts = []
    for token in inline.children:
        if token.type in ("text", "text_special"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type in ("code_inline", "math_inline"):
            parts.append(PLACE)
    return CITATION.sub("", "".join(parts)).strip()


def of_markdown(text: str, page: str, place: str = "line {}") -> list[Passage]:
    """Return the passages of Markdown; `place` takes the number of a line."""
    found, kind = [], "text"
    kinds = {"heading_open": "heading", "th_open": "table", "td_open": "table"}
    for token in READ.parse(text):
        kind = kinds.get(token.type, "text" if token.nesting else kind)
        if token.type == "inline" and (words := plain(token)):
            line = token.map[0] + 1 if token.map else "?"
            found.append(Passage(page, place.format(line), kind, words))
    return found


def strings(node: ast.AST) -> list[str]:
    """Return what the strings of an expression say, a text each."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        parts = (
            part.value if isinstance(part, ast.Constant) else PLACE
            for part in node.values
        )
        return ["".join(parts)]
    return [text for n in ast.iter_child_nodes(node) for text in strings(n)]


def of_code(code: str, page: str, place: str) -> list[Passage]:
    """Return what a cell says to the reader, as passages."""
    texts = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.keyword) and node.arg == HINT:
            texts += strings(node.value)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in SAYING:
                for given in (*node.args, *node.keywords):
                    texts += strings(given)
    return [
        Passage(page, place, "said", inside.text)
        for text in dict.fromkeys(texts)
        for inside in of_markdown(text, page)
    ]


def of_page(path: Path, page: str) -> list[Passage]:
    """Return the passages of a page of Markdown or of a chapter."""
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return of_markdown(text, page)
    found = []
    for number, cell in enumerate(json.loads(text)["cells"]):
        source = "".join(cell["source"])
        place = cell.get("id", f"cell {number}")
        if cell["cell_type"] == "markdown":
            found += of_markdown(source, page, place)
        elif cell["cell_type"] == "code":
            found += of_code(source, page, place)
    return found


def of_book(root: Path = ROOT) -> list[Passage]:
    """Return the passages of every page and chapter."""
    paths = sorted([*root.glob("book/*.md"), *root.glob("chapters/*.ipynb")])
    return [
        passage
        for path in paths
        for passage in of_page(path, path.relative_to(root).as_posix())
    ]


def of_docstrings(root: Path = ROOT) -> list[Passage]:
    """Return the docstrings of the package, which its page is made from."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    return [
        Passage(
            path.relative_to(root).as_posix(),
            place,
            "docstring",
            " ".join(text.split()),
        )
        for path in sorted(root.glob("attn_utils/**/*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, kinds) and (text := ast.get_docstring(node))
        for place in [getattr(node, "name", "its first lines")]
    ]


def terms(text: str) -> list[Term]:
    """Return the terms of a glossary's table."""
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \|.*\(\.\./(chapters/[^)#]+)", text, re.M
    )
    return [Term(*row) for row in rows if row[0] != "English"]


def sentences(passages: list[Passage]) -> list[tuple[Passage, list[str]]]:
    """Return the sentences of running text as lists of words.

    What ends without a mark is none: a subtitle, or the name of a thing.
    """
    return [
        (passage, WORD.findall(sentence))
        for passage in passages
        if passage.kind == "text"
        for sentence in END.split(passage.text)
        if WORD.search(sentence) and ENDED.search(sentence)
    ]


def by_page(passages: list[Passage]) -> dict[str, list[Passage]]:
    """Return the passages of each page."""
    pages = {}
    for passage in passages:
        pages.setdefault(passage.page, []).append(passage)
    return pages


# Judging: a rule takes passages and returns faults, a sentence each


def whole(pattern: str) -> re.Pattern:
    """Compile a pattern that matches whole words only."""
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)


def misspelt(passages: list[Passage], known: list[str] = ()) -> list[str]:
    """Find what codespell takes for a misspelling, but for the words known."""
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", "-L", ",".join(known), "-"],
        input="\n".join(" ".join(p.text.split()) for p in passages),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.stderr or done.returncode not in (0, 65):
        raise RuntimeError(f"codespell failed: {done.stderr}")
    found = re.findall(r"^(\d+): .*\n\t(.*)$", done.stdout, re.M)
    return [f"{passages[int(n) - 1].where}: spell {word}" for n, word in found]


def badly_worded(passages: list[Passage], tables: dict) -> list[str]:
    """Find words that are refused, and second words for one thing."""
    rules = [
        *((word, table["why"]) for table in tables.get("refused", ())
          for word in table["words"]),
        *((word, f"say {table['say']}") for table in tables.get("instead", ())
          for word in table["of"]),
    ]  # fmt: skip
    allowed = tables.get("allowed", [])
    used, faults = set(), []
    for pattern, reason in rules:
        for passage in passages:
            for match in whole(pattern).finditer(passage.text):
                for n, let in enumerate(allowed):
                    if let["page"] == passage.page and (
                        let["says"].lower() == match[0].lower()
                    ):
                        used.add(n)
                        break
                else:
                    faults.append(f"{passage.where}: {match[0]!r}: {reason}")
    faults += [
        f"{let['page']} needs no leave to say {let['says']!r}: strike it"
        for n, let in enumerate(allowed)
        if n not in used
    ]
    return faults


def too_short(passages: list[Passage]) -> list[str]:
    """Find pages with too many short sentences."""
    faults = []
    for page, inside in by_page(passages).items():
        found = sentences(inside)
        short = [words for _, words in found if len(words) < SHORT]
        if len(found) >= FEW and len(short) > SHORT_SHARE * len(found):
            faults.append(
                f"{page}: {len(short)} of {len(found)} sentences have fewer "
                f"than {SHORT} words; join {len(short) - int(SHORT_SHARE * len(found))}"
                f" of them, such as {' '.join(short[0])!r}"
            )
    return faults


def too_long(passages: list[Passage]) -> list[str]:
    """Find sentences of more words than one can hold."""
    return [
        f"{passage.where}: {len(words)} words: {' '.join(words[:8])} …"
        for passage, words in sentences(passages)
        if len(words) > LONG
    ]


def phrases(passages: list[Passage], length: int) -> dict[str, Counter]:
    """Count the runs of words of running text, by the page they stand in."""
    counts = {}
    for passage in passages:
        if passage.kind not in ("text", "said"):
            continue
        for sentence in END.split(passage.text):
            words = [word.lower() for word in WORD.findall(sentence)]
            for n in range(len(words) - length + 1):
                run = words[n : n + length]
                if PLACE not in run:
                    run = " ".join(run)
                    counts.setdefault(run, Counter())[passage.page] += 1
    return counts


def repeated(passages: list[Passage], allowed: list[dict]) -> list[str]:
    """Find phrases that recur in a page or in the book."""
    faults = []
    for length, (in_a_page, in_the_book) in MOST.items():
        for run, pages in phrases(passages, length).items():
            if any(f" {run} " in f" {let['says']} " for let in allowed):
                continue
            page, most = pages.most_common(1)[0]
            if most > in_a_page:
                faults.append(f"{page}: {run!r} stands {most} times")
            elif pages.total() > in_the_book:
                faults.append(
                    f"{', '.join(pages)}: {run!r} stands {pages.total()} times"
                )
    for let in allowed:
        counts = phrases(passages, len(let["says"].split()))
        if counts.get(let["says"], Counter()).total() < 2:
            faults.append(f"{let['says']!r} does not recur: strike it")
    return faults


def inflected(term: str) -> re.Pattern:
    """Compile a pattern for a term and its plural."""
    return whole(rf"{re.escape(term)}(?:s|es)?")


def glossed(passages: list[Passage], glossary: list[Term]) -> list[str]:
    """Find Chinese that the glossary has not, or has for another term."""
    translations = {t.chinese: t.english for t in glossary}
    runs = {run for t in glossary for run in HAN.findall(t.chinese)}
    faults = []
    for passage in passages:
        if passage.page == GLOSSARY:
            continue
        for before, chinese in GLOSS.findall(passage.text):
            english = translations.get(chinese)
            if english and not re.search(
                inflected(english).pattern + "$", before, re.IGNORECASE
            ):
                faults.append(
                    f"{passage.where}: {chinese} is {english!r}, not "
                    f"{before[-30:]!r}"
                )
        for match in HAN.finditer(passage.text):
            # What stands beside a digit is a date to be read.
            beside = passage.text[max(match.start() - 1, 0) : match.end() + 1]
            if match[0] not in runs and not re.search(r"\d", beside):
                faults.append(
                    f"{passage.where}: {match[0]} is not in the glossary"
                )
    return faults


def unglossed(passages: list[Passage], glossary: list[Term]) -> list[str]:
    """Find terms that their chapter does not name as the glossary does."""
    pages, faults = by_page(passages), []
    for term in glossary:
        text = " ".join(p.text for p in pages.get(term.page, ()))
        if not inflected(term.english).search(text):
            faults.append(f"{term.page}: never says {term.english!r}")
        alone = rf"(?<![\u3400-\u9fff]){term.chinese}(?![\u3400-\u9fff])"
        if not re.search(alone, text):
            faults.append(f"{term.page}: never says {term.chinese}")
    return faults


def misnamed(passages: list[Passage], glossary: list[Term]) -> list[str]:
    """Find a term of the glossary whose hyphen was lost or changed."""
    faults = []
    for term in glossary:
        if "-" not in term.english:
            continue
        loose = re.escape(term.english).replace(r"\-", "[- –‑]?")
        for passage in passages:
            faults += [
                f"{passage.where}: {match[0]!r} is spelled {term.english!r}"
                for match in whole(loose).finditer(passage.text)
                if match[0].lower() != term.english.lower()
            ]
    return faults


def faults_of(
    passages: list[Passage], glossary: list[Term], tables: dict = TABLES
) -> list[str]:
    """Return everything about the prose that must be mended."""
    return [
        *misspelt(passages, tables["spelling"]["known"]),
        *badly_worded(passages, tables),
        *too_short(passages),
        *repeated(passages, tables["phrases"]),
        *glossed(passages, glossary),
        *unglossed(passages, glossary),
        *misnamed(passages, glossary),
    ]


def main(*swaps: str) -> None:
    """Read the book; a draft is read in a page's place by `page=draft`."""
    passages = of_book()
    for page, _, draft in (swap.partition("=") for swap in swaps):
        passages = [p for p in passages if p.page != page]
        passages += of_page(Path(draft), page)
    glossary = terms((ROOT / GLOSSARY).read_text("utf-8"))
    refused = {"refused": TABLES["refused"]}
    faults = faults_of(passages, glossary)
    faults += badly_worded(of_docstrings(), refused)
    for warning in too_long(passages):
        print(f"warning: {warning}")
    for fault in faults:
        print(fault)
    if faults:
        sys.stdout.flush()
        sys.exit(f"prose: {len(faults)} fault{'s' * (len(faults) > 1)}")
    said = len(sentences(passages))
    print(f"prose: {said} sentences of {len(by_page(passages))} pages read")


if __name__ == "__main__":
    main(*sys.argv[1:])
