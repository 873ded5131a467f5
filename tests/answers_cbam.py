"""Answers to chapter 10's exercises: right ones, and wrong ones people write."""

import torch
import torch.nn.functional as F

from attn_utils.exercises import cbam as check

COUNTS = [512, 580, 98, 100]
TELLS = [0.53125, 8, 0.5]
NAMED = {
    "A": "on its side",
    "B": "kernel of one",
    "C": "inverted",
    "D": "softmax",
}


def renamed(**names):
    return NAMED | names


def counts(**others):
    names = ("plain", "code", "places", "norm")
    return list((dict(zip(names, COUNTS, strict=True)) | others).values())


def tells(**others):
    names = ("share", "side", "maximum")
    return list((dict(zip(names, TELLS, strict=True)) | others).values())


def neighbours(features, kernel):
    averages = F.pad(features.mean(dim=(1, 2)), (1, 1))
    return sum(
        weight * averages[n : n + len(features)]
        for n, weight in enumerate(kernel)
    ).sigmoid()


def in_a_loop(features, kernel):
    means, weights = [float(each.mean()) for each in features], []
    for n in range(len(means)):
        score = 0.0
        for offset in (-1, 0, 1):
            if 0 <= n + offset < len(means):
                score += float(kernel[offset + 1]) * means[n + offset]
        weights.append(score)
    features.zero_()
    return torch.tensor(weights).sigmoid()


def of_summaries(summaries, kernel, end=torch.sigmoid, mode="constant"):
    padded = F.pad(summaries[None, None], (1, 1), mode=mode)
    return end(F.conv1d(padded, kernel[None, None])[0, 0])


def by_hand(**others):
    made = {
        "w_1": torch.tensor([[1.0]]),
        "b_1": torch.tensor([-4.0]),
        "w_2": torch.tensor([[5.0]]),
        "b_2": torch.tensor([-2.5]),
    }
    return made | others


RIGHT = [
    (check.parameters, COUNTS),
    (check.parameters, torch.tensor(COUNTS)),
    (check.what_the_mean_tells, TELLS),
    (check.what_the_mean_tells, [0.5312, 8.0, 0.5]),
    (check.with_neighbours, neighbours),
    (check.with_neighbours, in_a_loop),
    (check.maps_named, NAMED),
    (check.maps_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.opens_at_the_maximum, by_hand()),
    (check.opens_at_the_maximum, {k: v.tolist() for k, v in by_hand().items()}),
    (check.opens_at_the_maximum, by_hand(b_1=[-3.5], w_2=[[4.0]], b_2=[-3.5])),
    (check.one_and_not_both, "d"),
    (check.one_and_not_both, "(D)"),
]

