"""Names, paths and marks that are another in each deployment of one app: it may be deployed under several stack names.

A construct's path and `node.addr` are the same in each of them. In a stack whose name comes from where it stands in the
app, what is found here is made of the path alone, as the CDK makes names.
"""

import hashlib
import re

from aws_cdk import Names, Stack
from constructs import IConstruct

_LONGEST_PATH = 200
_MARK = 8


def unique_name(scope: IConstruct, construct_id: str, *, longest: int, usual: str | None = None) -> str | None:
    """Name a resource that AWS tells apart by its name and that is otherwise named by its path.

    Args:
        scope: Its parent construct.
        construct_id: Its id.
        longest: The characters that the name may have.
        usual: Its name in a stack whose own name comes from its place. Default: the CDK's, if it is not too long.

    Returns:
        Letters and figures, or the usual name; None where the CDK's own will do.
    """
    if usual is not None and _is_named_by_its_place(_stack_of(scope)):
        return usual
    if _is_named_by_its_place(_stack_of(scope)) and len(Names.unique_id(scope)) + len(construct_id) <= longest:
        return None
    last = re.sub(r"[^A-Za-z0-9]", "", construct_id)
    return Names.unique_resource_name(scope, max_length=longest - len(last)) + last


def unique_path(construct: IConstruct) -> str:
    """Say where a construct stands, in the name or dimension of a metric.

    Args:
        construct: The construct.

    Returns:
        Its path, which begins with the name of its stack: at most 208 characters that Amazon CloudWatch takes.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
    """
    stack = _stack_of(construct)
    path = construct.node.path
    if not _is_named_by_its_place(stack):
        path = stack.stack_name + path.removeprefix(stack.node.path)
    path = re.sub(r"[^ -~]|[:*$]", "-", path)
    return path if len(path) <= _LONGEST_PATH else path[-_LONGEST_PATH:] + unique_mark(construct)[-_MARK:]


def unique_mark(construct: IConstruct) -> str:
    """Mark what a construct owns among what stands beside it, such as records in a zone.

    Args:
        construct: The construct.

    Returns:
        42 hexadecimal digits.
    """
    stack = _stack_of(construct)
    if _is_named_by_its_place(stack):
        return construct.node.addr
    return "c8" + hashlib.sha256(f"{stack.stack_name}/{construct.node.addr}".encode()).hexdigest()[:40]


def _stack_of(construct: IConstruct) -> Stack:
    """Find the stack that has a name of its own: CloudFormation names those that are nested."""
    stack = Stack.of(construct)
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack


def _is_named_by_its_place(stack: Stack) -> bool:
    return stack.stack_name == "-".join(one.node.id for one in stack.node.scopes if one.node.id)
