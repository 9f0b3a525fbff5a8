"""What a story says more than it did: new rules, passages and owners, and whether that reopens it. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from storage.stories.story_hits import StoryHit

CLOSE_COPY = 0.9  # a copy whose text stands in the story to this share says nothing new
# Reasons for dismissing that hold for one outlet's word: in the next one's the same may be a report.
OF_WHO_SAID_IT = ("fiction",)

Change = Literal["new", "changed", "back", "same", "gone"]


@dataclass(frozen=True, slots=True)
class HitChange:
    """What storing a text did to one hit."""

    hit_id: int
    rule_id: int
    change: Change
    by_rule: bool = False  # the rule changed, not the text


@dataclass(frozen=True, slots=True)
class News:
    """Rules and owners by name; passages are counted. A new owner alone reopens nothing: it repeats
    what was judged, unless that was who said it."""

    rules: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    passages: int = 0

    def reopens(self, reason: str) -> bool:
        """Whether it brings a story back that was judged for this reason."""
        return bool(self.rules or self.passages or (self.owners and reason in OF_WHO_SAID_IT))

    def __bool__(self) -> bool:
        return bool(self.rules or self.owners or self.passages)

    def and_before(self, news_json: str) -> "News":
        """With what an earlier growth brought, as stored in `news_json`."""
        before = json.loads(news_json)
        return News(
            tuple(dict.fromkeys([*before.get("rules", ()), *self.rules])),
            tuple(dict.fromkeys([*before.get("owners", ()), *self.owners])),
            before.get("passages", 0) + self.passages,
        )

    def as_json(self) -> str:
        news = {"rules": self.rules, "owners": self.owners, "passages": self.passages}
        return json.dumps({key: value for key, value in news.items() if value})


def news_of(
    hits: Sequence[StoryHit],
    changes: Sequence[HitChange],
    coverage: Mapping[int, float],
    earlier: Mapping[int, frozenset[str]],
) -> News:
    """What `changes` brought that no other hit of the story says.

    `coverage`: by article, the share of its text that stands in the article that it copies.
    `earlier`: by hit, the evidence that it had before.
    """
    changed = {change.hit_id: change.change for change in changes if change.change != "same"}
    texts = {change.hit_id for change in changes if not change.by_rule}
    fresh = [
        hit
        for hit in hits
        if hit.shown and hit.id in texts and changed.get(hit.id, "gone") != "gone"
    ]
    others = [hit for hit in hits if changed.get(hit.id) != "new"]
    rules, owners = {hit.rule_id for hit in others}, {hit.owner for hit in others}
    # What a feed says of another outlet's page is news once: it can say something else at every poll.
    fresh = [hit for hit in fresh if not (hit.is_second_hand and hit.owner in owners)]
    passages = {hit.passage for hit in others if hit.id not in changed}
    passages |= {passage for hit in fresh for passage in earlier.get(hit.id, frozenset())}
    original = [
        hit
        for hit in fresh
        if not (changed[hit.id] == "new" and coverage.get(hit.article_id, 0.0) >= CLOSE_COPY)
    ]
    return News(
        tuple(dict.fromkeys(hit.rule for hit in fresh if hit.rule_id not in rules)),
        tuple(dict.fromkeys(hit.outlet for hit in fresh if hit.owner not in owners)),
        len({hit.passage for hit in original} - passages),
    )
