"""What constructs warn of at synthesis."""

import json
from pathlib import Path

from constructs import IConstruct


def warnings(construct: IConstruct) -> list[str]:
    """Read what the constructs of an app warn of, from its assembly.

    Not from messages that jsii returns, as `assertions.Annotations` and `Stack.messages` do, nor from `node.metadata`
    of what was synthesized: two packages of the CDK bring the module of their type, and where they are installed side
    by side, as uv does, either may be the one that is there, of which jsii knows only one.

    Args:
        construct: Any construct of the app.

    Returns:
        The warnings, in the order of the stacks.
    """
    return said(construct, "warning")


def said(construct: IConstruct, kind: str) -> list[str]:
    """Read what the constructs of an app say, from its assembly.

    Args:
        construct: Any construct of the app.
        kind: "warning" or "info".

    Returns:
        What is said, in the order of the stacks.
    """
    assembly = Path(construct.node.root.synth().directory)  # type: ignore[attr-defined]
    return [
        entry["data"]
        for metadata in sorted(assembly.rglob("*.metadata.json"))
        for entries in json.loads(metadata.read_text(encoding="utf-8")).values()
        for entry in entries
        if entry["type"] == f"aws:cdk:{kind}"
    ]
