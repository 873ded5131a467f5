"""Find for each mutant the test that notices it, for test_mutants.py to try first.

`python tests/mutants/killers.py` runs all mutants. What killers.json says is kept
where it still holds; where it does not, or says nothing, the mutant's own tests run
until one fails, which takes a minute or more for each.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from test_mutants import HEARD_IN, HERE, KILLERS, MUTANTS, name_of


def main(*options: str) -> None:
    """Run mutants, all or those that pytest's options choose, and keep what noticed."""
    known = {
        name: KILLERS[name] for name in map(name_of, MUTANTS) if name in KILLERS
    }
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", HERE, "-n", "2", "-q", *options],
            env=os.environ | {HEARD_IN: folder},
        )
        for path in Path(folder).iterdir():
            known |= json.loads(path.read_text("utf-8"))
    text = json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False)
    (HERE / "killers.json").write_text(text + "\n", "utf-8")
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main(*sys.argv[1:])
