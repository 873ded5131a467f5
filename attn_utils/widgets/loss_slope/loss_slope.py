"""Descend a loss by hand: for the page before chapter 01."""

import traitlets

from ..base import FloatList, LiveWidget, chip_rows

LEAST, MOST, STEP = -4.0, 4.0, 0.1  # of a score
LONGEST = {3: 8, 4: 6}  # letters of a name, among so many classes


class LossSlope(LiveWidget):
    """Score a few classes, and go down the slope of the loss by hand.

    It draws the probabilities, the loss `-log p(target)` and its gradient by the
    scores, `p - target`, where the target is 1 for its class and 0 for the others.
    One step takes the gradient from the scores, within their ends.

    Args:
        names: of three classes, each at most eight letters, or of four, each at
            most six.
        logits: a score for each, from -4 to 4 (tensor or list).
        target: the name of the class that is right.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "loss_slope"

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    logits = FloatList().tag(sync=True)
    target = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["score", "probability", "loss", "gradient"]
    ).tag(sync=True)

    def __init__(self, names, logits, target, **traits):
        """Take the classes, their scores, and the traits by their names."""
        # Before what depends on them: who is validated first is left open.
        words = isinstance(names, list | tuple) and all(
            isinstance(name, str) for name in names
        )
        if words and (fault := _fault(names)):
            raise traitlets.TraitError(fault)
        super().__init__(names=names, logits=logits, target=target, **traits)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 38)
        many = len(self.names)
        chips = [
            max(44, 40 * chip_rows(self.names, wide) - 4)
            for wide in (264, 600, 278)
        ]
        return [
            max(418, 250 + 44 * many + chips[0] + beside),
            663 + chips[1] + below,
            642 + 44 * many + chips[2] + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "logits": [[LEAST, MOST, STEP]] * len(self.names),
            "target": list(self.names),
        }

    @traitlets.validate("names")
    def _a_few_short_names(self, proposal):
        if fault := _fault(proposal["value"]):
            raise traitlets.TraitError(fault)
        return proposal["value"]

    @traitlets.validate("logits")
    def _a_score_for_each(self, proposal):
        logits = proposal["value"]
        if len(logits) != len(self.names):
            raise traitlets.TraitError(
                f"logits must be {len(self.names)} numbers, one for each name, "
                f"but are {len(logits)}"
            )
        for logit in logits:
            if not LEAST <= logit <= MOST:
                raise traitlets.TraitError(
                    f"logits must lie between {LEAST:g} and {MOST:g}, but hold "
                    f"{logit:g}"
                )
        return logits

    @traitlets.validate("target")
    def _one_of_the_names(self, proposal):
        return self._one_of(list(self.names), proposal)


def _fault(names: list[str]) -> str:
    """Return what is wrong with the names of the classes, or nothing."""
    if len(names) not in LONGEST:
        return f"names must be 3 or 4, but are {len(names)}"
    if len(set(names)) < len(names):
        return f"names must differ from each other, but are {names}"
    longest = LONGEST[len(names)]
    for name in names:
        if not name.strip() or len(name) > longest:
            return (
                f"names must have 1 to {longest} letters, where they are "
                f"{len(names)}, but one is {name!r}"
            )
    return ""
