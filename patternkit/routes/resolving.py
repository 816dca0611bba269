"""Work out what each expression is worth: parameters, conditions, intrinsics, cross-stack references.

Only what the network model asks for is resolved. A reference to a resource gives its identity, a text that no
other resource has; what only AWS knows is opaque text or `Unknown`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable
from itertools import permutations
from typing import Any

from patternkit.routes.addresses import parse_prefix
from patternkit.routes.contracts import Contracts, matching
from patternkit.routes.errors import TemplateError, nearest
from patternkit.routes.templates import StackSource, as_template, read_template
from patternkit.routes.values import (
    CLOSE,
    NO_VALUE,
    OPEN,
    Choice,
    Undecided,
    Unknown,
    World,
    Zone,
    is_opaque,
    opaque,
)

Node = Any
ZONE_NAME = re.compile(r"^(?:[a-z]{2}(?:-[a-z]+)+-\d[a-z]|[a-z]{2}(?:-[a-z]+)+-\d-[a-z0-9-]+-\d[a-z])$")
_ZONE_BEFORE_COLON = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d[a-z]):?$")
_SUBSTITUTION = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]*)\}\}")

# No region has more availability zones, and a firewall has one endpoint in each.
_MOST_ENDPOINTS = 6

# What may rewrite a template to anything. The ones left out make no network resource.
_HARMLESS_TRANSFORMS = {
    "AWS::LanguageExtensions",
    "AWS::Serverless-2016-10-31",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
}

# Attributes that are the resource's own identity.
_IDENTITY = {
    "AWS::EC2::VPC": {"VpcId"},
    "AWS::EC2::Subnet": {"SubnetId"},
    "AWS::EC2::RouteTable": {"RouteTableId"},
    "AWS::EC2::InternetGateway": {"InternetGatewayId"},
    "AWS::EC2::EgressOnlyInternetGateway": {"Id"},
    "AWS::EC2::NatGateway": {"NatGatewayId"},
    "AWS::EC2::VPCEndpoint": {"Id"},
    "AWS::EC2::NetworkInterface": {"Id"},
    "AWS::EC2::Instance": {"InstanceId"},
    "AWS::EC2::NetworkAcl": {"Id"},
    "AWS::EC2::SecurityGroup": {"GroupId", "Id"},
    "AWS::EC2::PrefixList": {"PrefixListId"},
    "AWS::EC2::VPCPeeringConnection": {"Id"},
    "AWS::EC2::VPNGateway": {"VPNGatewayId"},
    "AWS::EC2::VPNConnection": {"VpnConnectionId"},
    "AWS::EC2::CustomerGateway": {"CustomerGatewayId"},
    "AWS::EC2::TransitGateway": {"Id", "TransitGatewayArn"},
    "AWS::EC2::TransitGatewayAttachment": {"Id"},
    "AWS::EC2::TransitGatewayVpcAttachment": {"Id"},
    "AWS::EC2::TransitGatewayRouteTable": {"TransitGatewayRouteTableId"},
    "AWS::EC2::TransitGatewayPeeringAttachment": {"TransitGatewayAttachmentId"},
    "AWS::EC2::TransitGatewayConnect": {"TransitGatewayAttachmentId"},
    "AWS::NetworkFirewall::Firewall": {"FirewallArn"},
    "AWS::NetworkFirewall::FirewallPolicy": {"FirewallPolicyArn"},
    "AWS::NetworkFirewall::RuleGroup": {"RuleGroupArn"},
    "AWS::DirectConnect::DirectConnectGateway": {"DirectConnectGatewayId", "DirectConnectGatewayArn"},
}
# What makes an attachment on a transit gateway without being one.
_ATTACHING = ("AWS::EC2::VPNConnection", "AWS::DirectConnect::DirectConnectGatewayAssociation")
# Attributes that repeat a property.
_PROPERTY = {
    ("AWS::EC2::VPC", "CidrBlock"),
    ("AWS::EC2::Subnet", "CidrBlock"),
    ("AWS::EC2::Subnet", "VpcId"),
    ("AWS::EC2::RouteTable", "VpcId"),
    ("AWS::EC2::SecurityGroup", "VpcId"),
    ("AWS::EC2::Instance", "SubnetId"),
    ("AWS::EC2::NetworkInterface", "SubnetId"),
    ("AWS::EC2::NetworkInterface", "VpcId"),
}


class Stack:
    """One stack of the set, with the resources that exist whatever conditions say."""

    def __init__(
        self,
        source: StackSource,
        parent: Stack | None = None,
        parent_id: str = "",
        given: dict[str, Any] | None = None,
    ) -> None:
        self.source = source
        self.name = source.name
        template = source.template
        self.parent, self.parent_id = parent, parent_id
        self.resources: dict[str, Any] = template["Resources"]
        self.parameters: dict[str, Any] = template.get("Parameters") or {}
        self.conditions: dict[str, Any] = template.get("Conditions") or {}
        self.mappings: dict[str, Any] = template.get("Mappings") or {}
        self.outputs: dict[str, Any] = template.get("Outputs") or {}
        self.region = source.region
        # Of a nested stack these are expressions of its parent.
        self.given: dict[str, Any] = dict(source.parameters) if given is None else given
        self.ids = {logical: f"{OPEN}{self.name}/{logical}{CLOSE}" for logical in self.resources}
        self.children: dict[str, Stack | Unknown] = {}
        # What a custom resource is called is what its code returns: it may be any other resource's id.
        self.named_by_code = {
            logical
            for logical, resource in self.resources.items()
            if isinstance(resource, dict) and is_custom(str(resource.get("Type")))
        }

    def path(self, logical: str) -> str:
        """The resource's construct path, or the stack and logical id where there is none."""
        resource = self.resources.get(logical)
        if isinstance(resource, dict):
            metadata = resource.get("Metadata")
            if isinstance(metadata, dict) and isinstance(metadata.get("aws:cdk:path"), str):
                return str(metadata["aws:cdk:path"])
        return self.source.paths.get(logical) or f"{self.name}/{logical}"


