"""Stands in for the provider of `auto_delete_objects=True`."""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .answers import Event, Failed, answering

TAG = {"Key": "aws-cdk:auto-delete-objects", "Value": "true"}


def _empty(event: Event) -> dict[str, Any] | None:
    bucket = event["ResourceProperties"].get("BucketName")
    if event["RequestType"] == "Update":
        return {"PhysicalResourceId": bucket or event["OldResourceProperties"].get("BucketName")}
    if event["RequestType"] == "Delete":
        if not bucket:
            raise Failed("No BucketName was provided.")
        s3 = boto3.client("s3")
        try:
            if TAG in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]:
                _deny_new(s3, bucket)
                _delete_all(s3, bucket)
            else:
                print(f"Bucket does not have '{TAG['Key']}' tag, skipping cleaning.")
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
    return None


def _deny_new(s3: Any, bucket: str) -> None:
    try:
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        denied = {
            "Principal": "*",
            "Effect": "Deny",
            "Action": ["s3:PutObject"],
            "Resource": [f"arn:aws:s3:::{bucket}/*"],
        }
        policy["Statement"].append(denied)
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            raise
        print(f"Could not set new object deny policy on bucket '{bucket}' prior to deletion.")


def _delete_all(s3: Any, bucket: str) -> None:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        every = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if every:
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in every]
            s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})


handler = answering(_empty)
