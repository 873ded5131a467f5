"""Checkers for the chapters' exercises, one module for each chapter."""
