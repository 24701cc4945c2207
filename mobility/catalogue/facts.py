"""How far a compiled fact can be trusted."""

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How sure the compiler of a fact is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Verified(StrEnum):
    """How a fact was checked while it was compiled."""

    ABSTRACT = "abstract"
    FORM = "form"
    TERMINOLOGY = "terminology"
    CODE = "code"
    TERTIARY = "tertiary"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something published, with where it was, how sure the compiler is and how it was checked."""

    source: str
    confidence: Confidence
    verified: Verified

    @property
    def may_be_shown(self) -> bool:
        """Facts of low confidence or without verification stay off every page (clinical README, "How to read it")."""
        return self.confidence is not Confidence.LOW and self.verified is not Verified.NONE
