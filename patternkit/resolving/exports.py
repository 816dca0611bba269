"""What stacks give to each other: exports, outputs by name, and the outputs of nested stacks."""

from __future__ import annotations

from typing import Any

from patternkit.resolving.naming import named
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Node, Stack
from patternkit.resolving.values import Unknown, lifted
from patternkit.templates.errors import TemplateError, nearest


def import_value(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::ImportValue`: of a stack of the set, or as a contract says."""
    name = resolver.resolve(stack, argument)
    if isinstance(name, Unknown):
        return name
    if resolver.exports is None:
        resolver.exports = {}
        listed: dict[str, tuple[Stack, Node]] = {}
        for exporter in resolver.stacks.stacks:
            for output in exporter.outputs.values():
                export = output.get("Export") if isinstance(output, dict) else None
                if isinstance(export, dict) and resolver.exists(exporter, output):
                    export_name = resolver.value(exporter, export.get("Name"))
                    if isinstance(export_name, str):
                        listed[export_name] = (exporter, output.get("Value"))
        resolver.exports = listed
    if name in resolver.exports:
        exporter, node = resolver.exports[name]
        return resolver.once((exporter.name, "export", name), lambda: resolver.resolve(exporter, node))
    if name in resolver.contracts.imports:
        resolver.leans.add(f"imports {name}")
        return named(resolver.stacks, f"imports {name}", resolver.contracts.imports[name])
    return Unknown(f"no stack of the set exports {name!r}, which {stack.name} imports{lifted('imports')}")


def stack_output(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::GetStackOutput`: an output of another stack, by name."""
    # How CDK writes a weak reference between stacks.
    details = resolver.resolve(stack, argument)
    name, output = (details.get("StackName"), details.get("OutputName")) if isinstance(details, dict) else (0, 0)
    for other in resolver.stacks.stacks:
        if name in (other.source.stack_name, other.name) and output in other.outputs:
            return _output(resolver, other, str(output))
    declared = f"{name}.{output}"
    if declared in resolver.contracts.imports:
        resolver.leans.add(f"imports {declared}")
        return named(resolver.stacks, f"imports {declared}", resolver.contracts.imports[declared])
    return Unknown(
        f"no stack of the set is named {name!r} and has the output {output!r}, which {stack.name} asks for"
        + lifted("imports")
    )


def _output(resolver: Resolver, stack: Stack, name: str) -> Any:
    node = stack.outputs[name].get("Value")
    return resolver.once((stack.name, "output", name), lambda: resolver.resolve(stack, node))


def nested_output(resolver: Resolver, stack: Stack, logical: str, attribute: str) -> Any:
    """The output of a nested stack."""
    child = stack.children[logical]
    if isinstance(child, Unknown):
        return child
    name = attribute.removeprefix("Outputs.")
    if name not in child.outputs:
        raise TemplateError(f"{child.name} has no output {name!r}{nearest(name, child.outputs)}")
    return resolver.resolve(child, child.outputs[name].get("Value"))
