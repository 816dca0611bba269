"""Set through the services' own APIs what the local cloud's CloudFormation dropped.

One row per property. A row is used when the server's notes say that the property was given and not looked up
(see `report`); with a release of ministack that looks at it, the row rests. A repair counts only when the
service then reads back what was set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from patternkit.localcloud.api_shape import conform
from patternkit.localcloud.repair import Dropped, Repair
from patternkit.localcloud.table_repairs import GLOBAL_TABLE, TABLE


def _tags(resource: Dropped) -> list[dict[str, str]]:
    # CloudFormation's own tags are reserved: a service refuses them from anyone else.
    tags = [tag for tag in resource.properties["Tags"] if not tag["Key"].startswith("aws:")]
    return sorted(tags, key=lambda tag: str(tag["Key"]))


LIFECYCLE_RENAMED = {
    "ExpirationInDays": ("Expiration", "Days"),
    "ExpirationDate": ("Expiration", "Date"),
    "ExpiredObjectDeleteMarker": ("Expiration", "ExpiredObjectDeleteMarker"),
    "NoncurrentVersionExpirationInDays": ("NoncurrentVersionExpiration", "NoncurrentDays"),
    "ObjectSizeGreaterThan": ("Filter", "ObjectSizeGreaterThan"),
    "ObjectSizeLessThan": ("Filter", "ObjectSizeLessThan"),
    "Prefix": ("Filter", "Prefix"),
}


def _lifecycle(resource: Dropped) -> list[dict[str, Any]]:
    """The rules as S3's API has them; CloudFormation names their parts otherwise."""
    rules = []
    for number, given in enumerate(resource.properties["LifecycleConfiguration"]["Rules"]):
        rule: dict[str, Any] = {"ID": given.get("Id", f"rule-{number}"), "Status": given["Status"]}
        filters: dict[str, Any] = {}
        for name, value in given.items():
            if name in LIFECYCLE_RENAMED:
                part, key = LIFECYCLE_RENAMED[name]
                into = filters if part == "Filter" else rule.setdefault(part, {})
                into[key] = int(value) if "Days" in key or "ObjectSize" in key else value
            elif name == "TagFilters":
                filters["Tags"] = value
            elif name == "AbortIncompleteMultipartUpload":
                rule[name] = {"DaysAfterInitiation": int(value["DaysAfterInitiation"])}
            elif name == "NoncurrentVersionExpiration":
                rule[name] = {key: int(count) for key, count in value.items()}
            elif name in ("Transitions", "NoncurrentVersionTransitions"):
                days = "Days" if name == "Transitions" else "NoncurrentDays"
                rule[name] = [
                    {
                        days if key == "TransitionInDays" else "Date" if key == "TransitionDate" else key: each
                        for key, each in transition.items()
                    }
                    for transition in value
                ]
        several = len(filters) + len(filters.get("Tags", [])) - ("Tags" in filters) > 1
        if several:
            rule["Filter"] = {"And": filters}
        elif "Tags" in filters:
            rule["Filter"] = {"Tag": filters["Tags"][0]}
        else:
            rule["Filter"] = filters or {"Prefix": ""}
        rules.append(rule)
    return rules


def _encryption(resource: Dropped) -> list[dict[str, Any]]:
    rules = []
    for given in resource.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]:
        rule = {"ApplyServerSideEncryptionByDefault": given["ServerSideEncryptionByDefault"]}
        if "BucketKeyEnabled" in given:
            rule["BucketKeyEnabled"] = given["BucketKeyEnabled"]
        rules.append(rule)
    return rules


SCHEDULE = (
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "FlexibleTimeWindow",
    "Target",
    "State",
    "Description",
    "GroupName",
    "KmsKeyArn",
    "StartDate",
    "EndDate",
)


def _schedule(name: str) -> Repair:
    """Whatever was dropped, the whole schedule is told again: UpdateSchedule resets what it is not told."""

    def update(client: Any, resource: Dropped) -> None:
        given = {key: resource.properties[key] for key in SCHEDULE if key in resource.properties}
        client.update_schedule(Name=resource.physical_id, **conform(client, "UpdateSchedule", given))

    def read(client: Any, resource: Dropped) -> object:
        group = {"GroupName": resource.properties["GroupName"]} if "GroupName" in resource.properties else {}
        return _comparable(client.get_schedule(Name=resource.physical_id, **group)[name])

    return Repair(service="scheduler", set=update, read=read, expected=lambda r: _comparable(r.properties[name]))


