"""Prove from a template that a function's role allows what its handler does, and see what it allows beyond that."""

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.proof import Proof, prove
from patternkit.testing.permissions.verdicts import Judgement, Verdict

__all__ = ["Account", "Judgement", "Proof", "ProofError", "Verdict", "prove"]
