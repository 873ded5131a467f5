"""A whole self-attention with every number on the page."""

from .tiny_attention import TinyAttention

__all__ = ["TinyAttention"]
