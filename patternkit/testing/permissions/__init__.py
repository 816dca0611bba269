"""Prove from a template that a function's role allows what its handler does, and see what it allows beyond that."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from patternkit.testing.permissions.account import Account
    from patternkit.testing.permissions.errors import ProofError
    from patternkit.testing.permissions.proof import Proof, prove
    from patternkit.testing.permissions.verdicts import Judgement, Verdict

__all__ = ["Account", "Judgement", "Proof", "ProofError", "Verdict", "prove"]
_WHERE = {
    "Account": "account",
    "Judgement": "verdicts",
    "Proof": "proof",
    "ProofError": "errors",
    "Verdict": "verdicts",
    "prove": "proof",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: how policies are read is used without boto3 and moto, too."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
