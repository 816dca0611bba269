"""What tests of the upload's handlers share: an upload as it is kept, and the calls that look it up."""

import json
from decimal import Decimal
from typing import Any

NOW = 1_800_000_000.5

MIB = 1024 * 1024

KNOWN = "0" * 32

SETTINGS = {
    "CHECK_FUNCTION": "check",
    "CONTENT_TYPES": "text/plain,image/png",
    "CORS_ORIGINS": "https://a.example.com,https://b.example.com",
    "DESTINATION_BUCKET": "released",
    "DESTINATION_PREFIX": "files/",
    "KEPT_SECONDS": "60",
    "LIFETIME_SECONDS": "30",
    "MAX_SIZE": str(100_000 * MIB),
    "MIN_SIZE": "2",
    "MULTIPART_ABOVE": "50",
    "QUARANTINE_BUCKET": "quarantine",
    "S3_ENDPOINT": "https://s3.eu-west-1.amazonaws.com",
    "SERVICE": "Signed",
    "TABLE_NAME": "uploads",
}

MODULES = ("checks", "contents", "forms", "records", "signing")


def item(**other: Any) -> dict[str, Any]:
    """An upload of 20 bytes in three parts, as it is kept."""
    made = {"upload": KNOWN, "owner": "me", "name": "a", "type": "image/png", "size": Decimal(20), "status": "WAITING"}
    return {**made, "multipart": "id", "part_size": Decimal(8), "version": "", "reason": "", **other}


FOUND = ("GetItem", {"TableName": "uploads", "Key": {"upload": KNOWN}, "ConsistentRead": True})

IN_S3 = {"Bucket": "quarantine", "Key": f"incoming/{KNOWN}"}

PNG = b"\x89PNG\r\n\x1a\n"

JSON_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}


def answer(status: int, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": {**JSON_HEADERS, **headers}, "body": json.dumps(body)}


def kept(upload: str, **other: Any) -> tuple[str, dict[str, Any]]:
    made = {"upload": upload, "owner": "me", "name": "a", "type": "image/png", "size": 20, "status": "WAITING"}
    made |= {"multipart": "", "part_size": 0, "version": "", "reason": "", "expires": int(NOW) + 60, **other}
    return "PutItem", {"TableName": "uploads", "Item": made}
