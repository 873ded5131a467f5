"""A trained network with both of CBAM's gates, live: its three files."""

from .clutter_gates import ClutterGates

__all__ = ["ClutterGates"]
