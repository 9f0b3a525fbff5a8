"""A story of several pages: which of them are asked for, and what its text is then. Pure.

After what readers of such stories do (Postlight Parser, Full-Text RSS): the view on one page is
preferred, else each page names the next, and what it repeats is left out. Few are read, as each
costs the publisher a request and the run five seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extractors.articles.body.paragraphs import squash
from extractors.articles.body.text_of_page import SHORTEST
from extractors.articles.doubt import share_of, stems_of
from extractors.articles.from_feed import with_text
from model import Article, Outcome

MOST_PAGES = 5  # of one story that are read, the first among them
LONGEST_ADDRESS = 200  # characters of one in a sentence
LEAST_SHARED = 0.6  # of the first page's paragraphs, in a view on one page
LEAST_OF_TITLE = 0.5  # of the words of the first page's headline, in that of a further page
_READ = frozenset({Outcome.OK, Outcome.EXTRACTION_DOUBTFUL})


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why a story is not whole, or not to be trusted."""

    outcome: Outcome
    why: str | None


def is_read(article: Article) -> bool:
    return article.outcome in _READ


def is_short_end(part: Article) -> bool:
    """Whether a further page has too few words for an article, as a last page may."""
    return part.outcome is Outcome.EXTRACTION_EMPTY and bool(part.body)


def is_in_parts(article: Article) -> bool:
    """Whether a page that was read says that there is more of its story elsewhere."""
    return is_read(article) and bool(article.next_page or article.one_page)


def continued_at(address: str) -> str:
    """What is said of a story of which only the first page is at hand."""
    return f"The story goes on at {address[:LONGEST_ADDRESS]}, which is not read."


def too_many(address: str) -> Shortfall:
    why = f"{continued_at(address)[:-1]}: at most {MOST_PAGES} pages of a story are."
    return Shortfall(Outcome.EXTRACTION_DOUBTFUL, why)


def of_another_headline(address: str) -> Shortfall:
    why = f"{continued_at(address)[:-1]}: the page has another headline, of a chapter or of another story."
    return Shortfall(Outcome.EXTRACTION_DOUBTFUL, why)


def left_for_later(number: int) -> Shortfall:
    why = f"Page {number} of the story is left for the next run: time was up, or the feed has too many pages."
    return Shortfall(Outcome.CANCELLED, why)


def is_of_story(first: Article, part: Article) -> bool:
    """Whether a further page has the first one's headline; one without any has nothing against it."""
    first_stems, part_stems = stems_of(first.title), stems_of(part.title)
    if not first_stems or not part_stems:
        return True
    return share_of(part_stems, first_stems) >= LEAST_OF_TITLE


def new_text(texts: Iterable[str], part: Article) -> str:
    """The paragraphs of a further page that none before it has."""
    known_lines = {squash(line) for text in texts for line in text.split("\n")}
    return "\n".join(line for line in _paragraphs(part.body) if squash(line) not in known_lines)


def shortfall_of(part: Article, text: str, number: int) -> Shortfall | None:
    """What is missing as page `number` is no more than that; None for a page like any other."""
    if is_read(part) and not text:
        return None  # the page before it under another address
    if part.next_page and len(text) < SHORTEST:
        why = f"From page {number} on there is next to no text, as in a gallery: those pages are not read."
        return Shortfall(Outcome.EXTRACTION_DOUBTFUL, why)
    if is_read(part) or (is_short_end(part) and text):
        return None
    if part.outcome is Outcome.ROBOTS:
        # So it stays: the article is read, and looked at again like any other.
        why = f"Page {number} of the story is not read: {part.problem}"
        return Shortfall(Outcome.EXTRACTION_DOUBTFUL, why)
    return Shortfall(part.outcome, f"Page {number} of the story could not be read: {part.problem}")


def with_pages(first: Article, texts: Sequence[str], shortfall: Shortfall | None) -> Article:
    """The first page's article with the text of the pages after it, and with what is missing."""
    if shortfall is None:
        shortfall = _doubt_of(first)
    pages = len(texts) + 1
    extractor = f"{first.extractor}, {pages} pages" if texts else first.extractor
    article = replace(first, next_page=None, one_page=None, extractor=extractor)
    body = "\n".join([first.body, *texts])
    return with_text(article, body, first.method, shortfall.outcome, shortfall.why)


def on_one_page(first: Article, whole: Article) -> Article | None:
    """The first page's article with the text of the page that has all of it; None where that is
    another story, or no more of this one: many print pages are of the one page alone, with a line below."""
    paragraphs, keys = _paragraphs(first.body), set(map(squash, _paragraphs(whole.body)))
    shared = sum(squash(line) in keys for line in paragraphs)
    more = new_text([first.body], whole)
    has_more = len(more) >= (SHORTEST if first.next_page else 1)
    if not (is_read(whole) and has_more and is_of_story(first, whole)):
        return None
    if shared < LEAST_SHARED * len(paragraphs):
        return None
    extractor = f"{first.extractor}, all on one page"
    alternatives = whole.alternatives
    article = replace(
        first, next_page=None, one_page=None, extractor=extractor, alternatives=alternatives
    )
    doubt = _doubt_of(whole)
    return with_text(article, whole.body, whole.method, doubt.outcome, doubt.why)


def _doubt_of(page: Article) -> Shortfall:
    """What is wrong with a page, but for its being one of several."""
    if page.next_page and page.problem == continued_at(page.next_page):
        return Shortfall(Outcome.OK, None)
    return Shortfall(page.outcome, page.problem)


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
