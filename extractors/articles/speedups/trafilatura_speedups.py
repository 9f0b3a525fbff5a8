"""Shortcuts through trafilatura that change no text: they spare what cannot alter its answer.

Measured on news pages, half of trafilatura's time goes into two things. XPath expressions judge
each element by regular expressions on its attributes: here one judgement serves all elements
with the same attributes. And readability reads every page again, to be used only when it finds
twice as much text: here it is asked only where the page holds as much. The shortcuts are taken
with the one version that they were checked against; any other runs as it is.
`tests/extractors/articles/speedups/test_trafilatura_speedups.py` holds them to plain trafilatura.
"""

import importlib
import re
from collections.abc import Iterator
from copy import copy
from functools import cache, lru_cache, partial
from typing import Any

from lxml.etree import Element, XPath, tostring
from lxml.html import HtmlElement
from trafilatura import __version__ as VERSION  # noqa: N812 - what it is
from trafilatura import xpaths
from trafilatura.settings import Extractor

from extractors.articles.speedups import justext_speedups
from extractors.articles.speedups.selectors import (
    LONGEST_ATTRIBUTE,
    RESULTS_REMEMBERED,
    Find,
    UnreadableSelector,
    finder,
)

CHECKED = "2.3.1"
CODE = ("script", "style", "fencedframe")  # what readability drops first of all


def loaded(name: str) -> Any:
    """A module of trafilatura, untyped: what is done to it here no type would allow."""
    return importlib.import_module(f"trafilatura.{name}")


baseline, core, external = loaded("baseline"), loaded("core"), loaded("external")
readability_lxml, utils = loaded("readability_lxml"), loaded("utils")
htmlprocessing = loaded("htmlprocessing")
lxml_html: Any = importlib.import_module("lxml.html")
_plain_rescue, _plain_readability = external.justext_rescue, external.try_readability
_plain_page_text, _plain_density = core.html2txt, htmlprocessing.link_density_test
# What `text_content` gives, in two thirds of the time that it takes by XPath: thousands of times a page.
text_within = partial(tostring, method="text", encoding="unicode", with_tail=False)
CLEANED = htmlprocessing.MANUALLY_CLEANED


@cache
def _settings() -> Extractor:
    return Extractor(output_format="python", comments=False)


def settings_for(url: str) -> Extractor:
    """What `bare_extraction` makes anew for each page without comments, out of its settings as text."""
    settings = copy(_settings())
    settings.url = url
    settings.source = url and url.encode("utf-8", "replace").decode("utf-8")
    return settings


def by_python(xpath: XPath, *, first: bool = False) -> Find:
    """The expression, or what finds the same elements sooner."""
    try:
        return finder(xpath.path, first=first)
    except UnreadableSelector:
        return rarely(xpath)


def rarely(xpath: XPath) -> Find:
    """An expression whose last predicate looks around, asked only where the others hold.

    `[not(self::ol or self::ul) or …]` is in doubt for these two names only.
    """
    before, _, last = xpath.path.rpartition("][")
    may = finder(before + "]")
    doubtful = re.findall(r"self::(\w+)", last)

    def find(tree: HtmlElement) -> list[HtmlElement]:
        elements = may(tree)
        if any(not doubtful or element.tag in doubtful for element in elements):
            return list(xpath(tree))
        return elements

    return find


class Seldom:
    """A pattern of control characters, which hardly any page holds, with a quicker look first."""

    CONTROLS = bytes({*range(0x20)} - set(b"\t\n\r"))

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern

    def sub(self, by: str, text: str) -> str:
        raw = text.encode("utf-8", "surrogatepass")
        bare = len(raw.translate(None, self.CONTROLS)) == len(raw)
        if bare and "\ufffe" not in text and "\uffff" not in text:
            return text
        return self._pattern.sub(by, text)


class Backup:
    """The cleaned page that justext reads, made only when it does: on one page in fifteen."""

    def __init__(self, tree: HtmlElement, options: Extractor) -> None:
        self._tree, self._options = tree, options

    def cleaned(self) -> HtmlElement:
        return cleaned_copy(self._tree, self._options)


def cleaned_copy(tree: HtmlElement, options: Extractor) -> HtmlElement:
    """As trafilatura cleans it, which goes through the page once for each of fifty names of elements,
    to drop them: here only for those that are there."""
    there = {element.tag for element in tree.iter(*CLEANED)}
    there.add(CLEANED[0])  # of an empty list of names lxml takes any
    htmlprocessing.MANUALLY_CLEANED = [name for name in CLEANED if name in there]
    try:
        return htmlprocessing.tree_cleaning(copy(tree), options)
    finally:
        htmlprocessing.MANUALLY_CLEANED = CLEANED


def prepare_tree(
    tree: HtmlElement, options: Extractor, url: str | None
) -> tuple[HtmlElement, HtmlElement | Backup]:
    """As trafilatura's, without the second copy; with comments, that is read elsewhere too."""
    cleaned = cleaned_copy(tree, options)
    backup = copy(cleaned) if options.comments else Backup(tree, options)
    return htmlprocessing.convert_tags(cleaned, options, url), backup


def justext_rescue(tree: HtmlElement | Backup, options: Extractor) -> tuple[HtmlElement, str]:
    rescue: tuple[HtmlElement, str]
    rescue = _plain_rescue(tree.cleaned() if isinstance(tree, Backup) else tree, options)
    return rescue


