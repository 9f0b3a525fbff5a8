"""Rules for the matching benchmark: ten by hand, then generated ones in six shapes."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from matchers.query.parser import parse_query
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from matchers.text.normalize import folded_words
from model import Examples, Rule

BY_HAND = [
    '(hack* OR breach* OR cyberattack*) NEAR/12 (election OR ballot* OR "voting machine")',
    '"voter registration" AND (leak* OR stolen OR exposed OR database)',
    "=CISA AND (election OR vote*)",
    '(deepfake* OR deep-fake OR "synthetic media") AND (candidate* OR election OR voter*)',
    '(threat* OR harass*) NEAR/15 ("poll worker" OR "poll workers" OR "election official" OR "election officials")',
    "ransomware AND (county OR state) AND election* AND NOT hospital",
    "(russia* OR iran* OR china OR chinese) NEAR/20 (interfere* OR meddl* OR disinformation)",
    "title:(recount* OR audit* OR certif*) AND (ballot* OR vote OR votes)",
    '("chain of custody" OR tamper* OR "tabulator") AND ballot*',
    '(facebook OR twitter OR google OR youtube) NEAR/20 (misinformation OR disinformation OR "fake accounts")',
]


class Vocabulary:
    """Words of the corpus: a theme that many rules share, and the long tail."""

    def __init__(self, texts: Sequence[ArticleText], chance: random.Random) -> None:
        counts: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        for text in texts:
            words = folded_words(text.body)
            counts.update(set(words))
            pairs.update({f"{a} {b}" for a, b in pairwise(words) if min(len(a), len(b)) > 3})
        common = [
            word
            for word, _ in counts.most_common()
            if len(word) > 3 and word.isascii() and word.isalpha()
        ]
        self.theme = common[150:1_200]
        self.tail = common[1_200:] or common
        self.pairs = [
            pair for pair, count in pairs.most_common(40_000) if count > 1 and pair.isascii()
        ]
        self.chance = chance

    def term(self) -> str:
        roll = self.chance.random()
        if roll < 0.25:
            return f'"{self.chance.choice(self.pairs)}"'
        if roll < 0.35:
            return self.chance.choice(self.tail)[:7].ljust(4, "e") + "*"
        return self.chance.choice(self.theme if roll < 0.55 else self.tail)

    def group(self, low: int, high: int) -> str:
        return "(" + " OR ".join(self.term() for _ in range(self.chance.randint(low, high))) + ")"


def queries(number: int, texts: Sequence[ArticleText], seed: int = 7) -> list[str]:
    chance = random.Random(seed)
    vocabulary = Vocabulary(texts, chance)
    query_texts = BY_HAND[:number]
    while len(query_texts) < number:
        query_texts.append(generated(vocabulary, len(query_texts) % 6))
    return query_texts


def generated(v: Vocabulary, shape: int) -> str:
    if shape == 0:
        return f"{v.group(3, 8)} AND {v.group(3, 8)}"
    if shape == 1:
        return f"{v.group(3, 9)} AND {v.group(3, 9)} AND NOT {v.group(1, 3)}"
    if shape == 2:
        return f"{v.group(2, 6)} NEAR/10 {v.group(3, 8)}"
    if shape == 3:
        return f"title:{v.group(3, 8)} AND body:{v.group(3, 8)}"
    if shape == 4:
        pairs = " OR ".join(f'"{v.chance.choice(v.pairs)}"' for _ in range(v.chance.randint(5, 12)))
        return f"({pairs}) AND {v.group(3, 8)}"
    acronym = "=" + v.chance.choice(
        ["CISA", "FBI", "EAC", "DHS", "NATO", "FEC", "DOJ", "AI", "IT", "US"]
    )
    return f"{acronym} AND {v.group(4, 10)} AND {v.group(2, 6)}"


def ruleset(query_texts: Sequence[str]) -> RuleSet:
    """The queries as rules, without examples: this is about speed."""
    trees = tuple((parse_query(query).node, None) for query in query_texts)
    rules = tuple(
        Rule(f"rule-{number}", "", "medium", "bench", query, Examples((), ()), sha256=str(number))
        for number, query in enumerate(query_texts)
    )
    return RuleSet("bench", rules, trees, "")
