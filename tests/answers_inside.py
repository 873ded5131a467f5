"""Answers to chapter 09's exercises: right ones, and wrong ones people write."""

import torch
import torch.nn.functional as F

from attn_utils import causal_mask, masked_softmax
from attn_utils.exercises import inside as check

FOLLOWS = [4, 2 / 3, 3, 2 / 5]
OTHERS = [0, 3, 18, 0.7, 0.9]
NAMED = {
    "A": "same letter",
    "B": "previous token",
    "C": "induction",
    "D": "first token",
}


def renamed(**names):
    return NAMED | names


def follows(**others):
    names = ("once", "twice", "double", "new")
    return list((dict(zip(names, FOLLOWS, strict=True)) | others).values())


def others(**numbers):
    names = ("few", "many", "first", "without", "most")
    return list((dict(zip(names, OTHERS, strict=True)) | numbers).values())


def rows(tokens, num_symbols):
    return F.one_hot(tokens, num_symbols).float()


def back(letters, places):
    """The letters so many places before; zeros where there are none."""
    nothing = letters.new_zeros(places, letters.shape[1])
    return torch.cat([nothing, letters])[: len(letters)]


def look_up_two(tokens, num_symbols):
    letters = rows(tokens, num_symbols)
    before, earlier = back(letters, 1), back(letters, 2)
    scores = 50 * letters @ before.T + 50 * before @ earlier.T
    return masked_softmax(scores, causal_mask(len(tokens)))


def place_by_place(tokens, num_symbols):
    """The same by counting, for each pair of places, what agrees."""
    size = len(tokens)
    scores = torch.full((size, size), -torch.inf)
    for query in range(size):
        for key in range(query + 1):
            one = key > 0 and tokens[key - 1] == tokens[query]
            two = key > 1 and tokens[key - 2] == tokens[query - 1]
            scores[query, key] = 50 * (int(one) + int(two))
    return scores.softmax(-1)


def writes_into_tokens(tokens, num_symbols):
    weights = look_up_two(tokens, num_symbols)
    tokens.zero_()
    return weights


def compare(score, move=back, sharp=50, mask=causal_mask):
    """Weights that go wrong in one of their steps."""

    def call(tokens, num_symbols):
        letters = rows(tokens, num_symbols)
        scores = score(letters, move(letters, 1), move(letters, 2))
        return masked_softmax(sharp * scores, mask(len(tokens)))

    return call


def two(letters, before, earlier):
    return letters @ before.T + before @ earlier.T


def padded_tokens(tokens, num_symbols):
    letters = rows(tokens, num_symbols)
    before = rows(F.pad(tokens, (1, 0))[: len(tokens)], num_symbols)
    earlier = rows(F.pad(tokens, (2, 0))[: len(tokens)], num_symbols)
    scores = 50 * two(letters, before, earlier)
    return masked_softmax(scores, causal_mask(len(tokens)))


def maps(**others):
    """The four maps by name, each from what it reads: "letter" or "before"."""
    reads = {
        "induction_query": "letter",
        "induction_key": "before",
        "same_query": "letter",
        "same_key": "letter",
    } | others
    return {name: read(what) for name, what in reads.items()}


def read(what):
    """A map that reads one half of the features, 10 times as large."""
    if not isinstance(what, str):
        return what
    half, nothing = 10 * torch.eye(4), torch.zeros(4, 4)
    pair = (half, nothing) if what == "letter" else (nothing, half)
    return torch.cat(pair, dim=1)


RIGHT = [
    (check.what_follows, FOLLOWS),
    (check.what_follows, torch.tensor(FOLLOWS)),
    (check.what_follows, (4, 0.667, 3, 0.4)),
    (check.two_letters, look_up_two),
    (check.two_letters, place_by_place),
    (check.two_letters, writes_into_tokens),
    (check.heads_read, NAMED),
    (check.heads_read, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.other_weights, OTHERS),
    (check.other_weights, torch.tensor(OTHERS)),
    (check.two_heads, maps()),
    (check.two_heads, {k: v.tolist() for k, v in maps().items()}),
    # All queries and keys turned alike; a score does not notice.
    (
        check.two_heads,
        {name: made.flip(0) / 3 for name, made in maps().items()},
    ),
    (check.taken_away, "c"),
    (check.taken_away, "(C)"),
]

