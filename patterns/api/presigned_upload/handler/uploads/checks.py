"""Check each file that arrives in quarantine, and release it or say why not."""

import json
import os
import time
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from .contents import FIRST_BYTES, contradiction
from .records import REFUSED, RELEASED, Records, Upload

_QUARANTINE, _DESTINATION = os.environ["QUARANTINE_BUCKET"], os.environ["DESTINATION_BUCKET"]
_PREFIX = os.environ["DESTINATION_PREFIX"]
_CHECK = os.environ.get("CHECK_FUNCTION", "")
_BIG = 256 * 1024 * 1024
_RECORDS = Records()
_S3 = boto3.client("s3", config=Config(connect_timeout=2, read_timeout=30, retries={"mode": "standard"}))
_LAMBDA = boto3.client("lambda", config=Config(connect_timeout=2, read_timeout=600, retries={"total_max_attempts": 1}))


def handler(event: dict[str, Any], context: Any) -> None:
    """Check one object, as Amazon EventBridge tells of it: at least once, and in any order.

    Args:
        event: The event "Object Created".
        context: Lambda's own.
    """
    del context
    stored = event["detail"]["object"]
    key, version = str(stored["key"]), str(stored["version-id"])
    one = _RECORDS.get(key.rpartition("/")[2])
    if one is None or not _RECORDS.claim(one, version):
        _leave(one, key, version)
        return
    try:
        reason = _wrong(one, key, version)
        if reason:
            _RECORDS.decide(one, REFUSED, reason)
            _say("refused", key, reason)
            return
        _release(one, key, version)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey", "NoSuchVersion"}:
            raise
        _RECORDS.decide(one, REFUSED, "the file was deleted before it was checked")
        return
    _RECORDS.decide(one, RELEASED)
    _S3.delete_object(Bucket=_QUARANTINE, Key=key, VersionId=version)
    _say("released", key)


def _leave(one: Upload | None, key: str, version: str) -> None:
    """Drop what nobody asked for, or what was sent by a form used again: what was checked is never replaced."""
    decided = None if one is None else _RECORDS.get(one.upload)
    if decided is not None and decided.version == version and decided.status != RELEASED:
        return
    if decided is None or decided.version != version:
        _say("dropped", key)
    _S3.delete_object(Bucket=_QUARANTINE, Key=key, VersionId=version)


def _wrong(one: Upload, key: str, version: str) -> str:
    """What is wrong with a file; empty if it is as it was said to be."""
    size = _S3.head_object(Bucket=_QUARANTINE, Key=key, VersionId=version)["ContentLength"]
    if size != one.size:
        return f"the file has {size} bytes, not {one.size}"
    told = _S3.get_object(Bucket=_QUARANTINE, Key=key, VersionId=version, Range=f"bytes=0-{FIRST_BYTES - 1}")
    if wrong := contradiction(one.type, told["Body"].read(FIRST_BYTES)):
        return wrong
    if not _CHECK:
        return ""
    asked = {"bucket": _QUARANTINE, "key": key, "version": version, "type": one.type, "size": one.size}
    answer = _LAMBDA.invoke(FunctionName=_CHECK, Payload=json.dumps(asked).encode())
    said = json.loads(answer["Payload"].read())
    if answer.get("FunctionError") or not isinstance(said, dict) or not isinstance(said.get("release"), bool):
        # Tried again, and kept in the dead letters: what cannot be checked is not released.
        raise RuntimeError("the check function failed, or did not answer with release=true or false")
    return "" if said["release"] else str(said.get("reason") or "the check function refused it")


def _release(one: Upload, key: str, version: str) -> None:
    """Copy the version that was checked, and no other."""
    _S3.copy(
        {"Bucket": _QUARANTINE, "Key": key, "VersionId": version},
        _DESTINATION,
        f"{_PREFIX}{one.upload}",
        # A browser that is sent to it saves it instead of running it.
        ExtraArgs={"ContentType": one.type, "ContentDisposition": "attachment", "MetadataDirective": "REPLACE"},
        Config=TransferConfig(multipart_threshold=_BIG, multipart_chunksize=_BIG),
    )


def _say(what: str, key: str, reason: str = "") -> None:
    metric = {
        "Namespace": "PresignedUpload",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": f"Uploads{what.title()}"}],
    }
    line = {
        "level": "INFO",
        "message": what,
        "key": key,
        "reason": reason,
        "service": os.environ["SERVICE"],
        f"Uploads{what.title()}": 1,
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]},
    }
    print(json.dumps(line))
