"""Buckets and tables."""

from __future__ import annotations

from patternkit.testing.permissions.account.identity import Identity
from patternkit.testing.permissions.account.made import Definition, Made
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.statements import read_policy


def bucket(account: Identity, definition: Definition) -> Made:
    """Make an S3 bucket."""
    name = definition.named("BucketName").lower()
    where = {} if account.region == "us-east-1" else {"LocationConstraint": account.region}
    s3 = account.client("s3")
    s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
    if versioning := definition.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    arn = f"arn:{account.partition}:s3:::{name}"
    attributes = {"Arn": arn, "DomainName": f"{name}.s3.amazonaws.com"}
    return Made("AWS::S3::Bucket", name, attributes, arn, definition.some("BucketEncryption"))


def table(account: Identity, definition: Definition) -> Made:
    """Make a DynamoDB table."""
    name = definition.named("TableName", 255)
    settings = definition.some("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    stream = definition.get("StreamSpecification")
    if stream:
        settings["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": stream["StreamViewType"]}
    answer = account.client("dynamodb").create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **settings)
    made = answer["TableDescription"]
    attributes = {"Arn": made["TableArn"]} | ({"StreamArn": made["LatestStreamArn"]} if stream else {})
    return Made("AWS::DynamoDB::Table", name, attributes, made["TableArn"], definition.some("SSESpecification"))


def global_table(account: Identity, definition: Definition) -> Made:
    """Make a DynamoDB global table: its replica in this Region."""
    made = table(account, definition)
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
