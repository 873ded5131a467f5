"""Whether what a part of the page writes stands out from what it is written on."""

import io
import re
from collections.abc import Iterator

from colour import contrast
from PIL import Image

# Each text that shows: what it says, its colour, how opaque it is, and where it is
# in the part. Left out are tiles that are pale on purpose, since nobody reads them
# yet, and what is only spoken.
WRITTEN = """
(part) => {
  const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const corner = part.getBoundingClientRect();
  const found = [];
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || node.closest(".attn-tile-faded, .attn-spoken")) continue;
    if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    let opacity = 1;
    for (let up = node; up; up = up.parentElement) opacity *= getComputedStyle(up).opacity;
    const style = getComputedStyle(node);
    found.push([
      walk.currentNode.data.trim(), node instanceof SVGElement ? style.fill : style.color, opacity,
      [box.left - corner.left, box.top - corner.top, box.right - corner.left, box.bottom - corner.top],
    ]);
  }
  return found;
}
"""
# The ground alone; and nothing of the page lies over it.
BARE = """
.bd-header-article { visibility: hidden !important; }
.attn-face, .attn-face * { color: transparent !important; }
.attn-face text, .attn-face tspan { fill: transparent !important; stroke: transparent !important; }
"""


def rgb(colour: str) -> list[float]:
    """Return red, green and blue from 0 to 255 of a computed colour."""
    numbers = [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]
    if colour.startswith("color(srgb"):
        return [255 * number for number in numbers]
    assert colour.startswith("rgb"), colour
    return numbers


def in_hex(colour: str) -> str:
    """Return a computed colour as "#rrggbb"."""
    return f"#{bytes(map(round, rgb(colour))).hex()}"


def written(part) -> Iterator[tuple[str, float]]:
    """Yield each text of a part and its contrast with its ground (WCAG 2.2).

    The ground of a text is the colour that most of its box has without it.
    """
    # The landing page moves by itself at first: what is measured stands still.
    for _ in range(50):
        found = part.evaluate(WRITTEN)
        bare = part.page.add_style_tag(content=BARE)
        picture = Image.open(io.BytesIO(part.screenshot())).convert("RGB")
        bare.evaluate("(node) => node.remove()")
        if part.evaluate(WRITTEN) == found:
            break
        part.page.wait_for_timeout(200)
    else:
        raise AssertionError("a picture never stands still")
    for text, colour, opacity, box in found:
        left, top, right, bottom = (round(side) for side in box)
        place = (max(left, 0), max(top, 0), right, bottom)
        pixels = picture.crop(place)
        _, ground = max(pixels.getcolors(pixels.width * pixels.height))
        ink = [
            round(opacity * own + (1 - opacity) * under)
            for own, under in zip(rgb(colour), ground, strict=True)
        ]
        yield text, contrast(*(f"#{bytes(c).hex()}" for c in (ink, ground)))
