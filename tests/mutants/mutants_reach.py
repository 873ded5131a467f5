"""Wrong versions of chapter 06's race."""

from mutants import Mutant

REACH = "recipes/reach.py"
OWN_TESTS = {REACH: "test_recipes_reach.py"}
MUTANTS = [
    Mutant(
        REACH,
        "self.attention(inputs + positions, need_weights=False)",
        "self.attention(inputs, need_weights=False)",
        "attention is not told the places",
    ),
    Mutant(
        REACH,
        "self.layer.bias_ih_l0[WIDTH : 2 * WIDTH] = 1",
        "self.layer.bias_ih_l0[:WIDTH] = 1",
        "the input gate is open instead of the forget gate",
    ),
    Mutant(
        REACH,
        "self.layer.bias_ih_l0[WIDTH : 2 * WIDTH] = 1",
        "self.layer.bias_ih_l0[WIDTH : 2 * WIDTH] = -1",
        "an LSTM begins by forgetting",
    ),
    Mutant(
        REACH,
        "if kind is nn.LSTM:",
        "if kind is not nn.RNN:",
        "a GRU's update gate is changed, too",
    ),
    Mutant(
        REACH,
        "self.layer = kind(WIDTH, WIDTH, batch_first=True)",
        "self.layer = kind(WIDTH, WIDTH)",
        "the state is handed from string to string",
    ),
    Mutant(
        REACH,
        "padding=step, dilation=step",
        "padding=1, dilation=1",
        "no convolution is dilated",
    ),
    Mutant(
        REACH,
        "outputs = outputs + layer(outputs).relu()",
        "outputs = layer(outputs).relu()",
        "convolutions have no residual",
    ),
    Mutant(
        REACH,
        "tuple(2**n for n in range(7))",
        "tuple(2**n for n in range(6))",
        "the dilated pile has six layers",
    ),
    Mutant(
        REACH,
        "Convolution((1, 1, 1))",
        "Convolution((1, 1, 1, 1))",
        "the plain pile has four layers",
    ),
    Mutant(
        REACH,
        "return self.across(inputs.mT).mT",
        "return inputs + self.across(inputs.mT).mT",
        "a fully connected layer brings a residual of its own",
    ),
    Mutant(
        REACH,
        "if inputs.shape[-2] != self.num_tokens:",
        "if inputs.shape[-2] < self.num_tokens:",
        "a longer string is refused by torch alone",
    ),
    Mutant(
        REACH,
        "outputs = inputs + self.mixer(self.norm_in(inputs))",
        "outputs = self.mixer(self.norm_in(inputs))",
        "a network has no residual",
    ),
    Mutant(
        REACH,
        "self.mixer(self.norm_in(inputs))\n        return",
        "self.mixer(inputs)\n        return",
        "a mixer takes raw embeddings",
    ),
    Mutant(
        REACH,
        "self.norm_out(outputs[:, -1])",
        "self.norm_out(outputs.mean(1))",
        "the answer is read at all places",
    ),
    Mutant(
        REACH,
        "draw = needle_recall if anywhere else first_symbol_recall",
        "draw = first_symbol_recall",
        "the key of a needle stands first",
    ),
    Mutant(
        REACH,
        "draw(batch_size, length_of(step), generator=generator)",
        "draw(batch_size, length_of(step))",
        "the strings depend on how the network began",
    ),
    Mutant(
        REACH,
        "learning_rate=5e-3, num_warm=30",
        "learning_rate=5e-3, num_warm=3000",
        "the learning rate hardly rises",
    ),
    Mutant(
        REACH,
        "torch.Generator().manual_seed(1000 + seed)\n    tokens, label = first",
        "torch.Generator().manual_seed(seed)\n    tokens, label = first",
        "the first symbol is asked of lessons",
    ),
    Mutant(
        REACH,
        "torch.Generator().manual_seed(1000 + seed)\n    tokens, label, place",
        "torch.Generator().manual_seed(seed)\n    tokens, label, place",
        "needles are asked of lessons",
    ),
    Mutant(
        REACH,
        'return {"right": recall_rate(model, num_tokens, seed)}',
        'return {"right": recall_rate(model, 16, seed)}',
        "all are asked at one length",
    ),
    Mutant(
        REACH,
        "back = tokens.shape[-1] - 1 - place",
        "back = tokens.shape[-1] - place",
        "a needle lies one place further back",
    ),
    Mutant(
        REACH,
        "(back >= least) & (back <= most)",
        "(back >= least) & (back < most)",
        "the farthest needle of each group is left out",
    ),
    Mutant(
        REACH,
        "recall_rate(model, 512, seed, num_tests=200)",
        "recall_rate(model, 128, seed, num_tests=200)",
        "a length of the lessons passes for one never seen",
    ),
    Mutant(
        REACH,
        "copy.deepcopy(model).double()",
        "copy.deepcopy(model)",
        "gradients are taken in float32",
    ),
    Mutant(
        REACH,
        "copy.deepcopy(model).double()",
        "model.double()",
        "a network that is measured becomes another",
    ),
    Mutant(
        REACH,
        "gradient.log10().item()",
        "gradient.item()",
        "a gradient passes for its power of ten",
    ),
    Mutant(
        REACH,
        "least = max(2, most // 2 + 1)",
        "least = most",
        "growing lessons have a few lengths only",
    ),
    Mutant(
        REACH,
        "GROWING = (8, 4, 2, 1)",
        "GROWING = (1, 2, 4, 8)",
        "growing lessons shrink",
    ),
    Mutant(
        REACH,
        "teach_recall(mixer, 32, seed, growing=True)",
        "teach_recall(mixer, 32, seed)",
        "growing lessons do not grow",
    ),
    Mutant(
        REACH,
        "last = model.mixer(model.norm_in(inputs))[:, -1]",
        "last = model.mixer(model.norm_in(inputs)).sum(1)",
        "the gradient is that of all outputs",
    ),
    Mutant(
        REACH,
        "along = F.normalize(along, dim=-1)",
        "pass",
        "the direction has the length that chance gives it",
    ),
    Mutant(
        REACH,
        "gradient[:, 0].norm(dim=-1)",
        "gradient.flatten(1).norm(dim=-1)",
        "the gradient is that by all inputs",
    ),
]
