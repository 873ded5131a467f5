"""Weighted fusion in chapter 01, as it was built: the numbers of torch and of the text."""

import math

import torch
from conftest import come_alive, same, states_of
from test_weighted_fusion import seen, told

CHAPTER = "chapters/01_weighted_fusion.html"
# Move all sliders, draw by draw: where they stand, and the widget's own numbers.
DRAW = """
async (face, [sliders, draws]) => {
  const found = [];
  for (const draw of draws) {
    sliders.forEach((slider, i) => {
      slider.value = draw[i];
      slider.dispatchEvent(new Event("input"));
    });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    found.push([
      sliders.map((slider) => Number(slider.value)),
      face.querySelector("svg.attn-picture").weights,
      Number(face.querySelector(".attn-readout data.context").value),
    ]);
  }
  return found;
}
"""


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
        # The thumb of the bandwidth goes from 0 to 1 in equal factors.
        draws = torch.rand(25, 3, generator=generator) * torch.tensor([5, 5, 1])
        sliders = [
            face.get_by_label(label).element_handle()
            for label in ("query x", "window ±", "bandwidth")
        ]
        for (query, window, thumb), weights, answer in face.evaluate(
            DRAW, [sliders, draws.tolist()]
        ):
            bandwidth = low * math.exp(thumb * math.log(high / low))
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
