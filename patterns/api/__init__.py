"""Patterns behind an API."""
