"""Requirements on what serves requests or works on events, read from text."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from patternkit.catalog.errors import CatalogError, unknown
from patternkit.catalog.events import DELIVERIES, STARTS
from patternkit.catalog.web import ANSWERS, RUNS

BURSTS = ("none", "minutes", "seconds")
IDLE_REQUESTS = 100_000
"""What a month has where the application is idle most of the time."""
USUAL_REQUESTS = 10_000_000
"""What a month is taken to have where nothing is said."""

_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(ms|s|m|min|h)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600}
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(B|KB|KiB|MB|MiB|GB|GiB)", re.IGNORECASE)
_BYTES = {"b": 1, "kb": 10**3, "kib": 2**10, "mb": 10**6, "mib": 2**20, "gb": 10**9, "gib": 2**30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What is needed; what is None or False is not asked for.

    Attributes:
        peak: Requests a second at the peak.
        burst: How fast load multiplies: "none", within "minutes" or within "seconds".
        longest_request: How long the slowest answer takes, in seconds.
        request_size: The largest request, in bytes.
        response_size: The largest response, in bytes.
        brings: What there is to run: "machines", "containers", "functions" or "nothing".
        answer: What callers need: the "result", or a "receipt" for work that is done later.
        static_address: Whether callers rely on public addresses that stay the same.
        websocket: Whether connections stay open, as WebSocket and server-sent events do.
        state_on_server: Whether the application keeps state where it runs.
        survives_zone_loss: Whether it goes on when an Availability Zone fails.
        idle: Whether it is idle most of the time.
        monthly_requests: Requests a month.
        payload: The largest event, message or file, in bytes.
        push: Whether servers push messages to clients.
        edge: Whether clients reach it by Amazon CloudFront and by nothing else.
        private: Whether nothing may reach it from the internet.
        starts: What starts the work, one of `STARTS`.
        delivery: When work is done, one of `DELIVERIES`.
        ordered: Whether events are worked on in order.
        exactly_once: Whether the work of an event is done once, also where the event comes twice.
        human: Whether a person decides before the work is done.
        longest_work: How long the work on an event takes at most, in seconds.
    """

    peak: int | None = None
    burst: str | None = None
    longest_request: float | None = None
    request_size: int | None = None
    response_size: int | None = None
    brings: str | None = None
    answer: str | None = None
    static_address: bool = False
    websocket: bool = False
    state_on_server: bool = False
    survives_zone_loss: bool = False
    idle: bool = False
    monthly_requests: int | None = None
    payload: int | None = None
    push: bool = False
    edge: bool = False
    private: bool = False
    starts: str | None = None
    delivery: str | None = None
    ordered: bool = False
    exactly_once: bool = False
    human: bool = False
    longest_work: float | None = None

    def __post_init__(self) -> None:
        for name, (least, most, unit) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise CatalogError(f"{_option(name)} must be between {least:,} and {most:,} {unit}, got {value:,}")
        for name, known in _CHOICES.items():
            value = getattr(self, name)
            if value is not None and value not in known:
                raise CatalogError(f"{_option(name)}: {unknown('choice', value, known)}")
        if self.answer == "receipt":
            for name in ("websocket", "response_size", "longest_request"):
                if getattr(self, name):
                    raise CatalogError(
                        f"{_option(name)} contradicts --answer receipt: callers do not wait for a result"
                    )
        if self.brings == "nothing" and self.state_on_server:
            raise CatalogError("--state-on-server contradicts --brings nothing: nothing is there to keep it")
        if self.private and self.static_address:
            raise CatalogError("--static-address contradicts --private: nothing comes from the internet to an address")
        if self.edge and self.private:
            raise CatalogError("--edge contradicts --private: Amazon CloudFront answers on the internet")
        if self.edge and self.static_address:
            raise CatalogError("--edge contradicts --static-address: the addresses of Amazon CloudFront change")
        if self.starts == "schedule" and self.delivery not in (None, "scheduled"):
            raise CatalogError(f"--delivery {self.delivery} contradicts --starts schedule: the schedule says when")
        if self.idle and self.monthly_requests is not None:
            raise CatalogError("--idle and --monthly-requests both say how much comes: give one of them")
        if self.peak is not None and self.monthly_requests is not None and self.peak > self.monthly_requests:
            raise CatalogError(
                f"--peak must be at most --monthly-requests, got {self.peak:,} a second and {self.monthly_requests:,}"
            )

    @property
    def requests_a_month(self) -> int:
        """How many requests costs are compared at."""
        return self.monthly_requests or (IDLE_REQUESTS if self.idle else USUAL_REQUESTS)

    @property
    def concerns_events(self) -> bool:
        """Whether something is asked of how events are worked on."""
        return any(getattr(self, name) for name in _OF_EVENTS)

    @property
    def concerns_requests(self) -> bool:
        """Whether something is asked of how requests are served, or nothing of events."""
        return any(getattr(self, name) for name in _OF_REQUESTS) or not self.concerns_events

    def given(self) -> dict[str, Any]:
        """What is asked for, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value not in (None, False)}


_OF_EVENTS = ("starts", "delivery", "ordered", "exactly_once", "human", "longest_work")
_OF_REQUESTS = (
    "peak",
    "burst",
    "longest_request",
    "request_size",
    "response_size",
    "static_address",
    "websocket",
    "state_on_server",
    "monthly_requests",
    "push",
    "edge",
)
"""What is asked of requests alone; the rest is asked of requests and of events alike."""

_RANGES: Mapping[str, tuple[float, float, str]] = {
    "peak": (1, 10_000_000, "requests a second"),
    "longest_request": (0.001, 86_400, "seconds"),
    "request_size": (1, 5 * 2**40, "bytes"),
    "response_size": (1, 5 * 2**40, "bytes"),
    "monthly_requests": (1, 10**12, "requests"),
    "payload": (1, 5 * 2**40, "bytes"),
    "longest_work": (0.001, 366 * 86_400, "seconds"),
}
_CHOICES: Mapping[str, Collection[str]] = {
    "burst": BURSTS,
    "brings": RUNS,
    "answer": ANSWERS,
    "starts": STARTS,
    "delivery": DELIVERIES,
}


def requirements(given: Mapping[str, Any]) -> Requirements:
    """Read requirements.

    Args:
        given: Values by name, numbers, times and sizes as text; what is None is not asked for.

    Returns:
        The requirements.

    Raises:
        CatalogError: If a value is not of its kind, out of range, or contradicts another.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        if value is not None:
            read = _READERS.get(name)
            values[name] = read(name, value) if read and isinstance(value, str) else value
    return Requirements(**values)


def _whole(name: str, text: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    if not re.fullmatch(r"-?\d{1,15}", digits):
        raise CatalogError(f"{_option(name)} must be a whole number, got {text!r}")
    return int(digits)


def _time(name: str, text: str) -> float:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise CatalogError(f"{_option(name)} must be a time, as 500ms, 90s, 5m or 2h, got {text!r}")
    return float(match[1]) * _SECONDS[match[2]]


def _size(name: str, text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise CatalogError(f"{_option(name)} must be a size, as 256KiB, 8MB or 1GiB, got {text!r}")
    return round(float(match[1]) * _BYTES[match[2].lower()])


_READERS = {
    "peak": _whole,
    "monthly_requests": _whole,
    "longest_request": _time,
    "request_size": _size,
    "response_size": _size,
    "payload": _size,
    "longest_work": _time,
}


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
