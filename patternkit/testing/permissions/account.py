"""An AWS account in this process, made of the resources of templates."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3

from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.intrinsics import ABSENT, Resolver, Unresolved, described
from patternkit.testing.permissions.statements import Statement, read_policy

Key = tuple[int, str]
"""A template's place and a logical id in it."""


@dataclass(slots=True)
class Made:
    """A resource: what `Ref` and `Fn::GetAtt` give, the ARN that policies name it by, and its policies."""

    type: str
    ref: Any
    attributes: dict[str, Any]
    arn: str | None
    properties: dict[str, Any] = field(default_factory=dict)
    policies: list[Statement] = field(default_factory=list)


@cache
def session(region: str) -> Any:
    """Get the session that everything in this process shares: what it knows of the services takes long to load.

    Args:
        region: The Region.

    Returns:
        A boto3 session with credentials that are none.
    """
    return boto3.Session("testing", "testing", "testing", region_name=region)


@cache
def _client(service: str, region: str) -> Any:
    return session(region).client(service)


class Account:
    """What the templates make, in moto where moto can, and by name where only the name matters.

    Made lazily: a resource is there once something refers to it, or once `make_all` was called.

    Args:
        templates: The templates; those after the first are what the first imports values from.
        account: The account's id.
        region: The Region.
        parameters: Values of the templates' parameters. Default: their defaults.
        stacks: The names of the templates' stacks, in their order. Default: not known, and references by
            `Fn::GetStackOutput` not resolved.
    """

    def __init__(
        self,
        templates: Sequence[Mapping[str, Any]],
        *,
        account: str,
        region: str,
        parameters: Mapping[str, str] | None = None,
        stacks: Sequence[str] = (),
    ) -> None:
        self.id = account
        self.region = region
        self.partition = _partition(region)
        self.templates = templates
        self._parameters = dict(parameters or {})
        self._stacks = stacks
        self._made: dict[Key, Made] = {}
        self._in_making: list[Key] = []
        self._resolvers = [self._resolver(index) for index in range(len(templates))]

    def client(self, service: str) -> Any:
        """Get a client, which is not held to any role.

        Args:
            service: As boto3 names it.

        Returns:
            The client.
        """
        return _client(service, self.region)

    def name(self, logical_id: str) -> str:
        """Get what `Ref` gives for a resource: the name of a bucket, the URL of a queue.

        Args:
            logical_id: Its logical id in the first template that has it.

        Returns:
            The name.

        Raises:
            ProofError: If there is none, or its name is not known.
        """
        for index, template in enumerate(self.templates):
            if logical_id in template.get("Resources", {}):
                ref = self._make((index, logical_id)).ref
                if isinstance(ref, str):
                    return ref
                raise ProofError(f"{logical_id}: what it is called is not known before deployment")
        raise ProofError(f"no resource has the logical id {logical_id}")

    def only(self, resource_type: str) -> str:
        """Get what `Ref` gives for the only resource of a type.

        Args:
            resource_type: As CloudFormation names it.

        Returns:
            The name.

        Raises:
            ProofError: If there is not just one.
        """
        found = [one for _, one, resource in self.resources() if resource["Type"] == resource_type]
        if len(found) != 1:
            raise ProofError(f"there are {len(found)} resources of the type {resource_type}")
        return self.name(found[0])

    def resources(self) -> list[tuple[int, str, Mapping[str, Any]]]:
        """List the resources whose conditions hold.

        Returns:
            The template's place, the logical id and the definition of each.
        """
        return [
            (index, logical_id, resource)
            for index, template in enumerate(self.templates)
            for logical_id, resource in template.get("Resources", {}).items()
            if "Condition" not in resource or self._resolvers[index].condition(resource["Condition"]) is not False
        ]

    def resolve(self, index: int, value: Any) -> Any:
        """Resolve part of a template.

        Args:
            index: The template's place.
            value: The part.

        Returns:
            It without intrinsic functions.
        """
        return self._resolvers[index].resolve(value)

    def make_all(self) -> None:
        """Make every resource, and attach the policies of resources to them."""
        for index, logical_id, _ in self.resources():
            self._make((index, logical_id))
        for index, logical_id, resource in self.resources():
            self._attach(index, logical_id, resource)

    def find(self, arn: str) -> Made | None:
        """Find a resource of the templates by its ARN, or by the ARN of something in it.

        Args:
            arn: The ARN.

        Returns:
            The resource; None if the templates have no such thing.
        """
        for made in self._made.values():
            if made.arn is not None and (arn == made.arn or (arn.startswith((made.arn + "/", made.arn + ":")))):
                return made
        return None

    def logical_ids(self) -> dict[str, str]:
        """Say what the ARNs here stand for.

        Returns:
            Logical ids by ARN.
        """
        return {made.arn: logical_id for (_, logical_id), made in self._made.items() if made.arn is not None}

    def made(self, resource_type: str) -> list[Made]:
        """List the resources of a type.

        Args:
            resource_type: As CloudFormation names it.

        Returns:
            What was made.
        """
        return [one for one in self._made.values() if one.type == resource_type]

    def add_log_group(self, index: int, function: str, name: str) -> None:
        """Add the log group that Lambda makes for a function that is given none.

        Args:
            index: The place of the function's template.
            function: The function's logical id.
            name: The function's name.
        """
        group = f"/aws/lambda/{name}"
        arn = self.arn("logs", f"log-group:{group}")
        self._made[index, f"{function}.LogGroup"] = Made("AWS::Logs::LogGroup", group, {"Arn": f"{arn}:*"}, arn)

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        """Write an ARN of this account.

        Args:
            service: The service's part of it.
            resource: Its last part.
            regional: Whether it names the Region.

        Returns:
            The ARN.
        """
        return f"arn:{self.partition}:{service}:{self.region if regional else ''}:{self.id}:{resource}"

    def _resolver(self, index: int) -> Resolver:
        return Resolver(
            template=self.templates[index],
            reference=lambda name: self._reference(index, name),
            attribute=lambda name, attribute: self._attribute(index, name, attribute),
            exported=self._exported,
            output=self._output,
        )

    def _reference(self, index: int, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self.id,
            "AWS::Region": self.region,
            "AWS::Partition": self.partition,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
            "AWS::StackName": self._stack_name(index),
            "AWS::StackId": self.arn("cloudformation", f"stack/{self._stack_name(index)}/id"),
            "AWS::NoValue": ABSENT,
        }
        if name in pseudo:
            return pseudo[name]
        template = self.templates[index]
        if name in template.get("Parameters", {}):
            given = self._parameters.get(name, template["Parameters"][name].get("Default"))
            # The default of such a parameter is the name of another that holds the value.
            of_parameter = str(template["Parameters"][name].get("Type", "")).startswith("AWS::SSM::")
            return Unresolved(name) if given is None or (of_parameter and name not in self._parameters) else given
        if name not in template.get("Resources", {}):
            raise ProofError(f"the template refers to {name}, which it does not have")
        return self._make((index, name)).ref

    def _attribute(self, index: int, name: str, attribute: str) -> Any:
        if name not in self.templates[index].get("Resources", {}):
            raise ProofError(f"the template refers to {name}.{attribute}, which it does not have")
        return self._make((index, name)).attributes.get(attribute, Unresolved(f"{name}.{attribute}"))

    def _exported(self, name: str) -> Any:
        for index, template in enumerate(self.templates):
            for output in template.get("Outputs", {}).values():
                export = output.get("Export", {}).get("Name")
                if export is not None and self.resolve(index, export) == name:
                    return self.resolve(index, output["Value"])
        return Unresolved(name)

    def _stack_name(self, index: int) -> str:
        return self._stacks[index] if self._stacks else f"stack-{index}"

    def _output(self, stack: str, name: str) -> Any:
        # Where the stacks' names are not known the output's own must do: it is named with a hash.
        having = [
            index
            for index, template in enumerate(self.templates)
            if name in template.get("Outputs", {}) and (not self._stacks or self._stacks[index] == stack)
        ]
        if len(having) != 1:
            return Unresolved(f"{stack}.{name}")
        return self.resolve(having[0], self.templates[having[0]]["Outputs"][name]["Value"])

    def _make(self, key: Key) -> Made:
        if key in self._made:
            return self._made[key]
        index, logical_id = key
        if key in self._in_making:
            raise ProofError(f"the template's resource {logical_id} depends on itself")
        self._in_making.append(key)
        resource = self.templates[index]["Resources"][logical_id]
        try:
            maker = MAKERS.get(resource["Type"], _unknown)
            made = maker(self, _Definition(self, index, logical_id, resource))
        except ProofError:
            raise
        except Exception as error:
            raise ProofError(f"{logical_id} ({resource['Type']}) could not be made in this process: {error}") from error
        finally:
            self._in_making.pop()
        self._made[key] = made
        return made

    def _attach(self, index: int, logical_id: str, resource: Mapping[str, Any]) -> None:
        described_by = _RESOURCE_POLICIES.get(resource["Type"])
        properties = resource.get("Properties", {})
        if described_by is None or described_by[1] not in properties:
            return
        target, document = described_by
        written = properties[document]
        if resource["Type"] == "AWS::DynamoDB::Table":
            written = written["PolicyDocument"]
        statements = list(read_policy(logical_id, self.resolve(index, written), written, of_resource=True))
        targets = [logical_id] if target is None else self.resolve(index, properties[target])
        for one in targets if isinstance(targets, list) else [targets]:
            owner = (
                self._made[index, logical_id]
                if target is None
                else next((made for made in self._made.values() if one in (made.ref, made.arn)), None)
            )
            if owner is not None:
                owner.policies.extend(statements)


