"""What sinusoidal positions are: a clock hand for each pair of features."""

from .clock_hands import ClockHands

__all__ = ["ClockHands"]
