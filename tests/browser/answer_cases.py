"""The trained models that travel into a page: what each is asked, by torch and there."""

import itertools
import math
import random
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import test_two_answers
import torch
from test_clutter_gates import by_torch as gated
from test_digit_recall import by_torch as recalled
from test_digit_recall import held
from test_glimpses import by_torch as glimpsed
from test_induction_reader import MEAN, OFF, ON
from test_induction_reader import by_torch as induced
from test_order_reader import by_torch as ordered
from test_reader_face import reading
from test_recall_race import logits_of
from test_side_by_side import by_torch as copied
from travelled import below, loaded, parameters_of

from attn_utils import Transformer, recipes
from attn_utils.data import CharacterVocabulary, date_pairs
from attn_utils.recipes.gated import GatedNetwork, fold_norms
from attn_utils.recipes.glimpses import GlimpseReader
from attn_utils.recipes.induction import InductionModel
from attn_utils.recipes.letter_counts import LetterCounter
from attn_utils.recipes.order import OrderModel
from attn_utils.recipes.reach import RecallNetwork
from attn_utils.recipes.two_names import TwoNames
from attn_utils.seq2seq import (
    LSTMCell,
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    Seq2Seq,
)

COUNT = 200


@dataclass
class Case:
    """A widget of a page, the questions it is given, and who answers them.

    Attributes:
        page: where it stands.
        kind: its class.
        name: its name there, if the page has several of them.
        code: the program's part of `page_answers`.
        shown: what the face says, of itself; "" if it says no answer.
    """

    page: str
    kind: str
    name: str | None = None
    code: ClassVar[str]
    shown: ClassVar[str] = ""

    def open(self, widget):
        """Give the widget what `expected` needs: its models in torch."""
        parameters = parameters_of(widget.weights, widget.shapes)
        widget.taught = self.models(widget, parameters)

    def models(self, widget, parameters):
        """Return the models in torch that these parameters are."""
        raise NotImplementedError

    def settings(self, widget, draw):
        """Return 200 settings of the widget's traits, all different ones."""
        raise NotImplementedError

    def question(self, widget, now):
        """Return what `code` is asked with these settings."""
        raise NotImplementedError

    def expected(self, widget, now):
        """Return what torch says, and all its numbers, flat."""
        raise NotImplementedError

    def face(self, widget, now, says):
        """Return what the widget's face must show with these settings."""
        return says


def flat(*tensors):
    return torch.cat([each.double().flatten() for each in tensors])


def words_of(letters, draw, lengths):
    """Return a text of these letters: of many, of two, or of one that returns."""
    some = draw.sample(letters, min(len(letters), draw.choice([1, 2, 5, 99])))
    return "".join(draw.choices(some, k=draw.choice(lengths)))


def varied(count, text, *others):
    """Return settings: each text with several choices of all else.

    Neighbours share their text: what a widget keeps for a text must not outlive the
    rest of what it was computed from.
    """
    each = math.ceil(COUNT / count)
    found = []
    for _ in range(count):
        now = text()
        for _ in range(each):
            more = {k: v for other in others for k, v in other().items()}
            found.append(now | more)
    return found[:COUNT]


class Dates(Case):
    code = """(js, state) => {
      const reader = js.openModel(state);
      return (text, off) => {
        const { target, odds, maps } = js.read(text, reader, off);
        return { says: target.join(""), numbers: [odds, maps] };
      };
    }"""
    shown = """(face) => [...face.querySelectorAll('[aria-label="what it writes"] .attn-tile:enabled')]
      .map((tile) => tile.querySelector(".attn-letter").textContent).filter((each) => each !== "end").join("")"""

    def models(self, widget, parameters):
        heads = widget.num_heads
        sizes = len(recipes.READ), len(recipes.WRITE)
        return loaded(Transformer(*sizes, num_heads=heads), parameters)

    def settings(self, widget, draw):
        generator = torch.Generator().manual_seed(2026)
        pairs = [
            *date_pairs(33, held_out=True, generator=generator),
            *date_pairs(34, True, True, generator=generator),
        ]
        texts = iter(pair.source.replace("\u202f", " ") for pair in pairs)
        offs = itertools.cycle([0, 1, 5])
        count = widget.settable["layer"][1] + 1
        return varied(
            67,
            lambda: {"text": next(texts)},
            lambda: {
                "off": sorted(
                    draw.sample(range(count * widget.num_heads), next(offs))
                ),
                "step": draw.randrange(11),
                "layer": draw.randrange(count),
                "head": draw.randrange(widget.num_heads + 1),
            },
        )

    def question(self, widget, now):
        return [now["text"], now["off"]]

    def expected(self, widget, now):
        found = reading(widget.taught, now["text"], now["off"])
        return found.written, flat(found.odds, *found.maps)


