"""What an upgrade permits that was not permitted, and which denials it drops."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from patternkit.testing.permissions.actions import exists, takes_resources
from patternkit.testing.permissions.intrinsics import described
from patternkit.testing.permissions.wildcards import matches
from patternkit.upgrade.changes import Change, Kind, Template, properties_of, resources
from patternkit.upgrade.grants import Grant, Holder, PolicySet
from patternkit.upgrade.renamed_policies import beyond, renamed_policies


def permission_changes(old: PolicySet, new: PolicySet) -> Iterator[Change]:
    """Find what is permitted anew, and denials that are gone.

    Args:
        old: The policies that are deployed.
        new: The policies that are about to be.

    Yields:
        The changes: one a holder, resource and principal.
    """
    renamed = renamed_policies(old, new)
    for holder, grants in new.grants.items():
        before = old.grants.get(renamed.get(holder, holder), [])
        added = beyond(grants, before, renamed)
        for (resource, principal, condition), (actions, made) in _grouped(added).items():
            similar = [one for one in before if one.allow]
            among_new = _is_among_new(actions, resource, principal, made, old, new)
            yield _change(
                Kind.EXPOSURE if principal == "*" and not condition else Kind.PERMISSIONS,
                holder,
                f"{_who(principal)} {', '.join(actions)} on {resource}{_when(condition)}"
                f"{_how(similar, actions, resource, principal, condition)}",
                dangerous=not (_is_new(holder, old, new) and among_new),
            )
    for holder, grants in old.grants.items():
        denied = [one for one in grants if not one.allow]
        if new.stands(holder):
            yield from _dropped(holder, denied, new.grants.get(holder, []))
        elif denied:
            yield from _left_behind(holder, denied, old, new)


def _dropped(holder: Holder, denied: list[Grant], now: list[Grant]) -> Iterator[Change]:
    lost = [one for one in denied if not any(other.covers(one) for other in now)]
    perhaps = [one for one in lost if any(other.covers(replace(one, maybe=True)) for other in now)]
    gone = [one for one in lost if one not in perhaps]
    for found, now_is in ((gone, "is not any more"), (perhaps, "is now only if a condition of the template holds")):
        for (resource, principal, condition), (actions, _) in _grouped(found).items():
            what = f"{', '.join(actions)} on {resource} was denied{f' to {principal}' if principal else ''}"
            yield _change(Kind.PERMISSIONS, holder, f"{what}{_when(condition)}, and {now_is}")


def _left_behind(holder: Holder, denied: list[Grant], old: PolicySet, new: PolicySet) -> Iterator[Change]:
    """Denials whose holder is gone, where what may be the same thing under another name does not have them."""
    kind = old.resource(holder).get("Type")
    successors = [
        Holder(name, logical_id)
        for name, template in new.templates.items()
        for logical_id, resource in resources(template).items()
        if resource["Type"] == kind and not old.stands(Holder(name, logical_id))
    ]
    for successor in successors:
        renamed = [_renamed(one, holder, successor) for one in denied]
        kept = new.grants.get(successor, [])
        lost = [one for one in renamed if not any(other.covers(one) for other in kept)]
        if not lost:
            return
    for (resource, principal, condition), (actions, _) in _grouped(denied).items() if successors else ():
        named = ", ".join(sorted(one.name for one in successors))
        what = f"{', '.join(actions)} on {resource} was denied{f' to {principal}' if principal else ''}"
        reason = f"{what}{_when(condition)}; it is gone, and {named} is not denied it: was it renamed?"
        yield _change(Kind.PERMISSIONS, holder, reason)


def _renamed(grant: Grant, holder: Holder, successor: Holder) -> Grant:
    names = {holder.name: successor.name, f"{holder.name}.Arn": f"{successor.name}.Arn"}
    text = grant.resource
    first = text.split(".")[0].split("/")[0]
    return replace(grant, resource=names[first] + text[len(first) :] if first in names else text)


def boundary_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find roles and users whose permissions boundary is gone or another.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    name = "PermissionsBoundary"
    for logical_id, resource in resources(new).items():
        before = properties_of(resources(old).get(logical_id, {}))
        was, now = before.get(name), properties_of(resource).get(name)
        if was is not None and was != now:
            then = "there is none any more" if now is None else f"is {described(now)}"
            yield Change(Kind.PERMISSIONS, logical_id, f"{name} was {described(was)}, and {then}")


def _change(kind: Kind, holder: Holder, reason: str, *, dangerous: bool = True) -> Change:
    return Change(kind, holder.name, reason, dangerous, holder.template or "")


_Group = tuple[str, str, frozenset[str]]


def _grouped(found: Iterable[Grant]) -> dict[_Group, tuple[list[str], Holder | None]]:
    groups: dict[_Group, list[Grant]] = {}
    for one in found:
        groups.setdefault((one.resource, one.principal, one.condition), []).append(one)
    return {
        group: (sorted({one.action for one in grants}), next((one.made for one in grants if one.made), None))
        for group, grants in groups.items()
    }


def _is_new(holder: Holder, old: PolicySet, new: PolicySet) -> bool:
    return holder.template is not None and new.stands(holder) and not old.stands(holder)


def _is_among_new(
    actions: list[str], resource: str, principal: str, made: Holder | None, old: PolicySet, new: PolicySet
) -> bool:
    """Say whether what a new resource permits, or is permitted, reaches nothing that was there before."""
    if principal:
        # Its own policy: a service that works for it, or this account, which its roles' policies decide for.
        return principal.endswith(".amazonaws.com") or "AWS::AccountId" in principal
    if resource == "*":
        return all(exists(action) and not takes_resources(action) for action in actions)
    return made is not None and _is_new(made, old, new)


def _who(principal: str) -> str:
    return (
        f"{principal} may now" if principal and principal != "*" else "anybody may now" if principal else "it may now"
    )


def _when(condition: frozenset[str]) -> str:
    return f" if {' and '.join(sorted(condition))}" if condition else ""


def _how(similar: list[Grant], actions: list[str], resource: str, principal: str, condition: frozenset[str]) -> str:
    of_action = [one for one in similar if any(matches(one.action.lower(), action.lower()) for action in actions)]
    if similar and any("*" in action and not action.startswith("anything") for action in actions) and not of_action:
        return ": the action has a wildcard"
    if of_action and all(one.principal != principal for one in of_action):
        return ": the principal is new"
    if any(one.resource == resource and one.condition - condition for one in of_action):
        return ": a condition is dropped"
    if resource == "*" and of_action:
        return ": any resource, where it was named"
    return ""
