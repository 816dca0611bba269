"""A pattern that is weighed against requirements, and the reasons that come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from patternkit.catalog.comparison.edge import DISTRIBUTION, edge
from patternkit.catalog.comparison.facts import Facts
from patternkit.catalog.comparison.requirements import Requirements
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.events import Events
from patternkit.catalog.web import Web

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
EDGE_REQUEST = "distribution-request"
"""The price of a request to Amazon CloudFront."""
MANAGED_ENDPOINTS = (
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::AppSync::GraphQLApi",
    DISTRIBUTION,
)
"""Types whose address AWS keeps up for every client."""


class Fit(IntEnum):
    """How well a pattern meets a requirement."""

    MEETS = 0
    ON_CONDITION = 1
    FAILS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How a pattern meets one requirement, and why.

    Attributes:
        requirement: The requirement's name.
        fit: How well it is met.
        why: Why, in a phrase.
    """

    requirement: str
    fit: Fit
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A pattern that serves requests, works on events or both, and what is needed.

    Attributes:
        wanted: What is needed.
        pattern: The pattern.
        facts: What its template says.
    """

    wanted: Requirements
    pattern: Pattern
    facts: Facts

    @property
    def web(self) -> Web:
        """How the pattern serves requests, which it must do."""
        assert self.pattern.web is not None
        return self.pattern.web

    @property
    def events(self) -> Events:
        """How the pattern works on events, which it must do."""
        assert self.pattern.events is not None
        return self.pattern.events

    @property
    def said(self) -> Web | Events:
        """Where the pattern says what is said of requests and of events alike."""
        return self.pattern.web or self.events

    @property
    def is_front(self) -> bool:
        """Whether it stands before what runs elsewhere."""
        return self.pattern.web is not None and len([one for one in self.web.runs if one != "nothing"]) > 1

    @property
    def has_managed_endpoint(self) -> bool:
        """Whether clients come by an address that AWS keeps up."""
        return any(one in self.facts.resources for one in MANAGED_ENDPOINTS)

    @property
    def takes_edge(self) -> bool:
        """Whether an argument puts Amazon CloudFront before it, as nothing of its example says."""
        return edge(self.pattern, self.facts) == "where edge= is given"

    def run(self) -> Sequence[str]:
        """What runs: what is brought, where the pattern takes it among other things."""
        brings = self.wanted.brings
        return (brings,) if brings is not None and brings in self.said.runs else self.said.runs
