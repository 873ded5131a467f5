"""Print the oldest releases that pyproject.toml allows, as constraints for pip."""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def oldest(project: dict) -> list[str]:
    """Return each of the package's requirements at its lower bound.

    Raises:
        ValueError: one has none.
    """
    asked = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        asked += extra
    found = []
    for line in asked:
        bound = re.match(r"([\w-]+)>=([\d.]+)", line)
        if not bound:
            raise ValueError(
                f"{line} must say its oldest release, as in torch>=2.6"
            )
        found.append(f"{bound[1]}=={bound[2]}")
    return found


if __name__ == "__main__":
    settings = tomllib.loads(PROJECT.read_text("utf-8"))
    print("\n".join(oldest(settings["project"])))
