"""An API whose requests go straight to an AWS service."""

from patterns.api.api_to_service.construct import ApiToService

__all__ = ["ApiToService"]
