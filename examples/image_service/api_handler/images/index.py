"""Give links: a form to upload a new image by, and a link for each thumbnail of an image.

Images do not pass through the function: whoever has a link exchanges them with Amazon S3, as this function may.
"""

import json
import os
import re
import uuid
from typing import Any

import boto3
from botocore.config import Config

LINK_SECONDS = 300

_SDK = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
# Links name the Region's own endpoint: the global one redirects to it, and a signature holds for one host alone.
# Amazon S3 refuses what is encrypted by AWS KMS to signatures older than version 4.
_LINKS = Config(signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"})
_dynamodb = boto3.client("dynamodb", config=_SDK)
_s3 = boto3.client("s3", config=_SDK.merge(_LINKS))
_IMAGE = re.compile(r"/images/([0-9a-f]{32})")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request.

    Args:
        event: API Gateway's proxy event.
        context: Lambda's own.

    Returns:
        The answer, in the form of API Gateway's proxy integration.
    """
    method, path = event.get("httpMethod"), event.get("path")
    if not isinstance(method, str) or not isinstance(path, str):
        return answer(400, {"message": "not a request of API Gateway"})
    print(json.dumps({"level": "INFO", "message": "asked", "method": method, "request_id": context.aws_request_id}))
    if (method, path) == ("POST", "/images"):
        return answer(201, new_image())
    if method == "GET" and (found := _IMAGE.fullmatch(path)):
        image = read(found[1])
        return answer(404, {"message": "no such image"}) if image is None else answer(200, image)
    return answer(404, {"message": "ask POST /images or GET /images/IMAGE"})


def new_image() -> dict[str, Any]:
    """Name a new image, and sign the form to upload it by.

    Returns:
        Its name, and the form's address and fields: good for five minutes, for one name, and up to a size. A link to
        PUT by would take an object of any size.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
    """
    image = uuid.uuid4().hex
    upload = _s3.generate_presigned_post(
        os.environ["UPLOADS_BUCKET"],
        image,
        Conditions=[["content-length-range", 1, int(os.environ["MAX_BYTES"])]],
        ExpiresIn=LINK_SECONDS,
    )
    return {"image": image, "upload": upload}


def read(image: str) -> dict[str, Any] | None:
    """Say what became of an image.

    Args:
        image: Its name.

    Returns:
        Its status, why it was refused if it was, and a link for each thumbnail; None if nothing was uploaded.
    """
    record = _dynamodb.get_item(
        TableName=os.environ["RECORDS_TABLE"],
        Key={"source_key": {"S": image}, "source_bucket": {"S": os.environ["UPLOADS_BUCKET"]}},
        ProjectionExpression="#status, reason",
        ExpressionAttributeNames={"#status": "status"},
    ).get("Item")
    if record is None:
        return None
    # As many as there are widths: one page holds them.
    noted = _dynamodb.query(
        TableName=os.environ["GALLERY_TABLE"],
        KeyConditionExpression="image = :image",
        ExpressionAttributeValues={":image": {"S": image}},
    )["Items"]
    return {
        "image": image,
        "status": record["status"]["S"],
        "reason": record.get("reason", {}).get("S"),
        "thumbnails": {one["width"]["S"]: link(one["key"]["S"]) for one in noted},
    }


def link(key: str) -> str:
    """Make a link to a thumbnail, good for five minutes.

    Args:
        key: Its key.

    Returns:
        The link.
    """
    made: str = _s3.generate_presigned_url(
        "get_object", Params={"Bucket": os.environ["THUMBNAILS_BUCKET"], "Key": key}, ExpiresIn=LINK_SECONDS
    )
    return made


def answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """Write an answer.

    Args:
        status: The HTTP status.
        body: What is answered.

    Returns:
        It in the form of API Gateway's proxy integration. Links are secrets: nobody may keep the answer.
    """
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
