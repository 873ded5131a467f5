"""A product of two small matrices, cell by cell: its three files."""

from .matrix_product import MatrixProduct

__all__ = ["MatrixProduct"]
