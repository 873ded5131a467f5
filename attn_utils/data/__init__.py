"""Small data sets, made on the spot; nothing is downloaded.

Every random draw comes from the `generator` that is handed in, so the same
seed gives the same examples.
"""

from .curves import noisy_curve, true_curve
from .digits import (
    cluttered_digits,
    cued_digits,
    digit_images,
    glimpse_scenes,
)
from .lookup import addressing, random_rotation, symbol_store, two_name_recall
from .strings import (
    IGNORED,
    copy_pairs,
    first_symbol_recall,
    induction_sequences,
    needle_recall,
    previous_tokens,
    reversal,
    reverse_pairs,
)
from .vocabulary import END, PADDING, START, UNKNOWN, CharacterVocabulary

__all__ = [
    "END",
    "IGNORED",
    "PADDING",
    "START",
    "UNKNOWN",
    "CharacterVocabulary",
    "addressing",
    "cluttered_digits",
    "copy_pairs",
    "cued_digits",
    "digit_images",
    "first_symbol_recall",
    "glimpse_scenes",
    "induction_sequences",
    "needle_recall",
    "noisy_curve",
    "previous_tokens",
    "random_rotation",
    "reversal",
    "reverse_pairs",
    "symbol_store",
    "true_curve",
    "two_name_recall",
]
