"""Our shortcuts through trafilatura change no text, and find what its own expressions find."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType

import pytest
import trafilatura
from justext import get_stoplist
from lxml.etree import XPath
from lxml.html import HtmlElement
from trafilatura.utils import load_html

from extractors.articles.body import text_of_page
from extractors.articles.speedups import justext_speedups, trafilatura_speedups
from extractors.articles.speedups.selectors import UnreadableSelector, finder

SAVED = Path(__file__).parents[3] / "data" / "pages" / "story.html"
LISTS = ("RAW_TREE_PRUNE_XPATH", "REMOVE_COMMENTS_AND_LISTS_XPATH", "OVERALL_DISCARD_XPATH")
# What the expressions look for, near misses of it, and nothing of the kind.
NAMES = """
 post entry article-body entry-content page-content main main-content Main-Content story
 story-body text teaser Teaser comments Comments commentary comment-list article-comments footer
 cookie-banner cookie onetrust sidebar newsletter share sharing-is-caring shared tags author byline
 related menu nav hidden is-hidden hide-print reply-1 caption infinite-scroll mvp-post-add-box
 elementor-share-buttons combx community lead column widget mb-4 w-full css-1q2w3e
"""
TAGS = ("div", "section", "p", "span", "article", "main", "ul", "ol", "aside", "footer", "details")
PLAIN = """
import json, sys, trafilatura
print(json.dumps([
    (d := trafilatura.bare_extraction(page, include_comments=False)) and d.text
    for page in json.load(sys.stdin)
]))
"""


def attributes(rng: random.Random) -> str:
    attributes_of_tag = [
        f'{name}="{" ".join(rng.choices(NAMES.split(), k=rng.randint(1, 2)))}"'
        for name in ("id", "class")
    ]
    attributes_of_tag = rng.sample(attributes_of_tag, rng.randint(0, 2))
    if rng.random() < 0.1:
        attributes_of_tag.append(
            rng.choice(
                (
                    'role="navigation"',
                    'role="main"',
                    'style="display:none"',
                    'aria-hidden="true"',
                    'itemprop="articleBody"',
                )
            )
        )
    return " ".join(attributes_of_tag)


def block(rng: random.Random, depth: int) -> str:
    tag = rng.choice(TAGS)
    if depth == 0 or rng.random() < 0.3:
        words = rng.randint(2, 60)
        text = " ".join(
            rng.choices(("ballots", "county", "officials", "said,", "the", "vote.", "of"), k=words)
        )
        link = f'<a href="/{words}">{text}</a>' if rng.random() < 0.2 else text
        return f"<{tag} {attributes(rng)}><p>{link}</p></{tag}>"
    inner = "".join(block(rng, depth - 1) for _ in range(rng.randint(1, 5)))
    return f"<{tag} {attributes(rng)}>{inner}</{tag}>"


def pages() -> Iterator[str]:
    yield SAVED.read_text("utf-8")
    rng = random.Random(4)
    extras = ("", "<svg><title/></svg>", "<table><tr><td>one, two, three</td></tr></table>", "<noscript>On</noscript>",
              '<iframe src="https://www.youtube.com/x"></iframe>', "<form><input><p>Search</p></form>")  # fmt: skip
    for number in range(150):
        body = "".join(block(rng, 4) for _ in range(rng.randint(1, 6)))
        yield f"<html><head><title>Page {number}</title></head><body>{rng.choice(extras)}{body}<script>var a=1</script></body></html>"


def afresh(name: str) -> ModuleType:
    """A module of trafilatura as it comes, without our shortcuts."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_text_is_what_plain_trafilatura_extracts() -> None:
    assert text_of_page.trafilatura_speedups is trafilatura_speedups  # in place since the import
    html_pages = list(pages())
    process = subprocess.run(
        [sys.executable, "-c", PLAIN],
        input=json.dumps(html_pages),
        capture_output=True,
        text=True,
        check=True,
    )
    plain_texts = json.loads(process.stdout)
    documents = [trafilatura.bare_extraction(page, include_comments=False) for page in html_pages]
    assert [each and each.text for each in documents] == plain_texts
    assert sum(bool(each) for each in plain_texts) > 100


