"""Flows as text and as data."""

from __future__ import annotations

from typing import Any

from patternkit.routes.forwarding import Leg, Outcome
from patternkit.routes.tracing import Flow
from patternkit.verdict import Verdict


def leg_lines(leg: Leg, title: str) -> list[str]:
    """A leg hop by hop."""
    lines = [f"  {title}: {leg.walk.box.packet()}"]
    for number, hop in enumerate(leg.walk.hops, 1):
        zone = f" [{hop.zone}]" if hop.zone else ""
        lines.append(f"    {number:2}. {hop.kind} {hop.element}{zone}: {hop.why}")
    lines.append(f"        {leg.outcome.value}: {leg.reason}")
    return lines


def flow_lines(flow: Flow) -> list[str]:
    """A flow hop by hop, both ways."""
    lines = [f"  from {flow.source.name} to {flow.destination.name}: {flow.box.packet()}"]
    lines += leg_lines(flow.forward, "there")
    if flow.back is not None:
        lines += leg_lines(flow.back, "back")
    decided = [
        f"{plain(key)} = {plain(str(value))}" for key, value in flow.last.walk.choices if not key.startswith("path of")
    ]
    if decided:
        lines.append(f"  for the flows with {', '.join(decided)}")
    return lines


def leg_data(leg: Leg | None) -> dict[str, Any] | None:
    """A leg as JSON takes it."""
    if leg is None:
        return None
    return {
        "outcome": leg.outcome.value,
        "reason": plain(leg.reason),
        "packet": leg.walk.box.packet(),
        "hops": [
            {"element": hop.element, "kind": hop.kind, "zone": hop.zone, "why": plain(hop.why)} for hop in leg.walk.hops
        ],
    }


def flow_data(flow: Flow | None) -> dict[str, Any] | None:
    """A flow as JSON takes it."""
    if flow is None:
        return None
    return {
        "source": flow.source.name,
        "destination": flow.destination.name,
        "packet": flow.box.packet(),
        "there": leg_data(flow.forward),
        "back": leg_data(flow.back),
        "when": {plain(key): plain(str(value)) for key, value in flow.last.walk.choices},
    }


def flow_verdict(flow: Flow) -> Verdict:
    """Whether a flow arrives and is answered."""
    if flow.last.outcome is Outcome.UNKNOWN:
        return Verdict.UNKNOWN
    return Verdict.HOLDS if flow.answered else Verdict.FAILS


def plain(text: str) -> str:
    """A text without the marks of what only AWS knows."""
    return text.replace("\u27e8", "").replace("\u27e9", "")
