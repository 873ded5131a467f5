"""Put the chapters' widgets into the static page.

MyST-NB would put every widget's state into the head and load Jupyter's widget
manager from a CDN. Instead,
- a widget of ours becomes a place that `live.js` brings to life, with its still
  picture inside until then;
- what needs a kernel (`interact`) becomes its last output and one sentence;
- the state of our widgets, and no other, stands after the page's text; that of the
  first widget right behind it, so that it moves before the rest has arrived, and where
  it is heavy behind the section in which the widget stands, whose text comes first;
- what programs and style sheets of a page share stands there once;
- a page may borrow a chapter's widget by its name, with a start of its own, and have
  it show once that it moves, there and back:
  `<div data-live="chapters/01_…" data-name="street" data-start="bandwidth=0.4"
  data-glide="query=4"></div>`.
"""

import copy
import hashlib
import html
import json
import re
from collections import defaultdict
from itertools import chain, pairwise
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.errors import ExtensionError

LOADER = Path(__file__).parents[1] / "_assets" / "live.js"
VERSION = hashlib.sha256(LOADER.read_bytes()).hexdigest()[:8]
SHOWN = "attn_widgets"
OURS = "anywidget"
SHARED = {"_esm", "_css"}
BEGINS = re.compile(r"^(?=[^\s}])", re.MULTILINE)
# Letters of a state: on a slow line, 1.6 Mb/s, so many take half a second.
HEAVY = 100_000
BORROWED = re.compile(
    r'<div data-live="([^"]+)" data-name="([^"]+)"'
    r'(?: data-start="([^"]+)")?(?: data-glide="([^"]+)")?></div>'
)


def collect_state(env, docname: str) -> dict:
    """Take the page's widget state from MyST-NB, so that it embeds nothing."""
    files = NbMetadataCollector.get_js_files(env, docname)
    record = files.get("ipywidgets_state")
    for name in [name for name in files if name.startswith("ipywidgets_")]:
        del files[name]
    return json.loads(record[1]["body"])["state"] if record else {}


def place(model_id: str, still: str, traits: dict) -> str:
    """Return the place of a live widget, its still picture inside.

    It is as high as the widget will be: with its controls beside the picture,
    with them below it, and on a phone.
    While something of the class full-width is in view, the theme folds the list
    of contents, into whose margin the widget reaches. A guess stands in the
    column of the text.
    """
    beside, below, phone = traits["room"]
    kind = "attn-guess" if traits["kind"] == "guess" else "full-width"
    return (
        f'<div class="attn-live {kind}" data-model="{model_id}" '
        f'style="--beside: {beside:g}px; --below: {below:g}px; '
        f'--phone: {phone:g}px">{still}</div>'
    )


def model(state: dict, reference: str) -> dict:
    """Return the model that "IPY_MODEL_<id>" points to."""
    return state[reference.removeprefix("IPY_MODEL_")]


def output_html(data: dict, metadata: dict) -> str:
    """Return one captured output as HTML."""
    if "text/html" in data:
        return "".join(data["text/html"])
    if "image/png" in data:
        alt = html.escape(metadata.get("alt", "the last output"))
        return (
            f'<img alt="{alt}" src="data:image/png;base64,{data["image/png"]}">'
        )
    return f"<pre>{html.escape(''.join(data.get('text/plain', '')))}</pre>"


def value_of(control: dict):
    """Return what a kernel's control is set to; None if it is no control."""
    if "_options_labels" in control:
        return control["_options_labels"][control["index"]]
    return control.get("value")


def snapshot(state: dict, root: dict) -> str:
    """Return what a kernel's controls last showed, without the controls."""
    settings, outputs = [], []
    for reference in root["state"].get("children", []):
        child = model(state, reference)
        if child["model_name"] == "OutputModel":
            for output in child["state"]["outputs"]:
                if "text" in output:
                    text = "".join(output["text"])
                    outputs.append(f"<pre>{html.escape(text)}</pre>")
                else:
                    outputs.append(
                        output_html(output["data"], output["metadata"])
                    )
        elif (value := value_of(child["state"])) is not None:
            name = html.escape(str(child["state"]["description"]))
            settings.append(f"{name} = {html.escape(str(value))}")
    return (
        '<div class="attn-snapshot">'
        f"{''.join(outputs)}<p>Shown with {', '.join(settings)}. These controls run "
        "Python: open the chapter in Colab or Jupyter to move them.</p></div>"
    )


def replace_views(app, doctree):
    """Give each widget of the page its place, or its snapshot."""
    env = app.env
    state = collect_state(env, env.docname)
    shown, styled = [], False
    for container in list(doctree.findall(nodes.container)):
        if container.get("nb_element") != "mime_bundle":
            continue
        parts = {part.get("mime_type"): part for part in container.children}
        if WIDGET_VIEW_MIMETYPE not in parts:
            continue
        view = json.loads(
            parts[WIDGET_VIEW_MIMETYPE]
            .astext()
            .partition(">")[2]
            .rpartition("<")[0]
        )
        model_id = view["model_id"]
        if state[model_id]["model_module"] == OURS:
            still = parts["text/html"].astext() if "text/html" in parts else ""
            traits = state[model_id]["state"]
            text = place(model_id, still, traits)
            # A guess reads well before it is live, in the same style: once a page.
            if traits["kind"] == "guess" and not styled:
                text = f"<style>{traits['_css']}</style>{text}"
                styled = True
            shown.append(
                {"model": model_id, "state": state[model_id], "place": text}
            )
        else:
            text = snapshot(state, state[model_id])
        container.replace_self(nodes.raw("", text, format="html"))
    env.metadata[env.docname][SHOWN] = shown


