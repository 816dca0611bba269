"""Amazon CloudFront before one origin: what is cached, under which key, and what the origin gets to see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Acknowledgment, Duration, Stack, Validations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.deployed_name import unique_name
from patterns.building_blocks.domain_name import alias_records, check_public_name
from patterns.building_blocks.private_bucket import EdgeLogsBucket
from patterns.building_blocks.same_region import check_edge_certificate, check_edge_web_acl

HeaderNames = Annotated[
    Sequence[Annotated[str, Matches(r"[A-Za-z0-9-]{1,128}", "header names")]],
    Len(0, 9),
    Unit("headers"),
    Known("the cache's key"),
]
"""Headers; `Authorization` comes on top, and ten are the most that AWS takes."""
CookieNames = Annotated[
    Sequence[Annotated[str, Matches(r"[A-Za-z0-9_.-]{1,128}", "cookie names")]],
    Len(0, 10),
    Unit("cookies"),
    Known("the cache's key"),
]
QueryNames = Annotated[
    Sequence[Annotated[str, Matches(r"[A-Za-z0-9_.-]{1,128}", "names of query parameters")]],
    Len(0, 10),
    Unit("query parameters"),
    Known("the cache's key"),
]
TimeInCache = Annotated[
    Duration, Interval(ge=timedelta(seconds=0), le=timedelta(days=365)), Known("which time is the longest")
]
"""A time in CloudFront's cache, which may be none at all."""
SOMETHING_IS_CACHED = Interval(ge=timedelta(seconds=1), le=timedelta(days=365))
"""The longest time of a policy with a key or compression: CloudFront refuses these where nothing is ever cached."""
LongestTime = Annotated[Duration, SOMETHING_IS_CACHED, Known("which time is the longest")]
"""The longest time in CloudFront's cache."""
PathPatterns = Annotated[
    Sequence[
        Annotated[
            str, Matches(r"/[A-Za-z0-9_.$/~\"'@:+*?-]{0,254}", "paths from the first slash, in which * stands for any")
        ]
    ],
    Len(0, 24),
    Unit("paths"),
    Known("what is cached"),
]

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html
_NEVER_IN_A_KEY = ("authorization", "cookie", "accept-encoding")
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
_NOT_TAKEN = frozenset((
    "cache-control", "connection", "content-length", "max-forwards", "pragma", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "request-range", "te", "trailer", "transfer-encoding", "upgrade",
    "x-amz-cf-id", "x-forwarded-proto", "x-real-ip",
))  # fmt: skip
# The statuses that CloudFront keeps for ten seconds where nothing else is said:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeCache:
    """What is cached at the edge, and what tells cached answers apart.

    The `Authorization` header always does: who sends one is never given what another was answered.

    Attributes:
        headers: Headers that tell answers apart.
        cookies: Cookies that do.
        queries: Query parameters that do; None: all of them.
        usual_time: How long an answer is kept that says nothing of it.
        longest_time: How long one is kept at most, whatever it says.
        error_time: How long an error is kept that says nothing of it.
        uncached_paths: Paths that are never cached.
        cached_paths: The only paths that are cached; None: all but `uncached_paths`.

    Raises:
        ValueError: If a header cannot be named, or the usual time is longer than the longest.
    """

    headers: Sequence[str] = ()
    cookies: Sequence[str] = ()
    queries: Sequence[str] | None = None
    usual_time: Duration = field(default_factory=lambda: Duration.seconds(0))
    longest_time: Duration = field(default_factory=lambda: Duration.days(1))
    error_time: Duration = field(default_factory=lambda: Duration.seconds(0))
    uncached_paths: Sequence[str] = ()
    cached_paths: Sequence[str] | None = None

    def __post_init__(self) -> None:
        for name in self.headers:
            if name.lower() in _NEVER_IN_A_KEY:
                raise ValueError(
                    f"key_headers must not name {name}: Authorization is always in the key, cookies are named by "
                    "key_cookies, and encodings are told apart as they are"
                )
            if name.lower() in _NOT_TAKEN or name.lower().startswith("x-edge-"):
                raise ValueError(f"key_headers must not name {name}: CloudFront takes it into no key")
        # Headers have no case; cookies and query parameters have.
        named = {"key_headers": [one.lower() for one in self.headers], "key_cookies": self.cookies,
                 "key_queries": self.queries or ()}  # fmt: skip
        for argument, names in named.items():
            if twice := sorted({one for one in names if list(names).count(one) > 1}):
                raise ValueError(f"{argument} must differ, got {twice[0]} twice")
        if self.usual_time.to_seconds() > self.longest_time.to_seconds():
            raise ValueError(
                f"usual_time must be up to longest_time, {self.longest_time.to_seconds():.0f} seconds, got "
                f"{self.usual_time.to_seconds():.0f} seconds"
            )

    def policy(self, scope: Construct) -> cloudfront.CachePolicy:
        """Make the cache policy. Zero as the shortest time leaves the last word to `no-store` and `private`.

        Args:
            scope: Parent construct.

        Returns:
            The policy.
        """
        if self.queries is None:
            query = cloudfront.CacheQueryStringBehavior.all()
        elif self.queries:
            query = cloudfront.CacheQueryStringBehavior.allow_list(*self.queries)
        else:
            query = cloudfront.CacheQueryStringBehavior.none()
        cookies = cloudfront.CacheCookieBehavior
        return cloudfront.CachePolicy(
            scope,
            "CachePolicy",
            cache_policy_name=cache_policy_name(scope, "CachePolicy"),
            comment=f"What tells answers apart: {scope.node.path}"[:128],
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list("Authorization", *self.headers),
            cookie_behavior=cookies.allow_list(*self.cookies) if self.cookies else cookies.none(),
            query_string_behavior=query,
            default_ttl=self.usual_time,
            max_ttl=self.longest_time,
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )


