"""One encoder layer, part by part."""

from .encoder_block import EncoderBlock

__all__ = ["EncoderBlock"]