def _comparable(value: Any) -> Any:
    """A date as text, however the template and the service write it."""
    return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value[:16] if _dated(value) else value


def _dated(value: Any) -> bool:
    return (
        isinstance(value, str) and len(value) >= len("2026-01-01T00:00") and value[4:5] == "-" and value[10:11] == "T"
    )


def _function(name: str, api_name: str | None = None) -> Repair:
    member = api_name or name
    return Repair(
        service="lambda",
        set=lambda client, r: client.update_function_configuration(
            FunctionName=r.physical_id, **{member: r.properties[name]}
        ),
        read=lambda client, r: client.get_function_configuration(FunctionName=r.physical_id)[member],
        expected=lambda r: r.properties[name],
    )


def _flag(value: Any) -> bool:
    return str(value).lower() == "true"


def _topic_flag(name: str) -> Repair:
    return Repair(
        service="sns",
        set=lambda client, r: client.set_topic_attributes(
            TopicArn=r.physical_id, AttributeName=name, AttributeValue=str(_flag(r.properties[name])).lower()
        ),
        read=lambda client, r: client.get_topic_attributes(TopicArn=r.physical_id)["Attributes"][name],
        expected=lambda r: str(_flag(r.properties[name])).lower(),
    )


def _set_validator(client: Any, resource: Dropped) -> None:
    made = client.create_request_validator(
        restApiId=resource.properties["RestApiId"],
        name=resource.properties.get("Name", resource.physical_id),
        validateRequestBody=_flag(resource.properties.get("ValidateRequestBody", False)),
        validateRequestParameters=_flag(resource.properties.get("ValidateRequestParameters", False)),
    )
    resource.replaced[resource.physical_id] = made["id"]


def _validator(name: str, member: str) -> Repair:
    return Repair(
        service="apigateway",
        set=lambda client, r: None if r.physical_id in r.replaced else _set_validator(client, r),
        read=lambda client, r: client.get_request_validator(
            restApiId=r.properties["RestApiId"], requestValidatorId=r.replaced[r.physical_id]
        )[member],
        expected=lambda r: _flag(r.properties[name]),
    )


def _method(resource: Dropped) -> dict[str, str]:
    given = resource.properties
    return {
        "restApiId": given["RestApiId"],
        "resourceId": given["ResourceId"],
        "httpMethod": given["HttpMethod"],
    }


CORS = Repair(
    service="apigatewayv2",
    set=lambda client, r: client.update_api(
        **conform(client, "UpdateApi", {"ApiId": r.physical_id, "CorsConfiguration": r.properties["CorsConfiguration"]})
    ),
    read=lambda client, r: client.get_api(ApiId=r.physical_id)["CorsConfiguration"],
    expected=lambda r: r.properties["CorsConfiguration"],
    kept=True,  # under names that the service then does not find
)


def _targets(resource: Dropped) -> list[dict[str, Any]]:
    return [dict(target) for target in resource.properties["Targets"]]


TARGETS = Repair(
    service="elbv2",
    set=lambda client, r: client.register_targets(
        **conform(client, "RegisterTargets", {"TargetGroupArn": r.physical_id, "Targets": _targets(r)})
    ),
    read=lambda client, r: sorted(
        each["Target"]["Id"]
        for each in client.describe_target_health(TargetGroupArn=r.physical_id)["TargetHealthDescriptions"]
    ),
    expected=lambda r: sorted({str(target["Id"]) for target in _targets(r)}),
)

