"""Boxes set into a story that are no part of it: invitations, links to other stories, and what is
enciphered for subscribers. Works on the tree in place.

They are known by what publishing systems call them. Such a box is small, and all of them hold a
small share of a page's prose; where they hold more, the names mean something else there.
"""

import re
import string
from collections.abc import Iterable

from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import (
    first_words,
    link_share,
    prose_of,
    words_of_element,
)

_INSERT = re.compile(
    r"(?i)(?:^|[\s_-])(?:cta|call-?to-?action|inread|newsletters?|subscri(?:be|ption)s?|sign-?up|donat(?:e|ion)s?"
    r"|read-?also|also-?read|bacajuga|baca-?juga|leia-?(?:mais|tambem)|lire-?aussi|linksisip|whatsapp"
    r"|inline-?(?:asset|nota|promo|related|popup|newsletter)|suscripci[oó]n|assinatura|bloc-nl|promo-?(?:box|unit|block|banner))(?:$|[\s_-])"
    r"|newsletter-?(?:sign-?up|box|promo|form|block|teaser|cta)"
)
# Named as other text is, too: only with a link or a heading of their own.
_PERHAPS = re.compile(r"(?i)(?:^|[\s_-])(?:read-?(?:more|next)|more-?(?:on|from)-?\w*)(?:$|[\s_-])")
# What BLOX sends to readers who have not paid: the story in ROT47.
_ENCIPHERED = re.compile(r"(?i)(?:^|[\s_-])encrypted(?:$|[\s_-])")
# What WordPress names a story's own box by, after its subjects: news is about donations and WhatsApp, too.
_SUBJECTS = re.compile(r"(?i)(?:^|(?<=\s))(?:post_)?(?:tag|category|topic)-\S+")
# One of them stands wherever a pattern above finds something; looking for them first is far cheaper.
_PARTS = (
    *("cta", "call-to", "callto", "inread", "newsletter", "subscri", "signup", "sign-up", "donat"),
    *("also", "juga", "leia", "lire", "sisip", "whatsapp", "inline", "readmore", "read-more"),
    *(
        "readnext",
        "read-next",
        "moreon",
        "more-on",
        "morefrom",
        "more-from",
        "encrypted",
        "suscripci",
    ),
    *("assinatura", "bloc-nl", "promo"),
)
# The whole of an address: news of subscriptions and donations stands deeper.
_OFFERS_PAGE = re.compile(
    r"(?i)^(?:https?://[^/?#]+)?(?:/[\w-]{1,20})?/(?:#/portal\b.*|(?:subscribe|subscriptions?|sign-?up|donate|donations?|membership"
    r"|become-a-member|support(?:-us)?|newsletters?)/?(?:[?#].*)?)$|^#/portal\b"
)
ALL_LINK = 0.9  # share of a paragraph's text
_ASCII_LETTERS = string.ascii_letters.encode()
_TAGS = ("div", "section", "aside", "ul", "table", "form", "figure", "p", "span")
LONGEST_INSERT = 600  # characters
ENOUGH_SIGNS = 2_000  # characters of a box by which a cipher is recognised
FEWEST_SIGNS = 0.4  # share of ASCII signs and digits in a cipher; a tenth in text
MOST_OFFERS = 30  # of a page
MOST_IN_INSERTS = 0.25  # of a page's prose


def without_inserts(tree: HtmlElement, classes: Iterable[str]) -> str:
    """Drop these boxes, but none around the page's headline. Their text: one may be a paywall."""
    joined = "\n".join(classes)
    low = joined.lower()
    if len(low) != len(joined) or not any(part in low for part in _PARTS):
        return ""
    kinds = {names: _kind(names) for names in _lines_with_parts(joined, low)}
    if not any(kinds.values()):
        return ""
    boxes = [
        element for element in tree.iterdescendants(*_TAGS) if kinds.get(element.get("class", ""))
    ]
    for box in [box for box in boxes if kinds[box.get("class", "")] is _ENCIPHERED]:
        if _is_enciphered(box):
            box.drop_tree()
    inserts = [box for box in boxes if _is_insert(box, kinds[box.get("class", "")])]
    prose = sum(map(prose_of, inserts))
    if prose and prose > MOST_IN_INSERTS * prose_of(tree):
        return ""
    text = "\n".join(map(words_of_element, inserts))
    for box in inserts:
        box.drop_tree()
    return text


def without_linked_offers(tree: HtmlElement) -> str:
    """Drop paragraphs that are a link to where one subscribes or gives. Their text."""
    bare = (p for p in tree.iter("p") if len(p) and not (p.text or "").strip())
    offers = [*filter(_is_linked_offer, bare)][:MOST_OFFERS]
    text = "\n".join(map(words_of_element, offers))
    for paragraph in offers:
        paragraph.drop_tree()
    return text


def _is_linked_offer(paragraph: HtmlElement) -> bool:
    links = [*paragraph.iter("a")]
    leads_there = all(_OFFERS_PAGE.search(link.get("href") or "") for link in links)
    return bool(links) and leads_there and link_share(paragraph) >= ALL_LINK


def _is_enciphered(box: HtmlElement) -> bool:
    """Whether its words are mostly signs, as in ROT47: a story is marked by its tags ("encrypted phones")
    with the same name."""
    signs = "".join(first_words(box, ENOUGH_SIGNS)[:ENOUGH_SIGNS].split())
    others = signs.encode("ascii", "ignore").translate(None, _ASCII_LETTERS)
    return len(others) > FEWEST_SIGNS * len(signs)


def _lines_with_parts(joined: str, low: str) -> set[str]:
    lines = set[str]()
    for part in _PARTS:
        at = low.find(part)
        while at >= 0:
            end = low.find("\n", at)
            end = end if end >= 0 else len(low)
            lines.add(joined[low.rfind("\n", 0, at) + 1 : end])
            at = low.find(part, end)
    return lines


def _kind(names: str) -> re.Pattern[str] | None:
    own = _SUBJECTS.sub(" ", names)
    return next((kind for kind in (_ENCIPHERED, _INSERT, _PERHAPS) if kind.search(own)), None)


def _is_insert(box: HtmlElement, kind: re.Pattern[str] | None) -> bool:
    if box.getparent() is None or len(first_words(box, LONGEST_INSERT)) > LONGEST_INSERT:
        return False
    if kind is _PERHAPS and all(box.find(f".//{tag}") is None for tag in ("a", "h2", "h3", "h4")):
        return False
    return box.find(".//h1") is None
