"""See a photograph become a thumbnail on this machine: `make demo`."""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from patternkit.catalog.discovery import find
from patternkit.catalog.local_deployment import deployed
from patternkit.catalog.terminal import progress
from patternkit.node import use_packaged_node

PHOTOGRAPH = Path(__file__).parent / "photographs" / "grace_hopper.jpg"


def main() -> int:
    """Deploy the thumbnailer, upload a photograph, save what comes of it, and stop.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photograph", type=Path, nargs="?", default=PHOTOGRAPH)
    parser.add_argument("--output", type=Path, default=Path("demo-output"))
    arguments = parser.parse_args()
    if not arguments.photograph.is_file():
        print(f"error: photograph must be a file, got {arguments.photograph}", file=sys.stderr)
        return 1
    shutil.rmtree(arguments.output, ignore_errors=True)
    arguments.output.mkdir(parents=True)
    use_packaged_node()
    thumbnail_of(arguments.photograph, arguments.output, Console(highlight=False, soft_wrap=True))
    return 0


def thumbnail_of(photograph: Path, output: Path, out: Console) -> None:
    """Make a photograph's thumbnails in a local cloud of its own.

    Args:
        photograph: The file.
        output: Where thumbnails and record are saved.
        out: Where it is told.
    """
    options = {"widths": "128,256"}
    out.print("[bold]The template that cdk deploy would send to AWS, deployed on this machine.[/]")
    out.print("Only the handler is built anew: for this Python and processor instead of Lambda's.\n")
    with deployed(find("thumbnailer"), options, status=progress, tell=out.print) as (cloud, deployment):
        source, table = deployment.outputs["SourceBucket"], deployment.outputs["Table"]
        cloud.client("s3").upload_file(str(photograph), source, photograph.name)
        out.print(f"\nuploaded    {photograph.name}, {photograph.stat().st_size:,} bytes")
        records = cloud.client("dynamodb")
        key = {"source_key": {"S": photograph.name}, "source_bucket": {"S": source}}
        with progress("waiting for the record"):
            record = cloud.wait_for(
                lambda: ready(records.get_item(TableName=table, Key=key).get("Item")), what="the record of the image"
            )
        assert record is not None
        path = output / "record.json"
        path.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        out.print(f"record      {path}: {record['source_width']} x {record['source_height']} {record['source_format']}")
        for thumbnail in record["thumbnails"]:
            path = output / f"{thumbnail['width']}.jpg"
            cloud.client("s3").download_file(deployment.outputs["DestinationBucket"], thumbnail["key"], str(path))
            size = f"{thumbnail['width']} x {thumbnail['height']}, {path.stat().st_size:,} bytes"
            out.print(f"thumbnail   {path}: {size}")
    out.print("\nThe local cloud is stopped. patternkit show thumbnailer says what running it here does not prove.")


def ready(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Read a record, once it is more than a claim.

    Args:
        item: The item as DynamoDB has it.

    Returns:
        The record as plain values, or None.
    """
    from boto3.dynamodb.types import TypeDeserializer

    record = {name: TypeDeserializer().deserialize(value) for name, value in (item or {}).items()}
    if record.get("status") in {None, "PENDING"}:
        return None
    plain: dict[str, Any] = json.loads(json.dumps(record, default=int))
    return plain


if __name__ == "__main__":
    sys.exit(main())
