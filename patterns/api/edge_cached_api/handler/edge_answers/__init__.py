"""The example that an EdgeCachedApi answers with when it is given no code."""
