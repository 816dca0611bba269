"""Starts tasks for new objects."""
