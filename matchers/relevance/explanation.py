"""Why a hit has its relevance, in words: what speaks for it, what against, strongest first."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from matchers.relevance.danger import SHORT_ENDING
from matchers.relevance.features import HitFacts

MOST_PARTS = 6
FEATURES_REMEMBERED = 10_000  # names of features; the shipped weights have half as many
LEAST = 0.1  # log-odds; less moves a chance by no more than two or three points
PLACE_PHRASES = {
    "title": "{} in the headline",
    "opening": "{} in the opening",
    "near": "{} near a word of voting, at the beginning",
    "around": "{} near words of voting",
    "share": "{} near words of voting through the text",
    "density": "many words of {}",
}
# True of every text of its kind, so they set the scale and tell nobody why this one is likely.
SCALE = frozenset(("short text", "length", "no title", "another rule hit", "other rules hit"))
Contribution = tuple[str, float]


def leading_parts(parts: Mapping[str, float], hit: HitFacts) -> tuple[Contribution, ...]:
    """What moves the chance most, with its log-odds; one entry for each concept, word and clause."""
    merged = merged_parts({name: value for name, value in parts.items() if may_lead(name, value)})
    leading = sorted(merged.items(), key=lambda part: (-abs(part[1]), part[0]))
    return tuple((what, round(value, 3)) for what, value in leading if abs(value) >= LEAST)[
        :MOST_PARTS
    ]


def may_lead(name: str, value: float) -> bool:
    """Hundreds of words move next to nothing, and each is shown by itself: they need no merging."""
    return abs(value) >= LEAST if name.startswith("word ") else name not in SCALE


def merged_parts(parts: Mapping[str, float]) -> dict[str, float]:
    """A concept that shows in several places is shown once, at the place that weighs most."""
    totals: dict[str, float] = {}
    strongest: dict[str, tuple[float, str]] = {}
    for name, value in parts.items():
        key, phrase = feature_words(name)
        totals[key] = totals.get(key, 0.0) + value
        if abs(value) > strongest.get(key, (-1.0, ""))[0]:
            strongest[key] = (abs(value), phrase)
    return {strongest[key][1]: value for key, value in totals.items()}


@lru_cache(maxsize=FEATURES_REMEMBERED)
def feature_words(name: str) -> tuple[str, str]:
    """What a feature is about, and how it is said."""
    name = name.removesuffix(SHORT_ENDING)
    kind, _, rest = name.partition(" ")
    if kind in PLACE_PHRASES and rest:
        return f"concept {rest}", PLACE_PHRASES[kind].format(rest)
    if kind == "word":
        return name, f"“{rest}”"
    if kind == "clause":
        return name, f"clause {rest}"
    return name, name


# What a figure of the whole text says.
FIGURES = {
    "Spanish text": "the scale for Spanish texts",
    "headline only": "next to nothing but a headline",
    "passages for its length": "many passages for its length",
    "part with passages": "passages all through the text",
    "lines that held": "many lines of the rules hold",
    "rules that hit the headline": "rules hit the headline",
    "rules that hit the lede": "rules hit the opening",
    "any hit in the title": "a rule hits the headline",
    "any hit in the lede": "a rule hits the opening",
    "kinds of danger near voting": "several kinds of danger near voting",
    "part with danger near voting": "much of the text tells of danger near voting",
    "part with danger close to voting": "much of the text tells of danger beside voting",
    "part with voting": "much of the text is on voting",
    "part with danger": "much of the text is on danger",
    "part with both": "danger and voting in the same places",
    "danger near voting soon": "danger near voting comes soon",
}
# Said otherwise where the figure speaks against the text.
AGAINST = {
    "passages for its length": "few passages for its length",
    "part with passages": "passages in a small part of the text",
    "lines that held": "few lines of the rules hold",
    "part with danger near voting": "danger near voting through the text",
    "part with danger close to voting": "danger beside voting through the text",
}


def in_words(what: str, share: float) -> str:
    """One thing that moves the chance, as people say it."""
    name, _, rest = what.partition(" ")
    if name in ("rule", "clause") and rest:
        return f"the {name} {rest}"
    phrase = FIGURES.get(what, what)
    return phrase if share > 0 else AGAINST.get(what, phrase)


def for_and_against(parts: Sequence[Contribution]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for a text and what against it, in the order given."""
    phrases = [(in_words(what, share), share > 0) for what, share in parts]
    return tuple(text for text, speaks in phrases if speaks), tuple(text for text, speaks in phrases if not speaks)  # fmt: skip


def relevance_in_words(relevance: float, parts: Sequence[Contribution]) -> str:
    """One line, such as "83 %: fraud in the headline +, “dropbox” −"."""
    reasons = ", ".join(
        f"{in_words(what, value)} {'+' if value > 0 else '−'}" for what, value in parts
    )
    return f"{round(100 * relevance)} %: {reasons}" if reasons else f"{round(100 * relevance)} %"