_RESOURCE_POLICIES: dict[str, tuple[str | None, str]] = {
    "AWS::DynamoDB::Table": (None, "ResourcePolicy"),
    "AWS::KMS::Key": (None, "KeyPolicy"),
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId", "ResourcePolicy"),
}
"""Where resource policies are: the property that names whose they are (None: its own), and the document's."""


@dataclass(frozen=True, slots=True)
class _Definition:
    """A resource of a template, property by property: one that is not asked for is not resolved, so no cycle."""

    account: Account
    index: int
    logical_id: str
    resource: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        properties = self.resource.get("Properties", {})
        if name not in properties:
            return default
        value = self.account.resolve(self.index, properties[name])
        return default if value is ABSENT else value

    def some(self, *names: str) -> dict[str, Any]:
        found = {name: self.get(name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def named(self, name: str, longest: int = 63) -> str:
        given = self.get(name)
        if isinstance(given, str):
            return given
        return f"{self.index}-{self.logical_id}"[:longest]


def _bucket(account: Account, definition: _Definition) -> Made:
    name = definition.named("BucketName").lower()
    where = {} if account.region == "us-east-1" else {"LocationConstraint": account.region}
    s3 = account.client("s3")
    s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
    if versioning := definition.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    arn = f"arn:{account.partition}:s3:::{name}"
    attributes = {"Arn": arn, "DomainName": f"{name}.s3.amazonaws.com"}
    return Made("AWS::S3::Bucket", name, attributes, arn, definition.some("BucketEncryption"))


def _table(account: Account, definition: _Definition) -> Made:
    name = definition.named("TableName", 255)
    settings = definition.some("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    stream = definition.get("StreamSpecification")
    if stream:
        settings["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": stream["StreamViewType"]}
    answer = account.client("dynamodb").create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **settings)
    made = answer["TableDescription"]
    attributes = {"Arn": made["TableArn"]} | ({"StreamArn": made["LatestStreamArn"]} if stream else {})
    return Made("AWS::DynamoDB::Table", name, attributes, made["TableArn"], definition.some("SSESpecification"))


def _global_table(account: Account, definition: _Definition) -> Made:
    made = _table(account, definition)
    # Of a global table only what is in this Region can be reached by an ARN of this Region.
    place = account.region
    here = next((one for one in definition.get("Replicas", []) if one.get("Region") == place), None)
    if here is None:
        raise ProofError(f"{definition.logical_id}: none of its replicas is in {place}")
    made.properties = {"SSESpecification": definition.get("SSESpecification", {}) | here.get("SSESpecification", {})}
    if "ResourcePolicy" in here:
        document = here["ResourcePolicy"]["PolicyDocument"]
        made.policies.extend(read_policy(definition.logical_id, document, document, of_resource=True))
    return made


def _queue(account: Account, definition: _Definition) -> Made:
    fifo = bool(definition.get("FifoQueue"))
    name = definition.named("QueueName", 75)
    if fifo and not name.endswith(".fifo"):
        name += ".fifo"
    sqs = account.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"} if fifo else {})["QueueUrl"]
    arn = account.arn("sqs", name)
    attributes = {"Arn": arn, "QueueName": name, "QueueUrl": url}
    return Made("AWS::SQS::Queue", url, attributes, arn, definition.some("KmsMasterKeyId"))


def _topic(account: Account, definition: _Definition) -> Made:
    fifo = bool(definition.get("FifoTopic"))
    name = definition.named("TopicName", 250)
    if fifo and not name.endswith(".fifo"):
        name += ".fifo"
    settings = {"FifoTopic": "true"} if fifo else {}
    arn = account.client("sns").create_topic(Name=name, Attributes=settings)["TopicArn"]
    return Made("AWS::SNS::Topic", arn, {"TopicArn": arn, "TopicName": name}, arn, definition.some("KmsMasterKeyId"))


def _key(account: Account, definition: _Definition) -> Made:
    described_key = account.client("kms").create_key(**definition.some("KeySpec", "KeyUsage"))["KeyMetadata"]
    key_id, arn = described_key["KeyId"], described_key["Arn"]
    made = Made("AWS::KMS::Key", key_id, {"Arn": arn, "KeyId": key_id}, arn)
    if "KeyPolicy" not in definition.resource.get("Properties", {}):
        everybody = {"AWS": f"arn:{account.partition}:iam::{account.id}:root"}
        default = {"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": everybody}}
        made.policies.extend(read_policy(definition.logical_id, default, default, of_resource=True))
    return made


def _alias(account: Account, definition: _Definition) -> Made:
    name, target = definition.get("AliasName"), definition.get("TargetKeyId")
    return Made("AWS::KMS::Alias", name, {}, account.arn("kms", str(name)), {"TargetKeyId": target})


def _function(account: Account, definition: _Definition) -> Made:
    name = definition.named("FunctionName", 64)
    arn = account.arn("lambda", f"function:{name}")
    if not definition.resource.get("Properties", {}).get("LoggingConfig", {}).get("LogGroup"):
        account.add_log_group(definition.index, definition.logical_id, name)
    return Made("AWS::Lambda::Function", name, {"Arn": arn}, arn)


def _metric_alarm(account: Account, definition: _Definition) -> Made:
    name = definition.named("AlarmName", 255)
    # What it watches is of no account to who reads its state.
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/Any",
        MetricName="Any",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    arn = account.arn("cloudwatch", f"alarm:{name}")
    return Made("AWS::CloudWatch::Alarm", name, {"Arn": arn}, arn)


def _target_group(account: Account, definition: _Definition) -> Made:
    name = definition.named("Name").replace("-", "")[-32:]
    # Of functions, whatever the template has: that kind needs no VPC, and its ARN looks like any other's.
    made = account.client("elbv2").create_target_group(Name=name, TargetType="lambda")
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    attributes = {"TargetGroupArn": arn, "TargetGroupFullName": arn.rpartition(":")[2]}
    return Made("AWS::ElasticLoadBalancingV2::TargetGroup", arn, attributes, arn)


def _listener(account: Account, definition: _Definition) -> Made:
    elb, ec2 = account.client("elbv2"), account.client("ec2")
    # The template's subnets are not made here; a load balancer of this account's default ones stands in.
    subnets = sorted(ec2.describe_subnets()["Subnets"], key=lambda one: one["AvailabilityZone"])[:2]
    name = f"{definition.index}{definition.logical_id}".replace("-", "")[-32:]
    balancer = elb.create_load_balancer(Name=name, Subnets=[one["SubnetId"] for one in subnets])["LoadBalancers"][0]
    answer = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=definition.get("Port", 80),
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    )
    arn = answer["Listeners"][0]["ListenerArn"]
    return Made("AWS::ElasticLoadBalancingV2::Listener", arn, {"ListenerArn": arn}, arn)


