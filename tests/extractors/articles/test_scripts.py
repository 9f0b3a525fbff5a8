"""Stories that a page holds only as data, in whatever way its own scripts are given it."""

import base64
import json
from html import escape
from urllib.parse import quote

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


def flight(*rows: str) -> str:
    """As Next.js streams them: in pieces that end anywhere."""
    stream = "".join(rows)
    pieces = [stream[at : at + 90] for at in range(0, len(stream), 90)]
    return "".join(script(f"self.__next_f.push([1,{json.dumps(piece)}])") for piece in pieces)


def element(tag: str, *children: object) -> list[object]:
    return ["$", tag, None, {"className": "x", "children": list(children)}]


def apollo() -> str:
    parts = {f"Paragraph:{n}": {"type": "P", "text": line} for n, line in enumerate(STORY)}
    post = {"title": "Scanner altered", "paragraphs": [{"__ref": name} for name in parts]}
    return json.dumps({"ROOT_QUERY": {"post": {"__ref": "Post:1"}}, "Post:1": post, **parts})


LONG_MARKUP = (
    MARKUP + "<p>“Nobody” knows — yet — how it was done, said the clerk in the evening.</p>"
)
LINKED = [
    element("p", line[:20], element("a", line[20:30]), line[30:]) if n else element("p", line)
    for n, line in enumerate(STORY)
]


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
        script(f"window.__APOLLO_STATE__ = {apollo()}"),
        script(f'state = JSON.parse(decodeURIComponent("{quote(state({"body": MARKUP}))}"))'),
        script(
            f'state=JSON.parse(atob("{base64.b64encode(state({"body": MARKUP}).encode()).decode()}"))'
        ),
        script(
            "kit.start(app, {data: [null,{type:'data'}], form: null});".replace(
                "'data'", f'"data",at:new Date(1764278100000),article:{{body:{json.dumps(MARKUP)}}}'
            )
        ),
        flight(
            '2:I[94970,[],"Segment"]\n',
            f"7:{json.dumps(element('article', element('h1', 'Scanner'), *LINKED))}\n",
        ),
    ],
)
def test_the_story_is_found_in_data(body: str) -> None:
    outcome, text = read(body)

    assert outcome is Outcome.OK
    assert text.split("\n") == STORY


def test_a_text_that_the_streamed_data_only_refers_to_is_read_whole() -> None:
    size = len(LONG_MARKUP.encode())
    data = json.dumps({"title": "Scanner altered", "html": "$24", "paper": "1"})

    outcome, text = read(flight(f"24:T{size:x},{LONG_MARKUP}", f'5:["$","$L2",null,{data}]\n'))

    assert outcome is Outcome.OK
    assert text.split("\n")[:3] == STORY
    assert text.split("\n")[3].startswith("“Nobody” knows — yet —")


def test_of_a_story_whose_beginning_shows_the_rest_is_read_from_data() -> None:
    story = [f"{line} It was said in hall number {n}." for n, line in enumerate(STORY * 3)]
    shown = "".join(f"<p>{line}</p>" for line in story[:4])
    data = script(state({"blocks": [{"text": line} for line in story]}), 'type="application/json"')

    _, text = read(f"<article><h1>Scanner altered</h1>{shown}</article>{data}")

    assert text.split("\n") == story


def test_what_is_said_in_a_video_is_its_pages_text() -> None:
    transcript = " ".join(["HOST: A scanner was altered, we hear.", *STORY])
    video = {"@type": "VideoObject", "uploadDate": "2026-11-27T22:00:00Z", "transcript": transcript}
    page = f"<html><head><title>Scanner altered</title><script type='application/ld+json'>{json.dumps(video)}</script></head><body><h1>Scanner altered</h1><p>Our reporter is at the warehouse.</p></body></html>"

    article = extract_article(page.encode(), url="https://gazette.example/v/1")

    assert article.outcome is Outcome.OK
    assert transcript in article.body
    assert f"{article.published:%Y-%m-%dT%H:%M}" == "2026-11-27T22:00"


def test_a_post_that_shows_without_its_headline_gets_it_back() -> None:
    posts = [
        {"headline": f"Post {n}: the board answers", "articleBody": line}
        for n, line in enumerate(STORY)
    ]
    live = json.dumps({"@type": "LiveBlogPosting", "liveBlogUpdate": posts})
    shown = "".join(f"<p>{line}</p>" for line in STORY)

    _, text = read(
        f"<article>{shown}</article>", f"<script type='application/ld+json'>{live}</script>"
    )

    assert text.split("\n")[:2] == ["Post 0: the board answers", STORY[0]]


def test_words_that_marks_cut_stay_whole() -> None:
    body = "".join(f"<p>{line.replace('scanner', '<b>scan</b>ner')}</p>" for line in STORY)

    _, text = read(script(state({"body": body}), 'type="application/json"'))

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
