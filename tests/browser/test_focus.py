"""Focus: at every stop of the Tab key the reader sees a ring, whole and ours."""

import base64
import io
from collections import Counter

import pytest
from conftest import PAGES, come_alive, rest
from PIL import Image, ImageChops

SEARCH = "search.html?q=attention"
EVERY = [*PAGES, SEARCH, "404.html"]
# What stands around the text is the same on all pages of a kind: one of each shows it.
WHOLE = [PAGES[0], "book/intro.html", SEARCH, "404.html"]
NEAR = 40  # how far a pixel's channel may lie from the ring's colour
# Of each side; what lies under the rest may have the ring's ink itself.
SEEN = 0.6
# So many stops of a kind are photographed: what draws a ring or cuts it off is their
# own style and that of all around them. So are others that something may cover.
LOOKS = 2
STOP = """
() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  const parts = [...node.getClientRects()];
  const box = node.getBoundingClientRect();
  const within = [scrollX, scrollY];
  const kind = [parts.length > 1, node.localName + "." + node.className, node.type];
  for (let up = node.parentElement; up; up = up.parentElement) {
    within.push(up.scrollLeft, up.scrollTop);
    if (up.className) kind.push(up.localName + "." + up.className);
  }
  const { left, right, top, bottom } = parts[0] ?? box;
  const middle = (from, to, all) => (Math.max(from, 0) + Math.min(to, all)) / 2;
  const hit = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
  return {
    inside: Boolean(node.closest("article")), name: node.outerHTML.slice(0, 90), rows: parts.length, within,
    kind: kind.join(" "), free: Boolean(hit) && (node.contains(hit) || hit.contains(node)),
    box: [box.left, box.top, box.right, box.bottom],
    view: [scrollX, scrollY, innerWidth, innerHeight],
  };
}
"""


def ring_of(page):
    """The colour that the ring should have, by the style sheet."""
    page.evaluate(
        "() => { const probe = document.createElement('i'); probe.className = 'probe';"
        " probe.style.color = 'var(--attn-focus, CanvasText)';"
        " document.body.append(probe); }"
    )
    text = page.locator("i.probe").evaluate("(n) => getComputedStyle(n).color")
    page.evaluate("document.querySelector('i.probe').remove()")
    return [int(part) for part in text[text.index("(") + 1 : -1].split(",")[:3]]


class Camera:
    """Photographs a window, by Chromium's own protocol: twice as fast."""

    def __init__(self, page):
        self.page = page
        self.protocol = page.context.new_cdp_session(page)
        self.kept = (None, None)

    def photograph(self, stop, clip):
        """Return a part of what is shown."""
        x, y, *_ = stop["view"]
        box = {"width": clip[2] - clip[0], "height": clip[3] - clip[1]}
        box |= {"x": clip[0] + x, "y": clip[1] + y, "scale": 1}
        data = self.protocol.send(
            "Page.captureScreenshot", {"clip": box, "optimizeForSpeed": True}
        )["data"]
        return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")

    def without_focus(self, stop, clip):
        """Return the same part without the focus; one picture of the window
        serves all stops between which nothing was scrolled.
        """
        if self.kept[0] != stop["within"]:
            self.page.evaluate("document.activeElement.blur()")
            whole = [0, 0, *stop["view"][2:]]
            self.kept = stop["within"], self.photograph(stop, whole)
        return self.kept[1].crop(clip)


def sides_seen(camera, stop, colour):
    """How much of the stop's four sides the ring covers: the least of them."""
    left, top, right, bottom = stop["box"]
    wide, high = stop["view"][2:]
    # What is larger than the window is judged by what the window shows.
    clip = [
        max(0, round(left) - 8),
        max(0, round(top) - 8),
        min(wide, round(right) + 8),
        min(high, round(bottom) + 8),
    ]
    if clip[2] <= clip[0] or clip[3] <= clip[1]:
        return 0
    focused = camera.photograph(stop, clip)
    plain = camera.without_focus(stop, clip)
    changed = ImageChops.difference(focused, plain).convert("L")
    flat = Image.new("RGB", focused.size, tuple(colour))
    close = ImageChops.difference(focused, flat)
    near = [band.point(lambda v: 255 * (v <= NEAR)) for band in close.split()]
    ours = ImageChops.multiply(
        ImageChops.multiply(ImageChops.multiply(*near[:2]), near[2]),
        changed.point(lambda v: 255 * (v > 24)),
    )
    if stop["rows"] > 1:  # a link over two lines: a ring around each part
        return float(ours.getbbox() is not None)
    width, height = ours.size
    # A ring lies on the edge or up to 8 pixels outside it, or 4 within.
    edges = []
    if top - 8 >= 0:
        edges.append(covered(ours.crop((8, 0, width - 8, 13)), 0))
    if bottom + 8 <= high:
        edges.append(covered(ours.crop((8, height - 13, width - 8, height)), 0))
    if left - 8 >= 0:
        edges.append(covered(ours.crop((0, 8, 13, height - 8)), 1))
    if right + 8 <= wide:
        edges.append(covered(ours.crop((width - 13, 8, width, height - 8)), 1))
    return min(edges, default=0)


