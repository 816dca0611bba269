"""One upload, from its notification to its thumbnails and its record.

S3 delivers notifications at least once and in any order, Lambda retries an invocation that failed, and
several run at the same time. For each source key this protocol keeps the destination and the record on the
newest image:

1. Claim. One conditional write takes the key's lease and notes the upload's sequencer in `claimed_sequencer`.
   It is refused to an upload whose sequencer is in the record already (a duplicate: skipped), to one that is
   older than any completed or claimed (stale: skipped), and while another invocation's lease runs (busy:
   asked again for half of the invocation's time, then raised, so that Lambda tries later). A lease ends some
   seconds after the invocation that holds it must have: whoever finds it expired knows that its owner writes
   no more.
2. Read the very object that the notification is about: its version where the bucket keeps versions, and only
   while its ETag is the notification's. Another ETag means that the object was replaced: the newer one's
   notification does the work (superseded: nothing is written).
3. Write the thumbnails. Nobody else writes this key's while the lease runs.
4. Complete. One conditional write, only for the lease's owner, replaces what the record said and ends the
    lease.

A crash before 4 leaves the record on the older image, the thumbnails perhaps partly on the newer: the retry,
or whoever invokes it with the dead letter, claims again and writes all of it. Until then older uploads are refused,
because `claimed_sequencer` is never set back. An image that is refused, or that is gone, completes as such:
it is final, and not raised. What is raised (throttling, no memory, an S3 or DynamoDB failure, no permission)
gives the lease back first and is Lambda's to retry.

What remains:

- A reader can see the new image in one width and the old in another while an upload is processed: S3 writes
  one object at a time.
- A write that S3 received from an invocation that ended, and that it commits more than the grace period
  later, would come after the next owner's. S3 documents no bound for this.
- Where an image replaces another and is refused or gone, the older one's thumbnails stay. The record says so.
- Where the bucket keeps no versions, of two images in quick succession the first may never have thumbnails.
- An object whose newest version was deleted after its notification was sent still gets its thumbnails from
  the version that the notification names.
"""

import contextlib
import enum
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from . import images
from .configuration import Configuration
from .notifications import Upload
from .records import Claim, Records

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_GRACE_SECONDS = 10
_LONGEST_KEY_BYTES = 1024


