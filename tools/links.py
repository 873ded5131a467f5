"""Ask whether the book's links to other hosts still lead somewhere: `make links`.

Those are the addresses of the text, and what the bibliography names by a number. It
needs the network, so no test runs it; the weekly canary does. A host that
refuses machines (401, 403, 429) or is busy (5xx) is not called broken, and one that
does not answer only if it does not at a third time either.
"""

import concurrent.futures
import json
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

LINK = re.compile(r"https?://[^\s)>\]}\"'`\\|]+")
NUMBER = re.compile(r"^\s*(eprint|doi)\s*=\s*\{([^}]+)\}", re.MULTILINE)
HOSTS = {"eprint": "https://arxiv.org/abs", "doi": "https://doi.org"}
GONE = {404, 410}
TRIES, PAUSE_S = 3, 20
# Not pages: an address made from parts, or this repository's own before it is there.
LEFT = ("https://github.com/attention-alive", "https://attention-alive.github")


def texts():
    """Yield each file of the book's text with what it says."""
    for path in sorted(Path("book").glob("*.*")):
        yield path, path.read_text("utf-8")
    for path in sorted(Path("chapters").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        said = [c["source"] for c in cells if c["cell_type"] == "markdown"]
        yield path, "\n".join("".join(lines) for lines in said)


def numbered(text: str) -> list[str]:
    """Return the addresses of what a bibliography names by its number."""
    return [f"{HOSTS[kind]}/{number}" for kind, number in NUMBER.findall(text)]


def outside() -> dict[str, Path]:
    """Return every link to another host, and a file that has it."""
    return {
        link.rstrip(".,;:"): path
        for path, text in texts()
        for link in [*LINK.findall(text), *numbered(text)]
        if not link.startswith(LEFT)
    }


def fault(link: str) -> str:
    """Return what is wrong with a link, or an empty string."""
    said = ""
    for turn in range(TRIES):
        time.sleep(turn * PAUSE_S)
        try:
            asked = urllib.request.Request(
                link, headers={"User-Agent": "Mozilla/5.0"}
            )
            with urllib.request.urlopen(asked, timeout=20):
                return ""
        except urllib.error.HTTPError as error:
            return str(error.code) if error.code in GONE else ""
        except ValueError as error:  # no address at all
            return str(error)
        except OSError as error:
            said = str(error)
    return said


def main() -> int:
    """Say each link that leads nowhere; the status tells whether there is one."""
    links = outside()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        faults = dict(zip(links, pool.map(fault, links), strict=True))
    broken = {link: said for link, said in faults.items() if said}
    for link, said in broken.items():
        print(f"{links[link]}: {link} ({said})")
    print(f"{len(links)} links to other hosts, {len(broken)} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
