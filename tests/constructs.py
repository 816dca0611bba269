"""The constructs of the catalog, discovered."""

import hashlib
import importlib
import inspect
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import aws_cdk as cdk
from constructs import Construct

ROOT = Path(__file__).parents[1]


@cache
def exported_constructs() -> dict[str, type[Construct]]:
    """Every construct that the package of a pattern exports."""
    found = {}
    for path in sorted((ROOT / "patterns").glob("*/*/construct.py")):
        if path.parents[1].name == "building_blocks":
            continue
        package = importlib.import_module(".".join(path.parent.relative_to(ROOT).parts))
        for name in package.__all__:
            exported = getattr(package, name)
            if isinstance(exported, type) and issubclass(exported, Construct):
                found[name] = exported
    return found


@cache
def every_construct() -> dict[str, type[Construct]]:
    """Every construct that is defined in the catalog by module and name, those of building blocks included."""
    found: dict[str, type[Construct]] = {}
    for path in sorted((ROOT / "patterns").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        # A handler's folder is the root of its own package, and an example is a stack.
        if parts[-1] in {"__init__", "example"} or any(part.endswith("handler") or part == "starter" for part in parts):
            continue
        module = importlib.import_module(".".join(parts))
        found |= {
            f"{module.__name__.removeprefix('patterns.')}.{name}": one
            for name, one in vars(module).items()
            if isinstance(one, type) and issubclass(one, Construct) and one.__module__ == module.__name__
        }
    return found


def app_for_its_template(*, flags: bool = True) -> cdk.App:
    """An app of which a test looks at nothing but the template: not validated, nothing built, without the tree.

    Args:
        flags: Whether it has the feature flags of cdk.json. Default: yes.
    """
    given = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"] if flags else {}
    # The lowest version of the CDK that is supported validates always.
    known = "builtin_cloud_formation_validation" in inspect.signature(cdk.App.__init__).parameters
    unvalidated: dict[str, Any] = {"builtin_cloud_formation_validation": False} if known else {}
    return cdk.App(
        context={**given, "aws:cdk:bundling-stacks": []},
        analytics_reporting=False,
        tree_metadata=False,
        **unvalidated,
    )


NAMED = "Deployed"
"""What the names of stacks begin with that are made in `named_stacks`."""


LONGEST_STACK_NAME = 128


@contextmanager
def named_stacks(begin: str = NAMED) -> Iterator[None]:
    """Give each stack that is made meanwhile a name that does not come from where it stands, of the longest kind."""
    real = cdk.Stack.__init__

    def named(self: cdk.Stack, scope: Construct, construct_id: str, **given: Any) -> None:
        name = f"{begin}{hashlib.sha256(construct_id.encode()).hexdigest()[:6]}".ljust(LONGEST_STACK_NAME, "n")
        real(self, scope, construct_id, **{"stack_name": name, **given})

    with mock.patch.object(cdk.Stack, "__init__", named):
        yield