WRONG = [
    (
        check.opens_at_the_maximum,
        {"w_1": [[3e38]], "b_1": [0.0], "w_2": [[0.0]], "b_2": [0.0]},
        "leave what a float can hold",
    ),
    (check.opens_at_the_maximum, {"W_1": [[1.0]]}, "'W_1' is no name that is asked for"),
    (check.parameters, counts(plain=1024, code=1160), "the network is shared"),
    (check.parameters, counts(plain=1024, code=1092), "the network is shared"),
    (check.parameters, counts(plain=256, code=260), "and back to the channels"),
    (check.parameters, counts(plain=8192, code=8320), "the reduction is missing"),
    (check.parameters, counts(code=514), "a bias for each number that it makes"),
    (check.parameters, counts(code=576), "the hidden units, too"),
    (check.parameters, counts(code=640), "has as many biases"),
    (check.parameters, counts(places=49, norm=51), "a kernel for each"),
    (check.parameters, counts(places=6272, norm=6274), "not the channels"),
    (check.parameters, counts(places=99, norm=101), "the convolution has no bias"),
    (check.parameters, counts(norm=99), "a scale and a shift"),
    (check.parameters, counts(norm=102), "is measured, not learnt"),
    (check.parameters, COUNTS[:3], "there are 3"),
    (check.what_the_mean_tells, tells(side=9), "the second number, 9"),
    (check.what_the_mean_tells, tells(share=0.5625), "its range is twice"),
    (check.what_the_mean_tells, tells(share=0.03125), "adds to chance"),
    (check.what_the_mean_tells, tells(share=0.75), "and so is the plane"),
    (check.what_the_mean_tells, tells(side=64), "its side is asked for"),
    (check.what_the_mean_tells, tells(side=16), "need not fill the plane"),
    (check.what_the_mean_tells, tells(maximum=1), "as little as 1 minus"),
    (check.what_the_mean_tells, tells(maximum=2), "is the brightness, not the spot"),
    (check.what_the_mean_tells, 0.53, "3 numbers are asked for"),
    (
        check.with_neighbours,
        lambda features, kernel: of_summaries(features.flatten(1).max(dim=1).values, kernel),
        "not for maxima",
    ),
    (
        check.with_neighbours,
        lambda features, kernel: of_summaries(features.sum(dim=(1, 2)), kernel),
        "that is the sum over the places",
    ),
    (
        check.with_neighbours,
        lambda features, kernel: of_summaries(features.mean(dim=(1, 2)), kernel, mode="circular"),
        "not the channel at the other end",
    ),
    (
        check.with_neighbours,
        lambda features, kernel: of_summaries(features.mean(dim=(1, 2)), kernel, mode="replicate"),
        "there is nothing: a zero",
    ),
    (
        check.with_neighbours,
        lambda features, kernel: neighbours(features, kernel.flip(0)),
        "belongs to the channel before",
    ),
    (
        check.with_neighbours,
        lambda features, kernel: of_summaries(features.mean(dim=(1, 2)), kernel, torch.nn.Identity()),
        "the sigmoid is missing",
    ),
    (
        check.with_neighbours,
        lambda features, kernel: of_summaries(features.mean(dim=(1, 2)), kernel, lambda x: x.softmax(0)),
        "no softmax",
    ),
    (check.with_neighbours, lambda features: features, "must take 2 arguments"),
    (check.maps_named, renamed(A="sound"), "3 of 4 are right; A is not 'sound'"),
    (check.maps_named, renamed(A="sound"), "further to the right, would weigh most"),
    (check.maps_named, renamed(A="inverted"), "would weigh least"),
    (check.maps_named, renamed(B="on its side"), "row and column are exchanged"),
    (check.maps_named, renamed(A="softmax"), "would be 1 in sum"),
    (check.maps_named, renamed(A="kernel of one"), "as dark as what was found"),
    (check.maps_named, renamed(D="no sigmoid"), "above one, or below zero"),
    (check.maps_named, renamed(C="turned"), "'turned' for C is no name"),
    (check.opens_at_the_maximum, by_hand(w_2=[[0.0]]), "nothing depends on the summaries"),
    (check.opens_at_the_maximum, by_hand(w_2=[[4.0]], b_2=[-5.0]), "b_2 is added twice"),
    (check.opens_at_the_maximum, by_hand(w_2=[[-5.0]], b_2=[2.5]), "turn w_2 and b_2 round"),
    (check.opens_at_the_maximum, by_hand(b_1=[0.0], w_2=[[1.0]], b_2=[-3.0]), "the mean speaks through the same unit"),
    (check.opens_at_the_maximum, by_hand(w_2=[[2.0]]), "above 0.9 is asked for"),
    (check.opens_at_the_maximum, by_hand(b_1=[-3.0]), "below 0.1 is asked for"),
    (check.opens_at_the_maximum, by_hand(b_2=[-0.5]), "gets the weight 0.27"),
    (check.opens_at_the_maximum, by_hand(b_1=-4.0), "of b_1: the shape must be (1,)"),
    (check.one_and_not_both, "a", "more units bend each answer more finely"),
    (check.one_and_not_both, "(b)", "one more layer bends each answer"),
    (check.one_and_not_both, "C", "a network of its own"),
    (check.one_and_not_both, "e", "one of the four does let it"),
    (check.one_and_not_both, "f", "'f' is none of them"),
    (check.one_and_not_both, 4, "this is an int"),
]  # fmt: skip
