"""Asks people about orders by signed links, takes their decisions, and works on orders step by step."""
