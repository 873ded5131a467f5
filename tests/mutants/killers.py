"""Find for every mutant the test that notices it, for test_mutants.py to try first.

`python tests/mutants/killers.py` runs every mutant's tests until one fails, which
takes about a quarter of an hour, and writes killers.json.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run all mutants and keep what noticed each."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", HERE, "-n", "2", "-q"],
            env=os.environ | {"ATTN_KILLERS": folder},
        )
        found = {}
        for path in Path(folder).iterdir():
            found |= json.loads(path.read_text("utf-8"))
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
    (HERE / "killers.json").write_text(text + "\n", "utf-8")
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
