"""Patterns that start when something happens."""
