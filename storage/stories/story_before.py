"""A story's row as a transaction finds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoryBefore:
    """The row as the transaction finds it."""

    id: int
    status: str | None
    lane: str | None
    severity_rank: int | None
    hit_owners: int
    shown_at: str | None
    due_at: str | None
    grown: int
    reopened: int
    news_json: str
    mute_id: int | None
    snoozed_until: str | None
    first_seen_at: str
    added_by: str | None
    severity: str | None
    reason: str  # of the verdict

    @property
    def hidden(self) -> bool:
        return self.mute_id is not None or self.snoozed_until is not None
