"""Random queries and hostile texts, from a seed."""

import random

from matchers.text.article_text import ArticleText

STEMS = [
    "vote",
    "votes",
    "ballot",
    "hack",
    "hacked",
    "deep",
    "fake",
    "deepfake",
    "cisa",
    "us",
    "stop",
]
SPELLED = [
    "vote", "Vote", "VOTES", "vóte", "vote’s", "v\u00adote", "vo\u200bte", "voters'", "ballot", "Bállot",
    "ballo\u0301t", "hack", "hacked", "HACKED", "deep-fake", "deep‑fake", "deepfake", "deep", "fake",
    "CISA", "C.I.S.A.", "cisa", "Cisa's", "U.S.", "US", "us", "U.S.S.R.", "#stopvote", "#StopVote",
    "stop", "选举", "选", "举", "투표", "투표를", "ตั้ง", "การ", "ﬁne", "ｖｏｔｅ", "\ud800", "🗳️", "ß",
    "Straße", "strasse", "İstanbul", "istanbul", "Łódź", "lodz", "انتخابات", "الانتخابات", "½", "𝗩𝗼𝘁𝗲",
    "Sen.", "Mr.", "a.m.", "3.5", "The", "x", "y", "z", "'", "’s", "`s", "カ\u3099", "ガ", "ｶﾞ", "\u0301",
    "각", "가", "ᆨ", "e\u0301t", "#", "＃stopvote", "deep—fake", "vote's'", "'S", "ſ", "ŉ", "ǆ", "µ",
]  # fmt: skip
GLUE = [
    " ",
    " ",
    " ",
    " ",
    "  ",
    ". ",
    "\n",
    "! ",
    ", ",
    "-",
    "'",
    "",
    "? ",
    "。",
    "…",
    "\u00a0",
    "\t",
    "/",
]
EXACTS = [
    "=CISA",
    "=US",
    "=Vote",
    "=hacked",
    "=Deep-Fake",
    '="Deep Fake"',
    '="Stop Vote"',
    "=Vote*",
]
STARS = ["vote*", "ballo*", "hack*", "选举*", "투표*", "deep-fak*", '"deep fak*"']
OTHERS = [
    "选举", "举", "투표", "ตั้ง", "deep-fake", "x", "strasse", "Łódź", "انتخابات", "ガ", "각", "n't", "fine",
    "istanbul", "μ", "s", "½",
]  # fmt: skip
ABOUT = ["source:vote", "url:hacked", "lang:es", "lang:en", 'source:"vote news"', "url:ballot"]


class Chance:
    def __init__(self, seed: int, wild: str = "") -> None:
        self.random = random.Random(seed)
        self.wild = wild
        self.inside_head = False

    def pick(self, *among):
        return self.random.choice(among)

    def some(self, make, low, high):
        return [make() for _ in range(self.random.randint(low, high))]

    def string(self):
        parts = self.some(lambda: self.pick(*SPELLED) + self.pick(*GLUE), 0, self.pick(3, 8, 20))
        if self.random.random() < 0.3:
            parts.insert(self.random.randint(0, len(parts)), self.wild)
        if self.random.random() < 0.05:
            parts = parts * 12
        return "".join(parts)

    def text(self):
        return ArticleText(
            self.string() if self.random.random() < 0.7 else "",
            self.string(),
            self.pick("", "Vote News", "hack"),
            self.pick("", "https://vote.example/hacked-ballot"),
            self.pick("", "en", "es-MX"),
        )

    def leaf(self):
        kind = self.random.random()
        if kind < 0.45:
            return self.pick(*STEMS)
        if kind < 0.55:
            return self.pick(*OTHERS)
        if kind < 0.65:
            return self.pick(*EXACTS)
        if kind < 0.75:
            return self.pick(*STARS)
        if kind < 0.88:
            words = self.some(lambda: self.pick(*STEMS, "deep-fake", "选举"), 2, 3)
            return f'"{self.pick(" ", " ", " ", ", ", ". ").join(words)}"{self.pick("", "", "~0")}'
        words = self.random.sample(STEMS[:7], self.random.randint(2, 3))
        return f'"{" ".join(words)}"~{self.random.randint(1, 6)}'

    def spoken(self):
        if self.inside_head:
            return self.leaf()
        return self.pick("", "", "", "", "title:", "body:", "lede:") + self.leaf()

    def in_head(self, make, *arguments):
        """Now and then all of it in head:."""
        if self.inside_head or self.random.random() > 0.25:
            return make(*arguments)
        self.inside_head = True
        query = f"head:{make(*arguments)}"
        self.inside_head = False
        return query

    def group(self):
        if self.random.random() < 0.6:
            return self.spoken()
        return f"({' OR '.join(self.some(self.spoken, 2, 3))})"

    def near(self, depth=0):
        def side():
            return (
                self.near(depth + 1) if depth < 2 and self.random.random() < 0.25 else self.group()
            )

        operator = self.pick("NEAR", "NEAR", "ONEAR")
        return f"({side()} {operator}/{self.random.randint(0, 6)} {side()})"

    def local(self, kind):
        roll = self.random.random()
        if roll < 0.5:
            return self.group()
        if roll < 0.7:
            return self.near()
        if roll < 0.85:
            return f"({self.group()} AND {self.group()})"
        if kind == "ATLEAST" or roll < 0.93:
            return f"({self.local('SENTENCE')} SENTENCE {self.local('SENTENCE')})"
        if kind == "PARAGRAPH":
            return self.counted()
        return self.group()

    def counted(self):
        return f"ATLEAST/{self.random.randint(1, 3)} ({self.local('ATLEAST')})"

    def atom(self):
        roll = self.random.random()
        if roll < 0.4:
            return self.spoken()
        if roll < 0.45:
            return self.pick(*ABOUT)
        if roll < 0.65:
            return self.in_head(self.near)
        if roll < 0.78:
            return self.in_head(self.both_in, "SENTENCE")
        if roll < 0.9:
            return self.in_head(self.counted)
        return self.in_head(self.both_in, "PARAGRAPH")

    def both_in(self, kind):
        return f"({self.local(kind)} {kind} {self.local(kind)})"

    def query(self, depth=0):
        roll = self.random.random()
        if depth > 2 or roll < 0.5:
            return self.atom()
        parts = self.some(lambda: self.query(depth + 1), 2, 3)
        if roll < 0.68:
            return f"({' AND '.join(parts)})"
        if roll < 0.86:
            return f"({' OR '.join(parts)})"
        return f"({parts[0]} AND NOT {parts[1]})"
