"""Derive from the schemas that cfn-lint ships which types and properties name network elements.

`python -m patternkit.routes.classes.deriving` writes `types.json` anew: what has a class keeps it, and what is new gets
none, until someone decides. The tests fail while anything has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from patternkit.routes.classes import ADDS, CHANGES

FILE = Path(__file__).parent / "types.json"

# Elements as properties are called for them.
_ELEMENTS = (
    "Vpc|VPC|Vpce|Subnet|SecurityGroup|RouteTable|NetworkInterface|NetworkAcl|PrefixList|TransitGateway|"
    "TransitGatewayAttachment|TransportAttachment|ConnectAttachment|InternetGateway|NatGateway|VpnGateway|VirtualGateway|"
    "CustomerGateway|CarrierGateway|LocalGateway|DirectConnectGateway|AssociatedGateway|ResourceGateway|"
    "LoadBalancer|TargetGroup|Listener|VpcEndpoint|VpcEndpointService|VpcOrigin|VpcLink|VpcConnector|ClientVpnEndpoint|"
    "VpcPeeringConnection|VpnConnection|CoreNetwork|Firewall|RouteServer|RouteServerEndpoint|VerifiedAccessEndpoint|"
    "Ec2Instance|Allocation|AddressAllocation|ElasticIp|AutoScalingGroup|AccessEndpoint"
)
_NAME = re.compile(
    rf".*(?:{_ELEMENTS})s?(?:Ids?|IDs?|IdList|Arns?|ARNs?|Identifiers?|Names?|NameList|List|ServiceName)?$"
    r"|^VPCZoneIdentifier$|^GroupSet$|^GatewayId$|^EndpointId$|^InstanceId$|^GroupId$|^SecurityGroupsIDs$"
)
_FORMAT = re.compile(r"^AWS::EC2::(?:SecurityGroup|Subnet|VPC)\.")


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each type of any Region, with its schema."""
    import cfnlint

    folder = Path(str(cfnlint.__file__)).parent / "data" / "schemas"
    found: dict[str, str] = {}
    for file in sorted((folder / "providers").glob("*.json")):
        found.update(json.loads(file.read_text(encoding="utf-8")))
    for kind, name in sorted(found.items()):
        yield kind, json.loads((folder / "resources" / f"{name}.json").read_text(encoding="utf-8"))


def properties_of(schema: dict[str, Any]) -> list[str]:
    """The properties of a type that name network elements, as paths."""
    given = {path.split("/")[2] for path in schema.get("readOnlyProperties", ()) if path.count("/") == 2}
    return sorted(
        {
            path
            for name, node in schema.get("properties", {}).items()
            if name not in given
            for path in _naming(schema, name, node, name, frozenset())
        }
    )


def _naming(schema: dict[str, Any], name: str, node: Any, path: str, seen: frozenset[str]) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    items = node.get("items")
    formats = (node.get("format"), items.get("format") if isinstance(items, dict) else None)
    if any(isinstance(text, str) and _FORMAT.match(text) for text in formats) or (
        _NAME.match(name) and node.get("type") not in ("boolean", "integer", "number")
    ):
        yield path
    yield from _inside(schema, node, path, seen)


def _inside(schema: dict[str, Any], node: Any, path: str, seen: frozenset[str]) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/") and reference not in seen:
        target: Any = schema
        for part in reference[2:].split("/"):
            target = target.get(part, {}) if isinstance(target, dict) else {}
        yield from _inside(schema, target, path, seen | {reference})
    for name, inner in (node.get("properties") or {}).items():
        yield from _naming(schema, name, inner, f"{path}/{name}", seen)
    for key in ("items", "additionalProperties"):
        yield from _inside(schema, node.get(key), path, seen)
    for key in ("oneOf", "anyOf", "allOf"):
        for inner in node.get(key) or ():
            yield from _inside(schema, inner, path, seen)


def derive() -> dict[str, list[str]]:
    """By type, the properties that name network elements; types without one have none."""
    return {kind: properties_of(schema) for kind, schema in schemas()}


def undecided(listed: dict[str, Any], derived: dict[str, list[str]]) -> list[str]:
    """What names a network element and is in no class."""
    missing = []
    for kind, properties in derived.items():
        entry = listed["types"].get(kind)
        if properties and (entry is None or not entry["class"]):
            missing.append(kind)
            continue
        known = set(entry["properties"]) if entry is not None else set()
        if entry is not None and entry["class"] in (ADDS, CHANGES):
            known &= set(entry.get("names", {}))
        missing += [f"{kind} {name}" for name in properties if name not in known]
    return missing


def write() -> None:
    """Write the file anew."""
    listed = json.loads(FILE.read_text(encoding="utf-8"))
    derived = derive()
    types = listed["types"]
    for kind, properties in derived.items():
        if properties or kind in types:
            entry = types.setdefault(kind, {"class": "", "properties": []})
            new = [name for name in properties if name not in entry["properties"]]
            if new and entry["properties"]:
                print(f"{kind}: new properties, {', '.join(new)}")
            entry["properties"] = properties
            if not entry["class"]:
                print(f"{kind}: no class; {', '.join(properties)}")
    listed["types"] = dict(sorted(types.items()))
    listed["names nothing"] = sorted(
        kind for kind, properties in derived.items() if not properties and kind not in types
    )
    FILE.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
