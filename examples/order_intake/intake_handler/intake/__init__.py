"""Writes orders."""
