"""Shifts weight from the stable version to the candidate, step by step, and back."""
