"""Articles of a made-up language, the same for the same numbers: what bench.archive fills a database with."""

import hashlib
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.times import iso

FEEDS, RULES = 2000, [f"rule-{n}" for n in range(60)]
SEVERITIES = ("low", "medium", "high", "critical")
LANES = ("low", "shown", "shown", "shown")
CATEGORIES = ("infrastructure", "threats", "equipment", "disinformation", "physical-security", "litigation")  # fmt: skip
PLANTED = ("tabulator seals", "ballot scanner", "poll worker threatened", "voter file breach", "drop box fire", "ransomware note")  # fmt: skip
STATUSES = (["new"] * 60) + (["dismissed"] * 25) + (["confirmed"] * 13) + (["escalated"] * 2)
SYLLABLES = [
    "ba",
    "co",
    "di",
    "fen",
    "gor",
    "hal",
    "in",
    "ko",
    "lam",
    "mer",
    "no",
    "pra",
    "ris",
    "sta",
    "ten",
    "ul",
    "ver",
    "wen",
    "yo",
    "zet",
]
SENTENCES, IN_A_TEXT, IN_A_SENTENCE = 20_000, 5, 34


def vocabulary(chance: random.Random) -> list[str]:
    """Made-up words, most used first, as in any language; a few real ones to search for."""
    words = {"".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(40_000)}  # fmt: skip
    rest = sorted(words, key=lambda word: (len(word), hashlib.sha1(word.encode()).hexdigest()))
    return ["the", "of", "county", "officials", "said", "election", "voters", *rest]


class Language:
    """Sentences and headlines by the same draw for the same seed."""

    def __init__(self) -> None:
        chance = random.Random(7)
        words = vocabulary(chance)
        weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
        drawn = chance.choices(words, cum_weights=weights, k=SENTENCES * IN_A_SENTENCE)
        self.sentences = [
            " ".join(drawn[at : at + IN_A_SENTENCE]).capitalize() + "."
            for at in range(0, len(drawn), IN_A_SENTENCE)
        ]
        drawn = chance.choices(words, cum_weights=weights, k=SENTENCES * 5)
        self.halves = [" ".join(drawn[at : at + 5]) for at in range(0, len(drawn), 5)]

    def title(self, chance: random.Random) -> str:
        return " ".join(chance.choices(self.halves, k=2)).capitalize()

    def body(self, chance: random.Random, planted: str | None) -> str:
        sentences = chance.choices(self.sentences, k=IN_A_TEXT)
        if planted is not None:
            sentences.insert(2, f"A {planted} was reported near the depot.")
        return "\n".join(sentences)


@dataclass(frozen=True, slots=True)
class Made:
    """One article, as all of its rows need it."""

    id: int
    title: str
    body: str
    planted: str | None
    at: str
    feed: int
    rule: int
    status: str
    relevance: float

    def values(self) -> dict[str, object]:
        url = f"https://f{self.feed}.example/{self.id}"
        text = f"{self.title}\n\n{self.body}"
        rank, start = self.rule % 4, self.body.find(self.planted or "")
        end = start + len(self.planted or "")
        evidence = {"field": "body", "start": start, "end": end, "text": self.planted, "clause": self.planted}  # fmt: skip
        return {
            "id": self.id, "title": self.title, "body": self.body, "at": self.at, "day": self.at[:10],
            "url": url, "url_hash": hashlib.sha256(url.encode()).hexdigest(), "feed": self.feed,
            "outlet": f"Outlet {self.feed}", "region": f"US-{self.feed % 50}", "chars": len(self.body),
            "summary": self.body[:200], "sha": hashlib.sha256(text.encode()).hexdigest(), "story": self.id,
            "rule": self.rule, "rank": rank, "severity": SEVERITIES[rank], "lane": LANES[rank],
            "category": CATEGORIES[self.rule % 6], "status": self.status, "relevance": self.relevance,
            "snippet": self.body[max(0, start - 60) : start + 140], "start": max(0, start - 60),
            "terms": json.dumps([evidence]), "priority": self.id / 3000 + 2 * rank + self.relevance,
        }  # fmt: skip


def articles(start: int, count: int, begin: datetime, step: timedelta) -> Iterator[Made]:
    """Every fifth has a hit. The same numbers bring the same articles."""
    language = Language()
    for number in range(start, start + count):
        chance = random.Random(number)
        planted = chance.choice(PLANTED) if number % 5 == 0 else None
        yield Made(
            number, language.title(chance), language.body(chance, planted), planted,
            iso(begin + step * (number - start)), chance.randrange(1, FEEDS + 1),
            chance.randrange(1, len(RULES) + 1), chance.choice(STATUSES), round(chance.random(), 3),
        )  # fmt: skip
