"""Where a story stands in the queue, and by when it wants a verdict. Pure.

Priority is a moment, in days: when the story was first seen, moved later by what makes it urgent.
So a newer story overtakes an older one as time passes and no row is ever rewritten for age.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import log2

DAYS_PER_SEVERITY = 2.0  # a critical story stands 6 days before a low one of the same age
DAYS_FOR_RELEVANCE = 1.0
DAYS_PER_DOUBLING = 0.5  # of the owners that carry the story
DUE_MINUTES: Mapping[str, int] = {
    "critical": 60,
    "high": 480,
    "medium": 1440,
}  # unless the team says else


def priority(severity_rank: int, weight: float, owners: int, first_at: datetime) -> float:
    return (
        first_at.timestamp() / 86400
        + DAYS_PER_SEVERITY * severity_rank
        + DAYS_FOR_RELEVANCE * weight
        + DAYS_PER_DOUBLING * log2(max(owners, 1))
    )


def due_by(severity: str, shown_at: datetime, minutes: Mapping[str, int]) -> datetime | None:
    """When a verdict is due; None for severities that may wait for ever."""
    allowed = minutes.get(severity)
    return None if allowed is None else shown_at + timedelta(minutes=allowed)
