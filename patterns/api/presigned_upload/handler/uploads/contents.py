"""What a file is, told from its first bytes."""

# https://www.iana.org/assignments/media-types: the beginning of files of a type, and where it stands.
_BEGINNINGS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "application/gzip": ((0, b"\x1f\x8b\x08"),),
    "application/pdf": ((0, b"%PDF-"),),
    "application/zip": ((0, b"PK\x03\x04"), (0, b"PK\x05\x06")),
    "audio/mpeg": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "image/avif": ((4, b"ftypavif"),),
    "image/gif": ((0, b"GIF87a"), (0, b"GIF89a")),
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/tiff": ((0, b"II*\x00"), (0, b"MM\x00*")),
    "image/webp": ((8, b"WEBP"),),
    "video/mp4": ((4, b"ftyp"),),
}
# Office documents are ZIP archives.
_ARCHIVES = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/epub+zip",
)
_TEXTS = ("text/", "application/json", "application/xml")

FIRST_BYTES = 4096


def contradiction(kind: str, beginning: bytes) -> str:
    """Say how the first bytes of a file contradict its type.

    Args:
        kind: The media type that was said.
        beginning: The first bytes, up to `FIRST_BYTES`.

    Returns:
        The contradiction; empty if there is none. Of a type that is not known, only that it is no other known one.
    """
    if kind.startswith(_ARCHIVES):
        return _contradiction("application/zip", beginning, kind)
    if kind in _BEGINNINGS:
        return _contradiction(kind, beginning, kind)
    if kind.startswith(_TEXTS):
        return "" if _is_text(beginning) else f"the file is no text, as {kind} is"
    others = [one for one in sorted(_BEGINNINGS) if _begins(one, beginning)]
    return f"the file is {others[0]}, not {kind}" if others else ""


def _contradiction(known: str, beginning: bytes, kind: str) -> str:
    return "" if _begins(known, beginning) else f"the file does not begin as {kind} does"


def _begins(kind: str, beginning: bytes) -> bool:
    return any(beginning[at:].startswith(mark) for at, mark in _BEGINNINGS[kind])


def _is_text(beginning: bytes) -> bool:
    if b"\0" in beginning:
        return False
    try:
        beginning.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut off at the end of what was read.
        return len(beginning) == FIRST_BYTES and error.start > FIRST_BYTES - 4
    return True
