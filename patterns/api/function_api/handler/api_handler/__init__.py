"""The example that a FunctionApi answers with when it is given no code."""
