"""One address per article: what is merged, what stays apart, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fetch.urls import (
    canonical_url,
    host_group,
    is_search,
    mask,
    same_site,
    site_of,
)

HOST = "https://news.example.org"


@pytest.mark.parametrize(
    "parameter",
    [
        "utm_source=rss",
        "utm_medium=feed&utm_campaign=a%20b",
        "UTM_Source=x",
        "fbclid=IwAR0",
        "gclid=1",
        "mc_cid=ab12&mc_eid=9f",
        "ga_source=footer",
        "PHPSESSID=0af3",
        "sid=0123456789abcdef0123",
        "ref=rss",
        "ref=another.example",
        "source=rss",
        "ns_mchannel=rss",
        "amp",
        "outputType=amp",
        "rss=1",
        "mod=rss_politics",
        "mod=mw_rss_topstories",
        "traffic_source=rss",
        "feedType=RSS&feedName=topNews",
        "_=1798714999123",
        "cb=8841209",
        "rand=0.5591803321",
        "timestamp=1798714999&nocache=77120394",
        "",
    ],
)
def test_what_only_tells_how_a_reader_came_is_dropped(parameter: str) -> None:
    assert canonical_url(f"{HOST}/story?{parameter}") == f"{HOST}/story"
    assert canonical_url(f"{HOST}/story?p=7&{parameter}") == f"{HOST}/story?p=7"


@pytest.mark.parametrize(
    "query",
    [
        *("p=123", "id=9", "page=2", "feed=rss2", "rss=local", "eid=55", "cid=1234", "sid=359"),
        *("source=ap", "reference=12", "ref=88123", "story_id=4", "gid=4", "campaign=17", "at=3"),
        *(
            "session=12",
            "mod=viewthread",
            "a%26b=1",
            "q=caf%C3%A9",
            "v=dQw4",
            "20240101",
            "uid=3",
            "ts=12",
        ),
    ],
)
def test_what_may_tell_one_article_from_another_stays(query: str) -> None:
    assert canonical_url(f"{HOST}/read?{query}") == f"{HOST}/read?{query}"


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("HTTPS://News.Example.ORG:443/a#comments", "https://news.example.org/a"),
        ("http://news.example.org:80", "http://news.example.org/"),
        ("http://127.0.0.1:9150/a?", "http://127.0.0.1:9150/a"),
        (" \n https://news.example.org/a\t", "https://news.example.org/a"),
        ("https://news.example.org./a/../b/./c", "https://news.example.org/b/c"),
        ("https://news.example.org/%7euser/%e2%82%ac", "https://news.example.org/~user/%E2%82%AC"),
        ("https://news.example.org/a%2fb%3Ac", "https://news.example.org/a%2Fb%3Ac"),
        ("https://news.example.org/a%253Ab:c,d", "https://news.example.org/a%253Ab:c,d"),
        ("https://news.example.org/0%2C1.html", "https://news.example.org/0%2C1.html"),
        ("https://bücher.example/Ü", "https://xn--bcher-kva.example/%C3%9C"),
        ("https://XN--BCHER-KVA.example/", "https://xn--bcher-kva.example/"),
        ("https://news.example.org/a?b=2&amp;a=1", "https://news.example.org/a?a=1&b=2"),
        ("https://news.example.org/a;jsessionid=8F?x=1", "https://news.example.org/a?x=1"),
        ("https://me:secret@news.example.org/a", "https://news.example.org/a"),
        ("https://news.example.org/#!/story/4", "https://news.example.org/#!/story/4"),
        ("http://[2001:DB8:0::1]/x", "http://[2001:db8::1]/x"),
    ],
)
def test_one_form(raw: str, form: str) -> None:
    assert canonical_url(raw) == form
    assert canonical_url(form) == form


def test_relative_addresses_need_a_base() -> None:
    assert canonical_url("../b?utm_source=x", f"{HOST}/a/c/") == f"{HOST}/a/b"
    assert canonical_url("//other.example/x", f"{HOST}/a") == "https://other.example/x"
    assert canonical_url("/b") is None


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a.example/", ""),
        *(
            "mailto:a@b.example",
            "https://",
            "https:///path",
            "http://:80/",
            "https://a..b/",
            "#top",
        ),
        "https://good.example\\@evil.example/",
        "https://evil.example\\.good.example/",
        "https://good.example/a\nb",
        "https://good.example/\x00",
        "https://good.example/\x85",
        "https://good.example:99999/",
        "https://good.example:port/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "https://good%2eexample/",
        "https://exa mple.org/",
        "https://good.example/" + "a" * 3000,
        "https://good.example/?\ud800",
    ],
)
def test_refused(url: str) -> None:
    assert canonical_url(url) is None


@given(
    st.text(alphabet=st.characters(), max_size=60),
    st.sampled_from(["", "https://a.example/", "http://"]),
)
@pytest.mark.slow
def test_never_raises_and_is_idempotent(text: str, start: str) -> None:
    form = canonical_url(start + text)
    assert form is None or canonical_url(form) == form
    host_group(start + text)
    mask(start + text)


@given(st.text(alphabet="aZ0/.%2eE&=?;#!~:@é -+", max_size=30))
@pytest.mark.slow
def test_idempotent_on_awkward_paths(text: str) -> None:
    form = canonical_url("https://a.example/" + text)
    assert form is None or canonical_url(form) == form


@pytest.mark.parametrize(
    ("url", "group"),
    [
        ("https://www.paper.co.uk/a", "paper.co.uk"),
        ("http://news.city.paper.com:8080/", "paper.com"),
        ("https://one.github.io/x", "one.github.io"),
        ("https://one.tumblr.com/rss", "tumblr.com"),
        ("http://127.0.0.1:9150/", "127.0.0.1:9150"),
        ("http://localhost/", "localhost:80"),
        ("https://[::1]/", "[::1]:443"),
        ("http://a.localhost:9151/", "a.localhost:9151"),
        ("http://intranet:81/", "intranet:81"),
        ("http://0x7f.1/", "0x7f.1:80"),
        ("https://www.paper.example/", "paper.example"),
        ("https://github.io/", "github.io"),
        ("javascript:1", ""),
    ],
)
def test_host_group(url: str, group: str) -> None:
    assert host_group(url) == group


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://www.paper.example/a", "http://paper.example/b", True),
        ("https://amp.paper.com/a", "https://paper.com/b", True),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("https://one.substack.com/", "https://two.substack.com/", False),
        ("https://one.tistory.com/", "https://two.tistory.com/", False),
        ("https://www.medium.com/@a/x", "https://medium.com/@a/x", True),
        ("https://medium.com/feed/@a", "https://medium.com/@a/x", True),
        ("https://medium.com/feed/@b", "https://medium.com/@a/x", False),
        ("https://social.example/@a.rss", "https://social.example/@A/17", True),
        ("https://social.example/@a.rss", "https://social.example/@b/17", False),
        ("http://127.0.0.1:9150/", "http://127.0.0.1:9151/", False),
        ("https://paper.com.evil.example/", "https://paper.com/", False),
        ("", "", False),
    ],
)
def test_same_site(a: str, b: str, same: bool) -> None:
    assert same_site(a, b) is same
    assert same_site(b, a) is same


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("https://me:secret@a.example/x", "https://***@a.example/x"),
        ("https://a.example/?token=abc&p=1", "https://a.example/?token=***&p=1"),
        ("https://a.example/?p=1&api_key=abc#x", "https://a.example/?p=1&api_key=***#x"),
        ("https://a.example/#access_token=abc", "https://a.example/#access_token=***"),
        ("https://a.example/?X-Amz-Signature=ab", "https://a.example/?X-Amz-Signature=***"),
        ("https://a.example/?author=kim&key=1", "https://a.example/?author=kim&key=***"),
        ("cannot reach http://u:p@b.example/ now", "cannot reach http://***@b.example/ now"),
        ("https://a.example/@someone?keyword=x", "https://a.example/@someone?keyword=x"),
        ("not a url", "not a url"),
    ],
)
def test_mask(raw: str, masked: str) -> None:
    assert mask(raw) == masked


@pytest.mark.parametrize("query", ["?=", "?=&=", "?=&a=1", "?a=1&="])
def test_a_parameter_without_name_and_value_is_dropped(query: str) -> None:
    expected = "https://a.example/" + ("?a=1" if "a" in query else "")
    assert canonical_url("https://a.example/" + query) == expected


@pytest.mark.parametrize("fragment", ["#/", "#!", "#/é", "#!;"])
def test_a_fragment_of_which_nothing_stays_is_dropped(fragment: str) -> None:
    assert canonical_url("https://a.example/story" + fragment) == "https://a.example/story"


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://paper.example/?s=hackers+changed+votes", True),
        ("https://paper.example/find?page=2&q=hackers%20changed", True),
        ("https://paper.example/search/hackers-changed-votes/", True),
        ("https://paper.example/?q=17", False),
        ("https://paper.example/read?title=hackers+changed+votes", False),
        ("https://paper.example/2026/hackers-changed-votes", False),
        ("javascript:1", False),
    ],
)
def test_an_address_that_searches_a_site(url: str, is_one: bool) -> None:
    assert is_search(url) is is_one


def test_blogs_of_one_platform_are_sites_of_their_own() -> None:
    assert site_of("https://www.one.substack.com/p/1") == "one.substack.com"
    assert site_of("https://news.paper.com/1") == "paper.com"
