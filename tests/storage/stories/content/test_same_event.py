from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.stories.content.same_event import (
    Opening,
    likeness,
    may_be_alike,
    rarity,
    story_opening,
    weights,
    words_of,
)

DAY = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
FIRE = story_opening(
    "Ballot drop box set on fire outside Fennimore library",
    "Firefighters put out a blaze in a ballot drop box at the Fennimore branch library on Sunday night. "
    "Fire Marshal Odette Pruitt said an incendiary device had been taped to the slot.",
    DAY,
)
ARRESTS = story_opening(
    "Two held over Fennimore library blaze that burned ballots",
    "Deputies arrested two men on Monday evening after an incendiary device damaged 23 ballots in the "
    "drop box of the Fennimore library, Marshal Odette Pruitt told reporters.",
    DAY + timedelta(days=1),
)
ELSEWHERE = story_opening(
    "Judge orders drop box rules back in force for the runoff",
    "A judge in Quillan County said on Monday that ballot drop boxes must stay open until the polls "
    "close, and gave the clerk until Friday to publish their hours.",
    DAY + timedelta(days=1),
)


def rarities(*texts: Opening) -> dict[str, float]:
    """As an archive of election news has them: these words are everywhere, all others rare."""
    everywhere = set(words_of("the a an of on in at that and had been to for two said box boxes ballot ballots drop monday"))  # fmt: skip
    return {
        word: rarity(0.3 if word in everywhere else 0.002) for text in texts for word in text.words
    }


def test_one_event_in_other_words_is_known_by_its_rare_words() -> None:
    alike = likeness(FIRE, ARRESTS, rarities(FIRE, ARRESTS))

    assert alike.same_event
    assert {"fennimore", "library"} <= set(alike.shared)
    assert not any(word.isdigit() for word in likeness(FIRE, FIRE, rarities(FIRE)).shared)
    numbered = story_opening("Fire at 4417 Juniper Lane", "", DAY)
    assert "4417" not in likeness(numbered, numbered, rarities(numbered)).shared


def test_the_same_theme_is_no_event() -> None:
    assert not likeness(FIRE, ELSEWHERE, rarities(FIRE, ELSEWHERE)).same_event


def test_both_ways_give_the_same() -> None:
    rarity_of = rarities(FIRE, ARRESTS)

    assert likeness(FIRE, ARRESTS, rarity_of).score == pytest.approx(likeness(ARRESTS, FIRE, rarity_of).score)  # fmt: skip


def test_each_day_between_makes_one_event_less_likely() -> None:
    rarity_of = rarities(FIRE, ARRESTS)
    scores = [likeness(FIRE, Opening(DAY + timedelta(days=days), ARRESTS.headline, ARRESTS.lede), rarity_of).score for days in (0, 1, 2)]  # fmt: skip

    assert scores == sorted(set(scores), reverse=True)


def test_texts_that_meet_the_same_rules_are_likelier_one_event() -> None:
    rarity_of = rarities(FIRE, ARRESTS)
    boxes, threats = frozenset({"4"}), frozenset({"4", "7"})

    def score(mine: frozenset[str], theirs: frozenset[str]) -> float:
        return likeness(replace(FIRE, rules=mine), replace(ARRESTS, rules=theirs), rarity_of).score

    assert score(boxes, boxes) > score(boxes, threats) > score(boxes, frozenset({"9"}))
    assert score(boxes, frozenset({"9"})) == score(frozenset(), frozenset())


@pytest.mark.parametrize("days", [0, 1, 2, 4])
@pytest.mark.parametrize(("text", "other"), [(FIRE, ARRESTS), (ARRESTS, FIRE), (FIRE, ELSEWHERE), (FIRE, FIRE)])  # fmt: skip
def test_no_link_is_lost_by_looking_first_without_the_other_s_words(
    text: Opening, other: Opening, days: int
) -> None:
    later = replace(other, moment=text.moment + timedelta(days=days))
    mine = rarities(text)

    if likeness(text, later, rarities(text, later)).same_event:
        assert may_be_alike(text, weights(text, mine), later, mine)


def test_texts_that_share_a_word_or_two_are_not_compared_further() -> None:
    mine = rarities(FIRE)

    assert not may_be_alike(FIRE, weights(FIRE, mine), ELSEWHERE, mine)


def test_after_three_days_nothing_is_one_event() -> None:
    later = Opening(DAY + timedelta(days=3, minutes=1), FIRE.headline, FIRE.lede)

    assert likeness(FIRE, later, rarities(FIRE)).score == 0.0


def test_words_are_those_of_the_full_text_index() -> None:
    assert list(words_of("Élections: the Clerk’s 12 ballots")) == ["elections", "the", "clerk", "12", "ballots"]  # fmt: skip


def test_words_that_a_fifth_of_all_texts_hold_say_nothing() -> None:
    assert rarity(0.21) == 0.0
    assert rarity(0.001) > rarity(0.01) > rarity(0.1) > 0.0
