"""Policies that stand under another logical id: what they permit is no news."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from patternkit.upgrade.changes import resources
from patternkit.upgrade.grants import Grant, Holder, PolicySet


def renamed_policies(old: PolicySet, new: PolicySet) -> dict[Holder, Holder]:
    """Find the policies that took another's place and permit nothing more.

    Args:
        old: The policies that are deployed.
        new: The policies that are about to be.

    Returns:
        The policy whose place it is, by the new one.
    """
    gone = [one for one in _policies(old) if not new.stands(one)]
    found: dict[Holder, Holder] = {}
    for holder in _policies(new):
        if old.stands(holder):
            continue
        kind = new.resource(holder)["Type"]
        for one in gone:
            same = one.template == holder.template and old.resource(one)["Type"] == kind and one not in found.values()
            if same and not beyond(new.grants.get(holder, []), old.grants.get(one, []), {}):
                found[holder] = one
                break
    return found


def beyond(grants: Iterable[Grant], before: Iterable[Grant], renamed: Mapping[Holder, Holder]) -> list[Grant]:
    """What is allowed now and was not, by policies under whichever name.

    Args:
        grants: What a holder is allowed and denied.
        before: What it was, or what another of whose place it is.
        renamed: Policies that took another's place.

    Returns:
        What is allowed anew.
    """
    known = list(before)
    for policy, was in renamed.items():
        known += [
            replace(one, action=EVERYTHING.format(policy.name))
            for one in known
            if one.action == EVERYTHING.format(was.name)
        ]
    return [one for one in grants if one.allow and not any(other.covers(one) for other in known)]


EVERYTHING = "everything of policy {}"
"""What a role is allowed that has a managed policy, by the policy's name."""


def _policies(policies: PolicySet) -> list[Holder]:
    return [
        Holder(name, logical_id)
        for name, template in policies.templates.items()
        for logical_id, resource in resources(template).items()
        if resource["Type"].endswith("Policy")
    ]
