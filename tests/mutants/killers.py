"""Find for each mutant the test that notices it, for test_mutants.py to try first.

`python tests/mutants/killers.py` runs all mutants; with ATTN_MUTANTS=some those
that `make test` would try. What killers.json says of the test is kept where it still
holds; where it does not, or says nothing, the mutant's own tests run until one fails,
which takes a minute or more for each. The sources are those of this run.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from test_mutants import HEARD_IN, HERE, MUTANTS, NOTICED, name_of


def main(*options: str) -> None:
    """Run mutants, all or those that pytest's options choose, and keep what noticed."""
    known = {
        name: NOTICED[name] for name in map(name_of, MUTANTS) if name in NOTICED
    }
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", HERE, "-n", "2", "-q", *options],
            env=os.environ | {HEARD_IN: folder},
        )
        for path in Path(folder).iterdir():
            known |= json.loads(path.read_text("utf-8"))
    lines = ",\n ".join(
        f"{json.dumps(name, ensure_ascii=False)}: "
        f"{json.dumps(known[name], ensure_ascii=False)}"
        for name in sorted(known)
    )
    (HERE / "killers.json").write_text(f"{{\n {lines}\n}}\n", "utf-8")
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main(*sys.argv[1:])
