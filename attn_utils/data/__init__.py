"""Small data sets, made on the spot; nothing is downloaded.

Every random draw comes from the `generator` that is handed in, so the same
seed gives the same examples.
"""

from .curves import noisy_curve, true_curve

__all__ = ["noisy_curve", "true_curve"]
