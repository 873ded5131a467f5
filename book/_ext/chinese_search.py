"""Let the book's search find Chinese terms, and parts of them, in English text.

Sphinx splits text only where there is no letter, so that a run of Chinese is one
word, long or short: a search for 缩放点积 finds it where it stands alone, but no
search for 点积 finds it there. Here a run is indexed as its characters and its
pairs of neighbours (缩, 缩放, 放, 放点, …), and a search asks for all the pairs of
what was typed, or for the one character. All else is as it was, on both sides.
"""

import re
from itertools import pairwise

from sphinx.search.en import SearchEnglish

CHINESE = r"\u3400-\u9fff\uf900-\ufaff"
RUNS = re.compile(f"[{CHINESE}]+|[^{CHINESE}]+")


class SearchEnglishAndChinese(SearchEnglish):
    """English as Sphinx searches it, Chinese by single characters and pairs."""

    js_splitter_code = rf"""
var splitQuery = (query) => query
  .split(/[^\p{{Letter}}\p{{Number}}_\p{{Emoji_Presentation}}]+/gu)
  .flatMap((word) => word.match(/[{CHINESE}]+|[^{CHINESE}]+/gu) ?? [])
  .flatMap((run) => /^[{CHINESE}]{{2}}/u.test(run)
    ? Array.from(run.slice(1), (letter, i) => run[i] + letter) : [run]);
"""

    def split(self, text: str) -> list[str]:
        """Return the words of a text, a run of Chinese in its pieces."""
        words = []
        for run in RUNS.findall(" ".join(super().split(text))):
            if re.match(f"[{CHINESE}]", run):
                words += [*run, *map("".join, pairwise(run))]
            else:
                words += run.split()
        return words


def setup(app):
    """Connect to Sphinx; a new version here makes it read every page anew."""
    app.add_search_language(SearchEnglishAndChinese)
    return {
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
