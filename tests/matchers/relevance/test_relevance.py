"""The relevance of hits: a sum of what speaks for and against, as a chance, with reasons."""

import math
from dataclasses import replace

import pytest

from matchers.engine.engine import Engine, find_evidence, find_hits
from matchers.query.parser import parse_query
from matchers.relevance.explanation import leading_parts, relevance_in_words
from matchers.relevance.features import HitFacts
from matchers.relevance.relevance import ALONE, ALONE_CHANCE, RelevanceModel, chance, flags
from matchers.relevance.weights import Weights, sealed_weights
from matchers.text.article_text import ArticleText
from matchers.text.normalize import folded_words
from model import Examples, Rule

WEIGHTS = sealed_weights(
    Weights(
        threshold=0.5,
        bias=-1.0,
        concepts={"vote": ("vote*", "ballot*"), "fraud": ("fraud*",)},
        places={"title fraud": 1.0, "near fraud": 2.0, "hit in the title": 0.5},
        words={"dropbox": -6.0},
        rules={"ballots": 0.25},
        clauses={"ballots": {"fraud*": -3.0}},
    )
)


def rule(query: str, **changes) -> Rule:
    return Rule(**{"id": "ballots", "title": "B", "severity": "high", "category": "c",
                   "query": query, "examples": Examples((), ()), **changes})  # fmt: skip


def engine(query: str, weights: Weights | None = WEIGHTS, **changes) -> Engine:
    return Engine([(rule(query, **changes), parse_query(query).node, None)], weights=weights)


def relevance(query: str, title: str = "", body: str = "") -> float:
    (hit,) = find_hits(engine(query), ArticleText(title, body))
    return hit.relevance


def test_what_speaks_for_it_adds_up() -> None:
    value = relevance("ballot*", "Fraud with ballots")

    assert value == round(chance(-1.0 + 1.0 + 2.0 + 0.5 + 0.25), 4)


def test_a_word_against_lowers_it() -> None:
    with_word = relevance("ballot*", "Fraud with ballots on Dropbox")

    assert with_word < relevance("ballot*", "Fraud with ballots on paper")


def test_a_clause_that_held_has_a_weight_of_its_own() -> None:
    by_clause = relevance("fraud* OR ballot*", "Fraud")

    assert by_clause < relevance("fraud* OR ballot*", "Ballot") + 0.5
    assert by_clause == round(chance(-1.0 + 1.0 + 0.5 + 0.25 - 3.0), 4)


def test_a_critical_rule_that_holds_by_the_headline_is_never_below_the_threshold() -> None:
    critical = engine("ballot*", severity="critical")
    (headline,) = find_hits(critical, ArticleText("Ballots put on Dropbox"))
    (body,) = find_hits(critical, ArticleText("Put on Dropbox", "Ballots"))
    (high,) = find_hits(engine("ballot*"), ArticleText("Ballots put on Dropbox"))

    assert (headline.relevance, headline.relevance > high.relevance) == (0.5, True)
    assert headline.relevance_parts[0][0] == "a critical rule holds by the headline"
    assert body.relevance < 0.5


def test_without_weights_every_hit_counts_in_full() -> None:
    (hit,) = find_hits(engine("ballot*", None), ArticleText("Ballots"))

    assert (hit.relevance, hit.weights_sha256, hit.relevance_parts) == (1.0, "", ())


def test_a_hit_says_by_which_weights_it_was_judged_and_what_counted() -> None:
    (hit,) = find_hits(engine("ballot*"), ArticleText("Fraud with ballots on Dropbox"))

    assert hit.weights_sha256 == WEIGHTS.sha256
    assert hit.relevance_parts[0] == ("fraud near a word of voting, at the beginning", 3.0)
    assert ("“dropbox”", pytest.approx(-6 * (1 + math.log(3)) / math.sqrt(20), abs=1e-3)) in (
        hit.relevance_parts
    )


def test_the_short_way_and_the_whole_hit_agree() -> None:
    text = ArticleText("Fraud with ballots", "The ballots were found in a barn. " * 9)
    ready = engine("fraud* OR ballot*")

    assert [hit.relevance for hit in find_evidence(ready, text)] == [
        hit.relevance for hit in find_hits(ready, text)
    ]


