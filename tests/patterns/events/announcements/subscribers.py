"""Code of functions that tests subscribe: it writes down which objects it was given, and fails for `poison`.

It writes into the file that `JOURNAL` names, because the local log may lose lines of runs at the same moment.
`FAIL=no` is the mended function, which takes everything.
"""

import json
from pathlib import Path

_WRITE = """
import json, os, urllib.parse

def take(message):
    for one in json.loads(message).get("Records", []):
        key = urllib.parse.unquote_plus(one["s3"]["object"]["key"])
        with open(os.environ["JOURNAL"], "a") as journal:
            journal.write(json.dumps(key) + "\\n")
        if "poison" in key and os.environ["FAIL"] != "no":
            raise RuntimeError("poison")
"""

TOPIC = (
    _WRITE
    + """
def handler(event, context):
    for record in event["Records"]:
        take(record["Sns"]["Message"])
"""
)

QUEUE = (
    _WRITE
    + """
def handler(event, context):
    failed = []
    for record in event["Records"]:
        try:
            take(record["body"])
        except RuntimeError:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
"""
)


def read(journal: Path) -> list[str]:
    """The keys of the objects that a function was given, in order."""
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()] if journal.exists() else []
