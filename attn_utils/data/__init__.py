"""Small data sets, made on the spot; nothing is downloaded.

Every random draw comes from the `generator` that is handed in, so the same
seed gives the same examples.
"""

from .curves import noisy_curve, true_curve
from .dates import (
    LOCALES,
    SOURCE_CHARACTERS,
    STYLES,
    TARGET_CHARACTERS,
    DatePair,
    WrittenDate,
    date_pairs,
    date_words,
    is_held_out,
    month_words,
    random_days,
    write_date,
)
from .digits import (
    cluttered_digits,
    cued_digits,
    digit_images,
    glimpse_scenes,
)
from .lookup import addressing, random_rotation, symbol_store, two_name_recall
from .prompts import ridge_prompts, wave_prompts
from .strings import (
    IGNORED,
    first_symbol_recall,
    induction_sequences,
    letter_strings,
    needle_recall,
    previous_tokens,
    reversal,
    string_pairs,
)
from .vocabulary import END, PADDING, START, UNKNOWN, CharacterVocabulary

__all__ = [
    "END",
    "IGNORED",
    "LOCALES",
    "PADDING",
    "SOURCE_CHARACTERS",
    "START",
    "STYLES",
    "TARGET_CHARACTERS",
    "UNKNOWN",
    "CharacterVocabulary",
    "DatePair",
    "WrittenDate",
    "addressing",
    "cluttered_digits",
    "cued_digits",
    "date_pairs",
    "date_words",
    "digit_images",
    "first_symbol_recall",
    "glimpse_scenes",
    "induction_sequences",
    "is_held_out",
    "letter_strings",
    "month_words",
    "needle_recall",
    "noisy_curve",
    "previous_tokens",
    "random_days",
    "random_rotation",
    "reversal",
    "ridge_prompts",
    "string_pairs",
    "symbol_store",
    "true_curve",
    "two_name_recall",
    "wave_prompts",
    "write_date",
]
