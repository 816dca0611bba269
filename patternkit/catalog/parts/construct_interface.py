"""The interface of a construct: its parameters, attributes and methods, read from the source."""

import griffe

from patternkit.catalog.arguments import arguments, construct_class
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.markdown import table


def parameters(pattern: Pattern) -> str:
    """Make the table of a construct's parameters.

    Args:
        pattern: The pattern.

    Returns:
        The table: name, and type with the meaning, by signature and docstring.
    """
    rows = [
        (f"`{one.name}`", f"`{_without_none(one.type)}`{', required' if one.default is None else ''}. {one.said}")
        for one in arguments(pattern)
    ]
    return table(("Parameter", "Meaning"), rows)


def _without_none(annotation: str) -> str:
    # None stands for the default, which the meaning says.
    return annotation.removesuffix(" | None")


def attributes(pattern: Pattern) -> str:
    """Make the table of a construct's attributes.

    Args:
        pattern: The pattern.

    Returns:
        The table: name, type and meaning, by the docstring.

    Raises:
        CatalogError: If the construct sets a public attribute that the docstring says nothing of.
    """
    construct = construct_class(pattern)
    said = {}
    for section in construct.docstring.parse("google", warnings=False) if construct.docstring else []:
        if isinstance(section, griffe.DocstringSectionAttributes):
            said = {one.name: (str(one.annotation), " ".join(one.description.split())) for one in section.value}
    for name, one in _members(pattern).items():
        if isinstance(one, griffe.Attribute) and not name.startswith("_") and name not in said:
            source = pattern.folder / "construct.py"
            raise CatalogError(f"{source}: the docstring of {pattern.construct} says nothing of the attribute {name}")
    rows = [(f"`{name}`", f"`{kind}`. {meaning}") for name, (kind, meaning) in said.items()]
    return table(("Attribute", "What it is"), rows)


def methods(pattern: Pattern) -> str:
    """Make the table of a construct's methods: what it grants, measures and takes in.

    Args:
        pattern: The pattern.

    Returns:
        The table, with the first line of each docstring.

    Raises:
        CatalogError: If a method has no docstring.
    """
    rows = []
    for name, one in _members(pattern).items():
        if not isinstance(one, griffe.Function) or name.startswith("_"):
            continue
        if one.docstring is None:
            raise CatalogError(f"{pattern.folder / 'construct.py'}: {pattern.construct}.{name} has no docstring")
        given = ", ".join(_shown(parameter) for parameter in one.parameters if parameter.name != "self")
        rows.append((f"`{name}({given})`", f"`{one.returns}`. {one.docstring.value.splitlines()[0]}"))
    return table(("Method", "What it does"), rows) if rows else "It has no methods of its own."


def _members(pattern: Pattern) -> dict[str, griffe.Object | griffe.Alias]:
    """Read the members of a construct: its own first, then those that it has from its family's classes."""
    catalog = pattern.folder.parents[2]
    found: dict[str, griffe.Object | griffe.Alias] = {}
    waiting = [construct_class(pattern)]
    while waiting:
        one = waiting.pop(0)
        found |= {name: member for name, member in one.members.items() if name not in found}
        for base in one.bases:
            *module, name = one.resolve(str(base)).split(".")
            source = catalog.joinpath(*module).with_suffix(".py")
            if not source.is_file():
                # Not of this catalog: `Construct` itself, or a construct of the CDK.
                continue
            inherited = griffe.visit(".".join(module), filepath=source, code=source.read_text(encoding="utf-8"))[name]
            assert isinstance(inherited, griffe.Class)
            waiting.append(inherited)
    return found


def _shown(parameter: griffe.Parameter) -> str:
    return parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"
