"""Tie the prose to the picture beside it.

`[bandwidth 0.3](#live:bandwidth=0.3)` sets the nearest widget above it, else
below, that lets one set this; `[the query](#show:query)` lights that part of the
nearest widget or figure. In the Markdown both are plain links. Here they become
what `live.js` wakes, and plain text until then. What a widget lets one set, and
the parts it can light, it says itself (`settable`, `parts`); a figure's parts are
what bears `data-show`. A widget that has neither, such as a guess, is passed over.

A tie to nothing, a value out of its range, or a number in the text that is none
of the target's is a warning, so that the book is not built.
"""

import html
import json
import math
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from docutils import nodes
from live_widgets import BORROWED, SHOWN, borrow
from sphinx.transforms import SphinxTransform
from sphinx.util.logging import getLogger

LINK = re.compile(r"#(live|show):(.*)", re.DOTALL)
NUMBER = re.compile(r"(?<![\w^_.,])[-−–]?\d+(?:,\d{3})*(?:\.\d+)?")
FIGURE = re.compile(r'<figure class="attn-figure"(?: data-picture="\d+")?')
PART = re.compile(r'data-show="([^"]*)"')
SET = re.compile(r"(?:^|&)([^=&]*)=")
ROLES = {"query", "key", "value", "weight"}


class Tie(nodes.General, nodes.Inline, nodes.TextElement):
    """A piece of prose that sets or lights a picture."""


class TieError(ValueError):
    """A tie that leads nowhere, or says something else than it does."""


@dataclass
class Picture:
    """A widget or figure of the page: how to find it, what a tie may ask."""

    attribute: str
    settable: dict = field(default_factory=dict)
    state: dict = field(default_factory=dict)
    parts: set = field(default_factory=set)


def numbers(text: str) -> list[float]:
    """Return the numbers of a text; an index or an exponent is none."""
    found = NUMBER.findall(text)
    return [float(re.sub("[−–]", "-", n).replace(",", "")) for n in found]


def number(name: str, text: str, ends: list, now) -> float:
    """Return a number of the trait `name` if it lies in its range."""
    least, most, *step = ends
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise TieError(
            f"{name} must be a number from {least} to {most}, but is {text!r}"
        )
    if step and isinstance(step[0], list):
        if value not in step[0]:
            known = ", ".join(map(str, step[0]))
            raise TieError(f"{name} must be one of {known}, but is {text}")
    elif step:
        steps = (value - least) / step[0]
        if abs(steps - round(steps)) > 1e-9:
            raise TieError(
                f"{name} must be {least} and steps of {step[0]}, but is {text}"
            )
    return int(value) if isinstance(now, int) else value


def several(name: str, text: str, ends: list, now) -> list[float]:
    """Return the numbers of a trait that holds several, written as 1+0+-2."""
    texts = text.split("+")
    if len(texts) != len(ends):
        raise TieError(
            f"{name} must be {len(ends)} numbers joined by +, but is {text!r}"
        )
    now = now or [None] * len(ends)
    return [number(name, *each) for each in zip(texts, ends, now, strict=True)]


def setting(name: str, text: str, picture: Picture):
    """Return the value of a trait that a target asks for, if it may be set."""
    if name not in picture.settable:
        known = ", ".join(sorted(picture.settable))
        raise TieError(f"{name!r} is nothing that can be set here: {known}")
    allowed = picture.settable[name]
    if allowed == "text":
        return text
    if allowed == "switch":
        allowed = ["true", "false"]
    if isinstance(allowed[0], list):
        return several(name, text, allowed, picture.state.get(name))
    if not isinstance(allowed[0], str):
        return number(name, text, allowed, picture.state.get(name))
    if text not in allowed:
        raise TieError(
            f"{name} must be one of {', '.join(allowed)}, but is {text!r}"
        )
    return text == "true" if allowed == ["true", "false"] else text


def settings(target: str, picture: Picture) -> dict:
    """Return what `a=1&b=2` sets."""
    found = {}
    for pair in target.split("&"):
        name, equals, text = map(unquote, pair.partition("="))
        if not equals:
            raise TieError(f"a target is written name=value, not {pair!r}")
        if name in found:
            raise TieError(f"{name} is set twice")
        found[name] = setting(name, text, picture)
    return found


def check_numbers(text: str, target: str) -> None:
    """Hold the numbers that the reader sees to those that are set."""
    given = numbers(re.sub(r"[=&]", " ", unquote(target)))
    for found in numbers(text):
        if found not in given:
            raise TieError(
                f"the text says {found:g}, the target {unquote(target)}"
            )


def nearest(
    at: int, places: list[tuple[int, Picture]], asks: str, names=()
) -> tuple[Picture, str]:
    """Return the nearest picture above a place of the page, else below it.

    Args:
        at: where the tie stands.
        places: the pictures, each with where it stands, in order.
        asks: "settable" or "parts", which it must have.
        names: of these, what the tie is about. Where no picture has it all, the
            nearest is meant, and can say what it has.

    Returns:
        the picture, and "above" or "below".
    """
    fit = [(i, p) for i, p in places if getattr(p, asks)]
    names = {*names}
    fit = [(i, p) for i, p in fit if names <= {*getattr(p, asks)}] or fit
    above = [p for i, p in fit if i < at]
    below = [p for i, p in fit if i > at]
    if not fit:
        kind = (
            "widget that can be set" if asks == "settable" else "part to light"
        )
        raise TieError(f"there is no {kind} on this page")
    return (above[-1], "above") if above else (below[0], "below")