class StackSet:
    """All stacks of a network, nested ones included, before any choice is made."""

    def __init__(self, sources: list[StackSource], contracts: Contracts | None = None) -> None:
        self.stacks: list[Stack] = []
        self.contracts = contracts or Contracts()
        self.leans: frozenset[str] = frozenset()
        self.unknown_everywhere: list[str] = []
        names: set[str] = set()
        for source in sources:
            if source.name in names:
                raise TemplateError(f"two stacks are named {source.name!r}")
            names.add(source.name)
            self._add(Stack(self._transformed(source)))
        self.by_id: dict[str, tuple[Stack, str]] = {}
        for stack in self.stacks:
            for logical, identity in stack.ids.items():
                self.by_id[identity] = (stack, logical)

    def _transformed(self, source: StackSource) -> StackSource:
        transforms = source.template.get("Transform") or []
        names = transforms if isinstance(transforms, list) else [transforms]
        names = [name.get("Name") if isinstance(name, dict) else name for name in names]
        for text in names:
            if text not in _HARMLESS_TRANSFORMS:
                self.unknown_everywhere.append(f"the transform {text} may rewrite the template of {source.name}")
        if any(key.startswith("Fn::Transform") for key in source.template["Resources"]):
            self.unknown_everywhere.append(f"an Fn::Transform may add resources to {source.name}")
        if "AWS::LanguageExtensions" in names and _has_loop(source.template):
            from patternkit.routes.loops import expand

            declared = self.contracts.parameters.get(source.name, {})
            self.leans |= {f"parameter {name} of {source.name}" for name in declared if name not in source.parameters}
            template = expand(source.template, {**declared, **source.parameters}, source.name)
            return StackSource(
                source.name,
                as_template(template, source.name),
                source.region,
                source.account,
                source.parameters,
                source.paths,
                source.folder,
                source.assets,
                source.stack_name,
            )
        for key in source.template["Resources"]:
            if key.startswith("Fn::ForEach::"):
                raise TemplateError(f"{source.name} uses Fn::ForEach without the transform AWS::LanguageExtensions")
        return source

    def _add(self, stack: Stack, depth: int = 0) -> None:
        if depth > 8:
            raise TemplateError(f"{stack.name}: stacks are nested more than eight levels deep")
        self.stacks.append(stack)
        for logical, resource in stack.resources.items():
            if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
                raise TemplateError(f"{stack.name}: resource {logical} has no Type")
            properties = resource.get("Properties")
            if "Fn::Transform" in resource or (isinstance(properties, dict) and "Fn::Transform" in properties):
                self.unknown_everywhere.append(f"an Fn::Transform may change {stack.path(logical)}")
            if properties is not None and not isinstance(properties, dict):
                raise TemplateError(f"{stack.name}: the properties of {logical} are not a mapping")
            if resource["Type"] == "AWS::CloudFormation::Stack":
                self._add_nested(stack, logical, resource, depth)

    def _add_nested(self, stack: Stack, logical: str, resource: dict[str, Any], depth: int) -> None:
        file_name = self._nested_file(stack, resource)
        if file_name is None or stack.source.folder is None or not (stack.source.folder / file_name).is_file():
            reason = f"the template of the nested stack {stack.path(logical)} is not in the set"
            stack.children[logical] = Unknown(reason)
            self.unknown_everywhere.append(reason)
            return
        template = read_template(stack.source.folder / file_name)
        source = StackSource(
            f"{stack.name}/{logical}",
            template,
            stack.region,
            stack.source.account,
            folder=stack.source.folder,
            assets=stack.source.assets,
            paths={key: path for key, path in stack.source.paths.items() if key not in stack.resources},
        )
        given = (resource.get("Properties") or {}).get("Parameters") or {}
        child = Stack(self._transformed(source), stack, logical, given)
        stack.children[logical] = child
        self._add(child, depth + 1)

    @staticmethod
    def _nested_file(stack: Stack, resource: dict[str, Any]) -> str | None:
        metadata = resource.get("Metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("aws:asset:path"), str):
            return str(metadata["aws:asset:path"])
        url = (resource.get("Properties") or {}).get("TemplateURL")
        for asset, file_name in stack.source.assets.items():
            if asset in json.dumps(url):
                return file_name
        # `aws cloudformation package` has not run yet: the URL is still a path.
        return url if isinstance(url, str) and "://" not in url else None


class Resolver:
    """The values of a set of stacks in one world."""

    def __init__(self, stacks: StackSet, contracts: Contracts, world: World) -> None:
        self.stacks = stacks
        self.contracts = contracts
        self.world = world
        self.leans: set[str] = set()
        self.zones: dict[Zone, None] = {}
        self._tentative: dict[str, int] = {}
        self._memo: dict[Hashable, tuple[Any, frozenset[str]]] = {}
        self._resolving: list[tuple[str, str, str]] = []
        self._exports: dict[str, tuple[Stack, Node]] | None = None
        self._ssm: dict[str, tuple[Stack, Node]] | None = None
        self._functions: dict[str, Callable[[Stack, Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Select": self._select,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
            "Fn::Split": self._split,
            "Fn::If": self._if,
            "Fn::ImportValue": self._import_value,
            "Fn::GetStackOutput": self._stack_output,
            "Fn::GetAZs": self._get_azs,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Cidr": self._cidr,
            "Fn::Length": self._length,
            "Fn::ToJsonString": self._to_json,
            "Fn::Base64": lambda _stack, _argument: opaque("base64"),
            "Fn::Transform": lambda stack, _argument: Unknown(f"a macro computes it in {stack.name}"),
        }

    # What the model calls

    def value(self, stack: Stack, node: Node) -> Any:
        """The value of a property: known, or `Unknown`.

        Where the value depends on a choice but is the same for every option, as when the endpoint of a zone
        is picked out of an unordered list by the zone's name, the choice is not one.
        """
        kind = type(node)
        if kind is str:
            return self._dynamic(node) if "{{resolve:" in node else node
        if kind is dict and len(node) == 1 and "Ref" in node:
            name = node["Ref"]
            if type(name) is str and name in stack.ids and name not in stack.named_by_code:
                return stack.ids[name]
        try:
            return self.resolve(stack, node)
        except Undecided as undecided:
            return self._for_every_option(undecided.choice, lambda: self.value(stack, node))
        except RecursionError:
            raise TemplateError(f"{stack.name}: an expression is nested too deeply") from None

    def _for_every_option(self, choice: Choice, evaluate: Callable[[], Any]) -> Any:
        values = []
        for index in range(len(choice.options)):
            self._tentative[choice.key] = index
            try:
                values.append(evaluate())
            finally:
                del self._tentative[choice.key]
        if all(value == values[0] for value in values):
            return values[0]
        self.world.option(choice)
        return evaluate()

    def exists(self, stack: Stack, resource: dict[str, Any]) -> bool:
        """Whether the resource's condition, and those of the stacks around it, hold."""
        name = resource.get("Condition")
        if name is not None and not self._condition_holds(stack, name):
            return False
        while stack.parent is not None:
            outer = stack.parent.resources[stack.parent_id]
            if outer.get("Condition") is not None and not self._condition_holds(stack.parent, outer["Condition"]):
                return False
            stack = stack.parent
        return True

    def _condition_holds(self, stack: Stack, name: Any) -> bool:
        try:
            return self.condition(stack, name)
        except Undecided as undecided:
            return bool(self._for_every_option(undecided.choice, lambda: self._condition_holds(stack, name)))

    def zone_name(self, zone: Any) -> Any:
        """The name that this world gives a zone that is written out."""
        if isinstance(zone, str) and not is_opaque(zone):
            if ZONE_NAME.match(zone):
                return self._zone(Zone("name", zone, zone.rstrip("abcdefghijklmnopqrstuvwxyz")))
            if re.fullmatch(r"[a-z0-9]+-az\d+", zone):
                return self._zone(Zone("id", zone, ""))
        return zone

    # Values

    def resolve(self, stack: Stack, node: Node) -> Any:
        """The value of an expression, which may raise `Undecided`."""
        kind = type(node)
        if kind is str:
            return self._dynamic(node) if "{{resolve:" in node else node
        if kind is dict:
            if len(node) == 1:
                ((name, argument),) = node.items()
                function = self._functions.get(name)
                if function is not None:
                    return function(stack, argument)
                if isinstance(name, str) and name.startswith("Fn::"):
                    return Unknown(f"{name} in {stack.name} is not a function that the prover knows")
            if "Fn::Transform" in node:
                return Unknown(f"a macro computes it in {stack.name}")
            result = {}
            for key, item in node.items():
                value = self.resolve(stack, item)
                if value is not NO_VALUE:
                    result[key] = value
            return result
        if kind is list:
            return [value for item in node if (value := self.resolve(stack, item)) is not NO_VALUE]
        return node

    def _choose(self, choice: Choice) -> Any:
        if choice.key in self._tentative:
            return choice.options[self._tentative[choice.key]]
        if choice.key in self.world.decided:
            return self.world.option(choice)
        raise Undecided(choice)

    def _zone(self, zone: Zone) -> str:
        self.zones[zone] = None
        return self.world.zones.get(zone, zone.text)

    def _once(self, key: tuple[str, str, str], evaluate: Callable[[], Any]) -> Any:
        found = self._memo.get(key)
        if found is not None:
            self.leans |= found[1]
            return found[0]
        if key in self._resolving:
            circle = [*self._resolving[self._resolving.index(key) :], key]
            raise TemplateError("cyclic reference: " + " -> ".join(f"{stack}.{name}" for stack, _, name in circle))
        self._resolving.append(key)
        outer, self.leans = self.leans, set()
        try:
            value = evaluate()
            if not self._tentative:
                self._memo[key] = (value, frozenset(self.leans))
        finally:
            self._resolving.pop()
            self.leans |= outer
        return value

    # Ref and GetAtt

    def _ref(self, stack: Stack, name: Any) -> Any:
        if not isinstance(name, str):
            raise TemplateError(f"{stack.name}: Ref takes a name, got {name!r}")
        identity = stack.ids.get(name)
        if identity is not None:
            resource = stack.resources[name]
            if resource["Type"] == "AWS::SSM::Parameter":
                return opaque(f"{stack.name}/{name}")
            if name in stack.named_by_code:
                kind, properties = resource["Type"], resource.get("Properties") or {}
                return self._once(
                    (stack.name, "attribute", f"{name}.Ref"),
                    lambda: self._custom_attribute(stack, name, kind, properties, "Ref"),
                )
            return identity
        if name.startswith("AWS::"):
            return self._pseudo(stack, name)
        if name in stack.parameters:
            return self._once((stack.name, "parameter", name), lambda: self._parameter(stack, name))
        raise TemplateError(
            f"{stack.name}: Ref to {name!r}, which is neither a resource nor a parameter"
            f"{nearest(name, [*stack.resources, *stack.parameters])}"
        )

    def _pseudo(self, stack: Stack, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name == "AWS::Region" and stack.region:
            return stack.region
        if name == "AWS::AccountId" and stack.source.account:
            return stack.source.account
        if name == "AWS::StackName":
            return stack.source.stack_name or stack.name
        if name == "AWS::StackId":
            return opaque(f"{stack.name}/StackId")
        return opaque(name)

    def _parameter(self, stack: Stack, name: str) -> Any:
        declaration = stack.parameters[name]
        if not isinstance(declaration, dict):
            raise TemplateError(f"{stack.name}: parameter {name} is not a mapping")
        kind = str(declaration.get("Type", "String"))
        value: Any = None
        if name in stack.given:
            value = stack.given[name]
            if stack.parent is not None:
                value = self.resolve(stack.parent, value)
        elif name in self.contracts.parameters.get(stack.name, {}):
            value = self.contracts.parameters[stack.name][name]
            self.leans.add(f"parameter {name} of {stack.name}")
        elif "Default" in declaration:
            value = declaration["Default"]
        if value is None or value is NO_VALUE:
            return self._parameter_without_value(stack, name, kind, declaration)
        if isinstance(value, Unknown):
            return value
        if kind.startswith("AWS::SSM::Parameter::Value"):
            value = self._ssm_value(str(value))
            kind = kind.removeprefix("AWS::SSM::Parameter::Value<").removesuffix(">")
        if (kind == "CommaDelimitedList" or kind.startswith("List<")) and isinstance(value, str):
            return [item.strip() for item in value.split(",")]
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, (int, float)) else value

    def _parameter_without_value(self, stack: Stack, name: str, kind: str, declaration: dict[str, Any]) -> Any:
        allowed = declaration.get("AllowedValues")
        if isinstance(allowed, list) and allowed:
            options = tuple(str(option).lower() if isinstance(option, bool) else str(option) for option in allowed)
            text = f"parameter {name} of {stack.name} is {{option!r}}"
            return self._choose(Choice(f"parameter {stack.name}.{name}", options, text))
        if kind == "AWS::EC2::AvailabilityZone::Name":
            return self._zone(Zone("parameter", f"zone of parameter {stack.name}.{name}", stack.region))
        return Unknown(f"parameter {name} of {stack.name} has no value")

    def _ssm_value(self, name: str) -> Any:
        if self._ssm is None:
            self._ssm = {}
            listed: dict[str, tuple[Stack, Node]] = {}
            for stack in self.stacks.stacks:
                for resource in stack.resources.values():
                    if resource["Type"] == "AWS::SSM::Parameter" and self.exists(stack, resource):
                        properties = resource.get("Properties") or {}
                        path = self.value(stack, properties.get("Name"))
                        if isinstance(path, str):
                            listed[path] = (stack, properties.get("Value"))
            self._ssm = listed
        if name in self._ssm:
            stack, node = self._ssm[name]
            return self._once((stack.name, "ssm", name), lambda: self.resolve(stack, node))
        if name in self.contracts.ssm:
            self.leans.add(f"ssm {name}")
            return self.contracts.ssm[name]
        return Unknown(f"the SSM parameter {name} is not in the set")

    def _dynamic(self, text: str) -> Any:
        unknown: list[Unknown] = []

        def replace(match: re.Match[str]) -> str:
            if match[1] != "ssm":
                unknown.append(Unknown("it is a secret"))
                return ""
            name = match[2].split(":")[0]
            value = self._ssm_value(name)
            if isinstance(value, Unknown):
                unknown.append(value)
            return str(value)

        replaced = _DYNAMIC.sub(replace, text)
        return unknown[0] if unknown else replaced

    def _get_att(self, stack: Stack, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(parts, list) or len(parts) < 2 or not isinstance(parts[0], str):
            raise TemplateError(f"{stack.name}: Fn::GetAtt takes a resource and an attribute, got {argument!r}")
        logical = parts[0]
        attribute = ".".join(str(part if isinstance(part, str) else self.resolve(stack, part)) for part in parts[1:])
        resource = stack.resources.get(logical)
        if resource is None:
            raise TemplateError(
                f"{stack.name}: Fn::GetAtt of {logical!r}, which is not a resource{nearest(logical, stack.resources)}"
            )
        kind = resource["Type"]
        if attribute in _IDENTITY.get(kind, ()):
            return stack.ids[logical]
        return self._once(
            (stack.name, "attribute", f"{logical}.{attribute}"),
            lambda: self._attribute(stack, logical, resource, kind, attribute),
        )

    def _attribute(self, stack: Stack, logical: str, resource: dict[str, Any], kind: str, attribute: str) -> Any:
        properties = resource.get("Properties") or {}
        if (kind, attribute) in _PROPERTY and attribute in properties:
            return self.resolve(stack, properties[attribute])
        if kind == "AWS::CloudFormation::Stack":
            return self._nested_output(stack, logical, attribute)
        if kind == "AWS::SSM::Parameter" and attribute == "Value":
            return self.resolve(stack, properties.get("Value"))
        if kind == "AWS::EC2::Subnet" and attribute == "AvailabilityZone":
            return self.subnet_zone(stack, properties)
        if kind == "AWS::EC2::VPC" and attribute == "Ipv6CidrBlocks":
            return self.ipv6_blocks(stack, logical)
        if kind == "AWS::EC2::VPC" and attribute in ("DefaultSecurityGroup", "DefaultNetworkAcl"):
            return opaque(f"{stack.name}/{logical}.{attribute}")
        if kind == "AWS::NetworkFirewall::Firewall":
            return self._firewall_attribute(stack, logical, properties, attribute)
        if kind == "AWS::NetworkFirewall::VpcEndpointAssociation" and attribute == "EndpointId":
            return endpoint_id(stack, logical, 0)
        if is_custom(kind):
            return self._custom_attribute(stack, logical, kind, properties, attribute)
        return opaque(f"{stack.name}/{logical}.{attribute}")

    def subnet_zone(self, stack: Stack, properties: dict[str, Any]) -> Any:
        """The zone of a subnet, by name or id; without either AWS picks one."""
        for name in ("AvailabilityZone", "AvailabilityZoneId"):
            if name in properties:
                zone = self.resolve(stack, properties[name])
                if zone is not NO_VALUE:
                    return self.zone_name(zone)
        return Unknown("AWS picks the availability zone of a subnet that names none")

    def ipv6_blocks(self, stack: Stack, logical: str) -> Any:
        """The IPv6 blocks of a VPC: those given, and a stand-in for each that Amazon provides.

        Which /56 Amazon provides is not known, but it is global, and no other VPC has it. The stand-in is
        both.
        """
        blocks = []
        for other, resource in stack.resources.items():
            if resource["Type"] != "AWS::EC2::VPCCidrBlock" or not self.exists(stack, resource):
                continue
            properties = resource.get("Properties") or {}
            if self.resolve(stack, properties.get("VpcId")) != stack.ids[logical]:
                continue
            if "Ipv6CidrBlock" in properties:
                blocks.append(self.resolve(stack, properties["Ipv6CidrBlock"]))
            elif str(properties.get("AmazonProvidedIpv6CidrBlock", "")).lower() == "true":
                blocks.append(stand_in_ipv6(stack.name, other))
            elif "Ipv6Pool" in properties or "Ipv6IpamPoolId" in properties:
                blocks.append(Unknown(f"a pool decides the IPv6 block of {stack.path(logical)}"))
        return blocks

    # Firewalls

    def endpoints(self, stack: Stack, logical: str) -> list[tuple[Any, str]]:
        """The endpoints of a firewall: the zone and the identity of each, in the template's order."""
        properties = stack.resources[logical].get("Properties") or {}
        mappings = self.resolve(stack, properties.get("SubnetMappings") or [])
        found: list[tuple[Any, str]] = []
        if not isinstance(mappings, list):
            return found
        for index, mapping in enumerate(mappings):
            subnet = mapping.get("SubnetId") if isinstance(mapping, dict) else mapping
            zone: Any = Unknown(f"the subnet of {stack.path(logical)} is not in the set")
            if isinstance(subnet, str) and subnet in self.stacks.by_id:
                owner, subnet_logical = self.stacks.by_id[subnet]
                zone = self.subnet_zone(owner, owner.resources[subnet_logical].get("Properties") or {})
            found.append((zone, endpoint_id(stack, logical, index)))
        return found

    def _firewall_attribute(self, stack: Stack, logical: str, properties: dict[str, Any], attribute: str) -> Any:
        if attribute == "TransitGatewayAttachmentId":
            return opaque(f"{stack.name}/{logical}.TransitGatewayAttachmentId")
        if attribute != "EndpointIds":
            return opaque(f"{stack.name}/{logical}.{attribute}")
        endpoints = self.endpoints(stack, logical)
        if isinstance(self.resolve(stack, properties.get("SubnetMappings") or []), Unknown):
            return Unknown(f"the subnets of {stack.path(logical)} are not known")
        listed = []
        for zone, endpoint in endpoints:
            if isinstance(zone, Unknown):
                zone = opaque(f"zone of {endpoint.strip(OPEN + CLOSE)}")
            listed.append(f"{zone}:{endpoint}")
        if len(listed) < 2:
            return listed
        if len(listed) > _MOST_ENDPOINTS:
            return Unknown(f"{stack.path(logical)} has {len(listed)} endpoints, in any order")
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-networkfirewall-firewall.html:
        # "EndpointIds are not in any particular order".
        text = f"EndpointIds of {stack.path(logical)} come in the order {{option}}"
        order = self._choose(Choice(f"endpoints {stack.ids[logical]}", tuple(permutations(listed)), text))
        return list(order)

    def _custom_attribute(
        self, stack: Stack, logical: str, kind: str, properties: dict[str, Any], attribute: str
    ) -> Any:
        path = stack.path(logical)
        declared = matching(self.contracts.returns, custom_names(stack, logical, kind))
        if declared is not None and attribute in self.contracts.returns[declared]:
            self.leans.add(f"returns {declared}")
            return self._declared_value(stack, properties, self.contracts.returns[declared][attribute], path)
        call = self.sdk_call(stack, properties)
        if call is not None:
            found = self._described(call, attribute)
            if found is not None:
                return found
        return Unknown(f"what the custom resource {path} returns as {attribute} is not declared")

    def sdk_call(self, stack: Stack, properties: dict[str, Any]) -> dict[str, Any] | None:
        """The API call of CDK's `AwsCustomResource`, or None when it makes none or several different ones."""
        calls = []
        for name in ("Create", "Update", "Delete"):
            if name in properties:
                text = self.resolve(stack, properties[name])
                if not isinstance(text, str):
                    return None
                try:
                    call = json.loads(text)
                except ValueError:
                    return None
                if not isinstance(call, dict):
                    return None
                calls.append(call)
        if not calls:
            return None
        first = calls[0]
        if any(
            (call.get("service"), call.get("action")) != (first.get("service"), first.get("action")) for call in calls
        ):
            return None
        return first

    def _described(self, call: dict[str, Any], attribute: str) -> Any:
        parameters = call.get("parameters")
        if not isinstance(parameters, dict):
            return None
        if call.get("action") in ("describeFirewall", "DescribeFirewallCommand"):
            match = re.fullmatch(r"FirewallStatus\.SyncStates\.([^.]+)\.Attachment\.EndpointId", attribute)
            firewall = parameters.get("FirewallArn")
            if match and isinstance(firewall, str) and firewall in self.stacks.by_id:
                return self.endpoint_in(firewall, match[1])
        if call.get("action") in (
            "describeTransitGatewayAttachments",
            "DescribeTransitGatewayAttachmentsCommand",
        ):
            filters = {
                item.get("Name"): item.get("Values")
                for item in parameters.get("Filters") or ()
                if isinstance(item, dict)
            }
            connection = (filters.get("resource-id") or [None])[0]
            if isinstance(connection, str) and connection in self.stacks.by_id:
                connection = self._associated(connection, (filters.get("transit-gateway-id") or [None])[0])
            if (
                attribute == "TransitGatewayAttachments.0.TransitGatewayAttachmentId"
                and isinstance(connection, str)
                and connection in self.stacks.by_id
            ):
                return vpn_attachment_id(connection)
        return None

    def _associated(self, identity: str, gateway: Any) -> str | None:
        """What makes the attachment of a resource: of a Direct Connect gateway that is its association."""
        stack, logical = self.stacks.by_id[identity]
        if stack.resources[logical]["Type"] != "AWS::DirectConnect::DirectConnectGateway":
            return identity
        found = []
        for other in self.stacks.stacks:
            for name, resource in other.resources.items():
                if resource["Type"] == "AWS::DirectConnect::DirectConnectGatewayAssociation":
                    properties = resource.get("Properties") or {}
                    associated = self.resolve(other, properties.get("AssociatedGatewayId"))
                    if self.resolve(other, properties.get("DirectConnectGatewayId")) == identity and (
                        gateway is None or associated == gateway
                    ):
                        found.append(other.ids[name])
        return found[0] if len(found) == 1 else None

    def endpoint_in(self, firewall: str, zone: Any) -> Any:
        """The endpoint of a firewall in a zone."""
        stack, logical = self.stacks.by_id[firewall]
        name = self.zone_name(zone)
        found = [endpoint for other, endpoint in self.endpoints(stack, logical) if other == name]
        if len(found) == 1:
            return found[0]
        return Unknown(f"{stack.path(logical)} has no endpoint that is surely in {zone}")

    def _declared_value(self, stack: Stack, properties: dict[str, Any], value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return value
        if "endpoint-of" in value:
            firewall = self.find(str(value["endpoint-of"]), "AWS::NetworkFirewall::Firewall")
            zone = value.get("zone")
            if isinstance(zone, dict) and "property" in zone:
                zone = self.resolve(stack, properties.get(str(zone["property"])))
            if isinstance(zone, Unknown) or not isinstance(zone, str):
                return Unknown(f"the zone that {path} is given is not known")
            return self.endpoint_in(firewall, zone)
        if "attachment-of" in value:
            return vpn_attachment_id(self.find(str(value["attachment-of"]), *_ATTACHING))
        if "resource" in value:
            return self.find(str(value["resource"]))
        if "property" in value:
            return self.resolve(stack, properties.get(str(value["property"])))
        return Unknown(f"the contract for {path} says {value!r}, which the prover does not know")

    def find(self, name: str, *kinds: str) -> str:
        """The identity of the one resource that has a name.

        Raises:
            TemplateError: None has it, or several have.
        """
        found, known = [], []
        for stack in self.stacks.stacks:
            for logical, resource in stack.resources.items():
                if not kinds or resource["Type"] in kinds:
                    path = stack.path(logical)
                    known.append(path)
                    if matching([name], custom_names(stack, logical, "")):
                        found.append(stack.ids[logical])
        if len(found) != 1:
            many = "several resources are" if found else "no resource is"
            raise TemplateError(f"{many} named {name!r}{'' if found else nearest(name, known)}")
        return found[0]

    # The other functions

    def _select(self, stack: Stack, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 2:
            raise TemplateError(f"{stack.name}: Fn::Select takes an index and a list, got {argument!r}")
        index, items = self.resolve(stack, argument[0]), self.resolve(stack, argument[1])
        if isinstance(index, Unknown):
            return index
        if isinstance(items, Unknown):
            return items
        try:
            position = int(index)
        except (TypeError, ValueError):
            raise TemplateError(f"{stack.name}: Fn::Select takes an index, got {index!r}") from None
        if isinstance(items, _Zones):
            return self._zone(
                Zone(
                    "index",
                    f"GetAZs[{position}]" + (f" of {items.region}" if items.region else ""),
                    items.region,
                )
            )
        if not isinstance(items, list):
            return Unknown(f"Fn::Select in {stack.name} selects from what is not a known list")
        if not 0 <= position < len(items):
            return Unknown(f"Fn::Select in {stack.name} selects element {position} of {len(items)}")
        return items[position]

    def _join(self, stack: Stack, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 2:
            raise TemplateError(f"{stack.name}: Fn::Join takes a delimiter and a list, got {argument!r}")
        delimiter, items = argument[0], self.resolve(stack, argument[1])
        if isinstance(items, (Unknown, _Zones)):
            return Unknown("the list of all availability zones is not known") if isinstance(items, _Zones) else items
        if not isinstance(items, list):
            raise TemplateError(f"{stack.name}: Fn::Join takes a list, got {items!r}")
        for item in items:
            if isinstance(item, Unknown):
                return item
        return str(delimiter).join(map(_text, items))

    def _sub(self, stack: Stack, argument: Any) -> Any:
        text, variables = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
        unknown: list[Unknown] = []

        def replace(match: re.Match[str]) -> str:
            if match[1]:
                return "${" + match[2] + "}"
            name = match[2].strip()
            if name in variables:
                value = self.resolve(stack, variables[name])
            elif "." in name:
                value = self._get_att(stack, name)
            else:
                value = self._ref(stack, name)
            if isinstance(value, Unknown):
                unknown.append(value)
            return _text(value)

        replaced = _SUBSTITUTION.sub(replace, text)
        return unknown[0] if unknown else replaced

    def _split(self, stack: Stack, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 2:
            raise TemplateError(f"{stack.name}: Fn::Split takes a delimiter and a text, got {argument!r}")
        delimiter, text = self.resolve(stack, argument[0]), self.resolve(stack, argument[1])
        if isinstance(text, Unknown) or isinstance(delimiter, Unknown):
            return text if isinstance(text, Unknown) else delimiter
        if not isinstance(text, str) or not isinstance(delimiter, str) or not delimiter:
            raise TemplateError(f"{stack.name}: Fn::Split takes a delimiter and a text, got {argument!r}")
        match = _ZONE_BEFORE_COLON.search(delimiter)
        if match:
            # The zone may be one that another part of the template writes as an element of Fn::GetAZs.
            delimiter = delimiter.replace(match[1], str(self.zone_name(match[1])))
        return text.split(delimiter)

    def _if(self, stack: Stack, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:
            raise TemplateError(f"{stack.name}: Fn::If takes a condition and two values, got {argument!r}")
        return self.resolve(stack, argument[1] if self.condition(stack, argument[0]) else argument[2])

    def _import_value(self, stack: Stack, argument: Any) -> Any:
        name = self.resolve(stack, argument)
        if isinstance(name, Unknown):
            return name
        if self._exports is None:
            self._exports = {}
            listed: dict[str, tuple[Stack, Node]] = {}
            for exporter in self.stacks.stacks:
                for output in exporter.outputs.values():
                    export = output.get("Export") if isinstance(output, dict) else None
                    if isinstance(export, dict) and self.exists(exporter, output):
                        export_name = self.value(exporter, export.get("Name"))
                        if isinstance(export_name, str):
                            listed[export_name] = (exporter, output.get("Value"))
            self._exports = listed
        if name in self._exports:
            exporter, node = self._exports[name]
            return self._once((exporter.name, "export", name), lambda: self.resolve(exporter, node))
        if name in self.contracts.imports:
            self.leans.add(f"imports {name}")
            return self.contracts.imports[name]
        return Unknown(f"no stack of the set exports {name!r}, which {stack.name} imports")

    def _stack_output(self, stack: Stack, argument: Any) -> Any:
        # How CDK writes a weak reference between stacks.
        details = self.resolve(stack, argument)
        name, output = (details.get("StackName"), details.get("OutputName")) if isinstance(details, dict) else (0, 0)
        for other in self.stacks.stacks:
            if name in (other.source.stack_name, other.name) and output in other.outputs:
                return self._output(other, str(output))
        return Unknown(f"no stack of the set is named {name!r} and has the output {output!r}")

    def _output(self, stack: Stack, name: str) -> Any:
        node = stack.outputs[name].get("Value")
        return self._once((stack.name, "output", name), lambda: self.resolve(stack, node))

    def _nested_output(self, stack: Stack, logical: str, attribute: str) -> Any:
        child = stack.children[logical]
        if isinstance(child, Unknown):
            return child
        name = attribute.removeprefix("Outputs.")
        if name not in child.outputs:
            raise TemplateError(f"{child.name} has no output {name!r}{nearest(name, child.outputs)}")
        return self.resolve(child, child.outputs[name].get("Value"))

    def _get_azs(self, stack: Stack, argument: Any) -> Any:
        region = self.resolve(stack, argument)
        if isinstance(region, Unknown):
            region = ""
        return _Zones(stack.region if not region or is_opaque(str(region)) else str(region))

    def _find_in_map(self, stack: Stack, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) < 3:
            raise TemplateError(f"{stack.name}: Fn::FindInMap takes a map and two keys, got {argument!r}")
        name, top, second = (self.resolve(stack, part) for part in argument[:3])
        for key in (name, top, second):
            if isinstance(key, Unknown):
                return key
        found = stack.mappings.get(name)
        for key in (top, second):
            if isinstance(key, str) and is_opaque(key):
                return Unknown(f"Fn::FindInMap in {stack.name} looks for {key.strip(OPEN + CLOSE)}, known only to AWS")
            found = found.get(str(key)) if isinstance(found, dict) else None
        if found is None:
            if len(argument) > 3 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
                return self.resolve(stack, argument[3]["DefaultValue"])
            raise TemplateError(f"{stack.name}: the mapping {name} has no {top}.{second}")
        return found

    def _cidr(self, stack: Stack, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) < 2:
            raise TemplateError(f"{stack.name}: Fn::Cidr takes a block and a count, got {argument!r}")
        parts = [self.resolve(stack, part) for part in argument]
        for part in parts:
            if isinstance(part, Unknown):
                return part
        block = parse_prefix(parts[0]) if isinstance(parts[0], str) else None
        if block is None:
            if isinstance(parts[0], str) and is_opaque(parts[0]):
                return Unknown(f"the block that Fn::Cidr in {stack.name} divides is known only to AWS")
            raise TemplateError(f"{stack.name}: Fn::Cidr takes a CIDR, got {parts[0]!r}")
        try:
            count, host_bits = int(parts[1]), int(parts[2]) if len(parts) > 2 else 8
        except (TypeError, ValueError):
            raise TemplateError(f"{stack.name}: Fn::Cidr takes numbers, got {parts[1:]!r}") from None
        width = 32 if block.family == 4 else 128
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
        if not 1 <= count <= 256 or not 0 <= host_bits <= width or count << host_bits > block.last - block.first + 1:
            raise TemplateError(
                f"{stack.name}: Fn::Cidr cannot cut {count} blocks with {host_bits} host bits from {block}"
            )
        length = width - host_bits
        return [str(block._replace(first=block.first + (index << host_bits), length=length)) for index in range(count)]

    def _length(self, stack: Stack, argument: Any) -> Any:
        items = self.resolve(stack, argument)
        return len(items) if isinstance(items, list) else Unknown(f"Fn::Length in {stack.name} of what is not known")

    def _to_json(self, stack: Stack, argument: Any) -> Any:
        value = self.resolve(stack, argument)
        return value if isinstance(value, Unknown) else json.dumps(value, default=str)

    # Conditions

    def condition(self, stack: Stack, name: Any) -> bool:
        """Whether a named condition holds; one that no one has decided is a choice."""
        if name not in stack.conditions:
            raise TemplateError(f"{stack.name}: there is no condition {name!r}{nearest(str(name), stack.conditions)}")
        return bool(self._once((stack.name, "condition", name), lambda: self._decide(stack, name)))

    def _decide(self, stack: Stack, name: str) -> bool:
        value = self._logic(stack, stack.conditions[name])
        if isinstance(value, Unknown):
            text = f"condition {name} of {stack.name} is {{option}} ({value.reason})"
            return bool(self._choose(Choice(f"condition {stack.name}.{name}", (True, False), text)))
        return value

    def _logic(self, stack: Stack, node: Node) -> bool | Unknown:
        if not isinstance(node, dict) or len(node) != 1:
            raise TemplateError(f"{stack.name}: a condition is one function, got {node!r}")
        ((name, argument),) = node.items()
        if name == "Condition":
            return bool(self.condition(stack, argument))
        if name == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:
            return _equal(self.resolve(stack, argument[0]), self.resolve(stack, argument[1]))
        if name == "Fn::Not" and isinstance(argument, list) and len(argument) == 1:
            inner = self._logic(stack, argument[0])
            return inner if isinstance(inner, Unknown) else not inner
        if name in ("Fn::And", "Fn::Or") and isinstance(argument, list):
            values = [self._logic(stack, part) for part in argument]
            decisive = bool(name == "Fn::Or")
            if decisive in values:
                return decisive
            doubts = [value for value in values if isinstance(value, Unknown)]
            return doubts[0] if doubts else not decisive
        raise TemplateError(f"{stack.name}: {name} is not a condition")


def is_custom(kind: str) -> bool:
    """Whether a resource is made by code of the user's own."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


class _Zones:
    """`Fn::GetAZs`: all zones of a region in an order that the account decides."""

    def __init__(self, region: str) -> None:
        self.region = region


def _has_loop(node: Node) -> bool:
    if isinstance(node, dict):
        return any(str(key).startswith("Fn::ForEach::") or _has_loop(item) for key, item in node.items())
    return isinstance(node, list) and any(_has_loop(item) for item in node)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _equal(one: Any, other: Any) -> bool | Unknown:
    for value in (one, other):
        if isinstance(value, Unknown):
            return value
        if isinstance(value, _Zones):
            return Unknown("the list of all availability zones is not known")
    if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
        return bool(one == other)
    one, other = _text(one), _text(other)
    if one == other:
        return True
    for value, against in ((one, other), (other, one)):
        if is_opaque(value) and against:
            return Unknown(f"{value.replace(OPEN, '').replace(CLOSE, '')} is known only to AWS")
    return False


def custom_names(stack: Stack, logical: str, kind: str) -> tuple[str, ...]:
    """The names by which a contract may call a resource."""
    path = stack.path(logical)
    trimmed = re.sub(r"/(?:Resource|Default)(?:/Default)?$", "", path)
    return tuple(dict.fromkeys(name for name in (path, trimmed, f"{stack.name}/{logical}", logical, kind) if name))


def endpoint_id(stack: Stack, logical: str, index: int) -> str:
    """The identity of a firewall's endpoint."""
    return f"{OPEN}{stack.name}/{logical}#{index}{CLOSE}"


def vpn_attachment_id(connection: str) -> str:
    """The identity of the attachment that a VPN connection makes on its transit gateway."""
    return f"{OPEN}{connection.strip(OPEN + CLOSE)}.attachment{CLOSE}"


def stand_in_ipv6(stack: str, logical: str) -> str:
    """A /56 that no other VPC of the set has."""
    digest = 0
    for character in f"{stack}/{logical}":
        digest = (digest * 1000003 + ord(character)) & 0xFFFFFFFFFFFF
    text = f"{digest:012x}"
    # 2a05:d000::/25 is Amazon's; 48 - 12 bits are enough to tell VPCs apart.
    return f"2a05:d{text[0:3]}:{text[3:7]}:{text[7:9]}00::/56"
