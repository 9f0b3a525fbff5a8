"""The paragraphs of a page: what trafilatura overlooks is put back, what is not the story goes.

Each step was kept because it raised word-shingle F1 on two sets of real news pages with known
text; `python -m bench.extraction` measures them again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

PROSE = 80  # characters from which on a paragraph is prose
_BETWEEN = re.compile(r"\W+")
_ASCII_BETWEEN = bytes(code for code in range(128) if _BETWEEN.match(chr(code)))
_PARAGRAPH_PARENTS = (
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "div",
    "span",
    "td",
    "blockquote",
    "strong",
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What pages call boxes that are no part of the story, in classes, ids and roles: one list, and what
# each question adds. A sidebar may hold the story's last paragraphs, but never its date; an author's
# box holds prose that is not the story's, and its date.
_OTHER_BOXES = r"comment|related|recirc|footer|teaser|newsletter|promo"
_NO_PROSE = re.compile(rf"{_OTHER_BOXES}|author|\bbio\b|aside|caption", re.I)
_OTHER_DATES = re.compile(
    rf"{_OTHER_BOXES}|contentinfo|sidebar|popular|trending"
    r"|(?:more|read)-(?:news|stories|from|next)|upcoming|event",
    re.I,
)
_SIDE_COLUMN = re.compile(
    r"(?i)(?:^|\s)(?:(?:right|left|side)-?(?:rail|col|column)|col(?:umn)?-(?:right|side)|side|rail"
    r"|sponsor(?:ed)?(?:-\w+)?|paid-?(?:post|content)|partner-content|advertorial|native-ad)(?:\s|$)"
)
# Of a paragraph: what it says is no part of the story.
_TELLING = re.compile(
    r"(?i)subscri|sign-?up|donat|(?:^|[\s_-])(?:cta|ads?|advert\w*|share|social|tags?)(?:$|[\s_-])|sponsor|cookie|consent"
    r"|copyright|credit|byline|disclos|disclaim|hidden|sr-only|visually"
)
_OF_WORD = re.compile(r"\bMso\w+")
SENTENCE_ENDS = (".", "!", "?", "…", "”", '"', "»", "。")
_LEVELS = 4  # an element and the boxes around it that are asked for their names
# Characters of found paragraphs from which on others of their place are the story's, too
ENOUGH_ALIKE = 300
ENOUGH_NEARER = 150  # where the box around the box is named alike as well
MOST_NOTES = 20  # of a page
_PARTS_OF_NOTE = (
    "orrection",
    "larification",
    "note",
    "Note",
)  # one of them stands wherever that does
_NOTE = re.compile(r"(?i)correction|clarification|editor(?:s|ial)?[-_]?note")
_NO_NOTE = re.compile(r"(?i)policy|form|link|report|request|submit|suggest|button|cta")
LONG_PARAGRAPH = 50  # characters; shorter texts are too often labels
_SHORT = 1000  # characters; longer texts are not kept
_MOST_BLOCKS = 20_000  # a page with more is not an article, and stays cheap


def squash(text: str) -> str:
    """Letters and digits only, case folded: two texts that read the same compare equal."""
    return _squash_again(text) if len(text) <= _SHORT else _squash(text)


def _squash(text: str) -> str:
    # What stands between words is nearly always ASCII, and bytes are freed of it many times as fast.
    raw = text.encode("utf-8", "surrogatepass").translate(None, _ASCII_BETWEEN)
    text = raw.decode("utf-8", "surrogatepass").casefold()
    return text if text.isalnum() else _BETWEEN.sub("", text)


_squash_again = lru_cache(2048)(_squash)  # each line of a page is asked for several times


def words_of_element(element: HtmlElement) -> str:
    text = element.text_content() if len(element) else element.text or ""
    return " ".join(text.split())


def first_words(element: HtmlElement, most: int) -> str:
    """As `words_of_element`, read no further than it takes to know that there are more characters
    than `most`: boxes in boxes, each read to its end, would cost their depth times their text."""
    parts, size, look_at = [], 0, 2 * most
    for text in element.itertext():
        parts.append(text)
        size += len(text)
        if size > look_at:
            if len(words := " ".join("".join(parts).split())) > most:
                return words
            look_at = 2 * size  # it was mostly blanks
    return " ".join("".join(parts).split())


def link_share(element: HtmlElement) -> float:
    """Share of an element's text that is inside links."""
    return sum(len(words_of_element(link)) for link in element.iter("a")) / (
        len(words_of_element(element)) or 1
    )


