"""Execute the chapters into a cache, two at a time.

`python tools/execute.py CACHE` runs every chapter whose cells the cache does
not know; Jupyter Book then builds from the cache and executes nothing. Ends
with status 1 and the traceback if a chapter fails, also where an error hides
inside a widget's output.
"""

import concurrent.futures
import os
import sys
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.cache.main import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution

CHAPTERS = sorted(Path("chapters").glob("*.ipynb"))
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
LIMIT_S = 300


def hidden_errors(notebook) -> list[str]:
    """Return the errors that widgets caught and no cell reported."""
    widgets = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {})
    return [
        f"{output['ename']}: {output['evalue']}"
        for model in widgets.get("state", {}).values()
        for output in model["state"].get("outputs", [])
        if output.get("output_type") == "error"
    ]


def execute(path: Path):
    """Run one chapter in its folder; returns it, its seconds and its error."""
    notebook = nbformat.read(path, as_version=4)
    result = single_nb_execution(
        notebook, cwd=str(path.parent), timeout=LIMIT_S, allow_errors=False
    )
    error = result.exc_string or "\n".join(hidden_errors(notebook))
    return path, notebook, result.time, error


def main(cache_folder: str) -> int:
    """Execute what the cache lacks; returns the exit status."""
    # One thread each: small models on two busy cores crawl with more.
    os.environ |= {
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "error::FutureWarning",
    }
    cache = get_cache(cache_folder)
    known = []
    for path in CHAPTERS:
        try:
            cache.match_cache_notebook(nbformat.read(path, as_version=4))
            known.append(path)
        except KeyError:
            pass
    failed = 0
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        todo = [path for path in CHAPTERS if path not in known]
        for path, notebook, seconds, error in pool.map(execute, todo):
            if error:
                failed = 1
                print(f"{path} failed:\n{error}", file=sys.stderr)
                continue
            print(f"{path} ran in {seconds:.0f} s", flush=True)
            bundle = CacheBundleIn(
                nb=notebook, uri=str(path), data={"execution_seconds": seconds}
            )
            cache.cache_notebook_bundle(
                bundle, check_validity=False, overwrite=True
            )
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
