"""What a text shows: concepts by place, near words of voting, dense, through the text."""

import pytest

from matchers.relevance.features import HitFacts, hit_values, text_values, word_values
from matchers.relevance.lexicon import Lexicon
from matchers.relevance.vocabulary import Vocabulary
from matchers.text.normalize import folded_words
from model import Evidence

CONCEPTS = {
    "vote": ["vote*", "ballot*", "urnas"],
    "officials": ["county clerk*", "board of elections"],
    "fraud": ["fraud*", "stolen"],
    "sport": ["league", "coach"],
}
VOCABULARY = Vocabulary(CONCEPTS)
FILLER = "the town hall opened a new library with many quiet rooms for all its people "


def values(title: str, body: str = "") -> dict[str, float]:
    return text_values(VOCABULARY, folded_words(title), folded_words(body))


def places(text: str) -> list[tuple[int, str]]:
    concepts = VOCABULARY.places(folded_words(text))
    return [(position, VOCABULARY.names[number]) for position, number in concepts]


def test_words_prefixes_and_phrases_stand_for_concepts() -> None:
    assert places("Voters told the county clerks of stolen urnas") == [
        (0, "vote"), (3, "officials"), (6, "fraud"), (7, "vote"),
    ]  # fmt: skip
    assert places("The county has a clerk; a revoted thief") == []


def test_case_and_accents_do_not_matter() -> None:
    assert places("BALLOTS, ÚRNAS") == [(0, "vote"), (1, "vote")]


def test_a_concept_counts_where_it_stands() -> None:
    features = values("Fraud alleged", FILLER + "and the coach said so")

    assert features["title fraud"] == 1
    assert "opening fraud" not in features
    assert features["opening sport"] == 1
    assert 0 < features["density sport"] < 1


def test_near_a_word_of_voting_is_another_thing_than_far_from_it() -> None:
    near = values("", "The ballots were stolen at night. " + FILLER)
    far = values("", "The ballots were counted. " + FILLER + "A painting was stolen.")

    assert near["near fraud"] == 1
    assert near["around fraud"] > 0
    assert "near fraud" not in far
    assert far["density fraud"] == near["density fraud"]


def test_a_word_of_voting_is_not_near_itself() -> None:
    assert "near vote" not in values("", "One vote. " + FILLER)
    assert values("", "One vote, two votes.")["near vote"] == 1


def test_an_article_that_is_about_it_throughout_shows_a_larger_share() -> None:
    passing = values("", "Stolen votes. " + FILLER * 30)
    throughout = values("", ("Stolen votes. " + FILLER) * 30)

    assert throughout["share fraud"] > 3 * passing["share fraud"]


def test_short_texts_and_texts_without_voting_say_so() -> None:
    short, long = values("Votes"), values("Library", FILLER * 20)

    assert (short["short text"], short["voting in the title"], short["no word of voting"]) == (
        1,
        1,
        0,
    )
    assert (long["short text"], long["voting in the title"], long["no word of voting"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Drop box set on fire", "", 1),
        ("Drop box set on fire", "Drop box set on fire. Subscribe to read on.", 1),
        ("Drop box set on fire", FILLER, 0),
        ("", "Drop box set on fire", 0),
    ],
)
def test_a_bare_headline_is_told_from_one_with_text_below(
    title: str, body: str, expected: int
) -> None:
    assert values(title, body)["headline only"] == expected


@pytest.mark.parametrize("text", ["", "   ", "…"])
def test_nothing_to_read_is_no_fault(text: str) -> None:
    assert values(text, text)["no word of voting"] == 1


def test_a_word_in_the_title_counts_more_and_long_texts_dilute() -> None:
    lexicon = Lexicon(["coin"])
    title = word_values(lexicon, folded_words("Coin found"), ())["coin"]
    body = word_values(lexicon, (), folded_words("Coin found"))["coin"]
    diluted = word_values(lexicon, (), folded_words("Coin " + FILLER * 2))["coin"]

    assert title > body == diluted > 0
    assert word_values(lexicon, folded_words("Nothing"), ()) == {}


def test_a_hit_knows_its_place_and_its_company() -> None:
    head = HitFacts("a", "high", (), (Evidence("title", 0, 5, "fraud", "fraud*"),))
    late = HitFacts("b", "medium", (), (Evidence("body", 900, 905, "fraud", "fraud*"),))

    alone, second = hit_values([head], 0), hit_values([head, late], 1)

    assert (alone["hit in the title"], alone["another rule hit"]) == (1, 0)
    assert (second["hit in the title"], second["any hit in the title"]) == (0, 1)
    assert (second["hit in the lede"], second["another rule hit"]) == (0, 1)
