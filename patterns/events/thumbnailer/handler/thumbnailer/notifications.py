"""S3's notification of a created object, checked."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.data_classes.s3_event import S3EventRecord

_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")


class MalformedNotification(ValueError):  # noqa: N818 - it is named for what it is
    """The record is not what S3 sends for a created object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One object that was created."""

    bucket: str
    key: str
    sequencer: str
    version_id: str | None
    etag: str | None
    uploaded_at: str

    @property
    def source_id(self) -> str:
        """What logs say in place of the key, which can name a person.

        It is the first 16 digits of the SHA-256 of `bucket/key`, and the record holds it too: whoever may
        read the table, or knows the key, finds the way back. It is a pseudonym: a key that can be guessed can
        be recognized.
        """
        return hashlib.sha256(f"{self.bucket}/{self.key}".encode()).hexdigest()[:16]


def read(record: S3EventRecord) -> Upload | None:
    """Read a record; None for anything but the creation of an object.

    Raises:
        MalformedNotification: something that the thumbnailer needs is missing or is not text.
    """
    try:
        if not record.event_name.startswith("ObjectCreated:"):
            return None
        entry = record.s3.get_object
        upload = Upload(
            bucket=record.s3.bucket.name,
            # Powertools leaves it as S3 encodes it, like a form's field.
            key=unquote_plus(entry.key, errors="strict"),
            sequencer=ordered(entry.sequencer),
            version_id=entry.version_id,
            etag=entry.get("eTag"),
            uploaded_at=record.event_time,
        )
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise MalformedNotification(f"the notification is malformed: {type(error).__name__}: {error}") from error
    if not upload.bucket or not upload.key:
        raise MalformedNotification("the notification names no bucket or no key")
    return upload


def ordered(sequencer: str) -> str:
    """A sequencer in the form whose plain string order is the order of the events.

    Sequencers differ in length. S3 says to pad the shorter one with zeros on its right, then to compare the
    strings. Without its trailing zeros a sequencer compares like that with any other, whatever their lengths,
    and DynamoDB compares strings byte by byte, so its conditions can do it.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    if not _HEXADECIMAL.fullmatch(sequencer):
        raise MalformedNotification("the notification's sequencer is not a hexadecimal number")
    return sequencer.upper().rstrip("0")
