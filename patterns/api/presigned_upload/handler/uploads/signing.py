"""Forms and links that let their bearer store one file of one size under one key."""

import os
from typing import Any

import boto3
from botocore.config import Config

from .records import Upload

PREFIX = "incoming/"


class Signing:
    """Signs for the quarantine bucket, at its Region's own endpoint: a redirect would break a browser's preflight."""

    def __init__(self) -> None:
        self._bucket = os.environ["QUARANTINE_BUCKET"]
        self._seconds = int(os.environ["LIFETIME_SECONDS"])
        local = os.environ.get("AWS_ENDPOINT_URL")
        self._s3 = boto3.client(
            "s3",
            endpoint_url=local or os.environ["S3_ENDPOINT"],
            config=Config(
                connect_timeout=2,
                read_timeout=10,
                retries={"mode": "standard"},
                signature_version="s3v4",
                s3={"addressing_style": "path" if local else "virtual", "us_east_1_regional_endpoint": "regional"},
            ),
        )

    def form(self, one: Upload) -> dict[str, Any]:
        """Sign a form: exact key, exact type, exact size."""
        made: dict[str, Any] = self._s3.generate_presigned_post(
            self._bucket,
            _key(one),
            Fields={"Content-Type": one.type},
            Conditions=[{"Content-Type": one.type}, ["content-length-range", one.size, one.size]],
            ExpiresIn=self._seconds,
        )
        return made

    def begin(self, one: Upload) -> str:
        """Begin an upload in parts; its id."""
        made = self._s3.create_multipart_upload(Bucket=self._bucket, Key=_key(one), ContentType=one.type)
        return str(made["UploadId"])

    def part(self, one: Upload, number: int) -> str:
        """Sign a link for one part, whose size is signed too."""
        link: str = self._s3.generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": self._bucket,
                "Key": _key(one),
                "UploadId": one.multipart,
                "PartNumber": number,
                "ContentLength": one.part(number),
            },
            ExpiresIn=self._seconds,
        )
        return link

    def missing(self, one: Upload) -> list[int]:
        """The parts that have not arrived, or not whole."""
        pages = self._s3.get_paginator("list_parts").paginate(
            Bucket=self._bucket, Key=_key(one), UploadId=one.multipart
        )
        arrived = {part["PartNumber"]: part["Size"] for page in pages for part in page.get("Parts", ())}
        return [number for number in range(1, one.parts + 1) if arrived.get(number) != one.part(number)]

    def complete(self, one: Upload, tags: list[str]) -> None:
        """Put the parts together, where no object is yet."""
        self._s3.complete_multipart_upload(
            Bucket=self._bucket,
            Key=_key(one),
            UploadId=one.multipart,
            MultipartUpload={"Parts": [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, 1)]},
            IfNoneMatch="*",
        )


def _key(one: Upload) -> str:
    return f"{PREFIX}{one.upload}"
