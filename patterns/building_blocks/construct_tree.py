"""A construct's place in the tree of its app: its id, its path, and resources of another stage."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, cast

from aws_cdk import CfnElement, Stage, Token
from constructs import Construct, IConstruct
from jsii._reference_map import InterfaceDynamicProxy

LONGEST_PATH = 180
"""What tags (256 characters) and descriptions (255) take of a path, with what a construct and the CDK put around it."""


def check_id(scope: Construct, construct_id: str, *, inside: bool = False) -> None:
    """Refuse an id with which no construct can be made, or none that can be deployed.

    Args:
        scope: Parent construct.
        construct_id: The id.
        inside: Whether it is of what a construct makes within itself, for which the longest path leaves room.
            Default: no.

    Raises:
        ValueError: If it is empty, a token, that of a construct beside it, or makes too long a path.
    """
    if not construct_id:
        raise ValueError("construct_id must have at least 1 character, got none")
    if Token.is_unresolved(construct_id):
        raise ValueError("construct_id must be known when the template is made, got a token")
    if scope.node.try_find_child(construct_id) is not None:
        raise ValueError(f"construct_id must differ from those beside it, got {construct_id[:100]!r} twice")
    longest = LONGEST_PATH - len(scope.node.path) - 1
    if not inside and len(construct_id) > longest:
        raise ValueError(
            f"construct_id must have at most {max(longest, 0)} characters, so that its path has at most "
            f"{LONGEST_PATH}, got {len(construct_id)}"
        )


def id_for(kind: str, other: IConstruct) -> str:
    """Name what is made for one of several resources after that one, not after its place among them.

    CloudFormation makes before it deletes: when the first of several is taken out and the second gets its id, what the
    second has already is made again, which AWS refuses of associations.

    Args:
        kind: What is made, as a construct id begins.
        other: What it is made for.

    Returns:
        The construct id, the same in each stage of an app.
    """
    stage = Stage.of(other)
    path = other.node.path if stage is None else other.node.path.removeprefix(f"{stage.node.path}/")
    return f"{kind}{hashlib.sha256(path.encode()).hexdigest()[:8]}"


def check_stages(scope: Construct, given: Mapping[str, Any]) -> None:
    """Refuse resources of another stage: no template of one can name what another one makes.

    Args:
        scope: Parent construct.
        given: Arguments by name.

    Raises:
        ValueError: If one is, or holds, a resource that is made in another stage.
    """
    own = None
    for argument, value in given.items():
        for name, one in _constructs(argument, value):
            own = own or Stage.of(scope)
            theirs = Stage.of(one)
            if own is None or theirs is None or own.node.addr == theirs.node.addr:
                continue
            # What is imported is named by what is known of it, wherever it stands.
            if any(isinstance(each, CfnElement) for each in one.node.find_all()):
                raise ValueError(
                    f"{name} must be of the same stage, {_stage(own)}, got {one.node.path} of {_stage(theirs)}: "
                    "import it there"
                )


def _stage(stage: Stage) -> str:
    return f"stage {stage.node.path}" if stage.node.path else "the app itself"


def _is_construct(value: Any) -> bool:
    if isinstance(value, Construct):
        return True
    try:
        return isinstance(value, InterfaceDynamicProxy) and bool(value.node)
    except (AttributeError, RuntimeError):
        # A constant of the CDK, such as a deployment configuration of AWS's own, has a node that stands nowhere.
        return False


def path_of(value: Any) -> str | None:
    """Find where a resource stands.

    Args:
        value: Anything.

    Returns:
        Its path; None if it is no construct.
    """
    return cast(Construct, value).node.path if _is_construct(value) else None


def _constructs(name: str, value: Any) -> Iterator[tuple[str, Construct]]:
    if _is_construct(value):
        yield name, cast(Construct, value)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _constructs(one.name, getattr(value, one.name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _constructs(name, one)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for one in value:
            yield from _constructs(name, one)