class Order(Case):
    code = """(js, state) => {
      const models = Object.values(js.unpack(state.weights, state.shapes));
      return (line) => {
        const found = models.map((model, n) => js.orderModel(model, state.kinds[n], js.tokensOf(line)));
        const said = found.map(({ says }) => says.map((token, at) => (at ? js.LETTERS[token] : "")).join(""));
        return { says: said, numbers: found.map(({ odds, weights }) => [odds, weights]) };
      };
    }"""
    shown = """(face) => [...face.querySelectorAll("button.order-row")].map((row) =>
      [...row.querySelectorAll(".order-tile:not([hidden])")].map((tile) => tile.textContent).join(""))"""

    def models(self, widget, parameters):
        return [
            loaded(
                OrderModel(kind["scheme"], kind["causal"]),
                below(parameters, f"{n}."),
            )
            for n, kind in enumerate(widget.kinds)
        ]

    def settings(self, widget, draw):
        lengths = [1, 2, 5, 12, 12, 13, 24, 37, 60]
        return varied(
            50,
            lambda: {"text": words_of("ABCDEFGHIJKL", draw, lengths)},
            lambda: {
                "model": draw.choice(widget.names),
                "layer": draw.randint(1, 2),
                "head": draw.randint(1, 4),
                "place": draw.randint(1, 60),
            },
        )

    def question(self, widget, now):
        return [now["text"]]

    def expected(self, widget, now):
        found = [ordered(module, now["text"]) for module in widget.taught]
        said = [
            "".join(
                "ABCDEFGHIJKL"[token]
                for token in logits.argmax(-1).tolist()[1:]
            )
            for logits, _ in found
        ]
        numbers = [(logits.softmax(-1), maps) for logits, maps in found]
        return said, flat(*itertools.chain(*numbers))


class Race(Case):
    code = """(js, state) => {
      const networks = js.unpack(state.weights, state.shapes);
      return (text, length) => {
        const found = state.served.map((of) => of[state.lengths.indexOf(length)]).map((n) =>
          (n < 0 ? null : js.recall(networks[n], state.mixers[n], js.stringOf(text, length))));
        return {
          says: found.map((each) => (each ? js.KEYS[each.says] : "")),
          numbers: found.filter(Boolean).map(({ odds }) => odds),
        };
      };
    }"""
    shown = """(face) => [...face.querySelectorAll(".race-row .race-says")].map((each) => each.textContent)"""

    def models(self, widget, parameters):
        served = {
            n: length
            for row in widget.served
            for n, length in zip(row, widget.lengths, strict=True)
        }
        return [
            loaded(
                RecallNetwork(kind_of(mixer), served[n]),
                below(parameters, f"{n}."),
            )
            for n, mixer in enumerate(widget.mixers)
        ]

    def settings(self, widget, draw):
        lengths = itertools.cycle(widget.lengths)

        def text():
            noise = words_of("abcdefghij", draw, [1, 2, 7, 20, 31, 127])
            at, count = draw.randrange(len(noise)), draw.choice([0, 1, 1, 1, 2])
            keys = "".join(draw.choices("ABCDEFGH", k=count))
            return {"text": (noise[:at] + keys + noise[at:])[:128]}

        return varied(
            67,
            text,
            lambda: {
                "length": next(lengths),
                "racer": draw.choice(widget.names),
            },
        )

    def question(self, widget, now):
        return [now["text"], now["length"]]

    def expected(self, widget, now):
        text, length = now["text"], now["length"]
        noise = "".join(each for each in text if each.islower()) or "abcdefghij"
        string = (text + noise * length)[: length - 1] + "?"
        at = widget.lengths.index(length)
        numbers = [row[at] for row in widget.served]
        said, odds = [], []
        for n in numbers:
            if n < 0:
                said.append("")
                continue
            logits = logits_of(widget.taught[n], string)
            said.append("ABCDEFGH"[logits.argmax().item()])
            odds.append(logits.softmax(-1))
        return said, flat(*odds)


def kind_of(mixer):
    """Return what a mixer that travelled is called in the package."""
    if mixer["kind"] != "convolution":
        return mixer["kind"]
    return "dilated" if max(mixer["steps"]) > 1 else "convolution"


