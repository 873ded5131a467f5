"""What a cell of a matrix product is made of: for the page before chapter 01."""

import torch
import traitlets

from ..base import LiveWidget

LEAST, MOST = -9, 9  # of an entry
FEWEST, LARGEST = 2, 4  # rows or columns


class MatrixProduct(LiveWidget):
    """Multiply two small matrices, and take any cell of the product apart.

    The axes are called q and d on the left, d and k on the right. The right
    matrix can also be written as rows, (k, d), as keys are: the product stays
    the same, and is then `left @ right.T`.

    Args:
        left: (q, d), two to four rows and columns of whole numbers from -9 to 9
            (tensor or list). As a trait it is a flat list, row by row.
        right: (d, k), the same; or (k, d) if it is `transposed` to begin with.
            As a trait it is a flat list, row by row, of the shape (d, k).
        row: of the cell that is taken apart, from 1 on.
        column: of that cell, from 1 on.
        transposed: whether the right matrix is written as rows, (k, d).
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: matrices of shapes or numbers that cannot be shown.
    """

    files = "matrix_product"

    sizes = traitlets.List(traitlets.Int()).tag(sync=True)
    left = traitlets.List(traitlets.Int(min=LEAST, max=MOST)).tag(sync=True)
    right = traitlets.List(traitlets.Int(min=LEAST, max=MOST)).tag(sync=True)
    row = traitlets.Int(1, min=1).tag(sync=True)
    column = traitlets.Int(1, min=1).tag(sync=True)
    transposed = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["left", "right", "product"]
    ).tag(sync=True)

    def __init__(self, left, right, *, transposed=False, **traits):
        """Take both matrices, and the traits by their names."""
        left, right = _matrix("left", left), _matrix("right", right)
        if right.shape[int(bool(transposed))] != left.shape[1]:
            axis = "columns" if transposed else "rows"
            raise ValueError(
                f"right must have {left.shape[1]} {axis}, as left has "
                f"{left.shape[1]} columns, but has the shape "
                f"{tuple(right.shape)}"
            )
        if transposed:
            right = right.T
        super().__init__(
            sizes=[*left.shape, right.shape[1]],
            left=left.flatten().tolist(),
            right=right.flatten().tolist(),
            transposed=transposed,
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 38)
        queries, dim, keys = self.sizes
        cells = queries + max(dim, keys)  # one above the other
        narrow, wide = (
            22 * (3 + (dim == LARGEST)),  # the sentence
            22 * (1 + (dim > FEWEST)),
        )
        return [
            max(118 + 36 * cells, 312 + narrow + beside),
            296 + 36 * cells + wide + below,
            403 + 32 * cells + narrow + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        queries, _, keys = self.sizes
        return {
            "left": [[LEAST, MOST, 1]] * len(self.left),
            "right": [[LEAST, MOST, 1]] * len(self.right),
            "row": [1, queries, 1],
            "column": [1, keys, 1],
            "transposed": "switch",
        }

    @traitlets.validate("left", "right")
    def _one_for_each_cell(self, proposal):
        name, numbers = proposal["trait"].name, proposal["value"]
        queries, dim, keys = self.sizes
        count = dim * (queries if name == "left" else keys)
        if len(numbers) != count:
            raise traitlets.TraitError(
                f"{name} must be {count} numbers, but has {len(numbers)}"
            )
        return numbers

    @traitlets.validate("row", "column")
    def _inside(self, proposal):
        name, place = proposal["trait"].name, proposal["value"]
        last = self.sizes[0 if name == "row" else 2]
        if place > last:
            raise traitlets.TraitError(
                f"{name} must lie between 1 and {last}, but is {place}"
            )
        return place


def _matrix(name: str, given) -> torch.Tensor:
    """Return a small matrix of whole numbers, or raise a ValueError."""
    try:
        matrix = torch.as_tensor(given).detach().cpu()
    except (RuntimeError, TypeError, ValueError):
        raise ValueError(
            f"{name} must be a tensor or list of rows of numbers, but is "
            f"{given!r}"
        ) from None
    shape = tuple(matrix.shape)
    if len(shape) != 2 or not all(FEWEST <= n <= LARGEST for n in shape):
        raise ValueError(
            f"{name} must have {FEWEST} to {LARGEST} rows and columns, but has "
            f"the shape {shape}"
        )
    if matrix.is_complex() or matrix.dtype == torch.bool:
        raise ValueError(f"{name} must hold numbers, but holds {matrix.dtype}")
    for number in matrix.flatten().tolist():
        # A NaN is neither above nor below.
        if not (LEAST <= number <= MOST and number == int(number)):
            raise ValueError(
                f"{name} must hold whole numbers from {LEAST} to {MOST}, but "
                f"holds {number}"
            )
    return matrix.long()
