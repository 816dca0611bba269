"""Works on one object: the place to start from.

It is started with the object in its environment, perhaps twice, and ends with an exit code other than 0 when it fails.
"""

import hashlib
import json
import os
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

SDK = Config(connect_timeout=2, read_timeout=30, retries={"mode": "standard"})


def work(environment: dict[str, str]) -> str:
    """Read the object that the environment names, and write what was found out about it.

    Args:
        environment: What the task was started with.

    Returns:
        "done", or "done before".
    """
    job = environment["JOB"]
    jobs = boto3.resource("dynamodb", config=SDK).Table(environment["TABLE_NAME"])
    if jobs.get_item(Key={"job": job}, ConsistentRead=True).get("Item", {}).get("state") == "done":
        return "done before"
    result = _digest(environment)
    # The same result, under the same key: a second task that came meanwhile changes nothing.
    boto3.client("s3", config=SDK).put_object(
        Bucket=environment["RESULT_BUCKET"],
        Key=f"{environment['RESULT_PREFIX']}{job}.json",
        Body=json.dumps(result).encode(),
        ContentType="application/json",
    )
    jobs.put_item(Item={"job": job, "state": "done", "key": environment["OBJECT_KEY"]})
    return "done"


def _digest(environment: dict[str, str]) -> dict[str, Any]:
    """Your work stands here: this reads the object piece by piece, however large it is."""
    which: dict[str, Any] = {"Bucket": environment["OBJECT_BUCKET"], "Key": environment["OBJECT_KEY"]}
    if environment.get("OBJECT_VERSION"):
        # This version, whatever has been uploaded since.
        which["VersionId"] = environment["OBJECT_VERSION"]
    digest, size = hashlib.sha256(), 0
    for piece in boto3.client("s3", config=SDK).get_object(**which)["Body"].iter_chunks(1024 * 1024):
        digest.update(piece)
        size += len(piece)
    return {"key": environment["OBJECT_KEY"], "bytes": size, "sha256": digest.hexdigest()}


def main() -> int:
    """Work, and say how it ended.

    Returns:
        The exit code.
    """
    try:
        said = work(dict(os.environ))
    except (ClientError, KeyError) as error:
        print(json.dumps({"level": "ERROR", "message": str(error)}), file=sys.stderr)
        return 1
    print(json.dumps({"level": "INFO", "message": said, "job": os.environ["JOB"]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
