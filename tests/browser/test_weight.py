"""The budget of a page: gzipped bytes, and requests.

MathJax, figures and the weights of trained models are counted apart.
"""

import gzip
import re
from urllib.parse import urlparse

import pytest
from conftest import DRAFT, FIGURE, PAGES, rest, typeset

BYTES = 250 * 1024
# It lies closest to that; the numbers that a run gives weigh now more, now less.
MORE = {"chapters/08_transformer.html": 4 * 1024}
REQUESTS = 40
WEIGHTS = re.compile(r'"data": "([A-Za-z0-9+/=]+)"')
MODEL_BYTES = 300_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stays_within_its_budget(watch, site, name):
    watched = watch()
    asked = []
    watched.context.on("request", lambda r: asked.append(r.url))
    page = watched.open(f"{site}/{name}")
    typeset(page)
    rest(page)
    paths = [
        DRAFT / urlparse(u).path.lstrip("/")
        for u in dict.fromkeys(asked)  # the second time it comes from the cache
        if u.startswith("http")
    ]
    apart = {"mathjax", "figures"}
    own = [path for path in paths if not apart & set(path.parts)]
    assert len(own) <= REQUESTS
    total = 0
    for path in own:
        data = path.read_bytes()
        if path.suffix == ".html":
            text = FIGURE.sub("", data.decode("utf-8"))
            for packed in WEIGHTS.findall(text):
                assert len(packed) * 3 / 4 <= MODEL_BYTES
            data = WEIGHTS.sub("", text).encode("utf-8")
        packed = path.suffix in {".woff2", ".png"}
        total += len(data) if packed else len(gzip.compress(data, 6))
    assert total <= BYTES + MORE.get(name, 0), total
    icons = [path.name for path in paths if "fontawesome" in str(path)]
    assert icons == []
