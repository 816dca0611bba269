"""A distribution whose function gives each visitor a variant of a site, and keeps them at it."""

import json
from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Acknowledgment, Aws, Duration, Fn, Names, RemovalPolicy, Token, Validations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.edge_function.access_logs import deliver_access_logs
from patterns.api.edge_function.arguments import (
    TWO_VARIANTS,
    CacheTime,
    CookieName,
    Experiment,
    QueryStrings,
    RootObject,
    StickyTime,
    Variant,
    Variants,
    check_scope,
    check_variants,
)
from patterns.api.edge_function.body_function import associate, check_body_function
from patterns.api.edge_function.origins import Origin, access_control, bucket_origin, other_origin
from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.edge_distribution import EdgeName, cache_policy_name
from patterns.building_blocks.key_policy import LOGS, let_use
from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.same_region import check_here, check_region
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

HEADER = "x-variant"
"""The header that tells the origin, and the viewer, which variant it is. It is in the cache key."""
_CODE = Path(__file__).parent / "function" / "choose.js"
_READ = ["GET", "HEAD", "OPTIONS"]
_ALL = [*_READ, "PUT", "PATCH", "POST", "DELETE"]


class EdgeFunction(Construct):
    """Divide visitors among variants of a site at the edge, keep each at theirs, and change the shares in seconds.

    Args:
        scope: Parent construct. Its stack belongs in us-east-1, where Amazon CloudFront has its logs and metrics.
        construct_id: Construct id.
        variants: The variants, and how many new visitors each gets. Default: "a" with 90 % and "b" with 10 %, each with
            a new bucket.
        experiment: The experiment; under another name everybody is given a variant anew. Default: "1".
        cookie_name: The cookie that keeps a visitor at a variant. Default: "variant".
        sticky_for: How long it does. Default: 30 days.
        query_strings: Parameters of the query that the origin needs; others are left out. Default: none.
        cache_for: How long an answer is cached whose origin does not say. Default: one day.
        root_object: What is asked for at the root. Default: "index.html".
        body_function: A version of a function in us-east-1 that AWS Lambda@Edge runs on requests to origins, with their
            bodies: for what reads a body or needs the network. Default: none.
        access_logs_bucket: Where access logs go, of the distribution and of buckets that are made here. Default: a new
            bucket.
        web_acl: An AWS WAF web ACL that filters requests, of the scope CLOUDFRONT. Default: none.
        domain_name: A domain name of one's own. Default: CloudFront's own.
        certificate: The certificate of the domain name, in us-east-1. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        encryption_key: The key that encrypts buckets that are made here, and the function's log. Default: keys that AWS
            owns.
        log_retention: How long the function's log is kept. Default: one month.
        alarm_topic: The topic that alarms notify, in us-east-1. Default: none; alarms only change state.

    Attributes:
        distribution (cloudfront.IDistribution): The distribution.
        url (str): Where the site is.
        function (cloudfront.Function): The function that chooses.
        store (cloudfront.KeyValueStore): The store whose key `weights` holds shares that are to be used instead.
        buckets (dict[str, s3.IBucket]): The buckets of variants, by the variant's name.
        function_log (logs.LogGroup): What the function logs.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        variants: Variants = TWO_VARIANTS,
        experiment: Experiment = "1",
        cookie_name: CookieName = "variant",
        sticky_for: StickyTime | None = None,
        query_strings: QueryStrings = (),
        cache_for: CacheTime | None = None,
        root_object: RootObject = "index.html",
        body_function: lambda_.IVersion | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        web_acl: aws_wafv2.IWebACLRef | None = None,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_scope(scope)
        check_variants(scope, variants, body_function)
        check_body_function(body_function)
        name = EdgeName(domain_name=domain_name, certificate=certificate, hosted_zone=hosted_zone, web_acl=web_acl)
        name.check()
        check_here(scope, encryption_key=encryption_key)
        if access_logs_bucket is not None and Token.is_unresolved(access_logs_bucket.bucket_name):
            check_region("access_logs_bucket", scope, access_logs_bucket.env.region)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        access_logs = access_logs_bucket or AccessLogsBucket(self, "Logs")
        self.store = cloudfront.KeyValueStore(
            self, "Store", comment=f"Shares of the variants of {self.node.path}"[:128]
        )
        self.function = self._chooser(variants, experiment, cookie_name, sticky_for or Duration.days(30))
        self.function_log = self._log(settings)
        behavior = self._behavior(variants[0], self._cache(query_strings, cache_for or Duration.days(1)), body_function)
        made = cloudfront.CfnDistribution(
            self,
            "Distribution",
            distribution_config=self._config(behavior, [], root_object, web_acl, domain_name, certificate),
        )
        self.buckets: dict[str, s3.IBucket] = {}
        origins = self._origins(variants, made.attr_id, access_logs, encryption_key)
        made.distribution_config = self._config(behavior, origins, root_object, web_acl, domain_name, certificate)
        arn = f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/{made.attr_id}"
        deliver_access_logs(self, distribution_arn=arn, bucket=access_logs)
        self.distribution: cloudfront.IDistribution = cloudfront.Distribution.from_distribution_attributes(
            self, "Made", distribution_id=made.attr_id, domain_name=made.attr_domain_name
        )
        self.url = f"https://{domain_name or made.attr_domain_name}/"
        name.publish(self, self.distribution)
        self._acknowledge(made, named=domain_name is not None)
        self.alarms: list[cloudwatch.Alarm] = self._watch(settings)

    @checked
    def grant_shift(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone change the shares of the variants.

        Args:
            grantee: Who may read and write the keys of the store.

        Returns:
            The grant.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[
                "cloudfront-keyvaluestore:DeleteKey",
                "cloudfront-keyvaluestore:DescribeKeyValueStore",
                "cloudfront-keyvaluestore:GetKey",
                "cloudfront-keyvaluestore:ListKeys",
                "cloudfront-keyvaluestore:PutKey",
            ],
            resource_arns=[self.store.key_value_store_arn],
        )

    @checked
    def metric_function_errors(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """The requests that the function failed at, which were answered 503.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, which exists in us-east-1 alone.
        """
        return self._function_metric("FunctionExecutionErrors", period or FIVE_MINUTES)

    @checked
    def metric_requests(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """The requests of viewers.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, which exists in us-east-1 alone.
        """
        return self._distribution_metric("Requests", "Sum", period or FIVE_MINUTES)

    def _chooser(
        self, variants: Sequence[Variant], experiment: str, cookie_name: str, sticky_for: Duration
    ) -> cloudfront.Function:
        chosen = {
            "experiment": experiment,
            "cookie": cookie_name,
            "attributes": f"Path=/; Max-Age={sticky_for.to_seconds():.0f}; Secure; HttpOnly; SameSite=Lax",
            "header": HEADER,
            "weights": {one.name: one.weight for one in variants},
        }
        code = _CODE.read_text(encoding="utf-8").replace("SETTINGS", json.dumps(chosen), 1)
        # Its log group has its name and outlives the stack: deployed anew, the function must have another one.
        deployment = Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))
        return cloudfront.Function(
            self,
            "Chooser",
            function_name=f"{Names.unique_resource_name(self, max_length=50, separator='-')}-{deployment}",
            code=cloudfront.FunctionCode.from_inline(code),
            comment=f"Chooses the variant of {self.node.path}"[:128],
            key_value_store=self.store,
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )

    def _log(self, settings: Settings) -> logs.LogGroup:
        if settings.encryption_key is not None:
            let_use(settings.encryption_key, LOGS, needed_by=self)
        return logs.LogGroup(
            self,
            "FunctionLog",
            # CloudFront writes into a group of this name, which it would make without a retention.
            log_group_name=f"/aws/cloudfront/function/{self.function.function_name}",
            retention=settings.log_retention,
            encryption_key=settings.encryption_key,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _cache(self, query_strings: Sequence[str], cache_for: Duration) -> cloudfront.CachePolicy:
        query = cloudfront.CacheQueryStringBehavior
        return cloudfront.CachePolicy(
            self,
            "CachePolicy",
            cache_policy_name=cache_policy_name(self, "CachePolicy"),
            comment=f"Tells the variants of {self.node.path} apart"[:128],
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(HEADER),
            query_string_behavior=query.allow_list(*query_strings) if query_strings else query.none(),
            # The cookie is not: the function has made a header of it, which whoever sends nonsense cannot split.
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            default_ttl=cache_for,
            max_ttl=Duration.days(365),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _behavior(
        self, first: Variant, cache: cloudfront.CachePolicy, body_function: lambda_.IVersion | None
    ) -> cloudfront.CfnDistribution.DefaultCacheBehaviorProperty:
        arn = self.function.function_arn
        return cloudfront.CfnDistribution.DefaultCacheBehaviorProperty(
            target_origin_id=first.name,
            viewer_protocol_policy="redirect-to-https",
            allowed_methods=_READ if body_function is None else _ALL,
            cached_methods=_READ[:2],
            compress=True,
            cache_policy_id=cache.cache_policy_id,
            response_headers_policy_id=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS.response_headers_policy_id,
            function_associations=[
                cloudfront.CfnDistribution.FunctionAssociationProperty(event_type=event, function_arn=arn)
                for event in ("viewer-request", "viewer-response")
            ],
            lambda_function_associations=None if body_function is None else [associate(body_function)],
        )

    def _origins(
        self,
        variants: Sequence[Variant],
        distribution_id: str,
        access_logs: s3.IBucket,
        encryption_key: kms.IKey | None,
    ) -> list[Origin]:
        control = access_control(self) if any(one.origin is None for one in variants) else None
        found = []
        for one in variants:
            if one.origin is not None or control is None:
                assert one.origin is not None
                found.append(other_origin(self, one, one.origin, distribution_id))
                continue
            bucket = one.bucket or PrivateBucket(
                self,
                f"Bucket-{one.name}",
                encryption_key=encryption_key,
                access_logs=access_logs,
                access_logs_prefix=f"{one.name}/",
            )
            self.buckets[one.name] = bucket
            found.append(bucket_origin(self, one, bucket, control=control, distribution_id=distribution_id))
        return found

    def _config(
        self,
        behavior: cloudfront.CfnDistribution.DefaultCacheBehaviorProperty,
        origins: list[Origin],
        root_object: str,
        web_acl: aws_wafv2.IWebACLRef | None,
        domain_name: str | None,
        certificate: acm.ICertificate | None,
    ) -> cloudfront.CfnDistribution.DistributionConfigProperty:
        viewer = None
        if certificate is not None:
            viewer = cloudfront.CfnDistribution.ViewerCertificateProperty(
                acm_certificate_arn=certificate.certificate_arn,
                minimum_protocol_version="TLSv1.2_2021",
                ssl_support_method="sni-only",
            )
        return cloudfront.CfnDistribution.DistributionConfigProperty(
            enabled=True,
            comment=f"Variants of {self.node.path}"[:128],
            default_cache_behavior=behavior,
            default_root_object=root_object,
            http_version="http2and3",
            ipv6_enabled=True,
            origins=origins,
            web_acl_id=None if web_acl is None else web_acl.web_acl_ref.web_acl_arn,
            aliases=None if domain_name is None else [domain_name],
            viewer_certificate=viewer,
        )

    def _acknowledge(self, made: cloudfront.CfnDistribution, *, named: bool) -> None:
        reasons = {
            "CFR1": "Who may see the site is its owner's to say, and no country is refused by itself.",
            "CFR2": "Requests are to files and are cached; which of them to filter is asked for by web_acl.",
            "CFR3": "Access logs are delivered by CloudWatch Logs (AWS::Logs::Delivery), which the rule does not know.",
        }
        if not named:
            reasons["CFR4"] = "CloudFront's own certificate has its own policy; a domain name of one's own has TLS 1.2."
        for rule, reason in reasons.items():
            Validations.of(made).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))

    def _watch(self, settings: Settings) -> list[cloudwatch.Alarm]:
        troubles = {
            "FunctionExecutionErrors": "The function at the edge failed, and requests were answered 503: read its log.",
            "FunctionValidationErrors": "CloudFront did not take what the function at the edge returned: read its log.",
            "FunctionThrottles": "The function at the edge was throttled, and requests were answered 503.",
        }
        found = [
            settings.alarm(self, name, metric=self._function_metric(name, FIVE_MINUTES), description=description)
            for name, description in troubles.items()
        ]
        errors = settings.alarm(
            self,
            "ServerErrors",
            metric=self._distribution_metric("5xxErrorRate", "Average", FIVE_MINUTES),
            threshold=5,
            evaluation_periods=3,
            description="One answer in twenty has a status from 500 on: find the variant whose origin fails.",
        )
        return [*found, errors]

    def _function_metric(self, name: str, period: Duration) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/CloudFront",
            metric_name=name,
            dimensions_map={"FunctionName": self.function.function_name, "Region": "Global"},
            statistic="Sum",
            period=period,
        )

    def _distribution_metric(self, name: str, statistic: str, period: Duration) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/CloudFront",
            metric_name=name,
            dimensions_map={"DistributionId": self.distribution.distribution_id, "Region": "Global"},
            statistic=statistic,
            period=period,
        )
