"""What stands before a load balancer at the edge, and which of its answers are kept there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Len, Unit
from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk.interfaces.aws_wafv2 import IWebACLRef

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.edge_distribution import (
    CookieNames,
    EdgeCache,
    LongestTime,
    PathPatterns,
    QueryNames,
    TimeInCache,
)
from patterns.building_blocks.same_region import check_edge_certificate, check_edge_web_acl

KeyHeaders = Annotated[
    Sequence[Annotated[str, Matches(r"[A-Za-z0-9-]{1,128}", "header names")]],
    Len(0, 8),
    Unit("headers"),
    Known("the cache's key"),
]
"""Headers; `Authorization` and `Host` come on top, and ten are the most that AWS takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeFront:
    """Amazon CloudFront before a load balancer, which is internal then and lets in nothing else.

    Nothing is cached unless `cached_paths` says so.

    Attributes:
        certificate: The certificate of the name that clients use, in us-east-1.
        web_acl: A web ACL of CloudFront, which filters requests at the edge. Default: none.
        cached_paths: Paths whose answers to GET and HEAD are cached, such as `/static/*`. Default: none.
        key_headers: Headers that tell cached answers apart and reach the application, such as "Accept-Language".
            `Authorization` and `Host` always do. Default: none beside them.
        key_cookies: Cookies that do. Default: none.
        key_queries: Query parameters that do. Default: all.
        usual_time: How long an answer is kept that says nothing of it. Default: not at all.
        longest_time: How long one is kept at most, whatever it says. Default: one day.
        error_time: How long an error is kept that says nothing of it, on any path. Default: not at all.
    """

    certificate: acm.ICertificate
    web_acl: IWebACLRef | None = None
    cached_paths: PathPatterns = ()
    key_headers: KeyHeaders = ()
    key_cookies: CookieNames = ()
    key_queries: QueryNames | None = None
    usual_time: TimeInCache | None = None
    longest_time: LongestTime | None = None
    error_time: TimeInCache | None = None

    def check(self, domain_name: str | None) -> None:
        """Refuse what no distribution can be made of.

        Args:
            domain_name: The name that clients use.

        Raises:
            ValueError: If there is no name, certificate or web ACL are not CloudFront's, or what tells cached answers
                apart is said where nothing is cached.
        """
        if domain_name is None:
            raise ValueError("edge needs domain_name: the load balancer's certificate must be that of a known name")
        check_edge_certificate(self.certificate, argument="edge: certificate")
        check_edge_web_acl(self.web_acl, argument="edge: web_acl")
        of_cache = {
            "key_headers": bool(self.key_headers),
            "key_cookies": bool(self.key_cookies),
            "key_queries": self.key_queries is not None,
            "usual_time": self.usual_time is not None,
            "longest_time": self.longest_time is not None,
        }
        given = [name for name, is_given in of_cache.items() if is_given]
        if given and not self.cached_paths:
            raise ValueError(f"edge: {given[0]} needs cached_paths: nothing is cached without them")
        if any(one.lower() == "host" for one in self.key_headers):
            raise ValueError("edge: key_headers must not name Host: it always tells answers apart")
        try:
            self.cache()
        except ValueError as error:
            raise ValueError(f"edge: {error}") from None

    def cache(self) -> EdgeCache:
        """Say what is cached.

        Returns:
            What is cached, and what tells cached answers apart. The load balancer is asked by the clients' own name,
            so the name is a part of the key.

        Raises:
            ValueError: If a header cannot be named, or the usual time is longer than the longest.
        """
        return EdgeCache(
            headers=("Host", *self.key_headers),
            cookies=self.key_cookies,
            queries=self.key_queries,
            usual_time=self.usual_time or Duration.seconds(0),
            longest_time=self.longest_time or Duration.days(1),
            error_time=self.error_time or Duration.seconds(0),
            cached_paths=tuple(self.cached_paths),
        )
