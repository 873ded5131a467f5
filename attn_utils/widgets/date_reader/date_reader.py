"""The date reader: chapter 08's Transformer, answering in the page."""

import traitlets

from ..base import FloatList
from ..weights import ModelWidget


class DateReader(ModelWidget):
    """Type a date in any of eleven languages; the model writes it as ISO.

    Args:
        parameters: the `state_dict()` of a trained Transformer; the page gets
            it rounded to half precision, so round the model first.
        num_heads: heads of every attention.
        norm_first: whether its layers are pre-norm.
        source_characters: what it can read, in the order of their ids.
        target_characters: what it can write, in the order of their ids.
        month_names: for each month the words that can name it, lower case;
            the page checks every answer by rule.
        words: all words, in lower case, that it was shown.
        longest: how many characters the longest text had in training.
        years: the first and the last year it was taught.
        examples: texts to pick from, {"language": …, "text": …} each; with
            "lang", such as "ru", a screen reader reads them in that language.
        text: what is typed.
        step: which character of the answer is being written.
        layer: which attention is shown: those of the encoder first, then two
            for each layer of the decoder, its own and that to the source.
        head: which head of it.
        off: heads that are switched off, numbered layer · num_heads + head.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    What the model has written can be read from `answer`; it is empty where
    the page declines to ask the model.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: parameters that half precision cannot hold.
    """

    files = "date_reader"
    room = FloatList([600, 765, 1270]).tag(sync=True)

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

    @traitlets.default("settable")
    def _ends(self):
        return {"text": "text", "head": [0, self.num_heads - 1, 1]}

    @traitlets.validate("month_names")
    def _twelve(self, proposal):
        if len(proposal["value"]) != 12:
            raise traitlets.TraitError(
                "month_names must have one list for each of 12 months, but has "
                f"{len(proposal['value'])}"
            )
        return proposal["value"]
