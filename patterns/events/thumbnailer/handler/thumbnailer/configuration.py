"""The function's settings, from its environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from .images import FORMATS, OutputFormat

MAX_WIDTHS = 8
MAX_WIDTH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a function was set up to do; the package's docstring says what each setting means."""

    destination_bucket: str
    table_name: str
    widths: tuple[int, ...]
    output: OutputFormat
    quality: int
    source_prefix: str
    source_suffixes: tuple[str, ...]
    destination_prefix: str
    max_bytes: int
    max_pixels: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Configuration":
        """Read and check the settings.

        Raises:
            ValueError: a variable is missing or its value is not allowed; the message names both.
        """
        name = environment.get("FORMAT", "JPEG")
        if name not in FORMATS:
            raise ValueError(f"FORMAT must be one of {', '.join(FORMATS)}, got {name!r}")
        # Without them Powertools fails only when it writes the metrics, after the work is done.
        for variable in ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"):
            _required(environment, variable)
        return cls(
            destination_bucket=_required(environment, "DESTINATION_BUCKET"),
            table_name=_required(environment, "TABLE_NAME"),
            widths=_widths(_required(environment, "WIDTHS")),
            output=FORMATS[name],
            quality=_whole_number(environment, "QUALITY", default=85, most=100),
            source_prefix=environment.get("SOURCE_PREFIX", ""),
            source_suffixes=tuple(filter(None, environment.get("SOURCE_SUFFIXES", "").split(","))),
            destination_prefix=environment.get("DESTINATION_PREFIX", ""),
            max_bytes=_whole_number(environment, "MAX_BYTES", default=100 * 2**20),
            max_pixels=_whole_number(environment, "MAX_PIXELS", default=100_000_000),
        )

    def accepts(self, bucket: str, key: str) -> bool:
        """Whether an object is a source image: within the filter, no folder marker, and no thumbnail."""
        if bucket == self.destination_bucket and key.startswith(self.destination_prefix):
            return False
        return (
            key.startswith(self.source_prefix)
            and not key.endswith("/")
            and (not self.source_suffixes or key.endswith(self.source_suffixes))
        )

    def destination_key(self, key: str, width: int) -> str:
        """The key of an accepted key's thumbnail."""
        relative = key.removeprefix(self.source_prefix)
        return f"{self.destination_prefix}{width}/{relative}.{self.output.extension}"


def _required(environment: Mapping[str, str], variable: str) -> str:
    if not (value := environment.get(variable, "")):
        raise ValueError(f"{variable} must be set")
    return value


def _whole_number(environment: Mapping[str, str], variable: str, *, default: int, most: int | None = None) -> int:
    text = environment.get(variable, str(default))
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if number < 1 or (most is not None and number > most):
        allowed = "1 or more" if most is None else f"1 to {most}"
        raise ValueError(f"{variable} must be a whole number, {allowed}, got {text!r}")
    return number


def _widths(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    widths = [int(part) for part in parts if part.isascii() and part.isdecimal()]
    if (
        len(widths) != len(parts)
        or not 1 <= len(widths) <= MAX_WIDTHS
        or len(set(widths)) != len(widths)
        or not all(1 <= width <= MAX_WIDTH for width in widths)
    ):
        raise ValueError(
            f"WIDTHS must be 1 to {MAX_WIDTHS} different whole numbers between 1 and {MAX_WIDTH}, got {text!r}"
        )
    return tuple(sorted(widths))