class Induction(Case):
    code = """(js, state) => {
      const models = js.unpack(state.weights, state.shapes);
      const start = models[0].embedding.weight.length > state.alphabet.length;
      return (text, moment, heads) => {
        const tokens = js.tokensOf(text, state.alphabet, start);
        const { odds, weights } = js.inductionModel(models[state.moments.indexOf(moment)], tokens, heads, state.num_heads);
        const said = odds.slice(tokens.length - text.length).map((row) => state.alphabet[js.likeliest(row, 1)[0]]);
        return { says: said.join(""), numbers: [odds, weights] };
      };
    }"""
    shown = """(face) => face.querySelector(".induce-letter").textContent"""

    def models(self, widget, parameters):
        own = {
            moment: below(parameters, f"{n}.")
            for n, moment in enumerate(widget.moments)
        }
        # The means of what each head says travel with the model.
        widget.means = {}
        for moment, each in own.items():
            means = each.pop("means")
            widget.means[moment] = means.view(2, 4, -1)
        rows = own[widget.moments[0]]["embedding.weight"].shape[0]
        widget.start = rows > len(widget.alphabet)
        return {
            moment: loaded(InductionModel(start=widget.start), each)
            for moment, each in own.items()
        }

    def settings(self, widget, draw):
        def text():
            block = words_of(widget.alphabet, draw, [1, 3, 7, 20, 40])
            return {"text": (block * 40)[: draw.choice([1, 2, 12, 25, 40])]}

        def other():
            few = draw.choice([[ON], [ON, ON, OFF], [ON, OFF, MEAN]])
            return {
                "moment": draw.choice(widget.moments),
                "heads": draw.choices(few, k=8),
                "place": draw.randint(1, 40),
                "layer": draw.randint(1, 2),
                "head": draw.randint(1, 4),
            }

        return varied(50, text, other)

    def question(self, widget, now):
        return [now["text"], now["moment"], now["heads"]]

    def expected(self, widget, now):
        logits, maps = induced(widget, now["text"], now["moment"], now["heads"])
        said = logits.argmax(-1).tolist()[int(widget.start) :]
        letters = "".join(widget.alphabet[token] for token in said)
        return letters, flat(logits.softmax(-1), maps)

    def face(self, widget, now, says):
        return says[min(now["place"], len(now["text"])) - 1]


class Copies(Case):
    code = """(js, state) => {
      const models = ["plain", "attending"].map((which) => js.unpack(state[`${which}_weights`], state[`${which}_shapes`]));
      return (text) => {
        const found = models.map((model) => js.written(model, text, state.alphabet));
        const said = found.map(({ tokens }) => tokens.map((token) => js.spell(token, state.alphabet) ?? "■").join(""));
        return { says: said, numbers: found.map(({ odds, weights, vector }) => [odds, weights ?? [], vector]) };
      };
    }"""
    shown = """(face) => [...face.querySelectorAll(".side-panel")].map((panel) =>
      [...panel.querySelectorAll(".side-sign")].map((sign) => sign.textContent).join(""))"""

    def open(self, widget):
        widget.taught = []
        for which in ("plain", "attending"):
            parameters = parameters_of(
                getattr(widget, f"{which}_weights"),
                getattr(widget, f"{which}_shapes"),
            )
            embedding = parameters["encoder.embedding.weight"]
            hidden = parameters["encoder.recurrent.weight_hh_l0"].shape[1]
            sizes = *embedding.shape, hidden
            decoder = (
                RecurrentDecoder(*sizes)
                if which == "plain"
                else LuongDecoder(*sizes, hidden)
            )
            model = Seq2Seq(RecurrentEncoder(*sizes), decoder)
            widget.taught.append(loaded(model, parameters))
        widget.letters = CharacterVocabulary(widget.alphabet)

    def settings(self, widget, draw):
        lengths = [1, 2, 3, 5, 8, 12, 20, 31, 40]
        return varied(
            67,
            lambda: {"text": words_of(widget.alphabet, draw, lengths)},
            lambda: {"step": draw.randint(1, 45)},
        )

    def question(self, widget, now):
        return [now["text"]]

    def expected(self, widget, now):
        said, numbers = [], []
        for model in widget.taught:
            tokens, odds, weights, vector = copied(
                model, now["text"], widget.letters
            )
            letters = [*"    ", *widget.alphabet]
            letters[:4] = "??■?"
            said.append("".join(letters[token] for token in tokens))
            numbers += [odds, *([] if weights is None else [weights]), vector]
        return said, flat(*numbers)

    def face(self, widget, now, says):
        return [each[: now["step"]] for each in says]


