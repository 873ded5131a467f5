"""Wrong versions of chapter 10's networks, scenes and checkers."""

from mutants import Mutant

# The tests read what is stored of these networks, and which checkers are called.
WHOLE = True
GATED, CUED, CHECKS = "recipes/gated.py", "recipes/cued.py", "exercises/cbam.py"
OWN_TESTS = {
    GATED: "test_recipes_gated.py",
    CUED: "test_recipes_cued.py",
    CHECKS: "test_exercises.py",
}
EDITS = {
    GATED: [
        (
            'if gates in ("channel", "both"):',
            'if gates in ("channel", "both", "spatial"):',
            "spatial gates bring channel gates along",
        ),
        (
            "SpatialAttention(KERNEL_SIZE, batch_norm=True)",
            "SpatialAttention(KERNEL_SIZE)",
            "the spatial gates have no batch norm",
        ),
        (
            "REDUCTION, bias=True, pools=pools",
            "REDUCTION, bias=True",
            "the channel gates always have both summaries",
        ),
        (
            "            features = features * spatial\n",
            "            features = features + spatial\n",
            "places are added to instead of weighed",
        ),
        (
            "        if self.channel is not None:\n            channel = self.channel(features)\n            features = features * channel\n",
            "        if self.channel is not None:\n            channel = self.channel(features)\n",
            "the channels' weights are shown and not used",
        ),
        (
            "Stage(in_channels, first, STRIDES[0])",
            "Stage(in_channels, first, STRIDES[0], gates, pools)",
            "the first stage has gates, too",
        ),
        (
            "Stage(third, third, 1)",
            "Stage(third, third, 1, gates, pools)",
            "the fourth stage has gates",
        ),
        (
            "part.norm = nn.Identity()",
            "pass",
            "the norms are folded in and stay",
        ),
        (
            "copy.deepcopy(model).eval()",
            "model.eval()",
            "the network itself loses its norms",
        ),
        (
            "for part in filter(None, (stage, stage.spatial)):",
            "for part in (stage,):",
            "the norms of the spatial gates stay",
        ),
        (
            "best // width, best % width",
            "best % width, best // width",
            "a map points with row and column exchanged",
        ),
        (
            "(offset >= 0) & (offset < BOX)",
            "(offset >= 0) & (offset <= BOX)",
            "the box is a pixel too large",
        ),
        (
            "place * (CANVAS // width) - corner",
            "place * 4 - corner",
            "all maps have six places a side",
        ),
        (
            "scenes = clutter_scenes(NUM_TESTS, generator, held_out=True)",
            "scenes = clutter_scenes(NUM_TESTS, generator)",
            "it is asked for the digits of its lessons",
        ),
    ],
    CUED: [
        (
            "spot = cue + brightness",
            "spot = cue",
            "the plane of a spot has always the same brightness",
        ),
        (
            "0.5 + MAJORITY, 0.5 - MAJORITY",
            "0.5 - MAJORITY, 0.5 + MAJORITY",
            "a shade says the other plane",
        ),
        (
            "torch.where(is_up, DOT, -DOT)",
            "torch.where(is_up, 2 * DOT, -DOT)",
            "dots are larger on one side",
        ),
        (
            "images = images * self.gate(images)",
            "self.gate(images)",
            "the gate of the planes weighs nothing",
        ),
        (
            "chosen = (weights[:, 1] > weights[:, 0]).long()",
            "chosen = (weights[:, 1] < weights[:, 0]).long()",
            "the plane with the smaller weight is chosen",
        ),
        (
            'gates = "channel" if pools else "none"',
            'gates = "channel"',
            "inside there is always a gate",
        ),
        (
            "lone = isinstance(model, CuedReader) and model.gate is not None",
            "lone = isinstance(model, CuedReader)",
            "a network without a gate is asked what it chose",
        ),
        (
            "digits = digit_images(held_out)",
            "digits = digit_images()",
            "no digit is held out",
        ),
    ],
    CHECKS: [
        (
            "scores = network(means) + network(maxima)\n",
            "scores = network(maxima)\n",
            "the mean is not asked",
        ),
        (
            "torch.where(opens, weights <= 0.9, weights >= 0.1)",
            "torch.where(opens, weights <= 0.5, weights >= 0.5)",
            "a weight near a half is open enough",
        ),
        (
            "if s**2 / width**2 >= brightness",
            "if s**2 / width**2 >= 2 * brightness",
            "the spot must outweigh the whole range",
        ),
        (
            "(plain, code, wide**2, wide**2 + 2)",
            "(plain, code, wide**2, wide**2 + 3)",
            "whoever forgets a plane gets no hint",
        ),
        (
            'sizes = (2 if change == "beside" else 1, hidden, 1)',
            "sizes = (1, hidden, 1)",
            "no network sees both summaries",
        ),
        (
            "if least == SPOT:",
            "if most == SPOT:",
            "a sound map is inverted",
        ),
        (
            "lone > weights.mean() + 0.2",
            "lone > weights.mean() + 2",
            "a kernel of one is sound",
        ),
    ],
}
MUTANTS = [
    Mutant(file, *edit) for file, edits in EDITS.items() for edit in edits
]
