"""Whose turn it is, where to run all would take too long.

It is the day's number, or what CI counts; the same one chooses the same.
"""

import os
import time

# Kept for the workers, too, so that midnight does not part them.
TURN = int(os.environ.setdefault("ATTN_TURN", str(int(time.time()) // 86_400)))
