"""Discover the patterns, describe them, and drive them from the command line."""
