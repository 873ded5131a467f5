"""Run a chapter and sweep its kernel-side controls: `python sweep.py CHAPTER`.

Every slider goes to both ends, every choice is made; a control that changes
nothing, or whose function raises, fails. Runs in the Colab-like environment.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

# In a function: names of its own, so that it changes none of the chapter's.
SWEEP = """
def sweep():
    import gc
    from ipywidgets import interactive

    def ends(control):
        if hasattr(control, "options"):
            return list(control.options)
        if hasattr(control, "max"):
            return [control.min, control.max]
        return [False, True] if isinstance(control.value, bool) else []

    swept = 0
    for controls in [o for o in gc.get_objects() if isinstance(o, interactive)]:
        for control in controls.kwargs_widgets:
            seen = set()
            for value in ends(control):
                control.value = value
                settings = {c._kwarg: c.value for c in controls.kwargs_widgets}
                shown = controls.f(**settings)   # raises what interact would hide
                html = getattr(shown, "_repr_html_", None)
                seen.add(html() if html else repr(shown))
                swept += 1
            assert len(seen) > 1, f"{control.description} changes nothing"
    return swept

print("swept", sweep())
"""


def main(path):
    """Execute the chapter with the sweep as its last cell."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(SWEEP))
    folder = {"metadata": {"path": str(Path(path).parent)}}
    NotebookClient(notebook, timeout=300, resources=folder).execute()
    # What the controls' own functions print comes before.
    said = "".join(o.get("text", "") for o in notebook.cells[-1].outputs)
    print(said.splitlines()[-1])


if __name__ == "__main__":
    main(sys.argv[1])
