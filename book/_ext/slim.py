"""Leave out of each page what the book does not use.

Jupyter Book 1 loads Thebe's scripts even when live code is off, twice, which
is an error in every page's console; and repeats inline scripts.
"""


def identity(asset) -> tuple:
    """Return what makes two assets the same: the address and the text."""
    filename = getattr(asset, "filename", str(asset))
    return str(filename), str(getattr(asset, "attributes", {}).get("body", ""))


def drop_unused(app, pagename, templatename, context, doctree):
    """Filter the page's scripts and style sheets."""
    for kind in ("script_files", "css_files"):
        seen, kept = set(), []
        for asset in context.get(kind, []):
            name = identity(asset)
            if "thebe" in "".join(name).lower() or name in seen:
                continue
            seen.add(name)
            kept.append(asset)
        context[kind] = kept


def setup(app):
    """Connect to Sphinx, after every extension has added its scripts."""
    app.connect("html-page-context", drop_unused, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
