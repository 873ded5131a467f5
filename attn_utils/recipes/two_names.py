"""Chapter 04's question with two names: what one head cannot return, and two can."""

import itertools
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_active_heads, check_size
from .._shapes import Bool, Float, Tensor
from ..data import two_name_recall
from ..multihead import MultiHeadAttention
from ..train import seeded, train

ID_DIM = 16
NUM_CLASSES = 8
NUM_TESTS = 4000
# Four times as many items as any lesson has.
MANY_ITEMS = 48
# A query is two ids side by side, and what all heads read is as wide.
WIDTH = 2 * ID_DIM


class TwoNames(nn.Module):
    """Name two items, a and b, and return what both hold.

    Every layer asks the same items. The second's query is the first's plus what
    the first has read; the read-out sees the sum of what all layers have read,
    and never the query.

    Args:
        num_heads: heads of a layer, each 32 / `num_heads` features wide. The
            parameters are as many, whatever it is.
        num_layers: attentions, one after the other.
        hidden_dim: hidden units of a read-out with a ReLU; None leaves it linear.

    Raises:
        ValueError: a size below 1, or heads that do not divide 32.
        TypeError: a size that is not whole.
    """

    def __init__(
        self,
        num_heads: int,
        num_layers: int = 1,
        hidden_dim: int | None = None,
    ):
        super().__init__()
        num_layers = check_size("num_layers", num_layers, least=1)
        self.layers = nn.ModuleList(
            MultiHeadAttention(
                WIDTH, num_heads, key_dim=ID_DIM, value_dim=NUM_CLASSES
            )
            for _ in range(num_layers)
        )
        for layer in self.layers:
            # A linear read-out follows: a map of its own would add nothing.
            layer.output_map = nn.Identity()
        self.read_out = read_out(hidden_dim)

    def forward(
        self,
        query: Float[Tensor, "batch 1 query_dim"],
        key: Float[Tensor, "batch keys id_dim"],
        value: Float[Tensor, "batch keys classes"],
        linked: bool = True,
    ) -> tuple[
        Float[Tensor, "batch 2 classes"], Float[Tensor, "batch heads keys"]
    ]:
        """Answer for a and for b.

        Args:
            query: the ids of a and b, side by side.
            key: the ids of all items.
            value: the class of each, one-hot.
            linked: False gives every layer the bare query, so that no layer
                knows what another has read.

        Returns:
            logits: one row for the answer on a, one for that on b.
            weights: those of all heads, the first layer's first.
        """
        read, weights = torch.zeros_like(query), []
        for layer in self.layers:
            asked = query + read if linked else query
            context, of_layer = layer(asked, key, value)
            read = read + context
            weights.append(of_layer.squeeze(-2))
        logits = self.read_out(read.squeeze(1))
        return logits.unflatten(-1, (2, NUM_CLASSES)), torch.cat(weights, 1)

    def switch_heads(self, active: Bool[Tensor, "heads"] | None) -> None:
        """Let only some heads speak, from now on; None lets all.

        Args:
            active: True for each head that stays on, the first layer's first.

        Raises:
            ValueError: not one entry for each head.
            TypeError: not a bool tensor.
        """
        num_heads = self.layers[0].num_heads
        parts = [None] * len(self.layers)
        if active is not None:
            check_active_heads(active, len(self.layers) * num_heads)
            parts = active.split(num_heads)
        for layer, part in zip(self.layers, parts, strict=True):
            layer.switch_heads(part)


def read_out(hidden_dim: int | None) -> nn.Module:
    """Return what turns all that was read into the logits of both answers."""
    answers = 2 * NUM_CLASSES
    if hidden_dim is None:
        return nn.Linear(WIDTH, answers)
    hidden_dim = check_size("hidden_dim", hidden_dim, least=1)
    return nn.Sequential(
        nn.Linear(WIDTH, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, answers)
    )


def two_names_loss(model: TwoNames, questions: tuple) -> Float[Tensor, ""]:
    """Return the cross-entropy of both answers, their mean."""
    query, key, value, label, _ = questions
    logits, _ = model(query, key, value)
    return F.cross_entropy(logits.flatten(0, 1), label.flatten())


class Taught(NamedTuple):
    """A model after its lessons.

    Args:
        model: in eval mode.
        losses: the loss of every step.
        both: share of new questions of which both answers are right. Guesses
            get 1/64; who is sure of one class and guesses the other, 1/8.
        first: share of right answers on a; a guess gets 1/8.
        second: the same for b.
    """

    model: TwoNames
    losses: list[float]
    both: float
    first: float
    second: float


def teach_two_names(
    num_heads: int,
    seed: int,
    num_layers: int = 1,
    hidden_dim: int | None = None,
    num_steps: int = 800,
    batch_size: int = 128,
) -> Taught:
    """Teach a model to return what two named items hold, and ask it anew.

    Ids are random vectors of length 1, drawn for every question: there is no
    list of names to learn, and every test is about ids that no lesson had.

    Args:
        num_heads: heads of a layer.
        seed: decides every question and the first parameters. The questions
            are the same for every model.
        num_layers: attentions, one after the other.
        hidden_dim: hidden units of the read-out; None leaves it linear.
        num_steps: how many batches it sees.
        batch_size: questions in a batch.
    """
    generator = seeded(seed)
    model = TwoNames(num_heads, num_layers, hidden_dim)
    batches = (
        two_name_recall(batch_size, generator=generator)
        for _ in range(num_steps)
    )
    losses = train(
        model,
        batches,
        two_names_loss,
        num_steps,
        learning_rate=5e-3,
        clip=None,
    )
    questions = two_name_recall(NUM_TESTS, generator=_apart(seed))
    return Taught(model, losses, *accuracy(model, questions))