def prose_of(element: HtmlElement) -> int:
    """Characters of the paragraphs in it."""
    return sum(len(words_of_element(paragraph)) for paragraph in element.iter("p"))


@dataclass(frozen=True, slots=True)
class _StoryPlaces:
    """Where the long paragraphs stand that were found: characters by place, and their <article>."""

    alike: Counter[tuple[str, ...]]
    nearer: Counter[tuple[str, ...]]
    home: HtmlElement | None
    share: float  # characters of found paragraphs that make a place the story's

    def hold(self, paragraph: HtmlElement) -> bool:
        """Whether a paragraph stands where much of the story does."""
        if _home(paragraph) is not self.home:
            return False
        if self.alike[_place(paragraph)] >= max(ENOUGH_ALIKE, self.share):
            return True
        return self.nearer[_nearer_place(paragraph)] >= max(ENOUGH_NEARER, self.share)


def restore_paragraphs(tree: HtmlElement, lines: list[str]) -> list[str]:
    """Put back paragraphs that stand in the same kind of place as those already found.

    Sites that cut a story into several equal containers lose all but one of them otherwise.
    Same place: tag, class and parent's class, inside the same <article>. A sentence between two of
    those found is of the story as well, whatever name its own paragraph has.
    """
    keys = {squash(line): number for number, line in reversed(list(enumerate(lines)))}
    texts = [
        (p, text, squash(text)) for p in limited(tree.iter("p")) if (text := words_of_element(p))
    ]
    places = _places_of((p, text) for p, text, key in texts if key in keys)
    if places is None:
        return lines
    added, whole = set[str](), squash("".join(lines))
    after: dict[int, list[str]] = defaultdict(list)
    last = -1
    for p, text, key in texts:
        last = keys.get(key, last)
        if key in keys or len(text) < LONG_PARAGRAPH or key in added or key[:80] in whole:
            continue
        is_of_story = places.hold(p) or _is_between(p, text, keys)
        if is_of_story and link_share(p) <= 0.4 and not is_aside(p):
            added.add(key)
            after[last].append(text)
    merged = list(after[-1])
    for number, line in enumerate(lines):
        merged += [line, *after[number]]
    return merged


def _places_of(paragraphs: Iterable[tuple[HtmlElement, str]]) -> _StoryPlaces | None:
    """None: none of these is long."""
    alike: Counter[tuple[str, ...]] = Counter()
    nearer: Counter[tuple[str, ...]] = Counter()
    homes: Counter[HtmlElement | None] = Counter()
    for p, text in paragraphs:
        if len(text) >= LONG_PARAGRAPH:
            alike[_place(p)] += len(text)
            nearer[_nearer_place(p)] += len(text)
            homes[_home(p)] += len(text)
    del nearer[()]  # a place without a name of its own says nothing
    if not homes:
        return None
    return _StoryPlaces(alike, nearer, homes.most_common(1)[0][0], 0.2 * sum(alike.values()))


def _is_between(p: HtmlElement, text: str, keys: Container[str]) -> bool:
    """Whether it is prose between two paragraphs that were found, by a name that tells nothing of
    what it says: Word calls paragraphs after its headers and footers, others after the subject."""
    if len(text) < PROSE or not text.endswith(SENTENCE_ENDS) or link_share(p) > 0.2:
        return False
    if _TELLING.search(p.get("class") or ""):
        return False
    beside = (p.getprevious(), p.getnext())
    return all(
        near is not None and near.tag == "p" and squash(words_of_element(near)) in keys
        for near in beside
    )


