"""An API that signs uploads to Amazon S3, and a check that stands before whoever reads them."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Aws, Duration, Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.api.presigned_upload.arguments import (
    ContentTypes,
    FormLifetime,
    KeyPrefix,
    MaxSize,
    MinSize,
    MultipartAbove,
    QuarantineTime,
    check_sizes,
)
from patterns.api.presigned_upload.checking import CHECK_TIMEOUT, permit_checks, tell_of_arrivals
from patterns.api.presigned_upload.quarantine import PREFIX, quarantine_bucket
from patterns.api.presigned_upload.records import grant_read, records_table
from patterns.api.proxy_api.cors import Origins, answer_preflights, error_headers
from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.deployed_name import unique_path
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.encryption_key import key_statement, table_key_statement
from patterns.building_blocks.event_rule import lost_events
from patterns.building_blocks.granted_objects import grant_objects
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.rest_api.access import Authorization, Callers, DailyQuota
from patterns.building_blocks.rest_api.api import RestApi
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN, acknowledge_wildcard_resource

BROWSER = Path(__file__).parent / "browser"
"""The page that uploads, and the script that it uses: files to put on a site of one's own."""

METRICS_NAMESPACE = "PresignedUpload"


class PresignedUpload(RestApi):
    """Let callers upload straight to Amazon S3 by signed forms, and check each file before anybody can read it.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        content_types: Media types that are taken. Default: "image/jpeg", "image/png" and "application/pdf".
        min_size: The smallest file. Default: 1 byte.
        max_size: The largest file. Default: 100 MiB.
        multipart_above: Files above this are sent in parts, each of which can be sent again. Default: 100 MiB.
        form_lifetime: How long a form or link is good. Default: 15 minutes.
        destination_bucket: Where files go that passed the check. Default: a new bucket.
        destination_prefix: What their keys begin with. Default: nothing.
        quarantine_kept: How long a file that was refused is kept, and the record of each. Default: seven days.
        check_function: A function that is asked about each file beside the checks of size and content, within ten
            minutes: it answers {"release": true}, or false with a "reason". Default: none.
        access_logs_bucket: Where the access logs of buckets that are made here go. Default: a new bucket.
        cors_origins: Origins whose pages upload from a browser. Default: none.
        authorization: "iam" for requests signed with AWS credentials, "cognito" for tokens of a user pool, "function"
            for a function that decides, "api_key" for a key, which tells callers apart but proves little.
            Default: "iam".
        user_pools: Whose tokens are good. Required with authorization="cognito".
        authorization_scopes: What a token must allow. Default: nothing in particular.
        authorizer_function: What decides on a request with an Authorization header; its answer holds for five minutes.
            Required with authorization="function".
        api_key: The key that callers send as X-API-Key. Default: a new one, with authorization="api_key".
        daily_quota: Requests a day with the key. Default: no limit.
        rate_limit: Requests a second, more are answered 429. Default: 100.
        burst_limit: Requests at one moment, more are answered 429. Default: 200.
        web_acl: An AWS WAF web ACL that filters requests. Default: none.
        domain_name: A domain name of one's own; API Gateway's own is then turned off. Default: API Gateway's own.
        certificate: The certificate of the domain name. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        encryption_key: The key that encrypts files, records, logs and failed events. Default: keys that AWS owns.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: no.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigateway.RestApi): The API.
        url (str): Where uploads are asked for, by POST.
        quarantine (s3.Bucket): Where files arrive, which only the check reads.
        destination_bucket (s3.IBucket): Where files are that passed.
        table (dynamodb.Table): What was asked for, and what became of it.
        forms (lambda_.Function): What signs.
        checks (lambda_.Function): What checks and releases.
        dead_letters (sqs.Queue): Events of files that could not be checked.
        access_log (logs.LogGroup): What came and how it was answered, without bodies.
        api_key (apigateway.IApiKey | None): The key that callers send, if one is needed.
        domain (apigateway.DomainName | None): The domain of one's own.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        content_types: ContentTypes = ("image/jpeg", "image/png", "application/pdf"),
        min_size: MinSize | None = None,
        max_size: MaxSize | None = None,
        multipart_above: MultipartAbove | None = None,
        form_lifetime: FormLifetime | None = None,
        destination_bucket: s3.IBucket | None = None,
        destination_prefix: KeyPrefix = "",
        quarantine_kept: QuarantineTime | None = None,
        check_function: lambda_.IFunction | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        cors_origins: Origins = (),
        authorization: Authorization = "iam",
        user_pools: Sequence[cognito.IUserPool] = (),
        authorization_scopes: Sequence[str] = (),
        authorizer_function: lambda_.IFunction | None = None,
        api_key: apigateway.IApiKey | None = None,
        daily_quota: DailyQuota | None = None,
        rate_limit: RateLimit = 100,
        burst_limit: BurstLimit = 200,
        web_acl: aws_wafv2.IWebACLRef | None = None,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        encryption_key: kms.IKey | None = None,
        cloudwatch_role: bool = True,
        execution_log: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        smallest, largest = min_size or Size.bytes(1), max_size or Size.mebibytes(100)
        check_sizes(smallest, largest)
        check_here(scope, check_function=check_function)
        lifetime, kept = form_lifetime or Duration.minutes(15), quarantine_kept or Duration.days(7)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        super().__init__(
            scope,
            construct_id,
            description="Signs uploads",
            callers=Callers(authorization, user_pools, authorization_scopes, authorizer_function, api_key, daily_quota),
            exposure=Exposure(rate_limit, burst_limit, web_acl, domain_name, certificate, hosted_zone),
            logging=Logging(cloudwatch_role, execution_log),
            settings=settings,
            error_headers=error_headers(cors_origins),
        )
        access_logs = access_logs_bucket or AccessLogsBucket(self, "AccessLogs")
        self.quarantine: s3.Bucket = quarantine_bucket(
            self,
            encryption_key=encryption_key,
            access_logs=access_logs,
            lifetime=lifetime,
            kept=kept,
            origins=cors_origins,
        )
        self.destination_bucket: s3.IBucket = destination_bucket or PrivateBucket(
            self,
            "Released",
            encryption_key=encryption_key,
            access_logs=access_logs,
            access_logs_prefix="released/",
        )
        self._destination_prefix = destination_prefix
        self.table = records_table(self, encryption_key)
        environment = {
            "KEPT_SECONDS": f"{kept.to_seconds():.0f}",
            "QUARANTINE_BUCKET": self.quarantine.bucket_name,
            "TABLE_NAME": self.table.table_name,
        }
        rules = {
            "CONTENT_TYPES": ",".join(content_types),
            "CORS_ORIGINS": ",".join(cors_origins),
            "LIFETIME_SECONDS": f"{lifetime.to_seconds():.0f}",
            "MAX_SIZE": f"{largest.to_bytes():.0f}",
            "MIN_SIZE": f"{smallest.to_bytes():.0f}",
            "MULTIPART_ABOVE": f"{(multipart_above or Size.mebibytes(100)).to_bytes():.0f}",
            # The SDK would sign for the global endpoint, whose redirect a browser's preflight does not follow.
            "S3_ENDPOINT": f"https://s3.{Aws.REGION}.{Aws.URL_SUFFIX}",
        }
        forms = self._function("Forms", "Signs uploads", environment | rules, settings, timeout=Duration.seconds(29))
        self.forms = forms.function
        self._permit_forms(forms)
        self._answer(cors_origins)
        self.alarms += forms.alarms
        self._check_arrivals(environment, destination_prefix, check_function, settings)

    @checked
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone ask for uploads, and for what became of them.

        Args:
            grantee: Who may.

        Returns:
            The grant.

        Raises:
            ValueError: If the API does not ask AWS IAM who may call it.
        """
        return self._grant(grantee, self.api.arn_for_execute_api("*", "/*", self._stage.stage_name))

    @checked
    def grant_read_released(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone read the files that passed the check.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return grant_objects(grantee, self.destination_bucket, "read", prefix=self._destination_prefix)

    @checked
    def grant_read_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone look up who asked for an upload, and under which name: the key of its file ends with its id.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return grant_read(self.table, grantee)

    @checked
    def metric_uploads_refused(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the files that did not pass the check.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in files.
        """
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name="UploadsRefused",
            dimensions_map={"service": unique_path(self)},
            statistic="Sum",
            period=period or FIVE_MINUTES,
        )

    def _function(
        self,
        construct_id: str,
        description: str,
        environment: dict[str, str],
        settings: Settings,
        *,
        timeout: Duration,
        failed: DeadLetterQueue | None = None,
    ) -> LambdaFunction:
        architecture = lambda_.Architecture.ARM_64
        made = LambdaFunction(
            self,
            construct_id,
            description=description,
            code=python_code(self, Path(__file__).parent / "handler", runtime=PYTHON, architecture=architecture),
            handler=f"uploads.{construct_id.lower()}.handler",
            architecture=architecture,
            memory=Size.mebibytes(512),
            timeout=timeout,
            environment=environment,
            settings=settings,
            dead_letters=failed,
        )
        if failed is None:
            reason = "API Gateway invokes it synchronously and tells the caller of a failure: no event is left to keep."
            made.acknowledge_no_dead_letter_configuration(reason)
        return made

    def _permit_forms(self, forms: LambdaFunction) -> None:
        arrivals = self.quarantine.arn_for_objects(f"{PREFIX}*")
        # What a form or a link lets its bearer do is done as the role that signed it.
        actions = ["s3:ListMultipartUploadParts", "s3:PutObject"]
        statements = [
            iam.PolicyStatement(actions=actions, resources=[arrivals]),
            iam.PolicyStatement(actions=["dynamodb:GetItem", "dynamodb:PutItem"], resources=[self.table.table_arn]),
        ]
        if self.quarantine.encryption_key is not None:
            # Parts are decrypted to be put together.
            statements.append(key_statement(self.quarantine.encryption_key, "kms:Decrypt", "kms:GenerateDataKey"))
        if self.table.encryption_key is not None:
            statements.append(table_key_statement(self.table.encryption_key))
        forms.permit(statements)
        acknowledge_wildcard_resource(forms.role, arrivals, OBJECT_KEYS_UNKNOWN)

    def _check_arrivals(
        self,
        environment: dict[str, str],
        destination_prefix: str,
        check_function: lambda_.IFunction | None,
        settings: Settings,
    ) -> None:
        failed = DeadLetterQueue(
            self, "DeadLetters", holds="events of files that could not be checked", settings=settings
        )
        self.dead_letters = failed.queue
        targets = {
            "DESTINATION_BUCKET": self.destination_bucket.bucket_name,
            "DESTINATION_PREFIX": destination_prefix,
            "SERVICE": unique_path(self),
            **({"CHECK_FUNCTION": check_function.function_arn} if check_function is not None else {}),
        }
        checks = self._function(
            "Checks",
            "Checks and releases uploads",
            environment | targets,
            settings,
            timeout=CHECK_TIMEOUT,
            failed=failed,
        )
        self.checks = checks.function
        permit_checks(
            checks,
            quarantine=self.quarantine,
            destination=self.destination_bucket,
            destination_prefix=destination_prefix,
            table=self.table,
            check_function=check_function,
        )
        arrivals = tell_of_arrivals(self, self.quarantine, self.checks, failed)
        self.alarms += [*checks.alarms, failed.alarm]
        self._watch(arrivals)

    def _answer(self, origins: Sequence[str]) -> None:
        uploads = self.api.root.add_resource("uploads")
        one = uploads.add_resource("{upload}")
        validator = self.api.add_request_validator(
            "Bodies", validate_request_body=True, validate_request_parameters=True
        )
        model = self.api.add_model(
            "Body", schema=apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT, max_properties=10)
        )
        ways = [
            ("POST", uploads),
            ("GET", one),
            ("POST", one.add_resource("links")),
            ("POST", one.add_resource("complete")),
        ]
        for method, resource in ways:
            self._add_method(
                resource,
                method,
                apigateway.LambdaIntegration(self.forms, allow_test_invoke=False),
                request_validator=validator,
                request_models={"application/json": model} if method == "POST" else None,
            )
            if origins:
                answer_preflights(resource, origins)
        self.url = self._url("/uploads")

    def _watch(self, arrivals: events.Rule) -> None:
        self._alarm(
            "ServerErrors",
            metric=self._stage.metric_server_error(statistic="Sum", period=FIVE_MINUTES),
            description="Requests were answered with a status from 500: read the log of the function that signs.",
        )
        self._alarm(
            "EventsLost",
            metric=lost_events(arrivals.rule_name),
            description="The check could not be invoked with files that arrived: look at its permission and throttles.",
        )
