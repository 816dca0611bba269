"""Publish an assembly's file assets where its templates look for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from patternkit.localcloud.assembly import AssemblyStack, FileAsset
from patternkit.localcloud.errors import LocalCloudError

EPOCH = (1980, 1, 1, 0, 0, 0)
EXECUTABLE, READABLE = 0o100755, 0o100644


def resolve(text: str, values: Mapping[str, str]) -> str:
    """Fill in `${AWS::AccountId}` and the like, which is all that asset destinations use."""
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def zip_folder(folder: Path) -> bytes:
    """Return a folder as a zip archive that depends on the files' names, contents and executable bits only.

    Stored, not compressed: it goes no further than this machine, and zlib versions compress differently.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zipped:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.create_system = 3
            entry.external_attr = (EXECUTABLE if path.stat().st_mode & 0o100 else READABLE) << 16
            zipped.writestr(entry, path.read_bytes())
    return archive.getvalue()


def publish(
    stack: AssemblyStack, s3: Any, *, values: Mapping[str, str], published: Callable[[FileAsset], None]
) -> None:
    """Upload the stack's file assets, creating their buckets when needed.

    Args:
        stack: Whose assets.
        s3: A client in the account and region that the stack goes to.
        values: What `${AWS::AccountId}`, `${AWS::Region}` and `${AWS::Partition}` stand for.
        published: Called for each asset that was uploaded.

    Raises:
        LocalCloudError: An asset is not where the assembly says.
    """
    ready: set[str] = set()
    for asset in stack.assets:
        bucket, key = resolve(asset.bucket, values), resolve(asset.key, values)
        if bucket not in ready:
            _ensure_bucket(s3, bucket, values["AWS::Region"])
            ready.add(bucket)
        if not asset.source.exists():
            raise LocalCloudError(f"asset {asset.name} is missing: {asset.source}")
        body = zip_folder(asset.source) if asset.zipped and asset.source.is_dir() else asset.source.read_bytes()
        s3.put_object(Bucket=bucket, Key=key, Body=body)
        published(asset)


def _ensure_bucket(s3: Any, bucket: str, region: str) -> None:
    existing = {each["Name"] for each in s3.list_buckets()["Buckets"]}
    if bucket not in existing:
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **where)
