"""Items of one feed that share a page: each is an article of its own, known by its own words.

Newsrooms run pages of short notices, and feeds that link every item to the same page. Whether two
entries are one item is told by what they say. An item that links to the front page shares that with
all others of its site. Pure.
"""

from collections.abc import Iterable

from model import Entry
from model.front_page import is_bare_front_page
from storage.ingest.grouping.fingerprints import WORDS

PAGE_SHINGLE_WORDS = 3  # words
HALF = 0.5  # of the shorter one's shingles; below, two texts say different things
CERTAIN = 3  # entries of one page from which on their texts alone decide


def keys_apart(listed: Iterable[Entry]) -> frozenset[str]:
    """The keys of entries that share their page with others that say something else, or have no page but
    the front page.

    Of two, title and text must both differ: feeds list a story again when they change a word of it.
    Only a feed's own pages count; another outlet's page is read however often it is listed.
    """
    pages: dict[str, list[Entry]] = {}
    for entry in listed:
        if entry.canonical_url and entry.speaks:
            pages.setdefault(entry.canonical_url.partition("#")[0], []).append(entry)
    return frozenset(
        entry.key
        for page, group in pages.items()
        if is_bare_front_page(page)
        or (len(group) > 1 and any(is_another(group[0], other, group) for other in group[1:]))
        for entry in group
    )


def is_another(first: Entry, other: Entry, group: list[Entry]) -> bool:
    if len(group) >= CERTAIN and longest_words(first) and longest_words(other):
        return says_other(longest_words(first), longest_words(other))
    return differ(first.title, longest_words(first), other.title, longest_words(other))


def differ(title: str, text: str, other_title: str, other_text: str) -> bool:
    """Whether title and text both share under half of their shingles; one that is missing on
    either side does not speak against it."""
    if not says_other(title, other_title) and title and other_title:
        return False
    return says_other(text, other_text) or not (text and other_text)


def longest_words(entry: Entry) -> str:
    return max(entry.content, entry.summary, key=len)


def says_other(text: str, other: str) -> bool:
    a, b = text_shingles(text), text_shingles(other)
    shorter = min(len(a), len(b))
    return shorter == 0 or len(a & b) < HALF * shorter


def text_shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = WORDS.findall(text.casefold()[:20_000])
    size = min(PAGE_SHINGLE_WORDS, len(words))
    if size == 0:
        return frozenset()
    return frozenset(zip(*(words[start:] for start in range(size)), strict=False))