def _role(account: Account, definition: _Definition) -> Made:
    name = definition.named("RoleName", 64)
    arn = account.arn("iam", f"role{definition.get('Path', '/')}{name}", regional=False)
    return Made("AWS::IAM::Role", name, {"Arn": arn, "RoleId": f"AROA{definition.logical_id}"}, arn)


def _log_group(account: Account, definition: _Definition) -> Made:
    name = definition.named("LogGroupName", 512)
    account.client("logs").create_log_group(logGroupName=name)
    arn = account.arn("logs", f"log-group:{name}")
    return Made("AWS::Logs::LogGroup", name, {"Arn": f"{arn}:*"}, arn)


def _parameter(account: Account, definition: _Definition) -> Made:
    name = definition.named("Name", 1000)
    value, kind = str(definition.get("Value")), definition.get("Type", "String")
    account.client("ssm").put_parameter(Name=name, Value=value, Type=kind)
    arn = account.arn("ssm", f"parameter/{name.lstrip('/')}")
    return Made("AWS::SSM::Parameter", name, {"Type": kind, "Value": value}, arn)


def _secret(account: Account, definition: _Definition) -> Made:
    value = definition.get("SecretString", json.dumps({"password": "made in this process"}))
    answer = account.client("secretsmanager").create_secret(Name=definition.named("Name", 512), SecretString=value)
    arn = answer["ARN"]
    return Made("AWS::SecretsManager::Secret", arn, {"Id": arn}, arn, definition.some("KmsKeyId"))


