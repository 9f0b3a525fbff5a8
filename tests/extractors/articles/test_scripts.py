"""Stories that a page holds only as data, in whatever way its own scripts are given it."""

import json
from html import escape

import pytest

from extractors.articles.extract import extract_article
from extractors.loose_json import read_loosely
from model import Outcome

STORY = [
    "The county clerk said on Friday that the scanner at the north precinct had been altered.",
    "Officials moved the machine to a locked room, where two observers watched a technician.",
    "The election board will meet on Monday evening to decide about a count by hand.",
]
MARKUP = "".join(f"<p>{line}</p>" for line in STORY)
BLOCKS = [{"type": "paragraph", "text": line} for line in STORY]
DEEP = [
    {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": line, "marks": []}]}
    for line in STORY
]
TEASERS = [
    {"url": f"/a/{n}", "text": f"The town council debated the parking fees for the {n}th time."}
    for n in range(20)
]
LIVE = {
    "@context": "https://schema.org",
    "@type": "LiveBlogPosting",
    "liveBlogUpdate": [{"headline": "Update", "articleBody": line} for line in STORY],
}


def read(body: str, head: str = "") -> tuple[Outcome, str]:
    page = f"<html><head><title>Scanner altered</title>{head}</head><body>{body}</body></html>"
    article = extract_article(page.encode(), url="https://gazette.example/a/1")
    return article.outcome, article.body


def script(text: str, more: str = "") -> str:
    return f"<div id=app></div><script {more}>{text}</script>"


def state(value: object) -> str:
    return json.dumps({"props": {"teasers": TEASERS, "article": value}})


@pytest.mark.parametrize(
    "body",
    [
        script(state({"body": MARKUP}), 'id="__NEXT_DATA__" type="application/json"'),
        script(state({"content": BLOCKS}), 'id="__NEXT_DATA__" type="application/json"'),
        script(state({"document": {"content": DEEP}}), 'type="application/json"'),
        script(json.dumps([{"article": 1}, MARKUP]), 'id="__NUXT_DATA__" type="application/json"'),
        script(f"window.__INITIAL_STATE__ = {state({'body': MARKUP})};"),
        script(
            f"window.a={{}}; Fusion.globalContent={state({'content_elements': BLOCKS})};var b=1"
        ),
        script(f"window.__STATE__ = JSON.parse({json.dumps(state({'body': MARKUP}))});"),
        script(f"window.__STATE__ = JSON.parse('{state({'body': MARKUP})}');"),
        script(
            f"window.__NUXT__=(function(a,b){{return {{data:[a,b]}}}}({json.dumps(MARKUP)},void 0))"
        ),
        script(f"app.start({{node: 1, data: [{state({'body': MARKUP})}]}})"),
        script(state({"markdown": "\n\n".join(STORY)}), 'type="application/json"'),
        script(f"/*<![CDATA[*/window.pageData={state({'html': MARKUP})};/*]]>*/"),
        f'<div id="app" data-page="{escape(state({"body": MARKUP}))}"></div>',
        f'<astro-island props="{escape(state({"html": [0, MARKUP]}))}"></astro-island>',
    ],
)
def test_the_story_is_found_in_data(body: str) -> None:
    outcome, text = read(body)

    assert outcome is Outcome.OK
    assert text.split("\n") == STORY


def test_teasers_of_other_stories_are_no_story() -> None:
    outcome, text = read(script(f"window.state={json.dumps({'related': TEASERS})}"))

    assert (outcome, text) == (Outcome.EXTRACTION_EMPTY, "")


def ld(text: str, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{text}</script>'


@pytest.mark.parametrize(
    "head",
    [
        ld(json.dumps(LIVE)),
        ld(f"//<![CDATA[\n{json.dumps(LIVE)}\n//]]>"),
        ld(f"<!--\n{json.dumps(LIVE)}\n-->"),
        ld(json.dumps(LIVE)[:-1] + ",}"),
        ld("/* made by hand */" + json.dumps(LIVE) + ";"),
        ld(json.dumps(LIVE).replace('"', "&quot;")),
        ld(json.dumps(LIVE), "application/ld+JSON; charset=utf-8"),
        ld(json.dumps({**LIVE, "@type": "http://schema.org/LiveBlogPosting"})),
        ld(json.dumps({**LIVE, "@type": ["NewsArticle", "schema:LiveBlogPosting"]})),
        ld(json.dumps(LIVE).replace("liveBlogUpdate", "blogPosts")),
        ld(json.dumps(LIVE).replace("articleBody", "text")),
        ld(json.dumps(LIVE).replace("articleBody", "description")),
        ld(
            json.dumps(
                {**LIVE, "liveBlogUpdate": [{"articleBody": {"text": line}} for line in STORY]}
            )
        ),
        ld(json.dumps({"@type": "NewsArticle", "articleBody": STORY})),
    ],
)
def test_json_ld_is_read_however_it_is_written(head: str) -> None:
    outcome, text = read("<h1>Scanner altered</h1><div id=app></div>", head)

    assert outcome is Outcome.OK
    assert [line for line in text.split("\n") if line != "Update"] == STORY


def test_what_stands_in_strings_is_no_comment() -> None:
    assert read_loosely('{"a": "// b, ]", /* c */ "d": [1, 2,],}') == {"a": "// b, ]", "d": [1, 2]}


@pytest.mark.parametrize("text", ["", "{", '{"a": "', "/*", "<!--", "[" * 100_000])
def test_what_is_no_json_is_named_so(text: str) -> None:
    with pytest.raises(ValueError):
        read_loosely(text)
