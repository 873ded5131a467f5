"""Write down what came with the pinned requirements: `make constraints`.

requirements.txt names what the book asks for, exactly; constraints.txt holds the
versions of what those ask for in turn, so that an environment made in three years is
the one that the tests have seen. So it is with requirements-colab.txt and
constraints-colab.txt; each pair is written from within its own environment:
`make constraints` does both.
"""

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

REQUIREMENTS = Path("requirements.txt")
CONSTRAINTS = Path("constraints.txt")
HEAD = "# What comes with {}, as tested. By `make constraints`.\n"
OWN = {"attn-utils", "pip"}


def plain(name: str) -> str:
    """Return a distribution's name as all spellings of it come out."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    """Return the versions that a file pins, by plain name."""
    lines = path.read_text("utf-8").splitlines()
    found = (re.match(r"([\w.-]+)==(\S+)", line) for line in lines)
    return {plain(each[1]): each[2] for each in found if each}


def came_with(requirements: Path = REQUIREMENTS) -> dict[str, str]:
    """Return what this environment has beside its requirements, and its versions."""
    asked = OWN | pins(requirements).keys()
    here = {plain(each.name): each.version for each in distributions()}
    return {name: here[name] for name in sorted(here.keys() - asked)}


def main(
    requirements: str = str(REQUIREMENTS), constraints: str = str(CONSTRAINTS)
) -> None:
    """Write the versions of what came with the requirements."""
    came = came_with(Path(requirements))
    lines = [f"{name}=={version}\n" for name, version in came.items()]
    text = HEAD.format(requirements) + "".join(lines)
    Path(constraints).write_text(text, "utf-8")
    print(f"{len(lines)} versions are in {constraints}")


if __name__ == "__main__":
    main(*sys.argv[1:])
