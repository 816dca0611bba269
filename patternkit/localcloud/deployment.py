"""Deploy one stack through CloudFormation, as `cdk deploy` would, and take it down again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from patternkit import templates
from patternkit.localcloud.addresses import Address, addresses, localized
from patternkit.localcloud.assembly import AssemblyStack, FileAsset
from patternkit.localcloud.assets import publish, resolve
from patternkit.localcloud.errors import DeadlinePassed, DeploymentFailed, LocalCloudError
from patternkit.localcloud.polling import polls
from patternkit.localcloud.preflight import Preflight
from patternkit.localcloud.progress import OnProgress, Progress
from patternkit.localcloud.report import Report, Resource, examine
from patternkit.localcloud.running_cloud import RunningCloud
from patternkit.localcloud.suggest import nearest

# What a failed creation leaves behind, which CloudFormation cannot update.
BEYOND_UPDATE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedResource:
    """A resource of a deployed stack."""

    logical_id: str
    physical_id: str
    type: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployed stack."""

    stack_name: str
    account: str
    region: str
    outputs: Mapping[str, str]
    resources: tuple[DeployedResource, ...]
    report: Report
    addresses: tuple[Address, ...]
    """Where what it publishes answers on this machine."""
    local_outputs: Mapping[str, str]
    """The outputs, with AWS's names of APIs and function URLs replaced by where they answer here."""
    _cloud: RunningCloud = field(repr=False)
    _logical_ids: Mapping[str, str] = field(repr=False)

    def physical_id(self, name: str) -> str:
        """Return the physical id of a resource: a bucket's name, a queue's URL, what `Ref` gives.

        Args:
            name: Its logical id, or its construct path (`Stack/Thumbnailer/Source/Resource`). The stack's
                name in front and `/Resource` at the end may be left out.

        Raises:
            LocalCloudError: There is none, or several. The nearest names are given.
        """
        physical = {resource.logical_id: resource.physical_id for resource in self.resources}
        if name in physical:
            return physical[name]
        for path in (name, f"{name}/Resource", f"{self._root}/{name}", f"{self._root}/{name}/Resource"):
            logical_id = self._logical_ids.get(path.removeprefix("/"))
            if logical_id in physical:
                return physical[logical_id]
        known = [
            *physical,
            *(path for path, logical_id in self._logical_ids.items() if logical_id in physical),
        ]
        raise LocalCloudError(f"{self.stack_name} has no resource {name}{nearest(name, known)}")

    @property
    def _root(self) -> str:
        return next(iter(self._logical_ids), self.stack_name).split("/")[0]

    def destroy(self, *, on_progress: OnProgress | None = None, deadline: float = 120.0) -> None:
        """Delete the stack and wait until it is gone. What it retains stays until the local cloud stops.

        Args:
            on_progress: Called for each event.
            deadline: In seconds.

        Raises:
            DeploymentFailed: CloudFormation could not delete it.
            DeadlinePassed: It took longer.
        """
        client = self._cloud.client("cloudformation", account=self.account, region=self.region)
        operation = Operation(self._cloud, client, self.stack_name, len(self.resources), on_progress)
        operation.delete(deadline)


def deploy_stack(
    cloud: RunningCloud,
    stack: AssemblyStack,
    *,
    parameters: Mapping[str, str] | None = None,
    on_progress: OnProgress | None,
    deadline: float,
) -> Deployment:
    """Deploy a stack, and beside that hold it to the rules for what AWS would refuse, if that was asked for."""
    if not cloud.preflight:
        return _deploy_stack(cloud, stack, parameters, on_progress=on_progress, deadline=deadline)
    with Preflight(stack) as preflight:
        deployment = _deploy_stack(cloud, stack, parameters, on_progress=on_progress, deadline=deadline)
        held = preflight.findings()
    return replace(deployment, report=replace(deployment.report, refused=held.refused, unchecked=held.unchecked))