class Outcome(enum.StrEnum):
    """What became of an upload."""

    READY = enum.auto()
    REFUSED = enum.auto()
    GONE = enum.auto()
    DUPLICATE = enum.auto()
    STALE = enum.auto()
    SUPERSEDED = enum.auto()
    OUTSIDE_FILTER = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An outcome, the number of thumbnails written, and why an image was refused."""

    outcome: Outcome
    thumbnails: int = 0
    reason: str | None = None


class Busy(RuntimeError):  # noqa: N818 - it is named for what it is
    """Another invocation works on the same key, for longer than this one can wait."""


class _Gone(Exception):  # noqa: N818
    pass


class _Superseded(Exception):  # noqa: N818
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnailer:
    """The protocol above, over a bucket client and a table.

    Attributes:
        clock: Seconds since 1970.
        sleep: Waits for so many seconds.
    """

    configuration: Configuration
    s3: "S3Client"
    records: Records
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def process(self, upload: Upload, *, deadline: float) -> Result:
        """Make an upload's thumbnails and its record.

        Args:
            upload: The upload.
            deadline: When the invocation is ended, seconds since 1970.

        Raises:
            Busy: the key's lease is taken; a retry settles it.
            LeaseLost: the invocation outlived its deadline.
            ClientError: S3 or DynamoDB failed.
        """
        if not self.configuration.accepts(upload.bucket, upload.key):
            return Result(outcome=Outcome.OUTSIDE_FILTER)
        owner = uuid.uuid4().hex
        claim = self._claim(upload, owner, deadline)
        if claim is not Claim.GRANTED:
            return Result(outcome=Outcome.DUPLICATE if claim is Claim.DUPLICATE else Outcome.STALE)
        try:
            return self._render(upload, owner)
        except BaseException as error:
            with contextlib.suppress(ClientError, BotoCoreError):
                self.records.release(upload, owner=owner)
            if isinstance(error, _Superseded):
                return Result(outcome=Outcome.SUPERSEDED)
            raise

    def _claim(self, upload: Upload, owner: str, deadline: float) -> Claim:
        now = self.clock()
        give_up = (now + deadline) / 2
        pause = 0.1
        while True:
            claim = self.records.claim(upload, owner=owner, now=now, until=deadline + _GRACE_SECONDS)
            if claim is not Claim.BUSY:
                return claim
            if now + pause > give_up:
                raise Busy(f"another invocation holds the lease of {upload.source_id}")
            self.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, 1)
            now = self.clock()

    def _render(self, upload: Upload, owner: str) -> Result:
        thumbnails: list[dict[str, Any]] = []
        record: dict[str, Any] = {
            "version_id": upload.version_id,
            "etag": upload.etag,
            "uploaded_at": upload.uploaded_at,
            "source_bytes": None,
            "source_format": None,
            "source_width": None,
            "source_height": None,
            "reason": None,
            "message": None,
            "thumbnails": thumbnails,
        }
        try:
            self._make(upload, record, thumbnails)
            outcome = Outcome.READY
        except images.Refused as refusal:
            outcome = Outcome.REFUSED
            record |= {"reason": refusal.reason, "message": str(refusal)}
        except _Gone:
            outcome = Outcome.GONE
        record |= {
            "status": outcome.name,
            "processed_at": datetime.fromtimestamp(self.clock(), UTC).isoformat(),
        }
        self.records.complete(upload, owner=owner, values=record)
        return Result(outcome=outcome, thumbnails=len(thumbnails), reason=record["reason"])

    def _make(self, upload: Upload, record: dict[str, Any], thumbnails: list[dict[str, Any]]) -> None:
        configuration = self.configuration
        keys = {width: configuration.destination_key(upload.key, width) for width in configuration.widths}
        if (longest := max(len(key.encode()) for key in keys.values())) > _LONGEST_KEY_BYTES:
            raise images.Refused(
                "KEY_TOO_LONG",
                f"a thumbnail's key would have {longest} bytes; S3 allows {_LONGEST_KEY_BYTES}",
            )
        picture = images.read(
            self._fetch(upload, record), width=max(configuration.widths), max_pixels=configuration.max_pixels
        )
        record |= {
            "source_format": picture.format,
            "source_width": picture.width,
            "source_height": picture.height,
        }
        for width, key in keys.items():
            thumbnail = picture.thumbnail(width, output=configuration.output, quality=configuration.quality)
            self.s3.put_object(
                Bucket=configuration.destination_bucket,
                Key=key,
                Body=thumbnail.body,
                ContentType=configuration.output.content_type,
            )
            thumbnails.append(
                {
                    "key": key,
                    "width": thumbnail.width,
                    "height": thumbnail.height,
                    "bytes": len(thumbnail.body),
                }
            )

    def _fetch(self, upload: Upload, record: dict[str, Any]) -> bytes:
        which: dict[str, Any] = {"Bucket": upload.bucket, "Key": upload.key}
        if upload.version_id:
            which["VersionId"] = upload.version_id
        if upload.etag:
            which["IfMatch"] = f'"{upload.etag}"'
        try:
            answer = self.s3.get_object(**which)
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "NoSuchKey" | "NoSuchVersion":
                    raise _Gone from error
                case "PreconditionFailed":
                    raise _Superseded from error
                case "InvalidObjectState":
                    raise images.Refused("ARCHIVED", "the object is archived and cannot be read") from error
                case _:
                    raise
        length = answer["ContentLength"]
        record["source_bytes"] = length
        with contextlib.closing(answer["Body"]) as body:
            if length > self.configuration.max_bytes:
                raise images.Refused(
                    "TOO_MANY_BYTES",
                    f"the object has {length} bytes; at most {self.configuration.max_bytes} are accepted",
                )
            return body.read()
