"""Stands in for the AWS CLI that the provider of `BucketDeployment` calls; the provider itself is the CDK's own."""

from __future__ import annotations

import fnmatch
import importlib
import json
import mimetypes
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

SETTINGS = {
    "--cache-control": "CacheControl",
    "--content-disposition": "ContentDisposition",
    "--content-encoding": "ContentEncoding",
    "--content-language": "ContentLanguage",
    "--content-type": "ContentType",
    "--expires": "Expires",
    "--storage-class": "StorageClass",
    "--website-redirect": "WebsiteRedirectLocation",
    "--sse": "ServerSideEncryption",
    "--sse-kms-key-id": "SSEKMSKeyId",
    "--acl": "ACL",
}


def _split(url: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key


def command(*arguments: str) -> None:
    """Do what `aws ARGUMENTS` does, of that which the provider calls."""
    if arguments[0] == "configure":
        return
    if arguments[:2] not in (("s3", "cp"), ("s3", "rm"), ("s3", "sync")):
        raise ValueError(f"aws {' '.join(arguments)} is not known to the stand-in of the AWS CLI")
    s3 = boto3.client("s3")
    if arguments[:2] == ("s3", "cp"):
        bucket, key = _split(arguments[2])
        target = Path(arguments[3])
        s3.download_file(bucket, key, str(target / Path(key).name if target.is_dir() else target))
    elif arguments[:2] == ("s3", "rm"):
        bucket, prefix = _split(arguments[2])
        _delete(s3, bucket, list(_listed(s3, bucket, prefix)))
    else:
        _sync(s3, arguments[2:])


def _listed(s3: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def _delete(s3: Any, bucket: str, objects: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(objects), 1000):
        keys = [{"Key": each["Key"]} for each in objects[start : start + 1000]]
        failed = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys}).get("Errors")
        if failed:
            raise RuntimeError(f"delete failed: s3://{bucket}/{failed[0]['Key']} {failed[0].get('Message', '')}")


def _chosen(name: str, filters: Sequence[tuple[str, str]]) -> bool:
    """Whether a name passes the filters, of which the last that matches decides."""
    chosen = True
    for kind, pattern in filters:
        if fnmatch.fnmatchcase(name, pattern):
            chosen = kind == "--include"
    return chosen


def _sync(s3: Any, arguments: Sequence[str]) -> None:
    options, places, filters = dict[str, str](), list[str](), list[tuple[str, str]]()
    rest = iter(arguments)
    for argument in rest:
        if argument in ("--exclude", "--include"):
            filters.append((argument, next(rest)))
        elif argument == "--delete":
            options[argument] = ""
        elif argument.startswith("--"):
            options[argument] = next(rest)
        else:
            places.append(argument)
    folder, (bucket, prefix) = Path(places[0]), _split(places[1])
    prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
    settings: dict[str, Any] = {SETTINGS[name]: value for name, value in options.items() if name in SETTINGS}
    if "--metadata" in options:
        settings["Metadata"] = json.loads(options["--metadata"])
    there = {each["Key"]: each for each in _listed(s3, bucket, prefix)}
    local = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    for name, path in local.items():
        found = there.get(f"{prefix}{name}")
        if _chosen(name, filters) and (found is None or _differs(found, path)):
            guessed, encoding = mimetypes.guess_type(name)
            kind = {"ContentType": guessed} if guessed and encoding is None else {}
            s3.upload_file(str(path), bucket, f"{prefix}{name}", ExtraArgs=kind | settings)
    if "--delete" in options:
        names = {key: key.removeprefix(prefix) for key in there}
        gone = [there[key] for key, name in names.items() if name not in local and _chosen(name, filters)]
        _delete(s3, bucket, gone)


def _differs(there: dict[str, Any], path: Path) -> bool:
    status = path.stat()
    modified: datetime = there["LastModified"]
    return bool(there["Size"] != status.st_size) or datetime.fromtimestamp(status.st_mtime, UTC) > modified


def handler(event: dict[str, Any], context: Any) -> None:
    """Run the CDK's own provider, with this in place of the AWS CLI."""
    provider = importlib.import_module("index")
    vars(provider)["aws_command"] = command
    vars(provider)["AWS_CLI_CONFIG_FILE"] = os.devnull + "-none"
    provider.handler(event, context)
