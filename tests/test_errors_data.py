"""Errors of the data sets: each names the argument, what was expected, what came.

These tests run WITHOUT the shape hook, like those of test_errors.py.
"""

import datetime
import re

import pytest
import torch
from errors_table import check_row, row

from attn_utils.data import (
    CharacterVocabulary,
    addressing,
    cluttered_digits,
    cued_digits,
    date_pairs,
    first_symbol_recall,
    glimpse_scenes,
    induction_sequences,
    letter_strings,
    needle_recall,
    noisy_curve,
    previous_tokens,
    random_days,
    random_rotation,
    reversal,
    ridge_prompts,
    string_pairs,
    symbol_store,
    two_name_recall,
    wave_prompts,
    write_date,
)

pytestmark = pytest.mark.usefixtures("without_the_shape_hook")

NAN, INF = float("nan"), float("inf")

CURVES = [
    row(
        f"noise = {given}",
        ValueError,
        lambda given=given: noisy_curve(noise=given),
        f"^noise must be finite and 0 or more, but is {given}",
    )
    for given in (-0.1, NAN, INF)
]

BOOK = torch.ones(11, 7)

LOOKUP = [
    row(
        "more slots than keys",
        ValueError,
        lambda: addressing(3, BOOK, 13),
        r"^num_slots must be at most 11 \(keys in codebook\), but is 13",
    ),
    row(
        "a list for the codebook",
        TypeError,
        lambda: addressing(3, [[1.0]]),
        "^codebook must be a tensor, but is list",
    ),
    row(
        "a codebook of whole numbers",
        TypeError,
        lambda: addressing(3, BOOK.long()),
        "^codebook must hold floating-point numbers.*torch.int64",
    ),
    row(
        "a codebook of one axis",
        ValueError,
        lambda: addressing(3, BOOK[0]),
        r"^codebook must have the shape \(symbols, dim\), but has \(7,\)",
    ),
    row(
        "a rotation of another width",
        ValueError,
        lambda: addressing(3, BOOK, rotation=torch.eye(11)),
        r"^rotation must have the shape \(dim, dim\) = \(7, 7\)",
        r"has \(11, 11\)",
    ),
    row(
        "noise below 0 in a look-up",
        ValueError,
        lambda: addressing(3, BOOK, noise=-1.0),
        "^noise must be finite and 0 or more, but is -1.0",
    ),
    row(
        "one item, where two are named",
        ValueError,
        lambda: two_name_recall(3, num_items=1),
        "^num_items must be at least 2, but is 1",
    ),
    row(
        "more slots than symbols",
        ValueError,
        lambda: symbol_store(3, num_slots=13, num_symbols=11),
        r"^num_slots must be at most 11 \(num_symbols\), but is 13",
    ),
]

PROMPTS = [
    row(
        "a list for the direction",
        TypeError,
        lambda: ridge_prompts(3, [1.0, 0.0]),
        "^direction must be a tensor, but is list",
    ),
    row(
        "a direction of whole numbers",
        TypeError,
        lambda: ridge_prompts(3, torch.tensor([1, 0])),
        "^direction must hold floating-point numbers.*torch.int64",
    ),
    row(
        "two directions",
        ValueError,
        lambda: ridge_prompts(3, torch.eye(2)),
        r"^direction must have the shape \(width\), but has \(2, 2\)",
    ),
    row(
        "a direction that is too long",
        ValueError,
        lambda: ridge_prompts(3, torch.tensor([3.0, 4.0])),
        r"^direction must have length 1, but \(3\.0, 4\.0\) has length 5",
    ),
    row(
        "a direction that is no number",
        ValueError,
        lambda: ridge_prompts(3, torch.tensor([NAN, 1.0])),
        "^direction must have length 1, .* has length nan",
    ),
    row(
        "a direction of no width",
        ValueError,
        lambda: ridge_prompts(3, torch.ones(0)),
        "^direction must have length 1, .* has length 0",
    ),
]

