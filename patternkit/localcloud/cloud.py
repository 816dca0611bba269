"""The local cloud as its users see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, TypeVar, Unpack, overload
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from patternkit.localcloud import clients
from patternkit.localcloud.addresses import Caller
from patternkit.localcloud.app import Outcome, deploy_each
from patternkit.localcloud.assembly import AssemblyStack, read_assembly
from patternkit.localcloud.deployment import Deployment, deploy_stack
from patternkit.localcloud.errors import DeadlinePassed, LocalCloudError
from patternkit.localcloud.polling import polls
from patternkit.localcloud.progress import OnProgress
from patternkit.localcloud.report import Provisioned, read_notes
from patternkit.localcloud.server import Server
from patternkit.localcloud.support import check_supported

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

DEFAULT_ACCOUNT = "000000000000"

T = TypeVar("T")


class Where(TypedDict, total=False):
    """Where a client acts, if not in the cloud's own account and region."""

    account: str
    region: str


class LocalCloud:
    """An AWS on this machine: started, deployed to, asked, and stopped.

    Use it as a context manager. However the block is left, and however the process ends, the server and the
    functions that it runs end too.

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

    @classmethod
    def start(
        cls,
        *,
        region: str = "us-east-1",
        account: str = DEFAULT_ACCOUNT,
        enforce_iam: bool = False,
        preflight: bool = False,
        tls: bool | None = None,
        origins: Sequence[str] = (),
        deadline: float = 30.0,
    ) -> Self:
        """Start a local cloud on a free loopback port, with a secret of its own.

        Whoever does not sign with that secret reaches only what a deployed template makes public.

        Args:
            region: Where stacks without a region go. Default: `us-east-1`.
            account: Where stacks without an account go, twelve digits.
            enforce_iam: Whether permissions are checked: execution roles, bucket and queue policies. Default:
                no.
            preflight: Whether each template is held to cdk-preflight's rules while it is deployed, and the report
                says what AWS would refuse of it. It takes about four seconds of a processor for each stack.
                Default: no.
            tls: Whether the endpoint is https, with a certificate made for this run. Policies that deny what
                is not `aws:SecureTransport` are only evaluated with `enforce_iam`, and then need it. Default:
                as `enforce_iam`.
            origins: Origins of web pages that may talk to it, such as `https://shop.example.com`. Default: pages
                of this machine, and those that a template's CORS settings name.
            deadline: Seconds until it must be ready.

        Raises:
            ValueError: The account or an origin is not one.
            StartFailed: It did not come up.
        """
        if not (account.isascii() and account.isdigit() and len(account) == clients.ACCOUNT_DIGITS):
            raise ValueError(f"account must be 12 digits, got {account}")
        for origin in origins:
            page = urlsplit(origin)
            if page.scheme not in ("http", "https") or not page.netloc or origin != f"{page.scheme}://{page.netloc}":
                raise ValueError(f"origins must be a scheme and a host such as https://shop.example.com, got {origin}")
        server = Server(
            account=account,
            region=region,
            enforce_iam=enforce_iam,
            tls=enforce_iam if tls is None else tls,
            origins=tuple(origins),
            deadline=deadline,
        )
        return cls(server, account=account, region=region, enforce_iam=enforce_iam, preflight=preflight)

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

    def deploy(
        self,
        assembly_directory: Path | str,
        stack: str | None = None,
        *,
        on_progress: OnProgress | None = None,
        deadline: float = 120.0,
    ) -> Deployment:
        """Deploy a stack of an assembly, after the stacks that it depends on. Updates it when it is there.

        Args:
            assembly_directory: What `cdk synth` wrote, with handlers built for this machine's interpreter.
            stack: Its name; only needed where the assembly holds several.
            on_progress: Called for each published asset and each CloudFormation event.
            deadline: Seconds for each stack.

        Raises:
            Unsupported: It holds resources that the local cloud cannot run; nothing was deployed.
            DeploymentFailed: CloudFormation failed; it says which resource and why.
            DeadlinePassed: It took longer.
            LocalCloudError: The directory is not an assembly, or has no such stack.
        """
        assembly = read_assembly(Path(assembly_directory))
        wanted = assembly.with_dependencies(assembly.stack(stack))
        return self._deploy(wanted, on_progress, deadline)[-1]

    def deploy_all(
        self,
        assembly_directory: Path | str,
        *,
        on_progress: OnProgress | None = None,
        deadline: float = 120.0,
    ) -> tuple[Deployment, ...]:
        """Deploy every stack of an assembly, each after those that it depends on. See `deploy`."""
        return self._deploy(read_assembly(Path(assembly_directory)).stacks, on_progress, deadline)

    def deploy_each(
        self,
        assembly_directory: Path | str,
        stacks: Sequence[str] = (),
        *,
        parameters: Sequence[str] = (),
        on_progress: OnProgress | None = None,
        deadline: float = 120.0,
    ) -> tuple[Outcome, ...]:
        """Deploy stacks of an app one by one: what cannot run is left out with what needs it, the rest is deployed.

        Args:
            assembly_directory: What `cdk synth` wrote.
            stacks: Their names; those that they depend on come too. Default: all.
            parameters: Values of the templates' parameters, each `NAME=VALUE` or `STACK:NAME=VALUE`.
            on_progress: See `deploy`.
            deadline: Seconds for each stack.

        Returns:
            What became of each stack, in the order of deployment.

        Raises:
            LocalCloudError: The directory is not an assembly, or has no such stack or parameter.
        """
        self.check_running()
        return deploy_each(
            self,
            read_assembly(Path(assembly_directory)),
            stacks,
            parameters=parameters,
            on_progress=on_progress,
            deadline=deadline,
        )

    def _deploy(
        self, stacks: tuple[AssemblyStack, ...], on_progress: OnProgress | None, deadline: float
    ) -> tuple[Deployment, ...]:
        self.check_running()
        try:
            check_supported(stacks, self.client("cloudformation"))
            return tuple(deploy_stack(self, stack, on_progress=on_progress, deadline=deadline) for stack in stacks)
        except (BotoCoreError, ClientError) as error:
            # A name, a tag or a place that no service takes.
            raise LocalCloudError(f"the assembly cannot be deployed: {' '.join(str(error).split())}") from None

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

    def wait_for(self, predicate: Callable[[], T], *, what: str, deadline: float = 30.0) -> T:
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

    def notes(self) -> dict[tuple[str, str], Provisioned]:
        """Return what the server wrote down of each resource that it provisioned, by type and physical id."""
        return read_notes(self._server.reads)

    def log_tail(self) -> str:
        """Return the end of the server's own log."""
        return self._server.log_tail()

    def check_running(self) -> None:
        """Raise `LocalCloudError` when the server has ended."""
        if not self._server.running:
            raise LocalCloudError("the local cloud is not running", detail=self.log_tail())
