"""The whole comparison."""

from collections.abc import Iterator
from dataclasses import replace

from patternkit.templates import TemplateError, as_template
from patternkit.templates.properties import check_properties
from patternkit.upgrade.alarms import alarm_changes
from patternkit.upgrade.changes import Change, Template
from patternkit.upgrade.encryption import encryption_changes
from patternkit.upgrade.exposure import exposure_changes
from patternkit.upgrade.grants import PolicySet, Templates
from patternkit.upgrade.guards import guard_changes
from patternkit.upgrade.lifecycle import lifecycle_changes
from patternkit.upgrade.networks import network_changes
from patternkit.upgrade.other_grants import other_grant_changes, role_changes
from patternkit.upgrade.retention import retention_changes
from patternkit.upgrade.sources import SourceError, read_source
from patternkit.upgrade.widening import boundary_changes, permission_changes


def compare(old: Template, new: Template) -> tuple[Change, ...]:
    """Say what deploying a template over another one replaces, deletes, stops retaining, permits and exposes.

    And what it stops encrypting, and which alarms tell nobody any more.

    Both are compared as they are written: what a parameter or an import stands for is not known, and a value that is
    written in another way counts as changed. Nothing is said of what is changed by hand after deployment.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Returns:
        The changes, each once, the dangerous ones first.

    Raises:
        TemplateError: If one of them is no CloudFormation template.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    """
    for what, template in (("the old template", old), ("the new template", new)):
        _checked(template, what)
    return _compared({"": old}, {"": new})


def compare_sources(old: str, new: str) -> tuple[Change, ...]:
    """Compare templates, or the templates of two assemblies that have the same name.

    Policies are compared over the whole assembly: whichever of its stacks a policy is written in.

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
    try:
        for source, templates in ((old, before), (new, after)):
            for name, template in templates.items():
                _checked(template, f"{source}/{name}" if name else source)
    except TemplateError as error:
        raise SourceError(str(error)) from None
    return _compared(before, after)


def _checked(template: Template, what: str) -> None:
    checked = as_template(template, what)
    if loop := next((name for name in checked["Resources"] if name.startswith("Fn::")), None):
        raise TemplateError(f"{what}: it is processed by what {loop} needs: compare the processed templates")
    check_properties(checked, what)


def _compared(before: Templates, after: Templates) -> tuple[Change, ...]:
    empty: Template = {"Resources": {}}
    one_set, other_set = PolicySet(before), PolicySet(after)
    found = {*permission_changes(one_set, other_set), *role_changes(one_set, other_set)}
    for name in before.keys() | after.keys():
        one, other = before.get(name, empty), after.get(name, empty)
        found |= {replace(change, template=name) for change in _of_template(one, other)}
    return tuple(sorted(found, key=lambda one: (not one.dangerous, one.template, one)))


def _of_template(old: Template, new: Template) -> Iterator[Change]:
    yield from lifecycle_changes(old, new)
    yield from boundary_changes(old, new)
    yield from other_grant_changes(old, new)
    yield from exposure_changes(old, new)
    yield from encryption_changes(old, new)
    yield from retention_changes(old, new)
    yield from network_changes(old, new)
    yield from guard_changes(old, new)
    yield from alarm_changes(old, new)