STRINGS = [
    row(
        "the shortest string above the longest",
        ValueError,
        lambda: string_pairs(3, min_length=7, max_length=5),
        r"^min_length must be at most 5 \(max_length\), but is 7",
    ),
    row(
        "the shortest period above the longest",
        ValueError,
        lambda: induction_sequences(3, min_period=7, max_period=5),
        r"^min_period must be at most 5 \(max_period\), but is 7",
    ),
    row(
        "the shortest word above the longest",
        ValueError,
        lambda: letter_strings(3, 5, shortest=7),
        r"^shortest must be at most 5 \(num_tokens\), but is 7",
    ),
    row(
        "more letters than there are",
        ValueError,
        lambda: letter_strings(3, alphabet_sizes=(2, 27)),
        r"^alphabet_sizes\[1\] must be at most 26 \(letters\), but is 27",
    ),
    row(
        "the smallest alphabet above the largest",
        ValueError,
        lambda: letter_strings(3, alphabet_sizes=(7, 5)),
        r"^alphabet_sizes\[0\] must be at most 5 \(alphabet_sizes\[1\]\), but is 7",
    ),
    row(
        "an alphabet of no letter",
        ValueError,
        lambda: letter_strings(3, alphabet_sizes=(0, 5)),
        r"^alphabet_sizes\[0\] must be at least 1, but is 0",
    ),
    row(
        "half a letter",
        TypeError,
        lambda: letter_strings(3, alphabet_sizes=(2, 7.5)),
        r"^alphabet_sizes\[1\] must be an int, but is 7\.5",
    ),
    *[
        row(
            f"alphabet_sizes = {given}",
            TypeError,
            lambda given=given: letter_strings(3, alphabet_sizes=given),
            rf"^alphabet_sizes must be two ints, but is {re.escape(repr(given))}",
        )
        for given in (5, (5,), (2, 3, 5))
    ],
    row(
        "one token, where key and question need two",
        ValueError,
        lambda: first_symbol_recall(3, num_tokens=1),
        "^num_tokens must be at least 2, but is 1",
    ),
    row(
        "a vocabulary of words",
        ValueError,
        lambda: CharacterVocabulary(["a", "bc"]),
        "^characters must be single characters, but one is 'bc'",
    ),
    row(
        "an id above the last",
        ValueError,
        lambda: CharacterVocabulary("ab").decode([4, 6]),
        "^ids must lie between 0 and 5, but one is 6",
    ),
    row(
        "an id below 0",
        ValueError,
        lambda: CharacterVocabulary("ab").decode([-1]),
        "^ids must lie between 0 and 5, but one is -1",
    ),
    row(
        "a batch of nothing",
        ValueError,
        lambda: CharacterVocabulary.pad_batch([]),
        "^sequences must hold one list or more, but is empty",
    ),
]

IMAGES, LABELS = torch.ones(11, 5, 7), torch.arange(11)

SCENES = (
    [
        row(
            f"{name} in {make.__name__}",
            error,
            lambda make=make, images=images, labels=labels: make(
                images, labels, 3
            ),
            fragment,
        )
        for make in (glimpse_scenes, cluttered_digits, cued_digits)
        for name, error, images, labels, fragment in [
            (
                "flattened images",
                ValueError,
                IMAGES.flatten(1),
                LABELS,
                r"^images must have the shape \(images, height, width\), but has "
                r"\(11, 35\)",
            ),
            (
                "images of whole numbers",
                TypeError,
                IMAGES.long(),
                LABELS,
                "^images must hold floating-point numbers.*torch.int64",
            ),
            (
                "fewer labels than images",
                ValueError,
                IMAGES,
                LABELS[:7],
                r"^labels must have one entry for each image, 11, but have the "
                r"shape \(7,\)",
            ),
        ]
    ]
    + [
        row(
            f"a canvas narrower than an image in {make.__name__}",
            ValueError,
            lambda make=make: make(IMAGES, LABELS, 3, canvas_size=6),
            "^canvas_size must be at least 7, but is 6",
        )
        for make in (cluttered_digits, cued_digits)
    ]
    + [
        row(
            "a piece higher than an image",
            ValueError,
            lambda: cluttered_digits(IMAGES, LABELS, 3, crop_size=6),
            r"^crop_size must be at most 5 \(the size of an image\), but is 6",
        ),
        row(
            "a negative number of pieces",
            ValueError,
            lambda: cluttered_digits(IMAGES, LABELS, 3, num_crops=-1),
            "^num_crops must be at least 0, but is -1",
        ),
        row(
            "a cue larger than its canvas",
            ValueError,
            lambda: cued_digits(IMAGES, LABELS, 3, cue_size=13),
            r"^cue_size must be at most 12 \(canvas_size\), but is 13",
        ),
        row(
            "noise that is no number in a scene",
            ValueError,
            lambda: cluttered_digits(IMAGES, LABELS, 3, noise=NAN),
            "^noise must be finite and 0 or more, but is nan",
        ),
    ]
)

TODAY = datetime.date(2024, 3, 5)

