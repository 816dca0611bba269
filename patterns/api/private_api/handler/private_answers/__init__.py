"""The example that a PrivateApi answers with when it is given no code."""
