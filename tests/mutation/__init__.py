"""Mutates the code and runs the tests that cover each mutant: `make mutants`."""
