"""Draw the picture that stands beside a shared link to a chapter.

It holds the book's name, the chapter's subject and question, and the chapter's
first still picture, in the book's own letters and colours. It is one SVG, which
resvg turns into pixels: no browser, and no font of the machine, so that the
same chapter gives the same picture everywhere.
"""

import functools
import html
import io
import re
import tempfile
from pathlib import Path

import resvg_py
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from PIL import Image

WIDTH, HEIGHT = 1200, 630
EDGE = 64
TEXT = 540
# Where the picture may stand: left, top, width, height.
ROOM = (664, 92, 472, 446)
VENDOR = Path(__file__).parents[1] / "_assets" / "vendor"
FONTS = {
    "serif": ("source-serif-4", "latin", 400),
    "title": ("source-serif-4", "latin", 600),
    "sans": ("inter", "latin", 400),
    "wider": ("inter", "latin-ext", 400),
    "greek": ("inter", "greek", 400),
}
PAPER, INK, SOFT, LINE = "#fdfcf9", "#22211e", "#64615a", "#d9d4c7"
# Query, key, value, weight.
ROLES = ("#0f5ff0", "#a03a08", "#0d6c54", "#4a2881")
# No picture so much wider or higher than this fills the room.
MOST = 3
STILL = re.compile(r'<figure class="attn-figure.*?</figure>', re.DOTALL)
DRAWN = re.compile(r"<svg.*?</svg>", re.DOTALL)
VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]*)\)")
LETTERS = re.compile(r"calc\(([\d.]+)px \* [^()]*\)")
WORDS = re.compile(r">([^<>]*[^<>\s][^<>]*)<")
BARS = (
    '<svg viewBox="0 0 32 32" aria-label="Three bars of unlike height"><path '
    f'fill="{ROLES[3]}" d="M6 26V16h4v10zM14 26V5h4v21zM22 26V12h4v14z"/></svg>'
)


@functools.cache
def font(name: str) -> TTFont:
    """Return one of the fonts, of one weight and under a name of its own."""
    family, script, weight = FONTS[name]
    path = VENDOR / family / f"{family}-{script}-wght-normal.woff2"
    found = instancer.instantiateVariableFont(
        TTFont(path, recalcTimestamp=False), {"wght": weight}
    )
    for number, word in ((1, f"Attn {name}"), (2, "Regular")):
        found["name"].setName(word, number, 3, 1, 0x409)
    for number in (16, 17):
        found["name"].removeNames(nameID=number)
    found["OS/2"].usWeightClass = 400
    found.flavor = None
    return found


@functools.cache
def font_folder() -> tempfile.TemporaryDirectory:
    """Keep the fonts where resvg can read them, as long as this process runs."""
    folder = tempfile.TemporaryDirectory(prefix="attn-cards-")
    for name in FONTS:
        font(name).save(Path(folder.name, f"{name}.ttf"))
    return folder


def sayable(text: str) -> str:
    """Return a text without the letters that none of the fonts has."""
    letters = {code for name in FONTS for code in font(name).getBestCmap()}
    return "".join(c for c in text if ord(c) in letters).strip()


def width(text: str, name: str, size: float) -> float:
    """Return how wide a line is."""
    drawn = font(name)
    glyphs, advances = drawn.getBestCmap(), drawn["hmtx"]
    units = sum(advances[glyphs.get(ord(c), ".notdef")][0] for c in text)
    return units * size / drawn["head"].unitsPerEm


