"""The gates of an LSTM over a typed string."""

from .gate_watch import GateWatch

__all__ = ["GateWatch"]
