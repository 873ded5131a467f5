"""Write the book's address into every chapter's set-up cell.

The address stands in one place, `repository: url` of _config.yml. A repository
that publishes stamps its own first: `python tools/stamp.py https://github.com/me/fork`
(the workflow does), so that a fork's Colab buttons work without an edit. Where its
pages will lie is known of GitHub; a domain of one's own in `baseurl` stays.
"""

import re
import sys
from pathlib import Path

import nbformat

CONFIG = Path("_config.yml")
SETUP = Path("tools/setup_cell.py")
URL = re.compile(r"^(  url:) *(\S*)$", re.MULTILINE)
SITE = re.compile(r"^(  baseurl:) *(\S*)$", re.MULTILINE)
GITHUB = re.compile(r"https://github\.com/([\w-]+)/([\w.-]+)")
PAGES = re.compile(r"https://[\w-]+\.github\.io(/|$)")
# What a chapter away from its package says that it cannot be installed from.
NOWHERE = "nowhere (_config.yml has no url)"
UNKNOWN = "an address that is not known: write it into _config.yml, as baseurl"
BOOK = re.compile(r'^BOOK = ".*"$', re.MULTILINE)
VERSION = re.compile(r'^(?:__version__|VERSION) = "(.*)"$', re.MULTILINE)
PACKAGE = Path("attn_utils/__init__.py")
SETUP_TAGS = ["remove-cell", "setup"]
# What Jupyter's tools need to know of a notebook, to make a script of it.
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def address() -> str:
    """Return the address that _config.yml holds, or an empty string."""
    held = URL.search(CONFIG.read_text("utf-8"))[2]
    return held.strip("\"'").rstrip("/")


def version() -> str:
    """Return the version of the package that the chapters go with."""
    return VERSION.search(PACKAGE.read_text("utf-8"))[1]


def site_of(repository: str, held: str) -> str:
    """Return where the pages of a repository will lie, or an empty string.

    What is `held` stays if it is neither empty nor a GitHub Pages address.
    """
    if held and not PAGES.match(held):
        return held
    known = GITHUB.fullmatch(repository)
    if not known:
        return ""
    owner, name = known[1].lower(), known[2]
    root = f"https://{owner}.github.io/"
    return root if name.lower() == f"{owner}.github.io" else f"{root}{name}/"


def setup_cell() -> str:
    """Return the set-up cell as it must stand in every chapter."""
    text = SETUP.read_text("utf-8").rstrip("\n")
    text = BOOK.sub(f'BOOK = "{address() or NOWHERE}"', text)
    return VERSION.sub(f'VERSION = "{version()}"', text)


def stamp(path: Path) -> None:
    """Put the set-up cell, and its language, into one chapter; a new one gets both."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["language_info"] = LANGUAGE
    cells = [c for c in notebook.cells if "setup" in c.metadata.get("tags", [])]
    if not cells:
        cells = [nbformat.v4.new_code_cell(metadata={"tags": SETUP_TAGS})]
        notebook.cells.insert(1, cells[0])  # behind the title
    for cell in cells:
        cell.source = setup_cell()
    text = nbformat.writes(notebook, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")


def main(new_address: str | None = None) -> None:
    """Stamp all chapters, with a new address if one is given."""
    if new_address:
        new_address = new_address.rstrip("/")
        if not re.fullmatch(r"https://[\w./-]+", new_address):
            sys.exit(
                f"make: {new_address!r} is not an https address of a repository"
            )
        config = URL.sub(rf"\g<1> {new_address}", CONFIG.read_text("utf-8"))
        site = site_of(new_address, SITE.search(config)[2].strip("\"'"))
        config = SITE.sub(rf"\g<1> {site}".rstrip(), config)
        CONFIG.write_text(config, "utf-8")
        print(f"the pages will lie at {site or UNKNOWN}")
    for path in sorted(Path("chapters").glob("*.ipynb")):
        stamp(path)
    print(f"chapters install from {address() or NOWHERE}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
