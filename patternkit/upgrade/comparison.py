"""The whole comparison."""

from dataclasses import replace

from patternkit.upgrade.changes import Change, Template
from patternkit.upgrade.exposure import exposure_changes
from patternkit.upgrade.lifecycle import lifecycle_changes
from patternkit.upgrade.sources import SourceError, read_source
from patternkit.upgrade.widening import boundary_changes, permission_changes


def compare(old: Template, new: Template) -> tuple[Change, ...]:
    """Say what deploying a template over another one replaces, deletes, stops retaining, permits and exposes.

    Both are compared as they are written: what a parameter or an import stands for is not known, and a value that is
    written in another way counts as changed. Nothing is said of what is changed by hand after deployment.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Returns:
        The changes, each once, the dangerous ones first.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    """
    found = {
        *lifecycle_changes(old, new),
        *permission_changes(old, new),
        *boundary_changes(old, new),
        *exposure_changes(old, new),
    }
    return tuple(sorted(found, key=lambda one: (not one.dangerous, one)))


def compare_sources(old: str, new: str) -> tuple[Change, ...]:
    """Compare templates, or the templates of two assemblies that have the same name.

    Args:
        old: A file, a folder, or a git revision of one as `REV:path`.
        new: Another of the same sort.

    Returns:
        The changes.

    Raises:
        SourceError: If one of them is not usable, or one is a template and the other an assembly.
    """
    before, after = read_source(old), read_source(new)
    if ("" in before) != ("" in after):
        raise SourceError(f"{old} and {new}: one is a template, the other a folder of templates")
    empty: Template = {"Resources": {}}
    found = [
        replace(change, template=name)
        for name in sorted(before.keys() | after.keys())
        for change in compare(before.get(name, empty), after.get(name, empty))
    ]
    return tuple(sorted(found, key=lambda one: (not one.dangerous, one.template, one)))
