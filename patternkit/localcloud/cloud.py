"""The local cloud as its users see it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from patternkit.localcloud import clients
from patternkit.localcloud.app import Outcome, deploy_each
from patternkit.localcloud.assembly import AssemblyStack, read_assembly
from patternkit.localcloud.deployment import Deployment, deploy_stack
from patternkit.localcloud.errors import LocalCloudError
from patternkit.localcloud.progress import OnProgress
from patternkit.localcloud.running_cloud import RunningCloud
from patternkit.localcloud.server import Server
from patternkit.localcloud.support import check_supported

DEFAULT_ACCOUNT = "000000000000"


class LocalCloud(RunningCloud):
    """An AWS on this machine: started, deployed to, asked, and stopped.

    Use it as a context manager. However the block is left, and however the process ends, the server and the
    functions that it runs end too.

    Attributes:
        account: The account that stacks without one go to, and that clients act in.
        region: The region likewise.
        enforce_iam: Whether permissions are checked.
        preflight: Whether templates are held to the rules for what AWS would refuse.
    """

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
        ssm: Sequence[str] = (),
        on_progress: OnProgress | None = None,
        deadline: float = 120.0,
    ) -> tuple[Outcome, ...]:
        """Deploy stacks of an app one by one: what cannot run is left out with what needs it, the rest is deployed.

        Args:
            assembly_directory: What `cdk synth` wrote.
            stacks: Their names; those that they depend on come too. Default: all.
            parameters: Values of the templates' parameters, each `NAME=VALUE` or `STACK:NAME=VALUE`.
            ssm: What the Parameter Store holds before the stacks are deployed, in each of their accounts and
                Regions: each `NAME=VALUE`. Default: nothing.
            on_progress: See `deploy`.
            deadline: Seconds for each stack.

        Returns:
            What became of each stack, in the order of deployment.

        Raises:
            LocalCloudError: The directory is not an assembly, or has no such stack or parameter, or a
                value for the Parameter Store is none.
        """
        self.check_running()
        return deploy_each(
            self,
            read_assembly(Path(assembly_directory)),
            stacks,
            parameters=parameters,
            ssm=ssm,
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
