"""What a layer costs: attention against the layers that it replaced."""

from .layer_costs import LayerCosts

__all__ = ["LayerCosts"]