def notes_of(tree: HtmlElement, classes: Iterable[str]) -> tuple[str, ...]:
    """Corrections and editor's notes, whose boxes are named so: what was wrong with a story belongs
    to it."""
    joined = "\n".join(classes)
    if not any(part in joined for part in _PARTS_OF_NOTE):
        return ()
    note_classes = {
        names for names in classes if _NOTE.search(names) and not _NO_NOTE.search(names)
    }
    notes = list[str]()
    for box in tree.iter("div", "p", "aside", "section", "span") if note_classes else ():
        text = words_of_element(box) if box.get("class") in note_classes else ""
        if LONG_PARAGRAPH <= len(text) <= _SHORT and link_share(box) <= 0.4:
            notes.append(text)
    notes = notes[:MOST_NOTES]
    return tuple(text for text in notes if not any(text in other != text for other in notes))


def restore_notes(lines: list[str], notes: Iterable[str]) -> list[str]:
    """Put those that are not in the text at its end."""
    whole = squash("".join(lines)) if notes else ""
    return [*lines, *(text for text in dict.fromkeys(notes) if squash(text)[-60:] not in whole)]


def linked_lines(tree: HtmlElement) -> set[str]:
    """Squashed texts of the page's blocks that are one link from end to end."""
    lines = set[str]()
    around: dict[HtmlElement, str] = {}  # of a box once, however many links are in it
    for element in limited(tree.iter("a")):
        if (element.get("href") or "#").startswith("#"):
            continue
        text = words_of_element(element)
        if len(text) < 25:
            continue
        lines.add(squash(text))
        parent = element.getparent()
        if parent is not None and parent.tag in _PARAGRAPH_PARENTS:
            if parent not in around:
                around[parent] = words_of_element(parent)
            if len(text) >= 0.85 * len(around[parent]):
                lines.add(squash(around[parent]))
    return lines


def headings(tree: HtmlElement) -> set[str]:
    return {squash(words_of_element(element)) for element in limited(tree.iter(*_HEADINGS))}


def limited(elements: Iterator[HtmlElement]) -> Iterator[HtmlElement]:
    """The first of them: what lies beyond is no article."""
    for _, element in zip(range(_MOST_BLOCKS), elements, strict=False):
        yield element


def _place(element: HtmlElement) -> tuple[str, ...]:
    parent = element.getparent()
    around = ("", "") if parent is None else (str(parent.tag), parent.get("class") or "")
    return (
        element.tag,
        (element.get("class") or "").strip(),
        around[0],
        re.sub(r"\d", "", around[1]),
    )


def _nearer_place(element: HtmlElement) -> tuple[str, ...]:
    """Its place, and the class of the box around its box; () for boxes without names."""
    parent = element.getparent()
    around = None if parent is None else parent.getparent()
    names = "" if around is None else around.get("class") or ""
    return (*_place(element), names) if parent is not None and parent.get("class") else ()


def _home(element: HtmlElement) -> HtmlElement | None:
    return next(element.iterancestors("article"), None)


def is_aside(element: HtmlElement) -> bool:
    """Whether a paragraph stands in a box of other stories, of readers, an author or a picture."""
    near: Sequence[HtmlElement] = [element, *element.iterancestors()][:_LEVELS]
    return any(
        _NO_PROSE.search(
            f"{_OF_WORD.sub('', box.get('class') or '')} {box.get('id') or ''} {box.tag}"
        )
        for box in near
    )


def names_other_dates(element: HtmlElement) -> bool:
    """Whether a box is named as one whose days are those of other stories or of events."""
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    return _OTHER_DATES.search(names) is not None


def is_side_column(names: str) -> bool:
    """By an element's classes."""
    return _SIDE_COLUMN.search(names) is not None
