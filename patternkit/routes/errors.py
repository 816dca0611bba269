"""What can be wrong with what the prover is given: one small tree of errors, each a single clear line."""

from __future__ import annotations

import patternkit.templates.errors
from patternkit.errors import PatternkitError
from patternkit.templates.errors import nearest

__all__ = ["ContractError", "QuestionError", "RoutesError", "TemplateError", "nearest"]


class RoutesError(PatternkitError):
    """The prover cannot start: what it was given cannot be read, or makes no sense."""


class TemplateError(RoutesError, patternkit.templates.errors.TemplateError):
    """A file is no CloudFormation template or cloud assembly, or a template contradicts itself."""


class ContractError(RoutesError):
    """A contract is malformed, or names what the templates do not hold."""


class QuestionError(RoutesError):
    """A question or promise is malformed, or names a source or destination that does not exist."""
