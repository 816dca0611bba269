"""What a resource is told apart by in its account: two of one type cannot both have it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from patternkit.templates.properties import schema_of
from patternkit.upgrade.changes import properties_of
from patternkit.upgrade.spelling import canonical

_BY_HAND = {
    # Of one attachment, whatever the table.
    "AWS::EC2::TransitGatewayRouteTableAssociation": ("TransitGatewayAttachmentId",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::Route53::RecordSet": ("Name", "Type", "SetIdentifier", "HostedZoneId", "HostedZoneName"),
    "AWS::SecretsManager::Secret": ("Name",),
}


def own_name(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the properties that name a resource, where its template says them.

    CloudFormation makes a new resource before it deletes the old one, and so cannot make one of the same name.

    Args:
        resource: Its definition.

    Returns:
        Values by property, each spelled in one way; none where AWS chooses the name.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
    """
    properties = properties_of(resource)
    given = {name: properties[name] for name in _naming(resource["Type"]) if name in properties}
    return {name: canonical(one) for name, one in given.items() if one != {"Ref": "AWS::NoValue"}}


@cache
def _naming(resource_type: str) -> tuple[str, ...]:
    if resource_type in _BY_HAND:
        return _BY_HAND[resource_type]
    schema = schema_of(resource_type) or {}
    identifier, made, once = (
        [path.removeprefix("/properties/") for path in schema.get(key) or ()]
        for key in ("primaryIdentifier", "readOnlyProperties", "createOnlyProperties")
    )
    if identifier and not set(identifier) & set(made) and not any("/" in one for one in identifier):
        return tuple(identifier)
    usual = f"{resource_type.rpartition('::')[2]}Name"
    return (usual,) if usual in once else ()
