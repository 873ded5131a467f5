"""Write down what came with the pinned requirements: `make constraints`.

requirements.txt names what the book asks for, exactly; constraints.txt holds the
versions of what those ask for in turn, so that an environment made in three years is
the one that the tests have seen.
"""

import re
from importlib.metadata import distributions
from pathlib import Path

REQUIREMENTS = Path("requirements.txt")
CONSTRAINTS = Path("constraints.txt")
HEAD = "# What comes with requirements.txt, as tested. By `make constraints`.\n"
OWN = {"attn-utils", "pip"}


def plain(name: str) -> str:
    """Return a distribution's name as all spellings of it come out."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    """Return the versions that a file pins, by plain name."""
    lines = path.read_text("utf-8").splitlines()
    found = (re.match(r"([\w.-]+)==(\S+)", line) for line in lines)
    return {plain(each[1]): each[2] for each in found if each}


def came_with() -> dict[str, str]:
    """Return what this environment has beside requirements.txt, and its versions."""
    asked = OWN | pins(REQUIREMENTS).keys()
    here = {plain(each.name): each.version for each in distributions()}
    return {name: here[name] for name in sorted(here.keys() - asked)}


if __name__ == "__main__":
    lines = [f"{name}=={version}\n" for name, version in came_with().items()]
    CONSTRAINTS.write_text(HEAD + "".join(lines), "utf-8")
    print(f"{len(lines)} versions are in {CONSTRAINTS}")