def spoken_value(value) -> str:
    """Return a value as a reader would write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(map(spoken_value, value))
    return f"{value:g}" if isinstance(value, int | float) else f"“{value}”"


def joined(words: list[str]) -> str:
    """Return words as a list of a sentence."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def tie_live(target: str, text: str, picture: Picture) -> dict[str, str]:
    """Return the attributes of a tie that sets a widget."""
    found = settings(target, picture)
    check_numbers(text, target)
    spoken = [
        f"{name.replace('_', ' ')} to {spoken_value(value)}"
        for name, value in found.items()
    ]
    return {
        "class": "attn-tie",
        "data-set": json.dumps(found, ensure_ascii=False),
        "data-does": f"Sets {joined(spoken)}",
    }


def tie_show(target: str, text: str, picture: Picture) -> dict[str, str]:
    """Return the attributes of a tie that lights a part."""
    names = unquote(target).replace("+", " ").split()
    for name in names:
        if name not in picture.parts:
            known = ", ".join(sorted(picture.parts))
            raise TieError(f"{name!r} is no part of the picture: {known}")
    if not names:
        raise TieError("a target names the part that it lights")
    one = names[0] if len(names) == 1 else ""
    role = f" attn-{one}" if one in ROLES else ""
    return {
        "class": f"attn-tie{role}",
        "data-light": " ".join(names),
        "data-does": f"Lights {joined(names)}",
    }


KINDS = {"live": ("settable", tie_live), "show": ("parts", tie_show)}


class TakeTies(SphinxTransform):
    """Take the ties out of the links before MyST looks for their targets."""

    default_priority = 870  # MyST's ResolveAnchorIds: 879

    def apply(self, **kwargs):
        """Put a tie in the place of each link that is one."""
        for link in list(self.document.findall(nodes.reference)):
            match = LINK.fullmatch(link.get("refuri", ""))
            if match and link.get("id_link"):
                tie = Tie(
                    "", "", *link.children, kind=match[1], target=match[2]
                )
                tie.source, tie.line = link.source, link.line
                link.replace_self(tie)


def widget(entry: dict) -> Picture:
    """Return a widget as a tie sees it."""
    state = entry["state"]["state"]
    return Picture(
        f'data-model="{entry["model"]}"',
        state.get("settable", {}),
        state,
        set(state.get("parts", [])),
    )


def pictures(env, docname: str, raw: nodes.raw, count: int) -> list[Picture]:
    """Return the widgets and figures in a piece of HTML; figures are numbered.

    Args:
        env: Sphinx's environment.
        docname: the page.
        raw: the HTML; its figures get their number written in.
        count: how many figures of the page had one before.
    """
    text = raw.astext()
    own = env.metadata[docname].get(SHOWN, [])
    for entry in own:
        if entry["place"] == text:
            return [widget(entry)]
    if borrowed := BORROWED.search(text):
        return [widget(borrow(env, borrowed))]
    found, marked, end = [], "", 0
    for match in FIGURE.finditer(text):
        figure = text[match.start() : text.index("</figure>", match.start())]
        names = {n for part in PART.findall(figure) for n in part.split()}
        number = f'data-picture="{count + len(found) + 1}"'
        marked += (
            f'{text[end : match.start()]}<figure class="attn-figure" {number}'
        )
        end = match.end()
        found.append(Picture(number, parts=names))
    if found:
        raw.children = []
        raw += nodes.Text(marked + text[end:])
    return found


def tie_up(app, doctree, docname):
    """Lead each tie of a page to its picture."""
    ties, places, figures = [], [], 0
    for at, node in enumerate(doctree.findall()):
        if isinstance(node, Tie):
            ties.append((at, node))
        elif isinstance(node, nodes.raw) and node.get("format") == "html":
            found = pictures(app.env, docname, node, figures)
            figures += sum(
                p.attribute.startswith("data-picture") for p in found
            )
            places += [(at, picture) for picture in found]
    for at, tie in ties:
        asks, kind = KINDS[tie["kind"]]
        try:
            named = SET.findall(tie["target"]) if asks == "settable" else ()
            picture, where = nearest(at, places, asks, map(unquote, named))
            given = kind(tie["target"], tie.astext(), picture)
        except TieError as error:
            link = f"#{tie['kind']}:{unquote(tie['target'])}"
            getLogger(__name__).warning(
                "[%s](%s): %s", tie.astext(), link, error, location=tie
            )
            continue
        given["data-does"] += f" in the picture {where}"
        words = {k: html.escape(v) for k, v in given.items()}
        tie["attributes"] = picture.attribute + "".join(
            f' {name}="{text}"' for name, text in words.items()
        )


def open_tie(translator, tie: Tie) -> None:
    """Write a tie as text that the loader makes a button."""
    translator.body.append(
        f"<a {tie['attributes']}>" if "attributes" in tie else "<a>"
    )


def close_tie(translator, tie: Tie) -> None:
    """Write a tie's end."""
    translator.body.append("</a>")


def setup(app):
    """Connect to Sphinx."""
    app.add_node(Tie, html=(open_tie, close_tie))
    app.add_transform(TakeTies)
    app.connect("doctree-resolved", tie_up)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
