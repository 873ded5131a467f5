"""Faults on the way into the page in eight bits a number."""

from mutants import Mutant

WHOLE = True
LEVELS = "_levels.py"
TRAIN = "train.py"
WEIGHTS = "widgets/weights.py"
UNPACK = "widgets/parts/weights.js"
OWN_TESTS = {
    LEVELS: "test_levels.py test_widgets_models.py",
    TRAIN: "test_levels.py",
    UNPACK: "browser/test_nn.py",
}
MUTANTS = [
    Mutant(
        LEVELS,
        ".amax(dim=1)",
        ".amax()",
        "all rows share the step of the largest",
    ),
    Mutant(
        LEVELS,
        ".round()",
        "",
        "levels are cut off, not rounded",
    ),
    Mutant(
        LEVELS,
        "/ MOST).half()",
        "/ MOST)",
        "a step is in single precision, which does not travel",
    ),
    Mutant(
        LEVELS,
        "steps == 0,",
        "steps < 0,",
        "a row of zeros is divided by zero",
    ),
    Mutant(
        LEVELS,
        "if known(steps.isfinite().all()) is False:",
        "if False:",
        "what is not finite is rounded",
    ),
    Mutant(
        TRAIN,
        "parameter.copy_(parameter.half())",
        "pass",
        "a bias keeps more digits than travel",
    ),
    Mutant(
        WEIGHTS,
        "numpy.hstack([steps, levels",
        "numpy.hstack([levels",
        "a row travels without its step",
    ),
    Mutant(
        UNPACK,
        "step * view.getInt8(offset++)",
        "step * view.getUint8(offset++)",
        "levels below zero become large ones",
    ),
    Mutant(
        UNPACK,
        "const row = inLevels ? leveled : halves;",
        "const row = halves;",
        "levels are read as numbers",
    ),
]