@torch.no_grad()
def hits(
    model: TwoNames, questions: tuple, linked: bool = True, num_guesses: int = 1
) -> Bool[Tensor, "batch 2"]:
    """Return which answers are right: among so many of the largest logits."""
    query, key, value, label, _ = questions
    logits, _ = model(query, key, value, linked)
    guesses = logits.topk(num_guesses).indices
    return (guesses == label.unsqueeze(-1)).any(-1)


def accuracy(
    model: TwoNames, questions: tuple, **how
) -> tuple[float, float, float]:
    """Return the share of questions with both answers right, with each one."""
    right = hits(model, questions, **how)
    first, second = right.float().mean(0).tolist()
    return right.all(-1).float().mean().item(), first, second


@torch.no_grad()
def looks(model: TwoNames, questions: tuple) -> Float[Tensor, "heads 2"]:
    """Return the mean weight of every head on a and on b; 1/12 looks nowhere."""
    query, key, value, _, place = questions
    _, weights = model(query, key, value)
    where = place.unsqueeze(1).expand(-1, weights.shape[1], -1)
    return weights.gather(-1, where).mean(0)


def without_each_head(
    model: TwoNames, questions: tuple
) -> list[tuple[float, float, float]]:
    """Switch off one head after the other; return the accuracy that is left."""
    num_heads = sum(layer.num_heads for layer in model.layers)
    left = []
    for off in range(num_heads):
        model.switch_heads(torch.arange(num_heads) != off)
        left.append(accuracy(model, questions))
    model.switch_heads(None)
    return left


def all_four(model: TwoNames, questions: tuple) -> float:
    """Let a and b hold either of two classes: how often are all four cases right?

    The two are the class that a holds and the one after it. Ids and the other
    items stay as they are, so that one head has the same weights in all four.
    A linear read-out of one layer of one head answers at least one of the four
    wrong, whatever its parameters are.

    Returns:
        The share of questions in which both answers are right four times.
    """
    query, key, value, label, place = questions
    classes = label[:, 0], (label[:, 0] + 1) % NUM_CLASSES
    example = torch.arange(len(label)).unsqueeze(-1)
    right = torch.ones(len(label), dtype=torch.bool)
    for pair in itertools.product(classes, repeat=2):
        held = torch.stack(pair, -1)
        changed = value.clone()
        changed[example, place] = F.one_hot(held, NUM_CLASSES).float()
        case = query, key, changed, held, place
        right = right & hits(model, case).all(-1)
    return right.float().mean().item()


def name_twice(questions: tuple) -> tuple:
    """Return the same questions, but b is a once more, which no lesson has."""
    query, key, value, label, place = questions
    twice = [x[..., :1].repeat_interleave(2, -1) for x in (label, place)]
    return query[..., :ID_DIM].repeat(1, 1, 2), key, value, *twice


def two_names_results(
    num_heads: int,
    num_layers: int,
    hidden_dim: int | None,
    num_steps: int,
    seed: int,
) -> dict[str, float | int | list[float]]:
    """Teach a model; say what it answers, where it looks, what each head is for.

    Returns:
        "both", "first" and "second" as in `Taught`; the same share as "both"
        with two guesses for each answer (1/16 at random), among 48 items, with
        one name given twice, and with layers that do not hear each other.
        "all four" as in `all_four`. Then lists with a number for each head: its
        mean weight on a and on b, and what is right without it. At last how
        many "parameters" learn.
    """
    taught = teach_two_names(num_heads, seed, num_layers, hidden_dim, num_steps)
    model, generator = taught.model, _apart(seed)
    tests = two_name_recall(NUM_TESTS, generator=generator)
    many = two_name_recall(NUM_TESTS, MANY_ITEMS, generator=generator)
    on_first, on_second = looks(model, tests).T.tolist()
    _, first_left, second_left = zip(
        *without_each_head(model, tests), strict=True
    )
    return {
        "both": taught.both,
        "first": taught.first,
        "second": taught.second,
        "both: two guesses": accuracy(model, tests, num_guesses=2)[0],
        "both: 48 items": accuracy(model, many)[0],
        "both: one name twice": accuracy(model, name_twice(tests))[0],
        "both: not linked": accuracy(model, tests, linked=False)[0],
        "all four": all_four(model, tests),
        "weight on first": on_first,
        "weight on second": on_second,
        "first without": list(first_left),
        "second without": list(second_left),
        "parameters": sum(p.numel() for p in model.parameters()),
    }


def _apart(seed: int) -> torch.Generator:
    """Return a generator for the tests, none that a lesson is drawn from."""
    return torch.Generator().manual_seed(1000 + seed)
