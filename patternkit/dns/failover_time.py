"""How soon after a failure clients are sent elsewhere: until it is seen, and until no one keeps the old answer.

Route 53 sees a failure after the interval of the health check by its threshold, or when its alarm does, or when a load
balancer's target group does. What it then takes to tell its name servers, some seconds, is promised nowhere and is not
counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from patternkit.dns.answer import Answer
from patternkit.dns.health import Health, Ill, delay, endpoint_delay
from patternkit.dns.model import Model, Unknown


@dataclass(frozen=True, slots=True)
class FailoverTime:
    """The seconds until clients are sent elsewhere.

    Attributes:
        seen: Seconds until the failure is seen.
        kept: Seconds for which the answer of before may be kept.
    """

    seen: int
    kept: int

    @property
    def seconds(self) -> int:
        """All of them."""
        return self.seen + self.kept

    def __str__(self) -> str:
        return f"{self.seconds} s: seen after {self.seen} s, and the old answer is kept for {self.kept} s"


def failover_time(
    model: Model, ill: Ill, before: Answer, ask: Callable[[Health], Answer], there: Callable[[Answer], bool]
) -> FailoverTime | Unknown:
    """The time that a failover takes.

    Args:
        model: The model.
        ill: What falls ill.
        before: The answer while all was well.
        ask: Gives the answer for a state of health.
        there: Whether an answer is the one that is waited for.

    Returns:
        The time, or why it is not known.
    """
    well, ailing = Health(), Health(ill)
    signals: dict[str, int | Unknown] = {}
    for check in model.checks.values():
        if well.check(check) != ailing.check(check):
            signals[check.identity] = delay(check)
    for endpoint in model.endpoints.values():
        if well.endpoint(endpoint) != ailing.endpoint(endpoint):
            signals[endpoint.identity] = endpoint_delay(endpoint)
    known = sorted({seconds for seconds in signals.values() if isinstance(seconds, int)})
    # What is seen at an unknown time may be what matters: only where the known ones suffice is the time known.
    seen: int | None = None
    for seconds in reversed(known):
        if not there(ask(Health(ill, seconds))):
            break
        seen = seconds
    if seen is None:
        unknown = next((one for one in signals.values() if isinstance(one, Unknown)), None)
        return unknown or Unknown("nothing sees the failure")
    kept = [outcome.ttl for outcome, _ in before.outcomes]
    if any(ttl is None for ttl in kept):
        return Unknown("for how long the old answer is kept (contract: ttls)")
    return FailoverTime(seen, max((ttl for ttl in kept if ttl is not None), default=0))
