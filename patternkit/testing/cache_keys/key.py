"""What tells cached answers apart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Under what an answer is kept, or why none is.

    Attributes:
        cache: The cache, and the part of it whose settings hold: "Distribution default behavior".
        parts: What tells answers apart, each as its name and value: ("header authorization", "Bearer x").
        not_cached: Why no answer is kept for this request; empty if one may be.
        unknown: Why it is not known; empty if it is.
        unseen: What reaches the origin and is no part of the key: two requests that differ in it share an answer.
    """

    cache: str
    parts: tuple[tuple[str, str], ...] = ()
    not_cached: str = ""
    unknown: str = ""
    unseen: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        if self.unknown:
            return f"{self.cache}: not known: {self.unknown}"
        if self.not_cached:
            return f"{self.cache}: not cached: {self.not_cached}"
        return f"{self.cache}: " + ", ".join(f"{name}={value}" for name, value in self.parts)