def extract_and_compare(
    cleaned: HtmlElement, backup: HtmlElement | Backup, tree: HtmlElement, options: Extractor
) -> tuple[HtmlElement, str]:
    """As trafilatura's, with readability asked only where its answer could be taken."""
    text: str
    body, text = core.extract_content(cleaned, options)
    if not options.fast:
        other = rival(tree, body, text, options)
        body, text = external.compare_extraction(backup, other, body, text, options)
    tree.text_length = len(text)
    return body, text


def page_text(tree: HtmlElement) -> str:
    """As trafilatura's, which asks for its length alone, and whether the text that was found is a
    small share of it: "" where that cannot be, told without a cleaned copy of the page."""
    body = tree.find(".//body")
    length = getattr(tree, "text_length", None)
    if length is not None and body is not None:
        most = len(" ".join(" ".join(body.itertext()).split()))
        if length >= core.ESCALATION_PAGE_SHARE * most:
            return ""
    text: str = _plain_page_text(tree)
    return text


def try_readability(tree: HtmlElement) -> HtmlElement:
    """Of nothing, nothing."""
    rescue: HtmlElement = tree if len(tree) == 0 else _plain_readability(tree)
    return rescue


def rival(tree: HtmlElement, body: HtmlElement, text: str, options: Extractor) -> HtmlElement:
    """What readability is to read: the page, or nothing when all of it would be too short."""
    if options.focus != "balanced" or not text or is_deficient(body) or swallows(tree):
        return copy(tree)
    if is_short(tree, text, shown=markup_without_code(tree)):
        return Element("html")  # told of most pages, without a copy
    tree = copy(tree)
    for element in list(tree.iter(*CODE)):
        element.drop_tree()
    remove_unlikely(tree)
    return Element("html") if is_short(tree, text, shown=tree.text_content()) else tree


def markup_without_code(tree: HtmlElement) -> str | None:
    """The text beside scripts and styles; None where these stand elsewhere than in the head."""
    head = tree.find("head")
    if any(code.getparent() is not head for code in tree.iter(*CODE)):
        return None
    return "".join(texts_beside_code(tree, head))


def texts_beside_code(element: HtmlElement, head: HtmlElement | None) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child is head:
            yield from texts_beside_code(child, None)
        elif isinstance(child.tag, str) and child.tag not in CODE:
            yield child.text_content()
        yield child.tail or ""


def link_density(element: HtmlElement, favor_precision: bool = False) -> tuple[bool, bool]:
    """As trafilatura's, which lists the links of each paragraph and box: most have none."""
    if next(element.iterdescendants("ref"), None) is None:
        return False, False
    verdict: tuple[bool, bool] = _plain_density(element, favor_precision)
    return verdict


def is_deficient(body: HtmlElement) -> bool:
    """Whether readability may win with less text."""
    return not body.xpath("boolean(.//p//text())") or len(body.findall(".//table")) > len(
        body.findall(".//p")
    )


def is_short(tree: HtmlElement, text: str, *, shown: str | None) -> bool:
    if shown is None:
        return False
    marks = 5 * len(tree.findall(".//iframe"))  # readability writes VIDEO into some
    return len(" ".join(shown.split())) + marks <= 2 * len(text)


def swallows(tree: HtmlElement) -> bool:
    """Whether text may grow as readability's answer is parsed again: an empty <title/> takes in
    the markup that follows it."""
    body = tree.find("body")
    if body is None:
        return True
    elements = body.iter("noembed", "noframes", "plaintext", "title", "xmp")
    return any(element.tag != "title" or not element.text for element in elements)


def remove_unlikely(tree: HtmlElement) -> None:
    """As readability does it first of all; doing it twice changes nothing."""
    for element in list(tree.iterdescendants("*")):
        name, number = element.get("class"), element.get("id")
        if name is None and number is None:
            continue
        about = f"{name} {number}" if name and number else name or number or ""
        if len(about) < 2 or element.tag in readability_lxml.FRAME_TAGS:
            continue
        if _remembered_unlikely(about) if len(about) <= LONGEST_ATTRIBUTE else _is_unlikely(about):
            element.drop_tree()


def _is_unlikely(about: str) -> bool:
    about = about.lower()
    unlikely = readability_lxml.REGEXES["unlikelyCandidatesRe"].search(about)
    return bool(unlikely) and not readability_lxml.REGEXES["okMaybeItsACandidateRe"].search(about)


_remembered_unlikely = lru_cache(RESULTS_REMEMBERED)(_is_unlikely)


def install_trafilatura_speedups() -> None:
    """Put the shortcuts in place, for this process."""
    if VERSION != CHECKED:
        return
    baseline.BASIC_CLEAN_XPATH = by_python(baseline.BASIC_CLEAN_XPATH)
    xpaths.BODY_XPATH[:] = [by_python(expression, first=True) for expression in xpaths.BODY_XPATH]
    for expressions in (
        xpaths.RAW_TREE_PRUNE_XPATH,
        xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
        xpaths.OVERALL_DISCARD_XPATH,
    ):
        expressions[:] = [by_python(expression) for expression in expressions]
    utils.INVALID_XML_CHARS = Seldom(utils.INVALID_XML_CHARS)
    core._extract_and_compare = extract_and_compare
    core._prepare_tree, core.html2txt = prepare_tree, page_text
    external.try_readability = try_readability
    core.justext_rescue = external.justext_rescue = justext_rescue
    justext_speedups.install_justext_speedups()
    readability_lxml.Document.remove_unlikely_candidates = lambda self: remove_unlikely(self.doc)
    lxml_html._collect_string_content = text_within
    htmlprocessing.link_density_test = link_density
