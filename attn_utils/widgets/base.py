"""What every widget shares: its three files, its traits, its still picture."""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import traitlets

try:
    from anywidget import AnyWidget
except ModuleNotFoundError:  # an old Colab runtime: the still picture remains
    AnyWidget = traitlets.HasTraits

FOLDER = Path(__file__).parent
IMPORT = re.compile(
    r'^import \{[^}]*\} from "(\.{1,2}/[\w./]+)";\n', re.MULTILINE
)
# A comment with lines of its own, in a script or a style sheet.
COMMENT = re.compile(
    r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE
)


def bundle(path: Path) -> str:
    """Return the module at `path` with its neighbours put before it.

    A module that is mounted from a string cannot import its neighbour, so each
    `import {…} from "../parts/x.js";` gives way to the text of x.js, once.
    Comments stay behind: they are a quarter of what would travel.
    """
    seen: list[Path] = []

    def collect(module: Path) -> None:
        if module in seen:
            return
        for neighbour in IMPORT.findall(module.read_text("utf-8")):
            collect((module.parent / neighbour).resolve())
        seen.append(module)

    collect(path.resolve())
    texts = [IMPORT.sub("", part.read_text("utf-8")) for part in seen]
    return COMMENT.sub("", "\n".join(texts))


def chip_rows(names: list[str], wide: int, title=56, around=43) -> int:
    """Return how many rows of chips these names take in so many pixels, about.

    Args:
        names: what the chips say.
        wide: how wide a row is.
        title: the room of what stands before the first chip.
        around: what a chip takes besides its letters.
    """
    rows, used = 1, title
    for name in names:
        chip = around + 7 * len(name)
        if used + chip > wide:
            rows, used = rows + 1, 0
        used += chip
    return rows


def check_named(name: str, given, things: str, most: int) -> None:
    """Raise a ValueError unless `given` is a dict of 1 to `most` things by name.

    Args:
        name: what the argument is called.
        given: what was given.
        things: what it should hold, as "models".
        most: how many at most.
    """
    if not isinstance(given, Mapping):
        raise ValueError(
            f"{name} must be a dict from names to {things}, but is "
            f"{type(given).__name__}"
        )
    if not 1 <= len(given) <= most:
        raise ValueError(
            f"{name} must be 1 to {most}, but there are {len(given)}"
        )
    wrong = [each for each in given if not isinstance(each, str) or not each]
    if wrong:
        raise ValueError(
            f"{name} must have names that can be shown, but one is {wrong[0]!r}"
        )


TOGETHER = "; change what belongs together inside hold_trait_notifications()"


class FiniteFloat(traitlets.Float):
    """A number that is neither NaN nor infinite: one such would break a page.

    `min` and `max` bound it, as those of traitlets.Float; a scalar tensor is accepted.
    """

    def validate(self, obj, value):
        """Return a plain finite float, or raise a TraitError that says why."""
        try:
            value = float(value)
        except (TypeError, ValueError):
            self.error(obj, value)
        if not math.isfinite(value):
            raise traitlets.TraitError(
                f"{self.name} must be a finite number, but is {value}"
            )
        return super().validate(obj, value)


class PositiveFloat(FiniteFloat):
    """A finite number above 0."""

    def validate(self, obj, value):
        """Return a plain float above 0, or raise a TraitError that says why."""
        value = super().validate(obj, value)
        if value <= 0:
            raise traitlets.TraitError(
                f"{self.name} must be above 0, but is {value}"
            )
        return value


class SettableFloat(FiniteFloat):
    """A finite number between the ends that `settable` names for it."""

    def validate(self, obj, value):
        """Return a plain float between them, or raise a TraitError that says why."""
        value = super().validate(obj, value)
        low, high, *_ = obj.settable[self.name]
        if not low <= value <= high:
            raise traitlets.TraitError(
                f"{self.name} must lie between {low} and {high}, but is {value}"
            )
        return value


class FloatList(traitlets.List):
    """A list of finite numbers; a tensor or array of one axis is accepted."""

    def validate(self, obj, value):
        """Return plain finite floats, or raise a TraitError that says why."""
        if hasattr(value, "tolist"):
            value = value.tolist()
        if not isinstance(value, Iterable) or isinstance(value, str):
            raise traitlets.TraitError(
                f"{self.name} must be a list or tensor of numbers, but is {value!r}"
            )
        numbers = []
        for entry in value:
            if isinstance(entry, bool) or not isinstance(entry, int | float):
                raise traitlets.TraitError(
                    f"{self.name} must hold numbers on one axis, but holds {entry!r}"
                )
            if not math.isfinite(entry):
                raise traitlets.TraitError(
                    f"{self.name} must hold finite numbers, but holds {entry}"
                )
            numbers.append(float(entry))
        return super().validate(obj, numbers)