class Gates(Case):
    code = """(js, state) => {
      const { embedding, layer } = js.unpack(state.weights, state.shapes);
      const parts = ["write", "keep", "fresh", "read", "before", "cell", "hidden"];
      return (text, keep, unit, step) => {
        const found = js.readGates(layer, [...text].map((each) => embedding.weight[state.alphabet.indexOf(each)]), keep);
        const says = found[Math.min(step, text.length) - 1].hidden[unit - 1];
        return { says: says.toFixed(6).replace(/^-(?=[0.]+$)/, ""), numbers: found.map((each) => parts.map((part) => each[part])) };
      };
    }"""
    shown = """(face) => Number([...face.querySelectorAll(".attn-readout data")].at(-1).value).toFixed(6).replace(/^-(?=[0.]+$)/, "")"""
    held = {"its own": None, "at 1": 1.0, "at 0": 0.0}

    def models(self, widget, parameters):
        layer = below(parameters, "layer.")
        hidden, width = (
            layer[f"weight_{each}_l0"].shape[1] for each in ("hh", "ih")
        )
        names = {
            "input_map.weight": "weight_ih_l0",
            "input_map.bias": "bias_ih_l0",
            "hidden_map.weight": "weight_hh_l0",
            "hidden_map.bias": "bias_hh_l0",
        }
        widget.vectors = parameters["embedding.weight"]
        own = {ours: layer[theirs] for ours, theirs in names.items()}
        return loaded(LSTMCell(width, hidden), own)

    def settings(self, widget, draw):
        held = itertools.cycle(self.held)
        return varied(
            67,
            lambda: {
                "text": words_of(
                    widget.alphabet, draw, [1, 2, 3, 7, 12, 18, 24]
                )
            },
            lambda: {
                "forget": next(held),
                "unit": draw.randint(1, 8),
                "step": draw.randint(1, 24),
            },
        )

    def question(self, widget, now):
        keep = self.held[now["forget"]]
        return [now["text"], keep, now["unit"], now["step"]]

    def expected(self, widget, now):
        cell, keep = widget.taught, self.held[now["forget"]]
        hidden = memory = torch.zeros(1, cell.hidden_dim, dtype=torch.float64)
        found = []
        for letter in now["text"]:
            vector = widget.vectors[[widget.alphabet.index(letter)]]
            mapped = cell.input_map(vector) + cell.hidden_map(hidden)
            write, own, fresh, read = mapped.chunk(4, dim=-1)
            kept = own.sigmoid()
            if keep is not None:
                kept = torch.full_like(own, keep)
            gates = write.sigmoid(), kept, fresh.tanh(), read.sigmoid()
            before = memory
            memory = gates[1] * memory + gates[0] * gates[2]
            if keep is None:
                hidden, memory = cell(vector, hidden, before)
            else:
                hidden = gates[3] * memory.tanh()
            found += [*gates, before, memory, hidden]
        at = min(now["step"], len(now["text"])) - 1
        says = found[7 * at + 6][0, now["unit"] - 1].item()
        return f"{says:z.6f}", flat(*found)


class Counts(Case):
    code = """(js, state) => {
      const models = js.unpack(state.weights, state.shapes);
      return (n, word) => {
        const { says, logits, weights } = js.countLetters(models[n], word, state.starts[n]);
        return { says: says.join(" "), numbers: [logits, weights] };
      };
    }"""
    shown = """(face) => [...face.querySelectorAll(".count-tile:not([hidden]) .count-says")].map((each) => each.textContent).join(" ")"""

    def models(self, widget, parameters):
        return [
            loaded(LetterCounter(start), below(parameters, f"{n}."))
            for n, start in enumerate(widget.starts)
        ]

    def settings(self, widget, draw):
        names = itertools.cycle(widget.names)
        alphabet = "abcdefghijklmnopqrstuvwxyz"
        lengths = [1, 2, 3, 5, 8, 12, 16]
        return varied(
            100,
            lambda: {"word": words_of(alphabet, draw, lengths)},
            lambda: {"model": next(names), "place": draw.randrange(16)},
        )

    def question(self, widget, now):
        return [widget.names.index(now["model"]), now["word"]]

    def expected(self, widget, now):
        n = widget.names.index(now["model"])
        letters = [ord(letter) - ord("a") + 1 for letter in now["word"]]
        logits, weights = widget.taught[n](torch.tensor([letters]))
        says = logits[0].argmax(-1).tolist()
        seen = weights[0][int(widget.starts[n]) :]
        return " ".join(map(str, says)), flat(logits, seen)


