"""Small data sets, made on the spot; nothing is downloaded.

Every random draw comes from the `generator` that is handed in, so the same
seed gives the same examples.
"""

from .curves import noisy_curve, true_curve
from .lookup import addressing, random_rotation, symbol_store, two_name_recall

__all__ = [
    "addressing",
    "noisy_curve",
    "random_rotation",
    "symbol_store",
    "true_curve",
    "two_name_recall",
]