class LiveWidget(AnyWidget):
    """A widget that lives in the static page, in Jupyter and in Colab alike.

    A subclass names its files with `files = "x"`: x/x.js and x/x.css. `room` is
    how high it is, in pixels, with its controls beside the picture, with them
    below it, and on a phone: the page keeps that much free for it. `name` is what
    another page borrows it by; `kind` tells the page a guess from the widgets
    that a sentence may set. `still` is the picture shown where nothing can
    move: without JavaScript, on paper, or where anywidget is not installed.

    `settable` says what a link in the prose may set, and between which ends its
    slider runs: trait -> [least, most] or [least, most, step] of a number, where a
    list of all that it may be can stand for the step, a list of those for a trait
    that is several numbers, a list of words of which one is chosen, "switch" for
    True and False, "text" for any text. `parts` names what
    a link may light: whatever bears it in `data-show`.

    Models, names and other data that only the making of a widget checks are fixed
    from then on: to set one raises a TraitError.
    """

    name = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Unicode("widget").tag(sync=True)
    room = FloatList([0, 0, 0]).tag(sync=True)
    settable = traitlets.Dict().tag(sync=True)
    parts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    files = ""  # not a class argument: Colab's traitlets 5.7 refuses those
    told = ()  # traits that the page writes, beside those that are settable

    def __init_subclass__(cls, **kwargs):
        """Give the class its module and its style sheet before it is used.

        Raises:
            TypeError: a plain value in the place of a trait.
        """
        for name, value in vars(cls).items():
            of_trait = name in cls.__base__.class_traits()
            if of_trait and not isinstance(value, traitlets.TraitType):
                raise TypeError(
                    f"{cls.__name__}.{name} would take the place of a trait: "
                    f'return it from a method under @traitlets.default("{name}")'
                )
        # Not where traitlets derives a class of its own from ours.
        if "files" in vars(cls):
            own = FOLDER / cls.files / cls.files
            sheets = (FOLDER / "parts" / "face.css", own.with_suffix(".css"))
            rules = "\n".join(sheet.read_text("utf-8") for sheet in sheets)
            cls._css = COMMENT.sub("", rules)
            cls._esm = bundle(own.with_suffix(".js"))
        super().__init_subclass__(**kwargs)

    def __init__(self, *args, still=None, **kwargs):
        """Take the widget's traits and `still`, an object with `_repr_html_`.

        Raises:
            TypeError: a name that is no trait's, which traitlets would let pass.
        """
        unknown = [name for name in kwargs if not self.has_trait(name)]
        if unknown:
            kind = type(self)
            own = kind.class_traits().keys() - LiveWidget.class_traits().keys()
            known = ", ".join(sorted(own | {"name", "still"}))
            raise TypeError(
                f"{kind.__name__} has no argument {unknown[0]!r}; it has {known}"
            )
        self._still = still
        super().__init__(*args, **kwargs)
        self._made = {name: getattr(self, name) for name in self._unchecked()}
        self._register_validator(type(self)._stay, self._made)

    def __setattr__(self, name: str, value: object) -> None:
        """Set a trait, or something of one's own.

        Raises:
            AttributeError: a name that looks like a trait's, which Python would
                let pass.
        """
        if not (name.startswith("_") or hasattr(type(self), name)):
            meant = difflib.get_close_matches(
                name, self.trait_names(), cutoff=0.7
            )
            if meant:
                raise AttributeError(
                    f"{type(self).__name__} has no {name!r} to set: is "
                    f"{meant[0]!r} meant?"
                )
        super().__setattr__(name, value)

    def _unchecked(self) -> list[str]:
        """Name what only the making of the widget checks, so that it must stay.

        The types of this package check what they hold, and True is always True.
        """
        free = {"hint", *LiveWidget.class_traits(), *self.settable, *self.told}
        free |= self._trait_validators.keys()
        return [
            name
            for name, trait in self.traits(sync=True).items()
            if not name.startswith("_")
            and name not in free
            and not isinstance(trait, traitlets.Bool)
            and not type(trait).__module__.startswith(__package__)
        ]

    def _stay(self, proposal):
        """Let a trait be as it was made, or raise a TraitError."""
        name = proposal["trait"].name
        if proposal["value"] != self._made[name]:
            raise traitlets.TraitError(
                f"{name} is fixed once the widget is made: make another "
                f"{type(self).__name__}"
            )
        return proposal["value"]

    @traitlets.observe("hint")
    def _make_room(self, change):
        """Add the room up again for another hint, where `_room` can."""
        if hasattr(self, "_room"):
            self.room = self._room()

    def _hint_height(self, *letters: int) -> list[int]:
        """Return how high the hint is, in pixels, with so many letters a line."""
        return [
            22 * math.ceil((len("Try: ") + len(self.hint)) / each)
            for each in letters
        ]

    def _checked(self, proposal, names):
        """Return the proposed value, or raise a TraitError that says why not.

        A widget whose traits belong together says in `_fault` what is wrong with
        those of these names.
        """
        now = {name: getattr(self, name) for name in names}
        fault = self._fault(**now | {proposal["trait"].name: proposal["value"]})
        if fault:
            raise traitlets.TraitError(fault)
        return proposal["value"]

    def _one_of(self, allowed, proposal):
        """Return the proposed value, or raise a TraitError that says what may be."""
        if proposal["value"] not in allowed:
            raise traitlets.TraitError(
                f"{proposal['trait'].name} must be one of {allowed}, but is "
                f"{proposal['value']!r}"
            )
        return proposal["value"]

    def _repr_html_(self) -> str:
        """Return the still picture, or one sentence in its place."""
        if self._still is not None:
            return self._still._repr_html_()
        return "<p>This picture moves online and in Jupyter.</p>"

    def _repr_mimebundle_(self, **kwargs):
        """Offer the live view, and the still picture to whoever cannot move."""
        live = getattr(super(), "_repr_mimebundle_", lambda **_: None)(**kwargs)
        data, metadata = live if isinstance(live, tuple) else (live or {}, {})
        still = {
            "text/plain": f"{type(self).__name__}()",
            "text/html": self._repr_html_(),
        }
        return {**data, **still}, metadata