def test_they_are_in_place_with_the_version_that_is_locked() -> None:
    assert trafilatura_speedups.VERSION == trafilatura_speedups.CHECKED
    assert version("justext") == justext_speedups.CHECKED_JUSTEXT
    assert trafilatura.core._extract_and_compare is trafilatura_speedups.extract_and_compare
    assert trafilatura.external.ParagraphMaker.make_paragraphs.__globals__["Paragraph"] is (
        justext_speedups.ReadParagraph
    )


@pytest.mark.slow
def test_the_words_of_all_languages_are_those_that_justext_makes_of_them() -> None:
    plain_core, plain = afresh("justext.core"), afresh("trafilatura.external")
    plain_words = plain_core.define_stoplist(plain.jt_stoplist_init())
    words = justext_speedups.all_stoplists()
    assert justext_speedups.justext_core.define_stoplist(words) == plain_words
    assert justext_speedups.external.JT_STOPLIST is words


def test_justext_takes_the_same_paragraphs_with_what_it_counts_kept() -> None:
    plain_core, html = afresh("justext.core"), SAVED.read_text("utf-8")
    words = get_stoplist("English")
    results = []
    for core in (plain_core, justext_speedups.justext_core):
        paragraphs = core.ParagraphMaker.make_paragraphs(load_html(html))
        core.classify_paragraphs(paragraphs, words, 50, 150, 0.1, 0.2, 0.25, True)
        core.revise_paragraph_classification(paragraphs, 150)
        results.append(
            [(paragraph.text, paragraph.class_type, paragraph.dom_path) for paragraph in paragraphs]
        )
    assert results[0] == results[1]
    assert "good" in {kind for _, kind, _ in results[0]}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.slow
def test_the_same_elements_are_found_as_by_xpath(name: str) -> None:
    for xpath in getattr(afresh("trafilatura.xpaths"), name):
        same(xpath, trafilatura_speedups.by_python(xpath), first=False)


@pytest.mark.slow
def test_the_same_story_container_is_found_as_by_xpath() -> None:
    for xpath in afresh("trafilatura.xpaths").BODY_XPATH:
        same(xpath, finder(xpath.path, first=True), first=True)


@pytest.mark.slow
def test_the_same_boilerplate_is_found_as_by_xpath() -> None:
    xpath = afresh("trafilatura.settings").BASIC_CLEAN_XPATH
    same(xpath, finder(xpath.path), first=False)


def same(xpath: XPath, find: trafilatura_speedups.Find, *, first: bool) -> None:
    hits = 0
    for page in pages():
        tree: HtmlElement = load_html(page)
        elements = list(xpath(tree))[: 1 if first else None]
        assert find(tree) == elements
        hits += len(elements)
    assert hits > 0 or "elementor" in xpath.path


@pytest.mark.parametrize(
    "path",
    [
        ".//div[not(@id)]",
        ".//div[@id and @class]",
        ".//div/p",
        ".//div[position()=2]",
        ".//p[1]",
        "//div",
    ],
)
def test_an_expression_that_asks_for_more_is_left_to_xpath(path: str) -> None:
    with pytest.raises(UnreadableSelector):
        finder(path)


def test_of_two_attributes_the_one_written_first_counts() -> None:
    find = finder(".//div[contains(@id|@class, 'footer')]")
    tree = load_html(
        "<html><body><div id='a' class='footer'></div><div class='footer' id='a'></div></body></html>"
    )
    assert tree is not None
    assert [element.keys()[0] for element in find(tree)] == ["class"]


def test_long_values_are_judged_and_not_kept() -> None:
    find = finder(".//div[contains(@class, 'footer')]")
    tree = load_html(f"<html><body><div class='{'x ' * 500}footer'><p>a</p></div></body></html>")
    assert tree is not None
    assert len(find(tree)) == 1
