"""The kinds of event that can leave: their names, words, and how grave each is by itself."""

from dataclasses import dataclass

from model import Severity


@dataclass(frozen=True, slots=True)
class EventKind:
    """`severity` is for events of no story; `urgent` ones go out before the rest of a crowd."""

    title: str
    severity: Severity
    urgent: bool = False


EVENT_KINDS: dict[str, EventKind] = {
    "story-new": EventKind("New story", "medium"),
    "story-escalated": EventKind("Escalated", "high", urgent=True),
    "story-assigned": EventKind("Assigned", "medium", urgent=True),
    "story-grew": EventKind("Story grew", "medium"),
    "story-withdrawn": EventKind("Withdrawn by the publisher", "medium"),
    "spike": EventKind("Spike", "high", urgent=True),
    "feed-silent": EventKind("Feed silent", "low"),
    "feed-dead": EventKind("Feed dead", "medium"),
    "feed-recovered": EventKind("Feed recovered", "low"),
    "run-failed": EventKind("Run failed", "high", urgent=True),
    "nothing-ran": EventKind("Nothing ran", "critical", urgent=True),
    "danger": EventKind("Disk or database in danger", "critical", urgent=True),
    "digest": EventKind("Situation report", "low", urgent=True),
    "well-again": EventKind("All well again", "low", urgent=True),
    "test": EventKind("Test", "low", urgent=True),
}
# Machines propose these: they are held back where the queue does not show the story.
PROPOSED = frozenset({"story-new", "story-grew", "story-withdrawn"})


def kind_of(kind: str) -> EventKind:
    """A kind that a newer Pollwatch stored still leaves, by its own name."""
    return EVENT_KINDS.get(kind) or EventKind(kind.replace("-", " ").capitalize(), "medium")
