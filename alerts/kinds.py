"""The kinds of event that can leave: their names, words, and how grave each is by itself."""

from dataclasses import dataclass

from model import Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """`severity` is for events of no story; `urgent` ones go out before the rest of a crowd."""

    title: str
    severity: Severity
    urgent: bool = False


KINDS: dict[str, Kind] = {
    "story-new": Kind("New story", "medium"),
    "story-escalated": Kind("Escalated", "high", urgent=True),
    "story-assigned": Kind("Assigned", "medium", urgent=True),
    "story-grew": Kind("Story grew", "medium"),
    "story-withdrawn": Kind("Withdrawn by the publisher", "medium"),
    "spike": Kind("Spike", "high", urgent=True),
    "feed-silent": Kind("Feed silent", "low"),
    "feed-dead": Kind("Feed dead", "medium"),
    "feed-recovered": Kind("Feed recovered", "low"),
    "run-failed": Kind("Run failed", "high", urgent=True),
    "nothing-ran": Kind("Nothing ran", "critical", urgent=True),
    "danger": Kind("Disk or database in danger", "critical", urgent=True),
    "digest": Kind("Situation report", "low", urgent=True),
    "well-again": Kind("All well again", "low", urgent=True),
    "test": Kind("Test", "low", urgent=True),
}
STORY_KINDS = tuple(kind for kind in KINDS if kind.startswith("story-"))
# Machines propose these: they are held back where the queue does not show the story.
PROPOSED = frozenset({"story-new", "story-grew", "story-withdrawn"})


def of(kind: str) -> Kind:
    """A kind that a newer Pollwatch stored still leaves, by its own name."""
    return KINDS.get(kind) or Kind(kind.replace("-", " ").capitalize(), "medium")
