"""Paint a mask cell by cell and see what leaks: chapter 05's third widget."""

from collections.abc import Mapping

import torch
import traitlets

from ..base import FloatList, LiveWidget, chip_rows

TOKENS = 6
LONGEST, MOST_FEATURES, MOST_MASKS = 6, 32, 2
# Who may look at whom: query i at key j.
PRESETS = {
    "all": lambda i, j: True,
    "causal": lambda i, j: j <= i,
    "window": lambda i, j: i - 2 <= j <= i,
    "padding": lambda i, j: j < TOKENS - 2,
}


class MaskText(traitlets.Unicode):
    """A mask's name, or its cells as letters; a tensor of bools is accepted."""

    def validate(self, obj, value):
        """Return a text, or raise a TraitError that says why not."""
        if isinstance(value, torch.Tensor):
            fault = _fault(value)
            if fault:
                raise traitlets.TraitError(f"{self.name} must be {fault}")
            value = _letters(value)
        return super().validate(obj, value)


class MaskPaint(LiveWidget):
    """Paint who may look at whom; see the weights, and whom a change reaches.

    Six tokens look at each other. The values are the tokens' one-hot rows, so
    that a context is a share of each token, and a second layer, which reads
    what the first one gave with the same queries, keys and mask, multiplies the
    weights by themselves. What an output depends on is not read off the mask:
    the key of one token is turned round, its value becomes that of no token,
    and each output that differs from before, in whichever digit, has changed.
    Its query stays. One that changes although it stands before is a leak.

    Args:
        query: what each of the six tokens asks, (6, features), floating.
        key: what each is found by, (6, features), floating, up to 32 features.
        masks: up to 2 more masks, from their names to bools (6, 6), True where
            a query may look; each becomes a chip, and a link may ask for it.
        tokens: six words of 1 to 6 letters; a word may come twice.
        mask: what is painted: "all", "causal", "window" (the two before and
            itself), "padding" (the last two tokens are padding), one of
            `masks`, or 36 letters, 1 for may look and 0 for may not, a row of
            a query after the other. A tensor of bools (6, 6) becomes that;
            a mask that has a name is called by it.
        layers: through how many a change goes, 1 or 2.
        token: which one is changed, 0 to 5.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: a query, a key or masks that do not fit.
    """

    files = "mask_paint"

    query = traitlets.List(FloatList()).tag(sync=True)
    key = traitlets.List(FloatList()).tag(sync=True)
    # Pairs, not a dict, which would lose its order on the way into the page.
    presets = traitlets.List().tag(sync=True)
    tokens = traitlets.List(
        traitlets.Unicode(), ["the", "cat", "sat", "on", "the", "mat"]
    ).tag(sync=True)
    mask = MaskText("causal").tag(sync=True)
    layers = traitlets.Int(1, min=1, max=2).tag(sync=True)
    token = traitlets.Int(3, min=0, max=TOKENS - 1).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["query", "key", "mask", "weight", "leak"]
    ).tag(sync=True)

    def __init__(self, query, key, masks=None, **traits):
        """Take query and key, further masks, and the traits by their names."""
        rows = {"query": _rows("query", query), "key": _rows("key", key)}
        widths = [len(each[0]) for each in rows.values()]
        if widths[0] != widths[1]:
            raise ValueError(
                "query and key must have as many features, but have "
                f"{widths[0]} and {widths[1]}"
            )
        super().__init__(presets=_presets(masks), **rows, **traits)

    @property
    def cells(self) -> torch.Tensor:
        """What is painted, (queries, keys): True where a query may look."""
        letters = dict(self.presets).get(self.mask, self.mask)
        cells = torch.tensor([letter == "1" for letter in letters])
        return cells.view(TOKENS, TOKENS)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        names = [name for name, _ in self.presets]
        beside, below, phone = (
            hint + 42 * chip_rows(names, wide)
            for hint, wide in zip(
                self._hint_height(32, 85, 38), (252, 640, 266), strict=True
            )
        )
        # As in mask_paint.js: long words stand upright, and leave less to cells.
        longest = 8.6 * max(len(word) for word in self.tokens)
        cells = [38, min(38, (244 - longest) // TOKENS)]
        words = [18 if longest + 2 <= cell else longest + 6 for cell in cells]
        maps = [
            20 + above + TOKENS * cell
            for above, cell in zip(words, cells, strict=True)
        ]
        return [333 + beside, 216 + maps[0] + below, 431 + 2 * maps[1] + phone]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "mask": [name for name, _ in self.presets],
            "layers": [1, 2, 1],
            "token": [0, TOKENS - 1, 1],
        }

    @traitlets.validate("mask")
    def _name_or_letters(self, proposal):
        mask, names = proposal["value"], [name for name, _ in self.presets]
        if mask in names:
            return mask
        if len(mask) != TOKENS**2 or set(mask) - set("01"):
            raise traitlets.TraitError(
                f"mask must be one of {names}, or {TOKENS**2} letters 1 (may "
                f"look) and 0 (may not), but is {mask!r}"
            )
        called = {letters: name for name, letters in self.presets}
        return called.get(mask, mask)

    @traitlets.validate("tokens")
    def _six_words(self, proposal):
        tokens = proposal["value"]
        if len(tokens) != TOKENS:
            raise traitlets.TraitError(
                f"tokens must be {TOKENS} words, but are {len(tokens)}"
            )
        for word in tokens:
            if not 1 <= len(word) <= LONGEST:
                raise traitlets.TraitError(
                    f"tokens must be words of 1 to {LONGEST} letters, but one "
                    f"is {word!r}"
                )
        return tokens


def _rows(name: str, tensor) -> list[list[float]]:
    """Return the six rows of a query or a key, or raise a ValueError."""
    tensor = torch.as_tensor(tensor).detach().cpu()
    fits = tensor.ndim == 2 and len(tensor) == TOKENS
    if not fits or not 1 <= tensor.shape[1] <= MOST_FEATURES:
        raise ValueError(
            f"{name} must have the shape ({TOKENS}, features), up to "
            f"{MOST_FEATURES} features, but has the shape {tuple(tensor.shape)}"
        )
    if not tensor.is_floating_point() or not tensor.isfinite().all():
        raise ValueError(
            f"{name} must hold finite floating-point numbers, but holds "
            f"{tensor.dtype} from {tensor.min().item()} to "
            f"{tensor.max().item()}"
        )
    return tensor.double().tolist()


def _letters(mask: torch.Tensor) -> str:
    """Return a mask's cells as letters, a row after the other."""
    return "".join("01"[cell] for cell in mask.flatten().tolist())


def _fault(mask) -> str:
    """Return what a mask must be, and what it is instead; nothing if it fits."""
    if not isinstance(mask, torch.Tensor) or mask.dtype != torch.bool:
        got = getattr(mask, "dtype", type(mask).__name__)
        return f"a tensor of bools, True where a query may look, but is {got}"
    if mask.shape != (TOKENS, TOKENS):
        return (
            f"of the shape {(TOKENS, TOKENS)}, but has the shape "
            f"{tuple(mask.shape)}"
        )
    return ""


def _presets(masks) -> list[list[str]]:
    """Return the name and the letters of every mask, or raise a ValueError."""
    masks = {} if masks is None else masks
    if not isinstance(masks, Mapping) or len(masks) > MOST_MASKS:
        raise ValueError(
            f"masks must be a dict from names to up to {MOST_MASKS} masks, but "
            f"is {type(masks).__name__}"
            + (f" of {len(masks)}" if isinstance(masks, Mapping) else "")
        )
    everyone = range(TOKENS)
    known = {
        name: "".join("01"[sees(i, j)] for i in everyone for j in everyone)
        for name, sees in PRESETS.items()
    }
    for name, mask in masks.items():
        if not isinstance(name, str) or not name or name in known:
            raise ValueError(
                f"masks must have names of their own, not {[*known]}, but one "
                f"is {name!r}"
            )
        fault = _fault(mask)
        if fault:
            raise ValueError(f"masks[{name!r}] must be {fault}")
        same = [old for old, cells in known.items() if cells == _letters(mask)]
        if same:
            raise ValueError(
                f"masks[{name!r}] must be another mask than {same[0]!r}, but is "
                "the same"
            )
        known[name] = _letters(mask)
    return [[name, letters] for name, letters in known.items()]