class Names(Case):
    code = """(js, state) => {
      const { ids, ...models } = js.unpack(state.weights, state.shapes);
      return (n, named, active) => {
        const { weights, odds } = js.answerBoth(models[n], ids, state.classes, named, state.heads[n], active);
        return { says: odds.map((row) => "ABCDEFGH"[js.largest(row)]), numbers: [weights, odds] };
      };
    }"""
    shown = """(face) => [...face.querySelectorAll(".two-answer")].map((each) => each.textContent)"""

    def models(self, widget, parameters):
        classes = torch.tensor(widget.classes)
        widget.given = parameters["ids"], classes
        found = {}
        for n, (name, heads) in enumerate(
            zip(widget.names, widget.heads, strict=True)
        ):
            own = below(parameters, f"{n}.")
            first = own.get("read_out.0.bias")
            hidden = None if first is None else len(first)
            found[name] = loaded(TwoNames(heads, hidden_dim=hidden), own)
        return found

    def settings(self, widget, draw):
        def other():
            model = draw.choice(widget.names)
            return {
                "model": model,
                "off": draw.choice(widget.settable["off"]),
            }

        return varied(
            50,
            lambda: {
                "first": draw.randrange(12),
                "second": draw.randrange(12),
            },
            other,
        )

    def active(self, widget, now):
        heads = widget.heads[widget.names.index(now["model"])]
        return [str(h + 1) not in now["off"] for h in range(heads)]

    def question(self, widget, now):
        named = [now["first"], now["second"]]
        n = widget.names.index(now["model"])
        return [n, named, self.active(widget, now)]

    def expected(self, widget, now):
        module, (ids, classes) = widget.taught[now["model"]], widget.given
        module.switch_heads(torch.tensor(self.active(widget, now)))
        query = torch.cat([ids[now["first"]], ids[now["second"]]])
        value = torch.nn.functional.one_hot(classes, 8).double()
        logits, weights = module(
            query.view(1, 1, -1), ids.unsqueeze(0), value.unsqueeze(0)
        )
        module.switch_heads(None)
        odds = logits[0].softmax(-1)
        said = [test_two_answers.LETTERS[n] for n in odds.argmax(-1).tolist()]
        return said, flat(weights, odds)


class Clutter(Case):
    code = """(js, state) => {
      const network = js.unpack(state.weights, state.shapes)[0];
      const digits = js.unpackDigits(state.digits);
      const pieces = state.pieces.map((ink) => ink.map((level) => level / js.LEVELS));
      return (now) => {
        const rows = js.composed(digits[now.digit], now.place, pieces, now.spots);
        const { gates, odds } = js.throughGates(network, rows, now);
        return { says: String(odds.indexOf(Math.max(...odds))), numbers: [gates.map(({ weights }) => weights), gates.map(({ map }) => map), odds] };
      };
    }"""
    shown = """(face) => face.querySelector(".clutter-answer").textContent"""

    def models(self, widget, parameters):
        network = fold_norms(GatedNetwork())
        state = below(parameters, "0.")
        for name, tensor in network.state_dict().items():
            # The page holds the channels of each place of a kernel together.
            if tensor.ndim == 4:
                last = tensor.movedim(1, -1).shape
                state[name] = state[name].view(last).movedim(-1, 1)
        # Its helper lays a canvas in single precision.
        return loaded(network, state).float()

    def settings(self, widget, draw):
        pools = itertools.cycle(["both", "average", "maximum"])

        def scene():
            return {
                "digit": draw.randrange(len(widget.labels)),
                "place": draw.choices(range(17), k=2),
                "spots": draw.choices(range(21), k=len(widget.spots)),
            }

        def switches():
            return {
                "channel_gate": draw.random() < 0.7,
                "spatial_gate": draw.random() < 0.7,
                "pools": next(pools),
                "stage": draw.choice([2, 3]),
                "chosen": draw.randrange(len(widget.pieces) + 1),
            }

        return varied(40, scene, switches)

    def question(self, widget, now):
        return [now]

    def expected(self, widget, now):
        found = gated(widget, **now)
        numbers = flat(*found["channels"], *found["maps"], found["odds"])
        return str(found["answer"]), numbers


