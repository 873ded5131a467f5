"""The date reader: chapter 08's Transformer, answering in the page."""

import math

import traitlets

from ..base import chip_rows
from ..weights import ModelWidget

MOST_STEPS = 12  # characters that it writes, its end among them


class DateReader(ModelWidget):
    """Type a date in any of eleven languages; the model writes it as ISO.

    Arcs lead from the character that is picked to those that one head, or the
    average of all heads of an attention, looks at; the board beneath has a map of
    each head, and switches it off.

    Args:
        parameters: the `state_dict()` of a trained Transformer; the page gets
            it in eight bits, so round the model first, as `in_eight_bits` does.
        num_heads: heads of every attention.
        norm_first: whether its layers are pre-norm.
        source_characters: what it can read, in the order of their ids.
        target_characters: what it can write, in the order of their ids.
        month_names: for each month the words that can name it, lower case;
            the page checks every answer by rule.
        words: all words, in lower case, that it was shown.
        longest: how many characters the longest text had in training.
        years: the first and the last year it was taught; others of four digits
            it reads as well, and the page says that they are none of these.
        examples: texts to pick from, {"language": …, "text": …} each; with
            "lang", such as "ru", a screen reader reads them in that language.
        text: what is typed.
        step: which character of the answer is being written; after the last
            comes the end.
        layer: which attention is shown: those of the encoder first, then two
            for each layer of the decoder, its own and that to the source.
        head: which head of it; num_heads is the average of those that speak.
        off: heads that are switched off, numbered layer · num_heads + head.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    What the model has written can be read from `answer`; it is empty where
    the page declines to ask the model.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: parameters that cannot be rounded so.
    """

    files = "date_reader"
    told = ("answer",)
    eight_bits = True

    source_characters = traitlets.Unicode().tag(sync=True)
    target_characters = traitlets.Unicode().tag(sync=True)
    month_names = traitlets.List(traitlets.List(traitlets.Unicode())).tag(
        sync=True
    )
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    longest = traitlets.Int(40, min=1).tag(sync=True)
    years = traitlets.List(traitlets.Int(), [1000, 2999]).tag(sync=True)
    examples = traitlets.List(traitlets.Dict()).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)
    layer = traitlets.Int(0, min=0).tag(sync=True)
    head = traitlets.Int(0, min=0).tag(sync=True)
    off = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["written", "read", "arcs", "map", "heads"]
    ).tag(sync=True)

    def _num_attentions(self) -> int:
        """Count one for each layer of the encoder, two for each of the decoder."""
        layers = {tuple(name.split(".")[:3]) for name, *_ in self.shapes}
        stacks = [stack for stack, *inside in layers if "layers" in inside]
        return max(len(stacks) + stacks.count("decoder"), 1)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        desk, narrow = self._hint_height(128, 38)
        names = [str(each.get("language")) for each in self.examples]
        chips = [
            38 * chip_rows(names, wide, 0, around) - 6 if names else 0
            for wide, around in ((538, 26), (662, 26), (278, 24))
        ]
        # One more line of characters where they would stand too narrow.
        strips = [
            162 + 50 * math.ceil(11 * self.longest / wide)
            for wide in (538, 662, 278)
        ]
        count = self._num_attentions()
        boards = [
            math.ceil(count / each) * (66 + self._small_map(wide)) - 12
            for each, wide in ((4, 214), (1, 334), (1, 278))
        ]
        return [
            153 + max(202 + chips[0] + strips[0], 450) + desk + boards[0],
            361 + chips[1] + strips[1] + max(367 + narrow, boards[1]),
            904 + chips[2] + strips[2] + narrow + boards[2],
        ]

    def _small_map(self, wide: int) -> float:
        """Return how wide each map of a line of the board is."""
        return (wide - 4 * self.num_heads) / (self.num_heads + 1)

    @traitlets.default("settable")
    def _ends(self):
        return {
            "text": "text",
            "step": [0, MOST_STEPS - 1, 1],
            "layer": [0, self._num_attentions() - 1, 1],
            "head": [0, self.num_heads, 1],
        }

    @traitlets.validate("step", "layer", "head")
    def _there(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        _, most, _ = self._ends()[name]
        if value > most:
            raise traitlets.TraitError(
                f"{name} must be {most} at most, but is {value}"
            )
        return value

    @traitlets.validate("off")
    def _heads(self, proposal):
        count = self._num_attentions() * self.num_heads
        wrong = [head for head in proposal["value"] if head >= count]
        if wrong:
            raise traitlets.TraitError(
                f"off must hold numbers of heads below {count}, but holds "
                f"{wrong[0]}"
            )
        return proposal["value"]

    @traitlets.validate("month_names")
    def _twelve(self, proposal):
        if len(proposal["value"]) != 12:
            raise traitlets.TraitError(
                "month_names must have one list for each of 12 months, but has "
                f"{len(proposal['value'])}"
            )
        return proposal["value"]
