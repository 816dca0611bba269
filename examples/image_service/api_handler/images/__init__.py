"""Answers for images."""