class Looks(Case):
    code = """(js, state) => {
      const readers = js.unpack(state.weights, state.shapes);
      const glimpses = js.unpackDigits(state.glimpses);
      return (n, scene, temperature, chosen) => {
        const reader = Object.values(readers)[n];
        const own = glimpses.slice(25 * scene, 25 * scene + 25).map((each) => [...each]);
        const weights = js.weigh(js.glimpseScores(reader, own), temperature);
        const read = chosen === null ? js.readRows(weights, own) : own[chosen];
        const odds = read ? js.classify(reader, read) : [];
        return { says: read ? String(js.largest(odds)) : "–", numbers: [weights, odds] };
      };
    }"""
    shown = """(face) => face.querySelector(".glimpse-answer").textContent"""

    def models(self, widget, parameters):
        return {
            name: loaded(GlimpseReader(), below(parameters, f"{n}.")).float()
            for n, name in enumerate(widget.names)
        }

    def settings(self, widget, draw):
        least, most = widget.settable["temperature"]

        def other():
            return {
                "temperature": least * (most / least) ** draw.random(),
                "mode": draw.choice(["soft", "hard"]),
                "chosen": draw.randrange(-1, 25),
            }

        readers = itertools.cycle(widget.names)
        return varied(
            20,
            lambda: {"scene": draw.randrange(len(widget.labels))},
            other,
            lambda: {"reader": next(readers)},
        )

    def question(self, widget, now):
        n = widget.names.index(now["reader"])
        chosen = now["chosen"] if now["mode"] == "hard" else None
        return [n, now["scene"], now["temperature"], chosen]

    def expected(self, widget, now):
        found = glimpsed(widget, **now)
        if found["odds"] is None:
            return "–", flat(found["weights"])
        says = str(found["odds"].argmax().item())
        return says, flat(found["weights"], found["odds"])


class Memory(Case):
    code = """(js, state) => {
      const [known, other] = [state.remembered, state.held_out].map((each) => js.unpackDigits(each).map((digit) => [...digit]));
      return (digit, mode, half, bandwidth) => {
        const { key, value } = js.wiring(mode, half);
        const { weights, context } = js.recall(js.partOf(other[digit], key), known.map((each) => js.partOf(each, key)), known.map((each) => js.partOf(each, value)), bandwidth);
        return { says: String(js.strongest(weights, 1)[0]), numbers: [weights, context] };
      };
    }"""

    def open(self, widget):
        widget.pictures = held(widget.held_out)

    def settings(self, widget, draw):
        modes = itertools.cycle(
            itertools.product(["key-value", "ordinary"], ["upper", "lower"])
        )
        least, most = widget.settable["bandwidth"]

        def other():
            mode, half = next(modes)
            # A pad that one digit answers alone is no tie.
            return {
                "mode": mode,
                "half": half,
                "bandwidth": draw.uniform(max(least, 0.2), most),
            }

        digits = itertools.cycle(range(20))
        return varied(40, lambda: {"digit": next(digits)}, other)

    def question(self, widget, now):
        return [now[n] for n in ("digit", "mode", "half", "bandwidth")]

    def expected(self, widget, now):
        weights, context = recalled(
            widget,
            widget.pictures[now["digit"]],
            now["mode"],
            now["half"],
            now["bandwidth"],
        )
        return str(weights.argmax().item()), flat(weights, context)


CASES = {
    "dates": Dates("chapters/08_transformer.html", "DateReader"),
    "order": Order("chapters/07_position.html", "OrderReader", "order"),
    "order, sent": Order("chapters/07_position.html", "OrderReader", "sent"),
    "race": Race("chapters/06_reach.html", "RecallRace", "race"),
    "race, again": Race("chapters/06_reach.html", "RecallRace", "again"),
    "induction": Induction("chapters/09_inside.html", "InductionReader"),
    "copies": Copies("chapters/11_seq2seq.html", "SideBySide"),
    "gates": Gates("chapters/11_seq2seq.html", "GateWatch"),
    "counts": Counts("chapters/05_self_attention.html", "LetterCounts"),
    "names": Names("chapters/04_multi_head.html", "TwoAnswers"),
    "clutter": Clutter("chapters/10_cbam.html", "ClutterGates"),
    "looks": Looks("chapters/03_soft_and_hard.html", "Glimpses"),
    "memory": Memory("chapters/03_soft_and_hard.html", "DigitRecall", "pad"),
}
seeded = partial(random.Random, 16)
