# Set-up: use the book's package if it is here, else install it.
import importlib.util
import pathlib
import subprocess
import sys

BOOK = "https://github.com/attention-alive/attention-alive"


class SetUpError(Exception):
    def _render_traceback_(self):
        return [f"Set-up stopped: {self}"]


if importlib.util.find_spec("attn_utils") is None:
    here = pathlib.Path.cwd()
    clone = [
        p
        for p in (here, *here.parents)
        if (p / "attn_utils/scores.py").is_file()
    ]
    if clone:
        sys.path.insert(0, str(clone[0]))
    else:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        archive = f"{BOOK}/archive/refs/heads/colab.zip"
        if subprocess.run([*pip, archive], capture_output=True).returncode:
            raise SetUpError(
                f"could not install attn_utils from {BOOK}. Online?"
            )
        importlib.invalidate_caches()
