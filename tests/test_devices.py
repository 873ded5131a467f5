"""Off the CPU: what the package makes lives where its inputs and modules live.

There need be no accelerator: torch's meta device refuses to meet the CPU, and
neither it nor a fake tensor has a value that could be asked for.
"""

import pytest
import torch
from examples import COPIES, EXAMPLES, every_tensor
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

import attn_utils
from attn_utils import (
    BahdanauDecoder,
    DistancePenaltyScore,
    LearnedPositions,
    MultiHeadAttention,
    RecurrentDecoder,
    RecurrentEncoder,
    Seq2Seq,
    Transformer,
    causal_mask,
    hard_attention,
    padding_mask,
    recipes,
    rotate,
    shift_right,
    sinusoidal_positions,
    window_mask,
)
from attn_utils.data import date_pairs
from attn_utils.positions import angles, offsets, penalty_slopes
from attn_utils.train import bucketed_batches

META = torch.device("meta")


def shapes(result):
    return [(x.shape, x.dtype) for x in every_tensor(result)]


@pytest.mark.long
@pytest.mark.parametrize("name", EXAMPLES)
def test_everything_stays_on_the_device_it_is_called_on(name):
    example = EXAMPLES[name]
    module, inputs = example.module(), example.inputs(1)
    expected = shapes(example.call(module, *inputs))
    module = module and module.to(META)
    result = example.call(module, *(x.to(META) for x in inputs))
    assert {x.device for x in every_tensor(result)} == {META}
    assert shapes(result) == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_torchs_default_device_decides_nothing(name):
    example = EXAMPLES[name]
    module, inputs = example.module(), example.inputs(1)
    with META:
        result = example.call(module, *inputs)
    assert {x.device.type for x in every_tensor(result)} == {"cpu"}


def faked(module, mode):
    """Return the module, its tensors without values."""
    for part in module.modules():
        for name, old in [*part.named_parameters(recurse=False)]:
            setattr(part, name, nn.Parameter(mode.from_tensor(old)))
        for name, old in [*part.named_buffers(recurse=False)]:
            setattr(part, name, mode.from_tensor(old))
    return module


@pytest.mark.long
@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_needs_the_value_of_a_tensor(name):
    example = EXAMPLES[name]
    module, inputs = example.module(), example.inputs(1)
    expected = shapes(example.call(module, *inputs))
    mode = FakeTensorMode()
    module = module and faked(module, mode)
    inputs = [mode.from_tensor(x) for x in inputs]
    with mode:
        assert shapes(example.call(module, *inputs)) == expected


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_lives_where_the_original_lives(name):
    copied = getattr(attn_utils, name.split(".")[0])
    ours = copied.from_torch(*(part.to(META) for part in COPIES[name]()))
    assert {x.device for x in ours.parameters()} == {META}


@pytest.mark.parametrize("decoder", [RecurrentDecoder, BahdanauDecoder])
def test_lengths_may_stay_on_the_cpu(decoder):
    width = [8] if decoder is BahdanauDecoder else []
    encoder = RecurrentEncoder(11, 5, 4, two_way=True)
    model = Seq2Seq(encoder, decoder(13, 7, 4, *width)).to(META)
    source = torch.zeros(2, 5, dtype=torch.long, device=META)
    for lengths in ([3, 5], torch.tensor([3, 5])):
        logits, _ = model(source, lengths, source)
        written = {"start": 1, "end": 2, "max_tokens": 2}
        greedy = model.greedy(source, lengths, **written)
        beam, _ = model.beam(source, lengths, **written)
        assert {logits.device, greedy.device, beam.device} == {META}


def test_positions_are_looked_up_where_the_table_is():
    mode = FakeTensorMode()
    positions = LearnedPositions(5, 6)
    with mode, torch.no_grad():
        table = torch.empty(5, 6, device="cuda")
        positions.table.weight = nn.Parameter(table)
        assert positions(3, 1).device == table.device


def test_masks_and_positions_are_made_where_one_asks():
    made = (
        causal_mask(3, META),
        padding_mask([2, 3], 3, META),
        padding_mask(torch.tensor([2, 3]), 3, META),
        window_mask(3, 1, META),
        sinusoidal_positions(3, 4, device=META),
        offsets(3, 5, META),
        penalty_slopes(3, META),
    )
    assert {x.device for x in made} == {META}


