"""An AWS account in this process, made of the resources of templates."""

from patternkit.testing.permissions.account.account import Account
from patternkit.testing.permissions.account.identity import session
from patternkit.testing.permissions.account.made import Key, Made

__all__ = ["Account", "Key", "Made", "session"]
