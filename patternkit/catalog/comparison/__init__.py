"""Patterns side by side, by facts of their templates and what they say of themselves, and the choice among them."""
