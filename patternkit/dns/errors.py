"""What can be wrong with what is given: one small tree of errors, each a single clear line."""

from __future__ import annotations

import patternkit.templates.errors
from patternkit.errors import PatternkitError


class DnsError(PatternkitError):
    """Names cannot be answered: what was given cannot be read, or makes no sense."""


class TemplateError(DnsError, patternkit.templates.errors.TemplateError):
    """A file is no CloudFormation template or cloud assembly, or a template contradicts itself."""


class ContractError(DnsError):
    """A contract is malformed, or names what the templates do not hold."""


class QuestionError(DnsError):
    """A question or promise is malformed, or names a source, record or resource that does not exist."""
