"""What a text and a hit show, as numbers from 0 to about 1 with names that people can read.

A concept can stand in the title, in the opening, near a word of voting in title and opening, near one
anywhere, or be dense in the whole; `share` is the part of the text in which it is near one. What
concepts of danger show together with those of voting is told by `danger`. Words
count by how often they occur against how many different words the text has, so that a summary of
two sentences and an article of a thousand words compare.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matchers.relevance.danger import CHUNK_WORDS, NEAR_WORDS, Sides, danger_values, with_short
from matchers.relevance.lexicon import Lexicon
from matchers.relevance.vocabulary import ConceptPlace, FeatureValues, Vocabulary
from model import Evidence, Severity

VOTING = ("vote", "election", "officials", "equipment", "rolls")  # concepts that mean an election
READ_WORDS = 1500  # of the body; what an article is about has been said by then
OPENING_WORDS = 60  # words of the body that a feed's summary or a lede has
SHORT = 90  # words: fewer are a feed item rather than an article
FEWEST_BESIDE = 4  # different words of the body that the headline lacks; fewer tell nothing more
FEWEST_WORDS = 40  # words that a density is measured against at least
TITLE_COUNTS = 3  # times, of a word in the title
FEWEST_DIFFERENT = 20
FAR_AWAY = -1_000_000  # a position farther from every word than NEAR_WORDS
LEDE_CHARACTERS = 400  # characters

SPANISH = frozenset(
    ("al", "como", "con", "de", "del", "el", "en", "es", "la", "las", "los", "para", "por", "que",
     "se", "su", "un", "una", "y")
)  # fmt: skip
SPANISH_SHARE = 0.2  # of all words; English texts that quote some stay far below


@dataclass(frozen=True, slots=True)
class HitFacts:
    """What of a hit matters: the rule, the clauses of its query that held, and the passages.

    `unread` says what is in none of the languages that weights are fitted to: the rule, by its
    `languages`; or, where it names none, the text.
    """

    rule_id: str
    severity: Severity
    clauses: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    unread: Literal["", "rule", "text"] = ""


def text_values(vocabulary: Vocabulary, title: Sequence[str], body: Sequence[str]) -> FeatureValues:
    """What the text shows by itself, whatever rules hold."""
    body = body[:READ_WORDS]
    voting = {number for number, name in enumerate(vocabulary.names) if name in VOTING}
    in_title, in_body = vocabulary.places(title), vocabulary.places(body)
    opening = in_body[: bisect_left(in_body, (OPENING_WORDS, -1))]
    head = in_title + [(position + len(title), number) for position, number in opening]
    near = near_voting(in_body, voting)
    names = vocabulary.names
    values = density(names, in_title + in_body, len(title) + len(body))
    for where, places in (("title", in_title), ("opening", opening)):
        values |= {f"{where} {names[number]}": 1.0 for number in concept_numbers(places)}
    values |= {f"near {names[n]}": 1.0 for n in concept_numbers(near_voting(head, voting))}
    values |= {f"around {names[n]}": v for n, v in rates(near, len(title) + len(body), 2.0)}
    values |= {f"share {names[n]}": v for n, v in concept_shares(near, len(body))}
    dangers = danger_values(Sides(names, VOTING), in_title, head, in_body, len(body))
    values |= with_short(dangers, short=len(body) < SHORT)
    values["Spanish text"] = float(is_spanish([*title, *body]))
    values["headline only"] = float(is_headline_only(title, body))
    return values | shape(head, in_title, in_body, voting, len(body))


def is_spanish(text: Sequence[str]) -> bool:
    """Whether a fifth of the words are little Spanish ones: labels of language are often missing."""
    return sum(map(SPANISH.__contains__, text)) > SPANISH_SHARE * len(text)


def is_headline_only(title: Sequence[str], body: Sequence[str]) -> bool:
    """Whether there is next to nothing but a headline, as behind a paywall: the body may repeat it."""
    return bool(title) and len({*body} - {*title}) < FEWEST_BESIDE


def density(names: Sequence[str], places: Collection[ConceptPlace], words: int) -> FeatureValues:
    return {f"density {names[number]}": value for number, value in rates(places, words, 2.5)}


def rates(places: Collection[ConceptPlace], words: int, most: float) -> Iterator[tuple[int, float]]:
    """Of each concept how often it occurs in a hundred words, on a scale that flattens out at 1."""
    for number, count in Counter(number for _, number in places).items():
        yield number, min(math.log1p(100 * count / max(words, FEWEST_WORDS)), most) / most


def concept_shares(near: Sequence[ConceptPlace], words: int) -> Iterator[tuple[int, float]]:
    """Of each concept the part of the body's stretches in which it is near a word of voting."""
    chunks = max(1, math.ceil(words / CHUNK_WORDS))
    chunk_counts = Counter(
        number for _, number in {(at // CHUNK_WORDS, number) for at, number in near}
    )
    for number, count in chunk_counts.items():
        yield number, math.sqrt(count / chunks)


def concept_numbers(places: Collection[ConceptPlace]) -> set[int]:
    return {number for _, number in places}


def near_voting(places: Sequence[ConceptPlace], voting: set[int]) -> list[ConceptPlace]:
    """The places of concepts that stand within a few words of a word of voting."""
    core = [position for position, number in places if number in voting]
    core = [FAR_AWAY, *core, -FAR_AWAY]
    near_places: list[ConceptPlace] = []
    for place in places:
        position = place[0]
        before, after = core[bisect_left(core, position) - 1], core[bisect_right(core, position)]
        if position - before <= NEAR_WORDS or after - position <= NEAR_WORDS:
            near_places.append(place)
    return near_places


def shape(
    head: Collection[ConceptPlace],
    in_title: Collection[ConceptPlace],
    in_body: Collection[ConceptPlace],
    voting: set[int],
    words: int,
) -> FeatureValues:
    """How long the text is, and how soon it speaks of voting."""
    return {
        "length": min(math.log1p(words) / 7, 1.0),
        "short text": float(words < SHORT),
        "no title": float(not in_title and not head),
        "voting in the title": float(bool(voting & concept_numbers(in_title))),
        "voting in the opening": float(bool(voting & concept_numbers(head))),
        "no word of voting": float(
            not voting & (concept_numbers(in_title) | concept_numbers(in_body))
        ),
    }


def word_values(lexicon: Lexicon, title: Sequence[str], body: Sequence[str]) -> FeatureValues:
    """Of each known word or pair how often it occurs, against how many different words there are."""
    body = body[:READ_WORDS]
    counts = Counter(lexicon.terms_in(body))
    for word in lexicon.terms_in(title):
        counts[word] += TITLE_COUNTS
    if not counts:
        return {}
    different = math.sqrt(max(len({*title, *body}), FEWEST_DIFFERENT))
    return {word: (1 + math.log(count)) / different for word, count in counts.items()}


def hit_values(hits: Sequence[HitFacts], number: int) -> FeatureValues:
    """What one hit of a text shows, beside the others."""
    hit = hits[number]
    others = len({other.rule_id for other in hits}) - 1
    return {
        "hit in the title": float(in_title(hit.evidence)),
        "hit in the lede": float(opens(hit.evidence)),
        "hit in many passages": min(math.log1p(len(hit.evidence)), 4.0) / 4,
        "hit by many clauses": min(len({passage.clause for passage in hit.evidence}), 10) / 10,
        "hit of high severity": float(hit.severity in ("high", "critical")),
        "hit of low severity": float(hit.severity == "low"),
        "other rules hit": min(others, 4) / 4,
        "another rule hit": float(others > 0),
        "any hit in the title": float(any(in_title(other.evidence) for other in hits)),
        "any hit in the lede": float(any(opens(other.evidence) for other in hits)),
    }


def in_title(evidence: Sequence[Evidence]) -> bool:
    return any(passage.field == "title" for passage in evidence)


def opens(evidence: Sequence[Evidence]) -> bool:
    return any(
        passage.field == "summary" or (passage.field == "body" and passage.start < LEDE_CHARACTERS)
        for passage in evidence
    )


def clause_values(hit: HitFacts) -> Mapping[tuple[str, str], float]:
    """One for each clause that held, smaller where several did."""
    share = 1 / math.sqrt(len(hit.clauses)) if hit.clauses else 0.0
    return {(hit.rule_id, clause): share for clause in hit.clauses}