def _deploy_stack(
    cloud: RunningCloud,
    stack: AssemblyStack,
    parameters: Mapping[str, str] | None,
    *,
    on_progress: OnProgress | None,
    deadline: float,
) -> Deployment:
    """Publish a stack's assets, create or update it, repair what its CloudFormation dropped."""
    account, region = stack.account or cloud.account, stack.region or cloud.region
    values = {"AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": "aws"}
    cloudformation = cloud.client("cloudformation", account=account, region=region)

    def published(asset: FileAsset) -> None:
        if on_progress:
            on_progress(Progress(stack_name=stack.name, logical_id=asset.name, type="Asset", status="PUBLISHED"))

    if stack.bootstrap_parameter:
        cloud.client("ssm", account=account, region=region).put_parameter(
            Name=stack.bootstrap_parameter,
            Value=str(stack.bootstrap_version),
            Type="String",
            Overwrite=True,
        )
    s3 = cloud.client("s3", account=account, region=region)
    publish(stack, s3, values=values, published=published)

    resources = stack.template.get("Resources", {})
    operation = Operation(cloud, cloudformation, stack.name, len(resources), on_progress)
    operation.deploy(
        {
            "StackName": stack.name,
            **_template(cloud, stack, values),
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in {**stack.parameters, **(parameters or {})}.items()
            ],
            "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        },
        deadline,
    )
    described = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]
    deployed = deployed_resources(cloudformation, stack.name)
    notes = cloud.notes()
    noted = [
        Resource(each.logical_id, each.physical_id, each.type, made)
        for each in _with_nested(cloudformation, deployed)
        if (made := notes.get((each.type, each.logical_id.rpartition("/")[2], each.physical_id))) is not None
    ]

    def client(service: str) -> Any:
        return cloud.client(service, account=account, region=region)

    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    # After the repairs, which may change what answers.
    report = examine(noted, client, enforce_iam=cloud.enforce_iam)
    rest_apis = [each.physical_id for each in noted if each.type == "AWS::ApiGateway::RestApi"]
    return Deployment(
        stack_name=stack.name,
        account=account,
        region=region,
        outputs=outputs,
        resources=deployed,
        report=report,
        addresses=addresses(noted, client, cloud.caller(account=account, region=region)),
        local_outputs={name: localized(value, cloud.endpoint_url, rest_apis) for name, value in outputs.items()},
        _cloud=cloud,
        _logical_ids=stack.logical_ids,
    )


