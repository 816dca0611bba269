"""What every test of the prover is held to besides what it asks."""

from tests.patternkit.routes.every_proof import _every_default, _every_proof

__all__ = ["_every_default", "_every_proof"]
