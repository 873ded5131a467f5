"""Run Jupyter Book on the cache: `python tools/pages.py build . …`."""

import sys

import caching
from jupyter_book.cli.main import main
from jupyter_cache.cache import db

db.create_engine = caching.engine

if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        # A box, and the way to it, below what Sphinx has said.
        if "Look above" not in str(error):
            raise
        sys.exit("make: the pages could not be made; see above")