def deployed_resources(cloudformation: Any, stack_name: str) -> tuple[DeployedResource, ...]:
    """Return the resources of a stack, in the order in which CloudFormation lists them."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_name)
    return tuple(
        DeployedResource(
            logical_id=each["LogicalResourceId"],
            physical_id=each.get("PhysicalResourceId", ""),
            type=each["ResourceType"],
            status=each["ResourceStatus"],
        )
        for page in pages
        for each in page["StackResourceSummaries"]
    )


def _with_nested(cloudformation: Any, resources: tuple[DeployedResource, ...]) -> Iterator[DeployedResource]:
    for resource in resources:
        yield resource
        if resource.type == "AWS::CloudFormation::Stack":
            inner = deployed_resources(cloudformation, resource.physical_id)
            yield from (
                replace(each, logical_id=f"{resource.logical_id}/{each.logical_id}")
                for each in _with_nested(cloudformation, inner)
            )


def _template(cloud: RunningCloud, stack: AssemblyStack, values: Mapping[str, str]) -> dict[str, str]:
    if stack.template_url is None:
        return {"TemplateBody": templates.read_text(stack.template_path)}
    bucket, key = resolve(stack.template_url, values).removeprefix("s3://").split("/", 1)
    return {"TemplateURL": f"{cloud.endpoint_url}/{bucket}/{key}"}


class Operation:
    """One creation, update or deletion of a stack: started, followed, and judged."""

    def __init__(
        self,
        cloud: RunningCloud,
        client: Any,
        stack_name: str,
        total: int,
        on_progress: OnProgress | None,
    ) -> None:
        self._cloud = cloud
        self._client = client
        self._stack_name = stack_name
        self._total = total
        self._on_progress = on_progress
        self._seen: set[str] = set()
        self._events: list[Progress] = []
        self._finished: set[str] = set()

    def deploy(self, arguments: dict[str, Any], deadline: float) -> None:
        """Create the stack, or update the one that is there."""
        status = self._status()
        if status in BEYOND_UPDATE:
            self.delete(deadline)
            status = None
        token = {"ClientRequestToken": str(uuid.uuid4())}
        try:
            if status is None:
                stack_id = self._client.create_stack(**arguments, **token)["StackId"]
            else:
                self._seen = {event["EventId"] for event in self._raw_events(self._stack_name)}
                stack_id = self._client.update_stack(**arguments, **token)["StackId"]
        except ClientError as error:
            reason = error.response["Error"]["Message"]
            if "No updates are to be performed" in reason:
                return
            raise DeploymentFailed(
                f"{self._stack_name} was refused: {reason}",
                stack_name=self._stack_name,
                logical_id=None,
                reason=reason,
            ) from None
        self._follow(stack_id, {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, deadline)

    def delete(self, deadline: float) -> None:
        """Delete the stack."""
        described = self._describe(self._stack_name)
        if described is None:
            return
        stack_id = described["StackId"]
        self._seen = {event["EventId"] for event in self._raw_events(stack_id)}
        self._client.delete_stack(StackName=stack_id)
        self._follow(stack_id, {"DELETE_COMPLETE"}, deadline)

    def _follow(self, stack_id: str, wanted: set[str], deadline: float) -> None:
        # Judged by its events: for a moment the stack itself still has the status of the operation before.
        status = "pending"
        for _ in polls(deadline):
            self._cloud.check_running()
            status = self._tell(stack_id) or status
            if status != "pending" and not status.endswith("_IN_PROGRESS"):
                break
        else:
            pending = self._pending()
            raise DeadlinePassed(
                f"{self._stack_name} was still {status} after {deadline:g} seconds"
                + (f", waiting for {', '.join(pending)}" if pending else ""),
                detail=self._cloud.log_tail(),
            )
        if status not in wanted:
            raise self._failure(status)

    def _failure(self, status: str) -> DeploymentFailed:
        failed = next(
            (event for event in self._events if event.failed and "cancelled" not in event.reason.lower()),
            None,
        )
        if failed is None:
            described = self._describe(self._stack_name) or {}
            reason = described.get("StackStatusReason", status)
            return DeploymentFailed(
                f"{self._stack_name} ended as {status}: {reason}",
                stack_name=self._stack_name,
                logical_id=None,
                reason=reason,
                events=self._events,
            )
        return DeploymentFailed(
            f"{self._stack_name} ended as {status}: {failed.logical_id} ({failed.type}): {failed.reason}",
            stack_name=self._stack_name,
            logical_id=failed.logical_id,
            reason=failed.reason,
            events=self._events,
        )

    def _pending(self) -> list[str]:
        latest = {event.logical_id: event for event in self._events}
        return [
            f"{event.logical_id} ({event.type})"
            for event in latest.values()
            if event.status.endswith("_IN_PROGRESS") and event.logical_id != self._stack_name
        ]

    def _tell(self, stack_id: str) -> str | None:
        """Pass on what is new. Return the stack's own latest status, if that is new."""
        latest = None
        for raw in reversed(list(self._raw_events(stack_id))):
            if raw["EventId"] in self._seen:
                continue
            self._seen.add(raw["EventId"])
            logical_id, status = raw["LogicalResourceId"], raw["ResourceStatus"]
            if raw.get("PhysicalResourceId") == stack_id:
                latest = status
            elif status.endswith(("_COMPLETE", "_SKIPPED")):
                self._finished.add(logical_id)
            event = Progress(
                stack_name=self._stack_name,
                logical_id=logical_id,
                type=raw["ResourceType"],
                status=status,
                reason=raw.get("ResourceStatusReason", ""),
                done=len(self._finished),
                total=self._total,
            )
            self._events.append(event)
            if self._on_progress:
                self._on_progress(event)
        return latest

    def _raw_events(self, stack: str) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield from page["StackEvents"]

    def _describe(self, stack: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._client.describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
        return found

    def _status(self) -> str | None:
        described = self._describe(self._stack_name)
        return described["StackStatus"] if described else None
