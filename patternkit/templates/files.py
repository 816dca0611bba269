"""Text of files, within the size that templates and manifests may have."""

from __future__ import annotations

import codecs
import stat
from pathlib import Path

from patternkit.templates.errors import TemplateError

# CloudFormation takes at most 1 MB (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html);
# indentation is not deployed, hence the margin.
LARGEST_TEMPLATE = 4 * 1024 * 1024
# A manifest and its metadata grow with the number of stacks and constructs.
LARGEST_MANIFEST = 64 * 1024 * 1024

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_text(path: Path, largest: int = LARGEST_TEMPLATE) -> str:
    """The text of a file, within a size.

    Args:
        path: The file.
        largest: The most bytes that are read.

    Raises:
        TemplateError: The file is missing, too large, or not text in UTF-8.
    """
    try:
        status = path.stat()
        # A pipe or a device may never end.
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
            raise TemplateError(f"{path} cannot be read: it is {what}")
        with path.open("rb") as opened:
            data = opened.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise TemplateError(f"{path} cannot be read: {reason}") from None
    return decode(data, str(path), largest, status.st_size)


def decode(data: bytes, what: str, largest: int = LARGEST_TEMPLATE, size: int | None = None) -> str:
    """The text of bytes, within a size.

    Args:
        data: The bytes.
        what: Where they come from, for messages.
        largest: The most bytes that are read.
        size: How many there are, where not all of them are at hand.

    Raises:
        TemplateError: They are too many, or not text in UTF-8.
    """
    given = max(size or 0, len(data))
    if given > largest:
        limit = "CloudFormation takes templates of at most 1 MB, and " if largest == LARGEST_TEMPLATE else ""
        raise TemplateError(f"{what} has {given:,} bytes; {limit}files above {largest:,} bytes are not read")
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            raise TemplateError(f"{what} is not a text file in UTF-8: it is {encoding}; save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateError(f"{what} is not a text file in UTF-8: byte {error.start + 1:,} is not") from None