def wrapped(text: str, name: str, size: float, most: float) -> list[str]:
    """Return a text in lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, name, size) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def written(lines, name: str, size: int, top: float, colour: str) -> str:
    """Return lines of text whose first one has its baseline at `top`."""
    return "".join(
        f'<text x="{EDGE}" y="{top + i * size * 1.25:.1f}" font-size="{size}" '
        f'font-family="Attn {name}" fill="{colour}">{html.escape(line)}</text>'
        for i, line in enumerate(lines)
    )


def fitted(svg: str) -> str:
    """Return a picture of the page as one in the room that it has here."""
    svg = LETTERS.sub(r"\1px", VARIABLE.sub(r"\1", svg))
    svg = svg.replace("sans-serif", "'Attn sans'")
    svg = WORDS.sub(lambda m: f">{sayable(m[1])}<", svg)
    opened, rest = svg.split(">", 1)
    box = re.search(r'viewBox="([^"]*)"', opened)[1]
    left, top, wide, high = ROOM
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'x="{left}" y="{top}" width="{wide}" height="{high}" viewBox="{box}" '
        f'font-family="Attn sans">{rest}'
    )


def composed(above: str, title: str, words: str, svg: str) -> str:
    """Return the whole picture."""
    size = next(
        s
        for s in (64, 56, 48, 40)
        if len(wrapped(title, "title", s, TEXT)) <= 3 or s == 40
    )
    heading = wrapped(title, "title", size, TEXT)
    below = 190 + len(heading) * size * 1.25
    text = wrapped(sayable(words), "serif", 27, TEXT)
    room = int((HEIGHT - 110 - below) // (27 * 1.25)) + 1
    if len(text) > room:
        text = [*text[: room - 1], text[room - 1].rstrip(",;:.") + " …"]
    dots = "".join(
        f'<circle cx="{EDGE + 7 + 26 * i}" cy="{HEIGHT - EDGE}" r="7" fill="{c}"/>'
        for i, c in enumerate(ROLES)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        + written([above], "sans", 24, EDGE + 32, SOFT)
        + written(heading, "title", size, 190, INK)
        + written(text, "serif", 27, below + 6, SOFT)
        + dots
        + fitted(svg)
        + "</svg>"
    )


def drawn(svg: str) -> bytes:
    """Return a PNG of few colours, which is a third of one with all of them."""
    pixels = resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_dirs=[font_folder().name],
        font_family="Attn sans",
    )
    picture = Image.open(io.BytesIO(bytes(pixels))).convert("RGB")
    out = io.BytesIO()
    few = picture.quantize(256, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def cover(title: str, subtitle: str, author: str) -> bytes:
    """Return the cover of the book in an e-reader, as a PNG."""
    wide, high = 800, 1200
    heading = wrapped(title, "title", 96, wide - 2 * EDGE)
    below = 190 + len(heading) * 96 * 1.25
    words = wrapped(subtitle, "serif", 34, wide - 2 * EDGE)
    dots = "".join(
        f'<circle cx="{EDGE + 12 + 44 * i}" cy="{high - 150}" r="12" fill="{c}"/>'
        for i, c in enumerate(ROLES)
    )
    # Their first line begins at 6 of 32.
    room = f'x="{EDGE - 6 * 15}" y="500" width="{32 * 15}" height="{32 * 15}"'
    bars = BARS.replace("<svg ", f"<svg {room} ")
    return drawn(
        '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="2400" '
        f'viewBox="0 0 {wide} {high}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        + written(heading, "title", 96, 190, INK)
        + written(words, "serif", 34, below, SOFT)
        + bars
        + dots
        + written([author], "sans", 26, high - EDGE, SOFT)
        + "</svg>"
    )


def kicker(book: str, pagename: str, subject: str) -> str:
    """Return the line above the title: the book, the chapter and its subject."""
    number = re.match(r"chapters/0*(\d+)_", pagename)
    parts = [book, f"Chapter {number[1]}" if number else "", subject]
    return " · ".join(part for part in parts if part)


def stills(body: str):
    """Yield the pictures of a page that would fill the room."""
    for figure in STILL.findall(body):
        svg = DRAWN.search(figure)
        if svg and (box := re.search(r'viewBox="([^"]*)"', svg[0])):
            *_, wide, high = map(float, box[1].split())
            if 1 / MOST < wide / high < MOST:
                yield svg[0]


def path_of(pagename: str) -> str:
    """Return where a page's picture lies; those beside the chapters share one."""
    folder, _, stem = pagename.rpartition("/")
    return f"_static/social/{stem if folder == 'chapters' else 'book'}.png"


def draw(path: Path, above: str, heading: str, words: str, body: str) -> str:
    """Draw the picture of a page; returns what is to be seen beside its text."""
    svg = next(stills(body), BARS)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(drawn(composed(above, heading, words, svg)))
    return html.unescape(re.search(r'aria-label="([^"]*)"', svg)[1])


def setup(app):
    """Say that this may run beside others; `share` draws."""
    return {"parallel_read_safe": True, "parallel_write_safe": True}
