"""A guess that is committed before the answer is read."""

import html
import operator
from collections.abc import Iterable

import traitlets

from ..base import LiveWidget


class Sentence(traitlets.Unicode):
    """A text that says something."""

    def validate(self, obj, value):
        """Return the text, or raise a TraitError that says why."""
        if not isinstance(value, str) or not value.strip():
            raise traitlets.TraitError(
                f"{self.name} must be a text that says something, but is {value!r}"
            )
        return super().validate(obj, value.strip())


class Options(traitlets.List):
    """Two or more texts to pick from, no two alike."""

    def validate(self, obj, value):
        """Return a list of texts, or raise a TraitError that says why."""
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise traitlets.TraitError(
                f"{self.name} must be a list of texts, but is {value!r}"
            )
        options = list(value)
        for option in options:
            if not isinstance(option, str) or not option.strip():
                raise traitlets.TraitError(
                    f"{self.name} must hold texts that say something, but holds "
                    f"{option!r}"
                )
        options = [option.strip() for option in options]
        if len(options) < 2 or len(set(options)) < len(options):
            raise traitlets.TraitError(
                f"{self.name} must be two or more, no two alike, but are {options}"
            )
        return super().validate(obj, options)


class Place(traitlets.TraitType):
    """The place of an option, from 0; an integer tensor of one number is taken."""

    info_text = "the place of an option"

    def validate(self, obj, value):
        """Return a plain int, or raise a TraitError that says why."""
        if value is None and self.allow_none:
            return None
        try:
            if isinstance(value, bool):
                raise TypeError
            return operator.index(value)
        except TypeError:
            raise traitlets.TraitError(
                f"{self.name} must be the place of an option, a whole number from 0, "
                f"but is {value!r}"
            ) from None


class Guess(LiveWidget):
    """Ask the reader, and answer further down, with the reader's pick beside it.

    Displaying the guess shows its question; displaying `guess.answer`, later, its
    answer. What the reader picks lives in the page alone.

    Args:
        question: what is asked; plain text.
        options: two or more answers to pick from.
        right: the place of the right one in `options`, from 0; the chapter
            computes it, at once or, like `why`, later: `guess.right = …`.
        why: what the answer says beneath the right one.
        pick: the place of what the reader has picked, or None.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "guess"
    kind = traitlets.Unicode("guess").tag(sync=True)
    question = Sentence().tag(sync=True)
    options = Options().tag(sync=True)
    # Not synced: the question's own state does not tell what is right.
    right = Place(None, allow_none=True)
    why = Sentence(None, allow_none=True)
    pick = Place(None, allow_none=True).tag(sync=True)

    def __init__(self, question, options, right=None, **traits):
        """Take the question, its options, which of them is right, and traits."""
        self._answer = None
        super().__init__(
            question=question, options=options, right=right, **traits
        )

    @property
    def answer(self):
        """The other place: the right option beside the reader's, and why.

        Raises:
            ValueError: what is right, or why, is not set yet.
        """
        for name in ("right", "why"):
            if getattr(self, name) is None:
                raise ValueError(
                    f"{name} must be set before the answer is shown: guess.{name} = …"
                )
        if self._answer is None:
            shared = ("question", "options", "right", "why", "pick")
            self._answer = Answer(
                of=getattr(self, "model_id", ""),
                **{name: getattr(self, name) for name in shared},
            )
            # Between the cells of a notebook the kernel carries the pick; in the
            # static page the answer looks up the question's model by its id.
            traitlets.link((self, "pick"), (self._answer, "pick"))
            self.observe(self._tell_answer, names=shared[:-1])
        return self._answer

    def _tell_answer(self, change):
        self._answer.set_trait(change["name"], change["new"])

    @traitlets.validate("options", "right", "pick")
    def _one_of_them(self, proposal):
        """Hold the right one and the picked one inside the options."""
        now = {
            name: getattr(self, name) for name in ("options", "right", "pick")
        }
        now[proposal["trait"].name] = proposal["value"]
        count = len(now["options"])
        for name in ("right", "pick"):
            place = now[name]
            if place is not None and not 0 <= place < count:
                raise traitlets.TraitError(
                    f"{name} must be the place of one of {count} options, 0 to "
                    f"{count - 1}, but is {place}; change what belongs together "
                    "inside hold_trait_notifications()"
                )
        return proposal["value"]

    def _repr_html_(self) -> str:
        """Return the question as it reads without JavaScript and on paper."""
        chips = "".join(
            f'<li class="guess-chip">{html.escape(option)}</li>'
            for option in self.options
        )
        return (
            '<div class="attn-guessing guess-asks">'
            '<p class="guess-kicker">Guess first</p>'
            f'<p class="guess-question">{html.escape(self.question)}</p>'
            f'<ul class="guess-chips">{chips}</ul>'
            '<p class="guess-said"><span class="attn-steady">'
            "<span>The answer stands further down.</span>"
            '<span class="attn-steady-room" data-words="Pick one. The answer '
            'stands further down."></span></span></p></div>'
        )


class Answer(LiveWidget):
    """The second place of a `Guess`, which makes it and keeps it up to date.

    Args:
        of: the model that asks.
        question, options, right, why, pick: as of the guess.
    """

    files = "guess"
    kind = traitlets.Unicode("guess").tag(sync=True)
    of = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    right = traitlets.Int().tag(sync=True)
    why = traitlets.Unicode().tag(sync=True)
    pick = traitlets.Int(None, allow_none=True).tag(sync=True)

    def _unchecked(self) -> list[str]:
        """Fix nothing: the guess has checked what it tells."""
        return []

    def _repr_html_(self) -> str:
        """Return the answer as it reads without JavaScript and on paper.

        The room for the reader's guess is kept, unseen, where it may come.
        """
        room = "".join(
            f'<span class="attn-steady-room" data-words="✓ {html.escape(option)}">'
            "</span>"
            for option in self.options
        )
        return (
            '<div class="attn-guessing guess-answers">'
            '<p class="guess-kicker">The answer</p>'
            f'<p class="guess-question">{html.escape(self.question)}</p>'
            '<dl class="guess-verdict"><div><dt>Right</dt>'
            f"<dd>{html.escape(self.options[self.right])}</dd></div>"
            '<div class="guess-yours" aria-hidden="true"><dt>&nbsp;</dt>'
            f'<dd><span class="attn-steady">{room}</span></dd></div></dl>'
            f'<p class="guess-why">{html.escape(self.why)}</p></div>'
        )