def _event_bus(account: Account, definition: _Definition) -> Made:
    name = definition.named("Name", 256)
    account.client("events").create_event_bus(Name=name)
    arn = account.arn("events", f"event-bus/{name}")
    return Made("AWS::Events::EventBus", name, {"Arn": arn, "Name": name}, arn)


def _state_machine(account: Account, definition: _Definition) -> Made:
    name = definition.named("StateMachineName", 80)
    arn = account.arn("states", f"stateMachine:{name}")
    return Made("AWS::StepFunctions::StateMachine", arn, {"Arn": arn, "Name": name}, arn)


def _stream(account: Account, definition: _Definition) -> Made:
    name = definition.named("Name", 128)
    account.client("kinesis").create_stream(StreamName=name, ShardCount=1)
    arn = account.arn("kinesis", f"stream/{name}")
    return Made("AWS::Kinesis::Stream", name, {"Arn": arn}, arn, definition.some("StreamEncryption"))


def _transit_gateway(account: Account, definition: _Definition) -> Made:
    made = f"tgw-{_digits(definition)}"
    arn = account.arn("ec2", f"transit-gateway/{made}")
    return Made("AWS::EC2::TransitGateway", made, {"Id": made, "TransitGatewayArn": arn}, arn)


def _transit_gateway_route_table(account: Account, definition: _Definition) -> Made:
    made = f"tgw-rtb-{_digits(definition)}"
    arn = account.arn("ec2", f"transit-gateway-route-table/{made}")
    return Made("AWS::EC2::TransitGatewayRouteTable", made, {"TransitGatewayRouteTableId": made}, arn)


def _digits(definition: _Definition) -> str:
    return hashlib.sha256(f"{definition.index}-{definition.logical_id}".encode()).hexdigest()[:17]


def _unknown(_: Account, definition: _Definition) -> Made:
    return Made(definition.resource["Type"], Unresolved(described({"Ref": definition.logical_id})), {}, None)


MAKERS: dict[str, Callable[[Account, _Definition], Made]] = {
    "AWS::DynamoDB::GlobalTable": _global_table,
    "AWS::CloudWatch::Alarm": _metric_alarm,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::DynamoDB::Table": _table,
    "AWS::EC2::TransitGateway": _transit_gateway,
    "AWS::EC2::TransitGatewayRouteTable": _transit_gateway_route_table,
    "AWS::Events::EventBus": _event_bus,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::Kinesis::Stream": _stream,
    "AWS::Lambda::Function": _function,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Topic": _topic,
    "AWS::SQS::Queue": _queue,
    "AWS::SSM::Parameter": _parameter,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::StepFunctions::StateMachine": _state_machine,
}
"""How a resource of each type is made; of a type that is not here nothing is known."""


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