def borrow(env, match) -> dict:
    """Return the widget of another page that a placeholder asks for."""
    docname, name, start, glide = match.groups()
    widgets = env.metadata.get(docname, {}).get(SHOWN, [])
    named = [w for w in widgets if w["state"]["state"]["name"] == name]
    if len(named) != 1:
        raise ExtensionError(
            f"{docname} must show one widget named {name!r}, but shows {len(named)}"
        )
    shown = copy.deepcopy(named[0])
    traits = shown["state"]["state"]
    traits |= goals(start or "", traits)
    if glide:
        goal = html.escape(json.dumps(goals(glide, traits)))
        opening = f'<div data-glide="{goal}" '
        shown["place"] = opening + shown["place"].removeprefix("<div ")
    return shown


def goals(text: str, traits: dict) -> dict:
    """Return the numbers that a text such as "bandwidth=0.4&query=4" gives."""
    found = {}
    for part in filter(None, text.split("&")):
        name, _, number = part.partition("=")
        if not isinstance(traits.get(name), int | float):
            raise ExtensionError(
                f"{part}: the widget has no number named {name!r}"
            )
        found[name] = float(number)
    return found


def parts_of(texts: list[str]) -> dict[str, list[str]]:
    """Cut each text where one of them goes its own way; what they share is one part.

    Cut may be before what begins a line: a function, a rule of a style sheet.
    """
    pieces = {text: [*filter(None, BEGINS.split(text))] for text in texts}
    before, after = defaultdict(set), defaultdict(set)
    for each in pieces.values():
        for one, two in pairwise([None, *each, None]):
            after[one].add(two)
            before[two].add(one)
    parts = {}
    for text, each in pieces.items():
        parts[text] = each[:1]
        for one, two in pairwise(each):
            if len(after[one]) == len(before[two]) == 1:
                parts[text][-1] += two
            else:
                parts[text].append(two)
    return parts


def share(models: dict) -> tuple[dict, dict]:
    """Return the parts of widgets' programs and styles, and states that name these.

    Each part has a number; in a state stand, instead of a text, those of its parts.
    """
    all_states = [entry["state"] for entry in models.values()]
    parts = parts_of(
        list(
            dict.fromkeys(
                state[name]
                for name in sorted(SHARED)
                for state in all_states
                if name in state
            )
        )
    )
    all_parts = dict.fromkeys(chain.from_iterable(parts.values()))
    numbers = {part: number for number, part in enumerate(all_parts)}
    states = {
        model_id: entry
        | {
            "state": {
                name: [numbers[part] for part in parts[value]]
                if name in SHARED
                else value
                for name, value in entry["state"].items()
            }
        }
        for model_id, entry in models.items()
    }
    return dict(enumerate(all_parts)), states


def data_script(name: str, data) -> str:
    """Return a script of data that the loader reads."""
    # NaN would break every widget of the page: rather break the build.
    text = json.dumps(data, sort_keys=True, allow_nan=False)
    # "<" is written so that no text inside can close the script.
    text = text.replace("<", "\\u003c")
    return f'\n<script type="application/json" class="{name}">{text}</script>'


def scripts(states: dict, texts: dict) -> str:
    """Return the scripts of some states and of the texts that they name.

    What is written is taken out of `texts`, so that no page has it twice.
    """
    named = {
        number
        for entry in states.values()
        for name in SHARED & entry["state"].keys()
        for number in entry["state"][name]
    }
    first = {
        number: texts.pop(number) for number in sorted(named & texts.keys())
    }
    return (data_script("attn-texts", first) if first else "") + (
        data_script("attn-state", states) if states else ""
    )


def embed_state(app, pagename, templatename, context, doctree):
    """Write states and loader behind the first widget and at the page's end."""
    if "body" not in context:
        return
    widgets = list(app.env.metadata.get(pagename, {}).get(SHOWN, []))

    def lend(match) -> str:
        widgets.append(borrow(app.env, match))
        return widgets[-1]["place"]

    body = BORROWED.sub(lend, context["body"])
    if not widgets and ' class="attn-tie' not in body:
        return
    texts, states = share({w["model"]: w["state"] for w in widgets})
    # Everything that the loader needs stands before it: it starts at once.
    address = (
        f"{context['pathto']('_static/live.js', resource=True)}?v={VERSION}"
    )
    loader = f'\n<script src="{address}"></script>\n'
    first = widgets[0] if widgets else None
    if first:
        own = {first["model"]: states.pop(first["model"])}
        before, place, after = body.partition(first["place"])
        if not place:
            raise ExtensionError(
                f"{pagename} lost the place of its first widget"
            )
        near = 0
        if len(json.dumps(own)) > HEAVY:
            near = max(after.find("<section"), 0)
        text, after = after[:near], after[near:]
        body = before + place + text + scripts(own, texts) + loader + after
    context["body"] = body + scripts(states, texts) + loader
    context["metatags"] += (
        f'\n<link rel="preload" as="script" href="{address}">'
    )


def setup(app):
    """Connect to Sphinx."""
    app.connect("doctree-read", replace_views)
    app.connect("html-page-context", embed_state, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
