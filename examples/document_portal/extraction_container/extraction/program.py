"""Read one document, and write down what is in it.

It is started with the document in its environment, perhaps twice, and ends with another exit code than 0 if it fails.
"""

import json
import os
import resource
import signal
import sys
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .contents import MOST_BYTES, Contents, UnreadableError, read

SECONDS = 300
MEMORY = 900 * 1024 * 1024
_SDK = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5})


class TookTooLong(BaseException):
    """The document was worked on for longer than it may be. No parser catches it by mistake, as it may an Exception."""


def work(environment: dict[str, str]) -> str:
    """Read the document that the environment names, unless that was done before.

    Args:
        environment: What the task was started with.

    Returns:
        What came of it.

    Raises:
        LookupError: If nobody has asked to upload it, as far as is still known.
    """
    dynamodb, job = boto3.resource("dynamodb", config=_SDK), environment["JOB"]
    jobs, documents = (dynamodb.Table(environment[name]) for name in ("TABLE_NAME", "DOCUMENTS_TABLE"))
    if jobs.get_item(Key={"job": job}, ConsistentRead=True).get("Item", {}).get("state") == "done":
        return "done before"
    document = environment["OBJECT_KEY"].rpartition("/")[2]
    upload = dynamodb.Table(environment["UPLOADS_TABLE"]).get_item(Key={"upload": document}).get("Item")
    begun = _begin(documents, document, job, upload)
    if begun is None and upload is None:
        raise LookupError("nobody has asked to upload it, or it was read before that was forgotten")
    said = "read before"
    if begun is not None:
        said = _finish(documents, document, job, _extract(environment, str(begun["type"])))
    jobs.put_item(Item={"job": job, "state": "done", "key": environment["OBJECT_KEY"]})
    return said


def _begin(documents: Any, document: str, job: str, upload: dict[str, Any] | None) -> dict[str, Any] | None:
    """Take a document on; what was read well before stays as it is."""
    row = {"job": job, "status": "PROCESSING"}
    again = "#status IN (:taken, :failed)"
    values = {":taken": "PROCESSING", ":failed": "FAILED"}
    if upload is None:
        # Records of uploads expire: its own row has what they said.
        return _change(documents, document, row, again, values)
    known = {name: upload[name] for name in ("owner", "name", "type", "size")}
    return _change(documents, document, {**known, **row}, f"attribute_not_exists(#status) OR {again}", values)


def _extract(environment: dict[str, str], kind: str) -> dict[str, Any]:
    """What is found out about a document, as its row has it."""
    try:
        found = read(kind, _body(environment))
    except UnreadableError as error:
        return {"status": "FAILED", "reason": str(error)}
    except TookTooLong:
        return {"status": "FAILED", "reason": f"it was not read within {SECONDS} seconds"}
    # The same result, under the same key: a second task that came meanwhile changes nothing.
    boto3.client("s3", config=_SDK).put_object(
        Bucket=environment["RESULT_BUCKET"],
        Key=f"{environment['RESULT_PREFIX']}{environment['JOB']}.txt",
        Body=found.text.encode(),
        ContentType="text/plain; charset=utf-8",
    )
    return {"status": "READY", "reason": None, **_row(found)}


def _row(found: Contents) -> dict[str, Any]:
    return {"sha256": found.sha256, "title": found.title or None, "pages": found.pages, "words": found.words}


def _body(environment: dict[str, str]) -> bytes:
    which: dict[str, Any] = {"Bucket": environment["OBJECT_BUCKET"], "Key": environment["OBJECT_KEY"]}
    if environment.get("OBJECT_VERSION"):
        # This version, whatever has been put there since.
        which["VersionId"] = environment["OBJECT_VERSION"]
    # One byte more than is read tells what is too large.
    return bytes(boto3.client("s3", config=_SDK).get_object(**which)["Body"].read(MOST_BYTES + 1))


def _finish(documents: Any, document: str, job: str, row: dict[str, Any]) -> str:
    done = _change(documents, document, row, "#status = :taken AND #job = :own", {":taken": "PROCESSING", ":own": job})
    return "another task has taken it on" if done is None else str(row["status"]).lower()


def _change(
    documents: Any, document: str, row: dict[str, Any], condition: str, values: dict[str, str]
) -> dict[str, Any] | None:
    """Set attributes of a document, if a condition holds; all that it has then."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    row = {**row, "updatedAt": now}
    # Names of attributes are DynamoDB's own words, too.
    names = {f"#{name}": name for name in {*row, "status", "job"} if name in row or f"#{name}" in condition}
    try:
        changed = documents.update_item(
            Key={"id": document},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in row),
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={**{f":{name}": value for name, value in row.items()}, **values},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return None
    return dict(changed["Attributes"])


def _give_up(*_: object) -> None:
    raise TookTooLong


def main() -> int:
    """Work, within bounds of time and memory, and say how it ended.

    Returns:
        The exit code.
    """
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(SECONDS)
    # What needs more is told so; beyond the task's own memory it would be killed without a word.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        said = work(dict(os.environ))
    except (ClientError, LookupError, TookTooLong) as error:
        why = f"{type(error).__name__}: {error}"
        print(json.dumps({"level": "ERROR", "message": why}), file=sys.stderr)
        return 1
    print(json.dumps({"level": "INFO", "message": said, "job": os.environ["JOB"]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
