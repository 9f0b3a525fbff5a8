"""Whether a text may be the wrong part of its page. Pure.

Two signs: it is small against the prose that the page holds outside comments and lists of links,
or it has nothing to do with the page's own headline and description.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import (
    PROSE,
    is_aside,
    link_share,
    squash,
    words_of_element,
)

SMALL_SHARE = 0.25  # of the page's prose
MUCH = 2_000  # characters of prose; below, a short text is a short article
LONGEST_ALTERNATIVE = 200_000  # characters of an alternative that are kept
DOUBTED_CHARACTERS = 1_000  # characters
LITTLE_TOLD = 0.2  # of the feed's headline: of 360 articles with their headlines, two have less
FEWEST_TOLD = 3  # words of a headline that say what a story is about
LEAST_PAIRS = 0.1  # of the pairs of letters of a headline, in languages without blanks
COMMON_STEM = 5  # letters that two forms of one word share
OFF_TOPIC = "The text has next to nothing of what the feed calls the story; it may be another page."
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a text is doubted, and what else the page holds."""

    why: str
    alternatives: tuple[tuple[str, str], ...]  # name and text
    better: str | None  # the alternative that fits the headline, where the text does not
    by_feed: bool = False  # the page itself agrees with the text


def doubt(
    tree: HtmlElement, text: str, titles: Sequence[str], descriptions: Iterable[str]
) -> Doubt | None:
    """None for a text that may be trusted."""
    strange = is_strange(text, titles, descriptions)
    if not strange and len(text) >= SMALL_SHARE * len(tree.text_content()):
        return None  # the usual case, told without a look at each paragraph
    whole = "\n".join(_prose(tree))
    if strange:
        fits = share_of(stems_of(whole), stems_of(titles[0])) >= 0.5
        why = "The text shares no word with the page's headline; it may be the wrong part of the page."
        return Doubt(why, _alternatives(whole, text), whole if fits else None)
    if len(whole) > MUCH and len(text) < SMALL_SHARE * len(whole):
        why = f"Only {len(text):,} of {len(whole):,} characters of prose on the page were taken for the article."
        return Doubt(why, _alternatives(whole, text), None)
    return None


def doubt_by_feed(tree: HtmlElement, text: str, title: str, summary: str) -> Doubt | None:
    """None where a fifth of the words of the feed's headline, or as much of its summary's, stand in
    the text; and for languages that write no blanks between words."""
    title_stems, text_stems = stems_of(title), stems_of(text)
    share = (
        max(share_of(text_stems, title_stems), share_told(text, summary) or 0)
        if len(title_stems) >= 4
        else 1.0
    )
    if share >= LITTLE_TOLD or _UNSPACED.search(title):
        return None
    whole = "\n".join(_prose(tree))
    better = whole if share_of(stems_of(whole), title_stems) >= 0.5 else None
    return Doubt(OFF_TOPIC, _alternatives(whole, text), better, by_feed=True)


def is_foreign(text: str, title: str, summary: str) -> bool:
    """Whether a text has next to nothing of its feed's headline and summary: a front page, or another story.
    Never for languages that write no blanks between words."""
    shares = [share_told(text, words) for words in (title, summary)]
    told_shares = [share for share in shares if share is not None]
    return bool(told_shares) and max(told_shares) < LITTLE_TOLD and not _UNSPACED.search(title)


def _prose(tree: HtmlElement) -> list[str]:
    """The page's paragraphs, each once, outside comments, asides and lists of links."""
    own_paragraphs: dict[str, str] = {}
    for element in tree.iter("p"):
        text = words_of_element(element)
        if len(text) >= PROSE and not is_aside(element) and link_share(element) <= 0.4:
            own_paragraphs.setdefault(squash(text), text)
    return list(own_paragraphs.values())


def fits(text: str, title: str) -> bool:
    """Whether half of the headline's words stand in the text."""
    return len(title_stems := stems_of(title)) >= 2 and share_of(stems_of(text), title_stems) >= 0.5


def share_told(text: str, summary: str) -> float | None:
    """Share of the words of a headline or summary that stand in the text; None for too few words."""
    return (
        share_of(stems_of(text), summary_stems)
        if len(summary_stems := stems_of(summary)) >= FEWEST_TOLD
        else None
    )


def is_strange(text: str, titles: Sequence[str], descriptions: Iterable[str]) -> bool:
    """Whether a text has nothing to do with what its page is called and said to be about."""
    title_stems = [stems for title in titles if len(stems := stems_of(title)) >= FEWEST_TOLD]
    least = LEAST_PAIRS if any(map(_UNSPACED.search, titles)) else 0
    # The opening of nearly every story says a word of its headline, and is soon read.
    for part in (text[:DOUBTED_CHARACTERS].rpartition(" ")[0], text):
        part_stems = stems_of(part)
        if not title_stems or any(share_of(part_stems, stems) > least for stems in title_stems):
            return False
    description_stems = [stems for about in descriptions if len(stems := stems_of(about)) >= 6]
    return all(share_of(part_stems, stems) < 0.2 for stems in description_stems)


@lru_cache(8)  # a text is asked for up to four times: by its notices, its headline and its feed
def stems_of(text: str) -> AbstractSet[str]:
    """The beginnings of a text's words; where they are written without blanks, pairs of letters."""
    words = _WORD.findall(text.casefold())
    if text.isascii() or _UNSPACED.search(text) is None:
        return frozenset([word[:COMMON_STEM] for word in words])
    return frozenset([part for word in words for part in _parts(word)])


def _parts(word: str) -> Iterable[str]:
    if _UNSPACED.search(word) is None:
        return (word[:COMMON_STEM],)
    return (word[at : at + 2] for at in range(len(word) - 1))


def share_of(text_stems: AbstractSet[str], claim_stems: AbstractSet[str]) -> float:
    """Share of what is wanted that was said."""
    return len(claim_stems & text_stems) / (len(claim_stems) or 1)


def _alternatives(whole: str, text: str) -> tuple[tuple[str, str], ...]:
    both = (("all paragraphs", whole), ("trafilatura", text))
    return tuple((name, version[:LONGEST_ALTERNATIVE]) for name, version in both if version)