REPAIRS: Mapping[str, Mapping[str, Repair]] = {
    "AWS::S3::Bucket": {
        "LifecycleConfiguration": Repair(
            service="s3",
            set=lambda client, r: client.put_bucket_lifecycle_configuration(
                Bucket=r.physical_id, LifecycleConfiguration={"Rules": _lifecycle(r)}
            ),
            read=lambda client, r: client.get_bucket_lifecycle_configuration(Bucket=r.physical_id)["Rules"],
            expected=_lifecycle,
        ),
        "BucketEncryption": Repair(
            service="s3",
            set=lambda client, r: client.put_bucket_encryption(
                Bucket=r.physical_id, ServerSideEncryptionConfiguration={"Rules": _encryption(r)}
            ),
            read=lambda client, r: client.get_bucket_encryption(Bucket=r.physical_id)[
                "ServerSideEncryptionConfiguration"
            ]["Rules"],
            expected=_encryption,
        ),
        "OwnershipControls": Repair(
            service="s3",
            set=lambda client, r: client.put_bucket_ownership_controls(
                Bucket=r.physical_id, OwnershipControls=r.properties["OwnershipControls"]
            ),
            read=lambda client, r: client.get_bucket_ownership_controls(Bucket=r.physical_id)["OwnershipControls"],
            expected=lambda r: r.properties["OwnershipControls"],
        ),
        "Tags": Repair(
            service="s3",
            set=lambda client, r: client.put_bucket_tagging(Bucket=r.physical_id, Tagging={"TagSet": _tags(r)}),
            read=lambda client, r: sorted(
                client.get_bucket_tagging(Bucket=r.physical_id)["TagSet"], key=lambda tag: str(tag["Key"])
            ),
            expected=_tags,
        ),
    },
    "AWS::DynamoDB::Table": TABLE,
    "AWS::DynamoDB::GlobalTable": GLOBAL_TABLE,
    "AWS::Lambda::Function": {
        "DeadLetterConfig": _function("DeadLetterConfig"),
        "KmsKeyArn": _function("KmsKeyArn", "KMSKeyArn"),
        "ReservedConcurrentExecutions": Repair(
            service="lambda",
            set=lambda client, r: client.put_function_concurrency(
                FunctionName=r.physical_id,
                ReservedConcurrentExecutions=int(r.properties["ReservedConcurrentExecutions"]),
            ),
            read=lambda client, r: client.get_function_concurrency(FunctionName=r.physical_id)[
                "ReservedConcurrentExecutions"
            ],
            expected=lambda r: int(r.properties["ReservedConcurrentExecutions"]),
        ),
    },
    "AWS::SNS::Topic": {
        "FifoTopic": _topic_flag("FifoTopic"),
        "ContentBasedDeduplication": _topic_flag("ContentBasedDeduplication"),
        "KmsMasterKeyId": Repair(
            service="sns",
            set=lambda client, r: client.set_topic_attributes(
                TopicArn=r.physical_id,
                AttributeName="KmsMasterKeyId",
                AttributeValue=r.properties["KmsMasterKeyId"],
            ),
            read=lambda client, r: client.get_topic_attributes(TopicArn=r.physical_id)["Attributes"]["KmsMasterKeyId"],
            expected=lambda r: r.properties["KmsMasterKeyId"],
        ),
    },
    "AWS::Scheduler::Schedule": {
        name: _schedule(name) for name in ("ScheduleExpressionTimezone", "KmsKeyArn", "StartDate", "EndDate")
    },
    "AWS::ApiGatewayV2::Api": {"CorsConfiguration": CORS},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"Targets": TARGETS},
    "AWS::ApiGateway::RequestValidator": {
        "ValidateRequestBody": _validator("ValidateRequestBody", "validateRequestBody"),
        "ValidateRequestParameters": _validator("ValidateRequestParameters", "validateRequestParameters"),
    },
    "AWS::ApiGateway::Method": {
        "RequestValidatorId": Repair(
            service="apigateway",
            set=lambda client, r: client.update_method(
                **_method(r),
                patchOperations=[
                    {
                        "op": "replace",
                        "path": "/requestValidatorId",
                        "value": r.replaced[r.properties["RequestValidatorId"]],
                    }
                ],
            ),
            read=lambda client, r: client.get_method(**_method(r))["requestValidatorId"],
            expected=lambda r: r.replaced[r.properties["RequestValidatorId"]],
        ),
    },
}
"""Resource type, property, how it is set."""
