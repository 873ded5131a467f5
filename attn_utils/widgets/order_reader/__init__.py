"""The reader of order: what stood one place before?"""

from .order_reader import OrderReader

__all__ = ["OrderReader"]
