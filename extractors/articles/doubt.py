"""Whether a text may be the wrong part of its page. Pure.

Two signs: it is small against the prose that the page holds outside comments and lists of links,
or it has nothing to do with the page's own headline and description.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import PROSE, is_aside, link_share, plain, squash

SMALL = 0.25  # of the page's prose
MUCH = 2_000  # characters of prose; below, a short text is a short article
LONGEST_ALTERNATIVE = 200_000  # characters of an alternative that are kept
OPENING_CHARACTERS = 1_000  # characters
STEM = 5  # letters that two forms of one word share
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a text is doubted, and what else the page holds."""

    why: str
    alternatives: tuple[tuple[str, str], ...]  # name and text
    better: str | None  # the alternative that fits the headline, where the text does not


def doubt(
    tree: HtmlElement, text: str, titles: Sequence[str], descriptions: Iterable[str]
) -> Doubt | None:
    """None for a text that may be trusted."""
    strange = is_strange(text, titles, descriptions)
    if not strange and len(text) >= SMALL * len(tree.text_content()):
        return None  # the usual case, told without a look at each paragraph
    whole = "\n".join(_prose(tree))
    if strange:
        fits = _share(_stems(whole), _stems(titles[0])) >= 0.5
        why = "The text shares no word with the page's headline; it may be the wrong part of the page."
        return Doubt(why, _alternatives(whole, text), whole if fits else None)
    if len(whole) > MUCH and len(text) < SMALL * len(whole):
        why = f"Only {len(text):,} of {len(whole):,} characters of prose on the page were taken for the article."
        return Doubt(why, _alternatives(whole, text), None)
    return None


def _prose(tree: HtmlElement) -> list[str]:
    """The page's paragraphs, each once, outside comments, asides and lists of links."""
    found: dict[str, str] = {}
    for element in tree.iter("p"):
        text = plain(element)
        if len(text) >= PROSE and not is_aside(element) and link_share(element) <= 0.4:
            found.setdefault(squash(text), text)
    return list(found.values())


def fits(text: str, title: str) -> bool:
    """Whether half of the headline's words stand in the text."""
    return len(wanted := _stems(title)) >= 2 and _share(_stems(text), wanted) >= 0.5


def is_strange(text: str, titles: Sequence[str], descriptions: Iterable[str]) -> bool:
    """Whether a text has nothing to do with what its page is called and said to be about."""
    wanted = [stems for title in titles if len(stems := _stems(title)) >= 3]
    # The opening of nearly every story says a word of its headline, and is soon read.
    for part in (text[:OPENING_CHARACTERS].rpartition(" ")[0], text):
        said = _stems(part)
        if not wanted or any(_share(said, stems) > 0 for stems in wanted):
            return False
    told = [stems for about in descriptions if len(stems := _stems(about)) >= 6]
    return all(_share(said, stems) < 0.2 for stems in told)


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in _WORD.findall(text.casefold())}


def _share(said: set[str], wanted: set[str]) -> float:
    return len(wanted & said) / (len(wanted) or 1)


def _alternatives(whole: str, text: str) -> tuple[tuple[str, str], ...]:
    both = (("all paragraphs", whole), ("trafilatura", text))
    return tuple((name, version[:LONGEST_ALTERNATIVE]) for name, version in both if version)
