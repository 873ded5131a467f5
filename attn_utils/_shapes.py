"""Shape annotations: jaxtyping's where it is installed, else plain tensors.

`Float[Tensor, "batch tokens"]` documents a shape everywhere. The tests check
it at run time through jaxtyping; Colab, which does not ship jaxtyping, reads
the same line as `Tensor`.
"""

from torch import Tensor

try:
    from jaxtyping import Bool, Float, Int
except ModuleNotFoundError:

    class Float:
        """Stands in for jaxtyping: `Float[Tensor, "..."]` is `Tensor`."""

        def __class_getitem__(cls, item):
            array_type, _shape = item
            return array_type

    Bool = Int = Float

__all__ = ["Bool", "Float", "Int", "Tensor"]