DATES = [
    row(
        "a locale that is not stored",
        ValueError,
        lambda: write_date(TODAY, "de_CH"),
        "^locale must be among en_US, en_GB, .*, nl, but is 'de_CH'",
    ),
    row(
        "the short style, whose year has two digits",
        ValueError,
        lambda: write_date(TODAY, "de", "short"),
        "^style must be among medium, long, full, but is 'short'",
    ),
    row(
        "a text for the day",
        TypeError,
        lambda: write_date("2024-03-05", "de"),
        "^day must be a datetime.date, but is str",
    ),
    row(
        "a year of three digits",
        ValueError,
        lambda: write_date(datetime.date(999, 12, 31), "de"),
        "^day must lie in the years 1000 to 9999, but is in 999",
    ),
    row(
        "no locale",
        ValueError,
        lambda: date_pairs(3, locales=[]),
        "^locales must hold one name or more, but is empty",
    ),
    row(
        "one locale that is not stored",
        ValueError,
        lambda: date_pairs(3, locales=["de", "tlh"]),
        "^locales must be among en_US, .*, nl, but is 'tlh'",
    ),
    row(
        "no style",
        ValueError,
        lambda: date_pairs(3, styles=[]),
        "^styles must hold one name or more, but is empty",
    ),
    row(
        "a first year of three digits",
        ValueError,
        lambda: random_days(3, False, first_year=999),
        "^first_year must be at least 1000, but is 999",
    ),
    row(
        "a last year of five digits",
        ValueError,
        lambda: date_pairs(3, last_year=10_000),
        "^last_year must be at most 9999 .where Python's dates end., but is 10000",
    ),
    row(
        "years out of order",
        ValueError,
        lambda: random_days(3, False, first_year=2001, last_year=2000),
        r"^first_year must be at most 2000 \(last_year\), but is 2001",
    ),
]

# Every size, given as 0 and as a number that is not whole.
SIZES = [
    row(
        f"{name} = {given} in {make.__name__}",
        error,
        lambda make=make, given={name: given}, rest=rest: make(**rest | given),
        f"^{name} must be {expected}",
    )
    for make, rest, names in [
        (noisy_curve, {}, ["num_points"]),
        (random_rotation, {}, ["dim"]),
        (
            addressing,
            {"num_examples": 3, "codebook": BOOK},
            ["num_examples", "num_slots", "num_classes"],
        ),
        (
            two_name_recall,
            {"num_examples": 3},
            ["num_examples", "num_items", "id_dim", "num_classes"],
        ),
        (
            symbol_store,
            {"num_examples": 3},
            ["num_examples", "num_slots", "num_symbols"],
        ),
        *[
            (
                make,
                {"num_examples": 3},
                ["num_examples", "num_tokens", "num_symbols"],
            )
            for make in (reversal, previous_tokens, induction_sequences)
        ],
        (
            letter_strings,
            {"num_examples": 3},
            ["num_examples", "num_tokens", "shortest"],
        ),
        (
            string_pairs,
            {"num_examples": 3},
            ["num_examples", "min_length", "max_length", "num_symbols"],
        ),
        *[
            (
                make,
                {"num_examples": 3},
                ["num_examples", "num_tokens", "num_keys", "num_noise"],
            )
            for make in (first_symbol_recall, needle_recall)
        ],
        (
            induction_sequences,
            {"num_examples": 3},
            ["min_period", "max_period"],
        ),
        (wave_prompts, {"num_prompts": 3}, ["width", "num_pairs"]),
        (wave_prompts, {}, ["num_prompts"]),
        (
            ridge_prompts,
            {"num_prompts": 3, "direction": torch.tensor([0.6, 0.8])},
            ["num_prompts", "num_pairs"],
        ),
        (random_days, {"held_out": False}, ["num_days"]),
        (date_pairs, {}, ["num_pairs"]),
        *[
            (
                make,
                {"images": IMAGES, "labels": LABELS, "num_examples": 3},
                ["num_examples", *names],
            )
            for make, names in [
                (glimpse_scenes, ["num_glimpses"]),
                (cluttered_digits, ["canvas_size", "crop_size"]),
                (cued_digits, ["canvas_size", "cue_size"]),
            ]
        ],
    ]
    for name in names
    for given, error, expected in [
        (0, ValueError, r"at least \d, but is 0"),
        (7.5, TypeError, r"an int, but is 7\.5 \(float\)"),
    ]
]


@pytest.mark.parametrize(
    ("error", "bad_call", "fragments"),
    CURVES + LOOKUP + PROMPTS + STRINGS + SCENES + DATES + SIZES,
)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(
    error, bad_call, fragments
):
    check_row(error, bad_call, fragments)