WRONG = [
    (
        check.two_heads,
        maps(same_key=torch.eye(4).repeat(1, 2), same_query=20 * torch.eye(4, 8)),
        "; as much as to one of these goes to place",
    ),
    (check.what_follows, follows(once=3, double=2), "there the letter stood before"),
    (check.what_follows, follows(once=3), "there the letter stood before"),
    (check.what_follows, follows(double=2), "that is the last place itself"),
    (check.what_follows, follows(once=6, double=2), "the heads of layer 1 look at"),
    (check.what_follows, follows(once=6), "the heads of layer 1 look at"),
    (check.what_follows, follows(once=7), "has a d before it"),
    (check.what_follows, follows(twice=1 / 2), "each gets a third"),
    (check.what_follows, follows(twice=1 / 3), "two hold a b: add them"),
    (check.what_follows, follows(twice=1), "the latest place is not preferred"),
    (check.what_follows, follows(new=0), "gives away all of the weight"),
    (check.what_follows, follows(new=0.2), "two of the five places hold an a"),
    (check.what_follows, follows(new=0.5), "the last place sees itself, too"),
    (check.what_follows, follows(new=1 / 24), "and not among the letters"),
    (check.what_follows, follows(new=1 / 4), "and not among the letters"),
    (check.what_follows, follows(once=5), "the first number, 5, is too large"),
    (check.what_follows, follows(once="c"), "this is a string ('c')"),
    (check.what_follows, FOLLOWS[:3], "there are 3"),
    (check.two_letters, compare(lambda a, b, c: a @ b.T), "that compares one letter"),
    (check.two_letters, compare(lambda a, b, c: b @ c.T), "my own letter is to agree as well"),
    (check.two_letters, compare(lambda a, b, c: a @ c.T), "my own letter stands right before"),
    (check.two_letters, compare(lambda a, b, c: a @ c.T + b @ b.T), "crossed: my own letter"),
    (check.two_letters, compare(lambda a, b, c: a @ a.T + b @ b.T), "where the two letters stood"),
    (check.two_letters, compare(lambda a, b, c: (a @ b.T) * (b @ c.T)), "counts for a half"),
    (check.two_letters, compare(two, move=lambda x, n: x.roll(n, 0)), "`roll` brings the end"),
    (check.two_letters, padded_tokens, "a 0 before the tokens is a letter"),
    (
        check.two_letters,
        compare(two, move=lambda x, n: F.pad(x, (0, 0, 0, n))[n:]),
        "that is the letter after each place",
    ),
    (
        check.two_letters,
        compare(two, mask=lambda n: causal_mask(n) | True),
        "a place sees no later one",
    ),
    (
        check.two_letters,
        compare(two, mask=lambda n: causal_mask(n) & ~torch.eye(n).bool()),
        "a place may look at itself, too",
    ),
    (check.two_letters, compare(two, sharp=1), "to be multiplied by 50"),
    (
        check.two_letters,
        lambda tokens, num_symbols: look_up_two(tokens, num_symbols) @ rows(tokens, num_symbols),
        "and not the letters that are read",
    ),
    (
        check.two_letters,
        lambda tokens, num_symbols: (
            look_up_two(tokens, num_symbols),
            look_up_two(tokens, num_symbols) @ rows(tokens, num_symbols),
        ),
        "and not the letters that are read",
    ),
    (check.two_letters, lambda tokens, num_symbols: None, "is there a `return`?"),
    (check.two_letters, lambda tokens: tokens, "must take 2 arguments: tokens, num_symbols"),
    (check.two_letters, compare(two, sharp=2), "expected"),
    (check.heads_read, renamed(B="induction"), "3 of 4 are right; B is not 'induction'"),
    (check.heads_read, renamed(B="induction"), "to the right of the letter's column"),
    (check.heads_read, renamed(C="same letter"), "of which it is one itself"),
    (check.heads_read, renamed(C="previous token"), "would look at the one before it"),
    (check.heads_read, renamed(A="first token"), "then the first column would be full"),
    (check.heads_read, renamed(A="itself"), "then the diagonal would be full"),
    (check.heads_read, renamed(C="uniform"), "equally pale up to the diagonal"),
    (check.heads_read, renamed(D="sink"), "'sink' for D is no name"),
    (check.other_weights, others(many=4, first=17), "beside the output the sum"),
    (check.other_weights, others(few=-5), "there is no less than that"),
    (check.other_weights, others(few=12, many=20, first=1), "is an equation that the change"),
    (check.other_weights, others(few=11, many=19, first=2), "must stay as well"),
    (check.other_weights, others(first=17), "nothing is free yet"),
    (check.other_weights, others(first=20), "it begins earlier"),
    (check.other_weights, others(without=0.8), "less is read: 1.6"),
    (check.other_weights, others(without=5 / 7), "shared out in proportion"),
    (check.other_weights, others(without=0.3), "the weight of the third key"),
    (check.other_weights, others(most=1), "the output would be 2"),
    (check.other_weights, others(most=0.1), "the weight of the first key there"),
    (check.other_weights, others(most=0.3), "as it stands the second holds as much"),
    (check.other_weights, others(most=0.8), "the fifth number, 0.8, is too small"),
    (check.other_weights, others(first=19), "the third number, 19, is too large"),
    (check.other_weights, OTHERS[:4], "there are 4"),
    (check.two_heads, maps(induction_key="letter"), "let key_map read the letter before"),
    (
        check.two_heads,
        maps(induction_query="before", induction_key="letter"),
        "exchanged: it asks with the letter before it",
    ),
    (check.two_heads, maps(induction_query="before"), "query_map is to read the letter itself"),
    (check.two_heads, maps(same_key="before"), "that is the induction head again"),
    (check.two_heads, maps(same_query="before"), "of the same-letter head: it asks with"),
    (
        check.two_heads,
        maps(same_query="before", same_key="before"),
        "query_map and key_map are to read columns 0 to 3",
    ),
    (check.two_heads, maps(induction_key=torch.zeros(4, 8)), "it looks everywhere alike"),
    (
        check.two_heads,
        maps(induction_key=read("before") / 10, induction_query=read("letter") / 10),
        "larger numbers make softmax surer",
    ),
    (check.two_heads, maps(same_key=read("letter").roll(1, 0)), "it looks most at place"),
    (check.two_heads, maps(same_query=-read("letter")), "of its weight to the right places"),
    (check.two_heads, maps(same_query=1e30 * read("letter"), same_key=1e30 * read("letter")), "smaller numbers will do"),
    (check.two_heads, maps(same_query=torch.eye(4)), "of same_query: the shape must be (4, 8)"),
    (check.two_heads, maps(same_query=read("letter").T), "the axes are exchanged"),
    (check.taken_away, "a", "what is always the same votes, too"),
    (check.taken_away, "(b)", "it is the other way round"),
    (check.taken_away, "D", "nothing is exchanged"),
    (check.taken_away, "e.", "then ? is said everywhere"),
    (check.taken_away, "f", "'f' is none of them"),
    (check.taken_away, True, "this is True"),
]  # fmt: skip
