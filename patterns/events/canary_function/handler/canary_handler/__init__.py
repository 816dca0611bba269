"""Answers by the version that an alias names."""
