"""Weighted fusion in chapter 01, as it was built: the numbers of torch and of the text."""

import math

import torch
from conftest import come_alive, same, states_of
from test_weighted_fusion import numbers, seen, set_slider, told

CHAPTER = "chapters/01_weighted_fusion.html"


def test_the_built_pages_numbers_are_torchs(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    come_alive(page)
    state = states_of(page)
    generator = torch.Generator().manual_seed(0)
    places = page.locator(".attn-live:has(.attn-fusion)").all()
    assert len(places) == 3
    for place in places:
        traits = state[place.get_attribute("data-model")]["state"]
        low, high = traits["settable"]["bandwidth"]
        face = place.locator(".attn-fusion")
        for draw in torch.rand(25, 3, generator=generator).tolist():
            query = set_slider(face.get_by_label("query x"), 5 * draw[0])
            window = set_slider(face.get_by_label("window ±"), 5 * draw[1])
            # Its thumb goes from 0 to 1 in equal factors.
            thumb = set_slider(face.get_by_label("bandwidth"), draw[2])
            bandwidth = low * math.exp(thumb * math.log(high / low))
            seen(face)
            weights, answer = numbers(face)
            now = traits | {"window": window, "bandwidth": bandwidth}
            context, expected = told(query, now)
            assert same(weights, expected[0])
            assert same(answer, context[0, 0])


def test_the_round_numbers_of_the_text_stand_in_the_widget(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    come_alive(page)
    face = page.locator(".attn-fusion").nth(1)
    _, text = seen(face)
    answer = page.locator(".guess-answers").nth(1).inner_text()
    bars = page.locator("figure.attn-figure > svg").first.text_content()
    for number in ("0.35", "0.57", "0.08"):
        assert number in text
        assert number in bars
    assert "18.07" in text
    assert "18.07" in answer
