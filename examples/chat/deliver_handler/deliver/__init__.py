"""Tells rooms of what happens in them."""