def test_a_penalty_that_was_made_without_numbers_scores_where_numbers_are():
    # A buffer would have stayed behind: no state dict brings it.
    with META:
        score = DistancePenaltyScore(3)
    ones = torch.ones(3, 5, 7)
    assert torch.equal(score(ones, ones), DistancePenaltyScore(3)(ones, ones))


@pytest.mark.parametrize("device", ["mps", torch.device("mps", 0)])
def test_angles_are_computed_on_the_cpu_where_there_is_no_float64(device):
    assert angles(3, 4, 0, 1e4, device).device.type == "cpu"


def test_angles_are_computed_where_torch_makes_its_tensors():
    with META:
        assert angles(3, 4, 0, 1e4).device == META
        assert rotate(torch.ones(3, 4)).device == META


def test_heads_stay_switched_off_where_the_module_goes():
    active = torch.tensor([True, False, True])
    before, after = MultiHeadAttention(6, 3), MultiHeadAttention(6, 3).to(META)
    before.switch_heads(active)
    after.switch_heads(active)
    x = torch.ones(2, 5, 6)
    for module in (before.to(META), after):
        assert module.active_heads.device == META
        assert module(x.to(META))[0].device == META
    assert active.device.type == "cpu"
    assert "active_heads" not in before.state_dict()


@pytest.mark.parametrize("sample", ["categorical", "gumbel"])
def test_noise_is_drawn_where_its_generator_lives(sample):
    x = torch.ones(2, 5, 6, device=META)
    read = hard_attention(
        x, x, x, sample=sample, generator=torch.Generator().manual_seed(0)
    )
    assert {tensor.device for tensor in read} == {META}


def test_a_generator_of_one_device_draws_batches_of_lengths_on_another():
    lengths = torch.tensor([3, 1, 2, 5, 4])
    expected, drawn = (
        list(bucketed_batches(given, 2, generator=torch.Generator()))
        for given in (lengths, lengths.tolist())
    )
    assert all(map(torch.equal, expected, drawn))
    with META:  # where a tensor would be made that is not told
        drawn = list(bucketed_batches(lengths, 2, generator=torch.Generator()))
    assert all(map(torch.equal, expected, drawn))


def test_recipes_bring_their_batches_to_the_model(monkeypatch):
    dates = date_pairs(2, generator=torch.Generator().manual_seed(0))
    model = Transformer(len(recipes.READ), len(recipes.WRITE)).to(META)
    texts = [pair.source for pair in dates], [pair.target for pair in dates]
    batch = recipes.date_batch(*texts)
    assert recipes.date_loss(model, batch).device == META
    assert recipes.alignment_hits(model, dates).device == META
    maps = recipes.date_maps(model, *texts)
    assert {x.device for x in every_tensor(maps)} == {META}
    heard = []

    def greedy(*source, **choices):
        heard.extend(source)
        return torch.zeros(2, 0, dtype=torch.long)

    monkeypatch.setattr(model, "greedy", greedy)
    assert recipes.write_dates(model, texts[0]) == ["", ""]
    assert {x.device for x in heard} == {META}


@pytest.mark.long
@pytest.mark.plain
def test_a_recipe_teaches_on_the_device_it_is_given(monkeypatch):
    taught = []

    def only_look(model, batches, loss_of, *arguments, **choices):
        taught.append(loss_of(model, next(batches)).device)

    monkeypatch.setattr(recipes.dates, "train", only_look)
    recipes.teach_dates(num_steps=2, batch_size=4, device=META)
    recipes.teach_dates(num_steps=2, batch_size=4)
    assert taught == [META, torch.device("cpu")]


def test_nothing_is_asked_while_a_cuda_graph_is_captured(monkeypatch):
    class OnCuda(torch.Tensor):
        is_cuda = True

    unknown = torch.tensor([[-1, 2]]).as_subclass(OnCuda)
    capturing = [True, False]
    monkeypatch.setattr(
        torch.cuda, "is_current_stream_capturing", capturing.pop
    )
    with pytest.raises(ValueError, match="tokens must hold"):
        shift_right(unknown, 1)
    assert shift_right(unknown, 1).tolist() == [[1, -1]]
