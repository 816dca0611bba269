"""Keeps the gallery."""
