"""A local cloud that runs: its clients, its logs and notes, and its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, TypeVar, Unpack, overload

from botocore.exceptions import ClientError

from patternkit.localcloud import clients
from patternkit.localcloud.addresses import Caller
from patternkit.localcloud.errors import DeadlinePassed, LocalCloudError
from patternkit.localcloud.polling import polls
from patternkit.localcloud.report import Provisioned, read_notes
from patternkit.localcloud.server import Server

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

T = TypeVar("T")


class Where(TypedDict, total=False):
    """Where a client acts, if not in the cloud's own account and region."""

    account: str
    region: str


class RunningCloud:
    """An AWS on this machine that runs, with what is asked of it.

    Attributes:
        account: The account that stacks without one go to, and that clients act in.
        region: The region likewise.
        enforce_iam: Whether permissions are checked.
        preflight: Whether templates are held to the rules for what AWS would refuse.
    """

    def __init__(
        self, server: Server, *, account: str, region: str, enforce_iam: bool, preflight: bool = False
    ) -> None:
        self.account = account
        self.region = region
        self.enforce_iam = enforce_iam
        self.preflight = preflight
        self._server = server
        self._clients = clients.Clients(url=server.url, secret=server.secret, authority=server.authority)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server and every function that it runs. May be called again."""
        self._clients.close()
        self._server.stop()

    @property
    def endpoint_url(self) -> str:
        """The URL of every service, such as `http://127.0.0.1:40123`."""
        return self._server.url

    @property
    def certificate_authority(self) -> Path | None:
        """The PEM file of the authority that clients must trust; None without TLS."""
        return self._server.authority

    def caller(self, *, account: str, region: str) -> Caller:
        """Return how curl calls this run: with its key in a file that only you can read."""
        return Caller(
            endpoint=self.endpoint_url,
            region=region,
            key_file=self._server.key_file(account),
            authority=self._server.authority,
        )

    def environment(self, inherit: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment with which the CDK CLI or any SDK talks to this cloud, and to it only.

        It holds this run's secret: whoever has it can run code as you while the cloud runs.

        Args:
            inherit: Variables to start from, such as `os.environ`; those that could lead elsewhere (`AWS_*`,
                `CDK_*`, proxies) are left out. Default: none, only the variables that bind.
        """
        return clients.environment(
            url=self.endpoint_url,
            account=self.account,
            secret=self._server.secret,
            region=self.region,
            authority=self._server.authority,
            inherit=inherit,
        )

    @overload
    def client(self, service: Literal["cloudformation"], **where: Unpack[Where]) -> CloudFormationClient: ...
    @overload
    def client(self, service: Literal["dynamodb"], **where: Unpack[Where]) -> DynamoDBClient: ...
    @overload
    def client(self, service: Literal["events"], **where: Unpack[Where]) -> EventBridgeClient: ...
    @overload
    def client(self, service: Literal["kms"], **where: Unpack[Where]) -> KMSClient: ...
    @overload
    def client(self, service: Literal["lambda"], **where: Unpack[Where]) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["logs"], **where: Unpack[Where]) -> CloudWatchLogsClient: ...
    @overload
    def client(self, service: Literal["s3"], **where: Unpack[Where]) -> S3Client: ...
    @overload
    def client(self, service: Literal["scheduler"], **where: Unpack[Where]) -> EventBridgeSchedulerClient: ...
    @overload
    def client(self, service: Literal["sns"], **where: Unpack[Where]) -> SNSClient: ...
    @overload
    def client(self, service: Literal["sqs"], **where: Unpack[Where]) -> SQSClient: ...
    @overload
    def client(self, service: Literal["stepfunctions"], **where: Unpack[Where]) -> SFNClient: ...
    @overload
    def client(self, service: str, **where: Unpack[Where]) -> Any: ...

    def client(self, service: str, **where: Unpack[Where]) -> Any:
        """Return a boto3 client that talks to this cloud: no hidden retries, timeouts set, made once.

        Args:
            service: As boto3 names it, such as `s3`.
            **where: `account=` whom it acts as, `region=` where. Default: the cloud's own.
        """
        account, region = where.get("account", self.account), where.get("region", self.region)
        return self._clients.client(service, account=account, region=region)

    def logs(self, function_name: str) -> str:
        """Return what a function has logged, oldest first; empty when it has not run.

        Args:
            function_name: Its name, as its physical id gives it.

        Raises:
            LocalCloudError: There is no such function.
        """
        functions, logs = self.client("lambda"), self.client("logs")
        try:
            configuration = functions.get_function_configuration(FunctionName=function_name)
        except ClientError as error:
            raise LocalCloudError(f"no logs of {function_name}: {error.response['Error']['Message']}") from None
        group = configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function_name}"
        lines: list[tuple[int, str]] = []
        try:
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                lines += [(event["timestamp"], event["message"].rstrip("\n")) for event in page["events"]]
        except logs.exceptions.ResourceNotFoundException:
            return ""
        return "\n".join(message for _, message in sorted(lines, key=lambda line: line[0]))

    def wait_for(self, predicate: Callable[[], T | None], *, what: str, deadline: float = 30.0) -> T:
        """Call a predicate until it gives something true, and return that.

        An answer of AWS that is an error (the object is not there yet) counts as not true; any other
        exception is raised.

        Args:
            predicate: Asks for what is expected.
            what: What is expected, for the error: `the thumbnail`.
            deadline: In seconds.

        Raises:
            DeadlinePassed: It never came true. The error has the last value and the end of the server's log.
        """
        last: object = None
        for _ in polls(deadline):
            self.check_running()
            try:
                value = predicate()
            except ClientError as error:
                last = error
                continue
            if value:
                return value
            last = value
        raise DeadlinePassed(f"waited {deadline:g} seconds for {what}, last seen: {last!r}", detail=self.log_tail())

    def notes(self) -> dict[tuple[str, str, str], Provisioned]:
        """Return what the server wrote down of each resource, by type, logical id and physical id."""
        return read_notes(self._server.reads)

    def log_tail(self) -> str:
        """Return the end of the server's own log."""
        return self._server.log_tail()

    def check_running(self) -> None:
        """Raise `LocalCloudError` when the server has ended."""
        if not self._server.running:
            raise LocalCloudError("the local cloud is not running", detail=self.log_tail())
