"""Small templates for proofs: a function, its role, and what it works on."""

from typing import Any

ACCOUNT = "123456789012"
KEY_POLICY = {
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "kms:*",
            "Resource": "*",
            "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
        }
    ]
}
LOG = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": {"Fn::Sub": "arn:${AWS::Partition}:logs:*:*:log-group:/aws/lambda/*"},
}


def allow(action: str | list[str], resource: Any = "*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **parts}


def arn(logical_id: str, attribute: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id, attribute]}


def template(*statements: dict[str, Any], variables: dict[str, Any] | None = None, **resources: Any) -> dict[str, Any]:
    """A function that may write its log and do what the statements say."""
    return {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {},
                    "Policies": [{"PolicyName": "Role", "PolicyDocument": {"Statement": [LOG, *statements]}}],
                },
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Role": arn("Role"), "Environment": {"Variables": variables or {}}},
            },
            **resources,
        }
    }


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def encrypted_bucket() -> dict[str, Any]:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn("Key")}
    rule = {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}
    return resource("S3::Bucket", BucketEncryption={"ServerSideEncryptionConfiguration": [rule]})
