"""Wrong versions of what users of other libraries look for."""

from mutants import Mutant

OWN_TESTS = {"_checks.py": "test_sizes.py"}
MUTANTS = [
    Mutant(
        "_checks.py",
        "size = operator.index(size)",
        "operator.index(size)",
        "a size keeps the type that overflows",
    ),
    Mutant(
        "_checks.py",
        "kind in (bool, torch.bool) or",
        "kind is bool or",
        "torch's truth is a size",
    ),
    Mutant(
        "_checks.py",
        ' or getattr(size, "ndim", 0):',
        ":",
        "a row of one number is a size",
    ),
]
