"""A widget as it lies in a built page: its state, its program, its trained models."""

import base64
import functools
import json
import re

import numpy
import torch
from conftest import STATE

TEXTS = re.compile(
    r'(?<=<script type="application/json" class="attn-texts">).*?(?=</script>)',
    re.DOTALL,
)


class Travelled:
    """Stands for the widget of a page wherever a test asks for a widget.

    Its traits are what the page holds; `bare` mounts it as the page does.
    """

    def __init__(self, model_id, entry, texts):
        self.model_id = model_id
        self.state = dict(entry["state"])
        for name in ("_esm", "_css"):
            parts = (texts[str(part)] for part in self.state[name])
            self.state[name] = "".join(parts)
        self.buffers = entry.get("buffers", [])
        self.data = {
            each["path"][0]: base64.b64decode(each["data"])
            for each in self.buffers
        }

    def __getattr__(self, name):
        """Give a trait, as a widget does."""
        for held in (self.__dict__.get("data"), self.__dict__.get("state")):
            if held and name in held:
                return held[name]
        raise AttributeError(name)

    def get_state(self):
        return self.state

    def _get_embed_state(self):
        return {"state": self.state, "buffers": self.buffers}

    def _repr_html_(self):
        return "<p>It moves.</p>"


@functools.cache
def _page(path):
    """Return the states and the shared texts of a built page."""
    html = path.read_text("utf-8")
    parts = (json.loads(text) for text in STATE.findall(html))
    states = {name: each for part in parts for name, each in part.items()}
    shared = [json.loads(text) for text in TEXTS.findall(html)]
    return states, {k: v for each in shared for k, v in each.items()}


def travelled(path, kind, name=None):
    """Return the widget of this class, and of this name if one is given, of a page."""
    states, texts = _page(path)
    found = [
        Travelled(model_id, entry, texts)
        for model_id, entry in states.items()
        if entry["state"]["_anywidget_id"].endswith(f".{kind}")
        and name in (None, entry["state"]["name"])
    ]
    assert len(found) == 1, f"{len(found)} of {kind} {name} in {path.name}"
    return found[0]


def parameters_of(raw, shapes):
    """Return the tensors of a packed model by their names, in double precision."""
    parameters, start = {}, 0

    def numbers(dtype, count):
        nonlocal start
        data = numpy.frombuffer(raw, dtype, count, start)
        start += data.nbytes
        return torch.tensor(data.astype("f8"))

    for name, shape, *in_levels in shapes:
        if in_levels == [True]:
            rows = [
                numbers("<f2", 1) * numbers("i1", shape[1])
                for _ in range(shape[0])
            ]
            parameters[name] = torch.stack(rows)
        else:
            count = int(numpy.prod(shape))
            parameters[name] = numbers("<f2", count).view(shape)
    assert start == len(raw), "bytes are left over"
    return parameters


def below(parameters, prefix):
    """Return the parameters whose names begin so, without that beginning."""
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in parameters.items()
        if name.startswith(prefix)
    }


def loaded(module, parameters):
    """Return a module in double precision with these parameters, each in its shape."""
    own = module.state_dict()
    assert own.keys() == parameters.keys()
    module.load_state_dict(
        {
            name: each.reshape(own[name].shape)
            for name, each in parameters.items()
        }
    )
    # Half precision and levels are held exactly by single precision.
    for name, tensor in module.state_dict().items():
        assert torch.equal(
            tensor.double(), parameters[name].reshape(tensor.shape)
        )
    return module.double().eval().requires_grad_(False)


# Imports the widget's program once, opens its models once, and asks all twice.
ASK = """
async ([state, buffers, code, asked, again]) => {
  for (const [name, data] of Object.entries(buffers)) {
    state[name] = new DataView(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)).buffer);
  }
  const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const js = await import(url);
  const answer = new Function("js", "state", `return (${code})(js, state);`)(js, state);
  const packed = (numbers) => {
    const bytes = new Uint8Array(Float64Array.from(numbers.flat(Infinity).flatMap((each) => (ArrayBuffer.isView(each) ? [...each] : [each]))).buffer);
    let letters = "";
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return btoa(letters);
  };
  const all = (list) => list.map((each) => {
    const { says, numbers } = answer(...each);
    return { says, numbers: packed(numbers) };
  });
  return [all(asked), all(again)];
}
"""


def page_answers(page, widget, code, asked, again, **instead):
    """Return what the widget's own program answers: to all, then to all again.

    Args:
        page: any page.
        widget: a `Travelled`.
        code: `(js, state) => (...question) => ({ says, numbers })`; `js` is all that the
            program exports, `state` its traits.
        asked: the questions.
        again: the same ones in another order, of the same models.
        instead: other bytes in the place of some that travelled.
    """
    buffers = {
        name: base64.b64encode(instead.get(name, data)).decode()
        for name, data in widget.data.items()
    }
    found = page.evaluate(ASK, [widget.state, buffers, code, asked, again])
    return [
        [(each["says"], _unpacked(each["numbers"])) for each in answers]
        for answers in found
    ]


def _unpacked(text):
    raw = bytearray(base64.b64decode(text))
    return torch.frombuffer(raw, dtype=torch.float64) if raw else torch.zeros(0)
