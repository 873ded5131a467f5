"""Know the repository that publishes the book, and do without where there is none.

Its address stands in _config.yml, where `make stamp` puts it. Where it is empty, as
in a copy of one's own, no page may offer what would lead nowhere: Colab, the
source, the form for errors.
"""

from urllib.parse import urlencode

# Jupyter Book's own, which it takes where _config.yml says nothing.
NOT_OURS = "https://github.com/executablebooks/jupyter-book"
BUTTONS = ("use_repository_button", "use_issues_button")


def repository(config) -> str:
    """Return the address of the repository, or an empty string."""
    url = config.html_theme_options.get("repository_url") or ""
    url = url.rstrip("/")
    return "" if url == NOT_OURS else url


def on_github(config) -> bool:
    """Tell whether the repository has the pages that links are made to."""
    return repository(config).startswith("https://github.com/")


def source(config, path: str) -> str:
    """Return where a file of the book is read in the repository."""
    branch = config.html_theme_options.get("repository_branch") or "main"
    return f"{repository(config)}/blob/{branch}/{path}"


def report(config, title: str, address: str) -> str:
    """Return the form for an error in a page, its title filled in."""
    words = {
        "title": f"Error in “{title}”",
        "body": f"{address}\n\nWhat it says, and what it should say:\n",
    }
    return f"{repository(config)}/issues/new?{urlencode(words)}"


def settle(app, config):
    """Offer the buttons that the repository has, and no others."""
    options = config.html_theme_options
    for name in BUTTONS:
        options[name] = on_github(config)
    if not on_github(config):
        options["launch_buttons"] = {}
        if not repository(config):
            options.pop("repository_url", None)


def setup(app):
    """Connect to Sphinx, before the theme reads its options."""
    app.connect("config-inited", settle, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
