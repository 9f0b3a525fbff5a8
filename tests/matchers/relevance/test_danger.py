"""How close voting and danger stand, and how much of a text hits fill."""

from matchers.relevance.danger import SHORT_ENDING
from matchers.relevance.features import VOTING, HitFacts, text_values
from matchers.relevance.hit_density import coverage_values
from matchers.relevance.vocabulary import Vocabulary
from matchers.text.normalize import folded_words
from model import Evidence, Field

VOCABULARY = Vocabulary(
    {
        "vote": ["vote*", "ballot*"],
        "fraud": ["fraud*", "stolen"],
        "hack": ["hack*"],
        "race": ["poll"],
    }
)
FILLER = "the town hall opened a new library with many quiet rooms for all its people "


def values(title: str, body: str = "") -> dict[str, float]:
    return text_values(VOCABULARY, folded_words(title), folded_words(body))


def hit(rule: str, *evidence: Evidence) -> HitFacts:
    return HitFacts(rule, "medium", ("stolen",), evidence)


def passage(start: int, field: Field = "body") -> Evidence:
    return Evidence(field, start, start + 6, "stolen", "stolen")


def test_any_danger_counts_beside_any_word_of_voting_in_the_headline() -> None:
    fraud, hacked = values("Ballots stolen"), values("Votes hacked")

    for features in (fraud, hacked):
        assert features["danger and voting in the headline"] == 1
        assert features["danger without voting in the headline"] == 0
    assert values("Painting stolen")["danger without voting in the headline"] == 1
    assert values("Poll: nobody leads")["other subjects in the headline"] == 0.5


def test_danger_counts_more_the_closer_it_stands_to_voting() -> None:
    key = "danger close to voting, early"
    beside = values("", "Stolen ballots were found. " + FILLER)
    near = values("", "Ballots were found in a shed, not stolen. " + FILLER)
    far = values("", "Ballots arrived. " + FILLER * 2 + "A bike was stolen.")

    assert beside[key] == 1
    assert 0 < near[key] < 1
    assert far[key] == 0


def test_part_of_the_text_tells_a_mention_from_a_subject() -> None:
    key = "part with danger near voting"
    mention = values("", "Stolen votes. " + FILLER * 30)
    subject = values("", ("Stolen votes. " + FILLER) * 30)

    assert mention[key] < 0.2
    assert subject[key] > 0.9
    assert mention["danger near voting soon"] == subject["danger near voting soon"] == 1


def test_a_short_text_says_each_figure_once_more() -> None:
    name = "danger and voting in the headline"

    assert values("Ballots stolen")[name + SHORT_ENDING] == 1
    assert name + SHORT_ENDING not in values("Ballots stolen", FILLER * 10)


def test_words_of_voting_are_those_of_the_features() -> None:
    assert "vote" in VOTING
    assert values("Hack of a bank")["kinds of danger in the headline"] == 1 / 3


def test_passages_throughout_fill_more_than_one_at_the_end() -> None:
    once = coverage_values([hit("a", passage(2900))], 500)
    often = coverage_values([hit("a", *(passage(300 * number) for number in range(10)))], 500)

    assert once["part with passages"] == 0.1
    assert often["part with passages"] == 1
    assert once["passages for its length"] < often["passages for its length"]


def test_rules_that_agree_in_headline_and_lede_are_counted_once_each() -> None:
    both = [hit("a", passage(0, "title"), passage(0, "title")), hit("b", passage(10))]
    features = coverage_values(both, 500)

    assert features["rules that hit the headline"] == 0.25
    assert features["rules that hit the lede"] == 0.25
    assert coverage_values([], 500) == {}