def test_the_parts_of_a_hit_add_up_to_its_log_odds() -> None:
    model = RelevanceModel(WEIGHTS)
    title, body = folded_words("Fraud with ballots on Dropbox"), folded_words("They vote. " * 20)
    hits = [HitFacts("ballots", "high", ("fraud*", "ballot*"), ())]

    parts = model.parts(title, body, hits, 0)

    assert WEIGHTS.bias + sum(parts.values()) == pytest.approx(model.log_odds(title, body, hits)[0])


@pytest.mark.parametrize("odds", [-2000.0, -3.0, 0.0, 3.0, 2000.0])
def test_a_chance_lies_between_0_and_1(odds: float) -> None:
    assert 0 <= chance(odds) <= 1
    assert chance(odds) + chance(-odds) == pytest.approx(1)


@pytest.mark.parametrize(
    ("changes", "relevance", "expected"),
    [
        ({}, 0.5, True),
        ({}, 0.49, False),
        ({"severity": "low"}, 0.9, False),
        ({"severity": "medium"}, 0.9, True),
        ({"status": "experimental"}, 0.9, False),
    ],
)
def test_only_likely_hits_of_stable_rules_that_matter_flag(
    changes: dict[str, str], relevance: float, expected: bool
) -> None:
    assert flags(rule("x", **changes), relevance, 0.5) is expected


def test_reasons_tell_what_a_language_and_a_bare_headline_are_given() -> None:
    weights = replace(WEIGHTS, places={"Spanish text": -0.5, "headline only": 1.25})
    (hit,) = find_hits(engine("urnas", weights), ArticleText("Roban las urnas de la mesa"))

    assert hit.relevance == round(chance(-1.0 - 0.5 + 1.25 + 0.25), 4)
    assert relevance_in_words(hit.relevance, hit.relevance_parts) == (
        "50 %: next to nothing but a headline +, the scale for Spanish texts −, the rule ballots +"
    )


def test_reasons_name_a_concept_once_and_the_strongest_first() -> None:
    hit = HitFacts("r", "high", (), ())
    parts = {"title fraud": 0.5, "near fraud": 0.75, "word dropbox": -2.0, "rule r": 0.01}

    leading = leading_parts(parts, hit)

    assert leading == (
        ("“dropbox”", -2.0),
        ("fraud near a word of voting, at the beginning", 1.25),
    )
    assert relevance_in_words(0.834, leading) == (
        "83 %: “dropbox” −, fraud near a word of voting, at the beginning +"
    )
    assert relevance_in_words(0.5, ()) == "50 %"


GERMAN = ArticleText(
    "Stimmzettel in Potsdam gestohlen", "Aus dem Rathaus sind Kartons verschwunden.", lang="de-DE"
)


def test_where_the_weights_know_neither_language_nor_words_the_rule_alone_decides() -> None:
    query = "Stimmzettel NEAR/4 gestohlen"
    for languages in (("de",), ()):
        (hit,) = find_hits(engine(query, id="de-zettel", languages=languages), GERMAN)
        assert hit.relevance == ALONE_CHANCE > WEIGHTS.threshold
        assert hit.relevance_parts == ((ALONE, pytest.approx(1.405, abs=1e-3)),)


def test_verdicts_still_move_a_rule_that_decides_alone() -> None:
    learned = replace(WEIGHTS, rules={"de-zettel": -1.5}, clauses={})
    (hit,) = find_hits(engine("Stimmzettel", learned, id="de-zettel", languages=("de",)), GERMAN)

    assert hit.relevance == round(chance(math.log(0.6 / 0.4) - 1.5), 4) < WEIGHTS.threshold


def test_a_higher_threshold_of_the_weights_hides_no_language() -> None:
    (hit,) = find_hits(
        engine("Stimmzettel", replace(WEIGHTS, threshold=0.8), languages=("de", "at")), GERMAN
    )

    assert hit.relevance >= 0.8


@pytest.mark.parametrize(
    ("languages", "lang", "query"),
    [
        ((), "de", "Fraud"),
        (("de", "en"), "de", "Zettel"),
        ((), "", "Zettel"),
        (("es",), "es", "Zettel"),
    ],
)
def test_known_words_and_known_languages_are_judged_by_the_weights(
    languages: tuple[str, ...], lang: str, query: str
) -> None:
    text = ArticleText("Fraud Zettel", "Kartons.", lang=lang)
    (hit,) = find_hits(engine(query, id="x", languages=languages), text)

    assert ALONE not in dict(hit.relevance_parts)
