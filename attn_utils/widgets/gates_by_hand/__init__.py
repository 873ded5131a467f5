"""Both of CBAM's gates on numbers that can be changed: its three files."""

from .gates_by_hand import GatesByHand

__all__ = ["GatesByHand"]