def covered(strip, axis):
    """Which part of a strip's length has a pixel of the ring across it."""
    length = strip.size[axis]
    if not length:
        return 1
    line = strip.resize((length, 1) if axis == 0 else (1, length), Image.BOX)
    return sum(v > 0 for v in line.tobytes()) / length


# The Tab key goes on from where the focus was last.
TO_THE_TEXT = """
() => {
  const text = document.querySelector("article");
  text.tabIndex = -1;
  text.focus({ preventScroll: true });
  text.removeAttribute("tabindex");
}
"""


def stops(page, whole=True):
    """Press Tab through a page, or its text; yields each stop as it has the focus."""
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    if not whole:
        page.evaluate(TO_THE_TEXT)
    seen = 0
    while seen < 400:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or not (whole or stop["inside"]):
            return
        seen += 1
        yield stop


def unseen(page, whole):
    """The stops at which no whole ring is seen, and how many there are."""
    colour = ring_of(page)
    camera = Camera(page)
    poor, kinds = [], Counter()
    for stop in stops(page, whole):
        kinds[stop["kind"]] += 1
        if kinds[stop["kind"]] > LOOKS and stop["free"]:
            continue
        least = sides_seen(camera, stop, colour)
        if least < SEEN:
            poor.append((round(least, 2), stop["name"]))
    return poor, kinds.total()


# The rings are one rule: two pages show it in the dark.
@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        *((name, "light") for name in EVERY),
        (PAGES[0], "dark"),
        (SEARCH, "dark"),
    ],
)
def test_every_stop_of_the_tab_key_shows_a_whole_ring_of_ours(
    watch, site, name, scheme
):
    page = watch(
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
    ).open(f"{site}/{name}")
    come_alive(page)
    rest(page)
    poor, count = unseen(page, name in WHOLE)
    assert poor == []
    # A text may have no stop at all.
    links = page.locator("article :is(a[href], button, input)")
    some = links.filter(visible=True).count() > 0
    assert count >= (15 if name in WHOLE else some)


LINKS = """
<style>
  a { display: block; width: 9rem; margin: 2rem; line-height: 2; }
  a:focus-visible { outline: 2px solid CanvasText; outline-offset: 2px; }
  #cover { position: absolute; left: 0; width: 20rem; height: 6rem; background: white; }
</style>
<article>LINKS<div id="cover" hidden></div></article>
"""


def test_a_stop_that_is_covered_is_found_among_many_of_its_kind(watch):
    page = watch().context.new_page()
    links = [f'<a href="#{place}">link {place}</a>' for place in range(9)]
    page.set_content(LINKS.replace("LINKS", "".join(links)))
    assert unseen(page, True) == ([], 9)
    page.evaluate(
        "cover.hidden = false; cover.style.top ="
        " `${document.querySelectorAll('a')[6].getBoundingClientRect().top - 20}px`"
    )
    page.evaluate("document.activeElement.blur()")
    poor, count = unseen(page, True)
    assert count == 9
    assert ["link 6" in name for _, name in poor] == [True]


@pytest.mark.parametrize(
    "fault",
    [
        "outline: none !important",
        "outline-color: magenta !important",
        "clip-path: inset(0 0 0 -9px)",
    ],
)
def test_a_ring_that_is_missing_foreign_or_cut_off_would_be_noticed(
    watch, site, fault
):
    page = watch(reduced_motion="reduce").open(f"{site}/{PAGES[0]}")
    page.add_style_tag(content=f"#main-content a:focus-visible {{ {fault} }}")
    colour = ring_of(page)
    links = [s for s in stops(page) if s["name"].startswith('<a class="ref')]
    assert links
    page.locator("article a.reference").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert sides_seen(Camera(page), page.evaluate(STOP), colour) < SEEN
