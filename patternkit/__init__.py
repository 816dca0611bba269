"""Find, check, prove and run AWS CDK patterns."""

__version__ = "0.1.0"