def cache_policy_name(scope: Construct, construct_id: str) -> str | None:
    """Name a cache policy, which an account has once, in whatever Region its stack is.

    Args:
        scope: Parent construct of the policy.
        construct_id: Its id.

    Returns:
        At most 128 characters; None where the CDK's own name will do.

    Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html
    """
    name = unique_name(scope, construct_id, longest=110)
    return None if name is None else f"{name}-{Stack.of(scope).region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeName:
    """Where a distribution answers, and what filters its requests.

    Attributes:
        domain_name: The name that clients use; None: CloudFront's own.
        certificate: Its certificate, in us-east-1.
        hosted_zone: The zone of its IPv4 and IPv6 records; None: no records are made.
        web_acl: The web ACL that filters requests, with the scope CLOUDFRONT; None: none.
    """

    domain_name: str | None
    certificate: acm.ICertificate | None
    hosted_zone: route53.IHostedZone | None
    web_acl: aws_wafv2.IWebACLRef | None

    def check(self) -> None:
        """Refuse what no distribution can be made of.

        Raises:
            ValueError: If a part of the name is missing, the name is outside the zone, or certificate or web ACL are
                not CloudFront's.
        """
        check_public_name(self.domain_name, self.certificate, self.hosted_zone)
        check_edge_certificate(self.certificate)
        check_edge_web_acl(self.web_acl)

    def publish(self, scope: Construct, distribution: cloudfront.IDistribution) -> None:
        """Make the records of the name, of IPv4 and IPv6, where there is a zone for them.

        Args:
            scope: Parent construct.
            distribution: What answers at the name.
        """
        if self.domain_name is not None and self.hosted_zone is not None:
            alias_records(scope, self.hosted_zone, self.domain_name, targets.CloudFrontTarget(distribution))


class EdgeDistribution(Construct):
    """A CloudFront distribution before one origin, whose cache key is all that the origin sees of a cached request.

    What reaches the origin without being in the key is how one caller is given another's answer: so nothing does.
    Paths that are never cached see everything but the `Host` header, which API Gateway answers 403 to, unless the
    origin answers at the clients' own name.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        origin: The origin.
        cache: What is cached.
        name: Where it answers.
        own_host: Whether the origin is asked by the name that clients use. Default: no.

    Attributes:
        distribution (cloudfront.Distribution): The distribution.
        access_logs (s3.Bucket): Its access logs.
        url (str): Where it answers.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        origin: cloudfront.IOrigin,
        cache: EdgeCache,
        name: EdgeName,
        own_host: bool = False,
    ) -> None:
        name.check()
        super().__init__(scope, construct_id)
        self.access_logs: s3.Bucket = EdgeLogsBucket(self, "AccessLogs")
        uncached = cloudfront.BehaviorOptions(
            origin=origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER
            if own_host
            else cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )
        # An account has 20 cache policies: none is made where nothing is cached.
        cached = uncached if cache.cached_paths == () else self._cached(origin, cache)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Before {scope.node.path}"[:128],
            default_behavior=cached if cache.cached_paths is None else uncached,
            additional_behaviors={
                **dict.fromkeys(cache.uncached_paths, uncached),
                **dict.fromkeys(cache.cached_paths or (), cached),
            }
            or None,
            certificate=name.certificate,
            domain_names=None if name.domain_name is None else [name.domain_name],
            enable_logging=True,
            log_bucket=self.access_logs,
            log_includes_cookies=False,
            error_responses=[cloudfront.ErrorResponse(http_status=status, ttl=cache.error_time) for status in _ERRORS],
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            minimum_protocol_version=None
            if name.certificate is None
            else cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            web_acl_id=None if name.web_acl is None else name.web_acl.web_acl_ref.web_acl_arn,
        )
        self.url = f"https://{name.domain_name or self.distribution.distribution_domain_name}/"
        self._web_acl = name.web_acl
        name.publish(self, self.distribution)
        self._acknowledge(name)

    def _cached(self, origin: cloudfront.IOrigin, cache: EdgeCache) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cached_methods=cloudfront.CachedMethods.CACHE_GET_HEAD,
            cache_policy=cache.policy(self),
            compress=True,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )

    def update_statements(self) -> list[iam.PolicyStatement]:
        """Say what a role needs to get the distribution's configuration and put it back with a change.

        CloudFront asks in the caller's name whether the logs' bucket has its ACL, and for the web ACL.

        Returns:
            The statements.

        Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cf-api-permissions-ref.html
        """
        wanted = [
            (["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"], self.distribution.distribution_arn),
            (["s3:GetBucketAcl", "s3:PutBucketAcl"], self.access_logs.bucket_arn),
        ]
        if self._web_acl is not None:
            wanted.append((["wafv2:GetWebACL"], self._web_acl.web_acl_ref.web_acl_arn))
        return [iam.PolicyStatement(actions=actions, resources=[arn]) for actions, arn in wanted]

    def _acknowledge(self, name: EdgeName) -> None:
        reasons = {
            "CFR1": "Which countries are served is known to who owns the application; none is shut out by default.",
            "CFR2": "Which requests to filter is known to who owns the application: a web ACL is passed in."
            if name.web_acl is None
            else "",
            "CFR4": "CloudFront's own name has CloudFront's own certificate, whose protocols cannot be chosen; with a "
            "domain name of one's own it is TLS 1.2 and newer."
            if name.domain_name is None
            else "",
        }
        for rule, reason in reasons.items():
            if reason:
                Validations.of(self.distribution).acknowledge(
                    Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
                )
        Validations.of(self.access_logs).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-S1",
                reason="This bucket holds a distribution's access logs; logging its own delivery needs another.",
            )
        )
