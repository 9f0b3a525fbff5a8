"""The relevance of a hit: the chance that an analyst wants the article. Pure, no dependencies.

A linear model on what the text and the hit show (`features`), turned into a chance by the logistic
function. The fit calibrates it: of hits with relevance 0.8, about eight in ten are wanted.
"""

import math
from collections.abc import Mapping, Sequence

from matchers.relevance.features import (
    HitFacts,
    clause_values,
    hit_values,
    text_values,
    word_values,
)
from matchers.relevance.hit_density import coverage_values
from matchers.relevance.lexicon import Lexicon
from matchers.relevance.vocabulary import FeatureValues, Vocabulary
from matchers.relevance.weights import Weights
from matchers.text.normalize import folded_words
from model import SEVERITIES, Rule

CHANCE_DIGITS = 4
# Of a rule whose language the weights do not know: it says what its author wants, and a few verdicts say how
# often it is right (`rules learn`). What English words are missing says nothing.
ALONE_CHANCE = 0.6
ALONE = "the rule alone, in a language that the relevance does not know"
RAISED = "a critical rule holds by the headline"
FLAGGING = SEVERITIES[SEVERITIES.index("medium") :]


class RelevanceModel:
    """Weights with their vocabulary compiled. Made once per process."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.vocabulary = Vocabulary(weights.concepts)
        self.lexicon = Lexicon(weights.words)
        # What places and words of the text that was looked at last add: each hit asks for the same.
        self._seen: tuple[Sequence[str], Sequence[str], FeatureValues, FeatureValues] | None = None

    def judge(
        self, title: Sequence[str], body: Sequence[str], hits: Sequence[HitFacts]
    ) -> tuple[float, ...]:
        """The relevance of each hit; `title` and `body` are folded words.

        A critical rule that holds by the headline alone is never below the threshold of the weights:
        words that speak against it there may be the news itself, as "breach" is. Of the labelled
        development texts one was below, and it is wanted.
        """
        scored = zip(hits, self.log_odds(title, body, hits), strict=True)
        return tuple(
            round(max(chance(odds), self._least(hit)), CHANCE_DIGITS) for hit, odds in scored
        )

    def _least(self, hit: HitFacts) -> float:
        if hit.severity != "critical" or not hit.evidence:
            return 0.0
        in_headline = all(piece.field == "title" for piece in hit.evidence)
        return self.weights.threshold if in_headline else 0.0

    def raised(
        self, title: Sequence[str], body: Sequence[str], hits: Sequence[HitFacts], number: int
    ) -> dict[str, float]:
        """What `judge` adds to the log-odds of a critical hit in the headline, by its name."""
        least = self._least(hits[number])
        missing = log_odds_of(least) - self.log_odds(title, body, hits)[number] if least else 0.0
        return {RAISED: missing} if missing > 0 else {}

    def log_odds(
        self, title: Sequence[str], body: Sequence[str], hits: Sequence[HitFacts]
    ) -> list[float]:
        """The same before the logistic function, where what speaks for and against adds up."""
        text = self.text_log_odds(title, body)
        text += weighted(coverage_values(hits, len(body)), self.weights.places)
        return [
            self.alone() + self.of_rule(hit)
            if self.stands_alone(hit)
            else text + self.of_hit(hits, number)
            for number, hit in enumerate(hits)
        ]

    def stands_alone(self, hit: HitFacts) -> bool:
        """Whether the weights know neither the language of a hit nor, where its rule names none, one of
        the words that matched: English rules find English words in texts of any language."""
        return hit.unread == "rule" or (hit.unread == "text" and not self._knows_a_word(hit))

    def _knows_a_word(self, hit: HitFacts) -> bool:
        words = {word for piece in hit.evidence for word in folded_words(piece.text)}
        return any(word in self.lexicon.words or self.vocabulary.of_word(word) for word in words)

    def alone(self) -> float:
        """What such a hit begins with, in log-odds: shown, until verdicts on its rule speak against it."""
        return log_odds_of(max(ALONE_CHANCE, self.weights.threshold))

    def text_log_odds(self, title: Sequence[str], body: Sequence[str]) -> float:
        """What the text says by itself, in log-odds: ranks texts without a hit by how likely a miss is."""
        places, words = self._added(title, body)
        return self.weights.bias + sum(places.values()) + sum(words.values())

    def _added(
        self, title: Sequence[str], body: Sequence[str]
    ) -> tuple[FeatureValues, FeatureValues]:
        """What places of the text add, and what its words do, looked up once for a text."""
        if self._seen is None or self._seen[0] is not title or self._seen[1] is not body:
            shown = text_values(self.vocabulary, title, body)
            places = products("", shown, self.weights.places)
            values = word_values(self.lexicon, title, body)
            self._seen = title, body, places, products("word ", values, self.weights.words)
        return self._seen[2], self._seen[3]

    def of_hit(self, hits: Sequence[HitFacts], number: int) -> float:
        """What the hit itself adds to what the text says."""
        return weighted(hit_values(hits, number), self.weights.places) + self.of_rule(hits[number])

    def of_rule(self, hit: HitFacts) -> float:
        """What the rule and those of its clauses that held add."""
        clauses = self.weights.clauses.get(hit.rule_id, {})
        values = clause_values(hit).items()
        return self.weights.rules.get(hit.rule_id, 0.0) + sum(
            clauses.get(clause, 0.0) * value for (_, clause), value in values
        )

    def parts(
        self, title: Sequence[str], body: Sequence[str], hits: Sequence[HitFacts], number: int
    ) -> dict[str, float]:
        """What each feature adds for or against one hit, by a name that says its kind."""
        hit, weights = hits[number], self.weights
        if self.stands_alone(hit):
            log_odds = {ALONE: self.alone() - weights.bias}
        else:
            places, words = self._added(title, body)
            shown = coverage_values(hits, len(body)) | hit_values(hits, number)
            log_odds = places | products("", shown, weights.places) | words
        log_odds |= products("rule ", {hit.rule_id: 1.0}, weights.rules)
        clauses = {clause: value for (_, clause), value in clause_values(hit).items()}
        return log_odds | products("clause ", clauses, weights.clauses.get(hit.rule_id, {}))


def weighted(values: FeatureValues, weights: Mapping[str, float]) -> float:
    get = weights.get
    return sum(value * get(name, 0.0) for name, value in values.items())


def products(kind: str, values: FeatureValues, weights: Mapping[str, float]) -> dict[str, float]:
    return {
        kind + name: value * weights[name]
        for name, value in values.items()
        if value and name in weights
    }


def log_odds_of(chance: float) -> float:
    return math.log(chance / (1 - chance)) if chance < 1 else math.inf


def chance(log_odds: float) -> float:
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def flags(rule: Rule, relevance: float, threshold: float) -> bool:
    """Whether a hit puts its text before an analyst: a stable rule that matters, and likely wanted."""
    return rule.status == "stable" and rule.severity in FLAGGING and relevance >= threshold
