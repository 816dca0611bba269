"""Prove from a template that a function's role allows what its handler does, and see what it allows beyond that."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from patternkit.testing.permissions.account import Account
    from patternkit.testing.permissions.errors import ProofError
    from patternkit.testing.permissions.evaluation import AccessDecision, Evaluation
    from patternkit.testing.permissions.proof import PermissionProof, prove

__all__ = ["AccessDecision", "Account", "Evaluation", "PermissionProof", "ProofError", "prove"]
_WHERE = {
    "Account": "account",
    "Evaluation": "evaluation",
    "PermissionProof": "proof",
    "ProofError": "errors",
    "AccessDecision": "evaluation",
    "prove": "proof",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: how policies are read is used without boto3 and moto, too."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
