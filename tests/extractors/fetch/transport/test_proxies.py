"""Which proxy a request goes through: how one is written, who is exempt, what stands over what."""

import pytest

from extractors.fetch.ssrf import allowlist, checked_url
from extractors.fetch.transport.proxies import (
    Proxy,
    exemptions,
    is_exempt,
    parse_proxy,
    proxies_from,
)

PUBLIC = allowlist(())
OFFICE = Proxy("http", "proxy.office.example", 3128)


@pytest.mark.parametrize(
    ("text", "scheme", "host", "port"),
    [
        ("http://proxy.example:3128", "http", "proxy.example", 3128),
        ("http://proxy.example", "http", "proxy.example", 80),
        ("proxy.example:3128", "http", "proxy.example", 3128),
        ("https://proxy.example/", "https", "proxy.example", 443),
        ("socks5://proxy.example", "socks5h", "proxy.example", 1080),
        ("http://[::1]:3128", "http", "::1", 3128),
        ("http://10.1.2.3:8080", "http", "10.1.2.3", 8080),
    ],
)
def test_a_proxy_is_written_as_curl_and_browsers_read_it(
    text: str, scheme: str, host: str, port: int
) -> None:
    assert parse_proxy(text) == Proxy(scheme, host, port)


def test_none_is_no_proxy_and_passwords_are_in_no_text() -> None:
    proxy = parse_proxy("http://ann:p%40ss@proxy.example:3128")

    assert parse_proxy("none") is None
    assert proxy is not None
    assert (proxy.user, proxy.password) == ("ann", "p@ss")
    assert proxy.url == "http://proxy.example:3128"
    assert "p@ss" not in repr(proxy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://ann:s3cret@proxy.example",
        "http://",
        "http://ann:s3cret@:0",
        "http://a b:s3cret@c",
        "http://proxy.example:s3cret",
        "http://proxy.example/s3cret",
        "http://x:1\r\nHost: s3cret",
    ],
)
def test_what_is_no_proxy_is_refused_without_quoting_a_password(text: str) -> None:
    with pytest.raises(ValueError) as wrong:
        parse_proxy(text)

    assert "s3cret" not in str(wrong.value)


@pytest.mark.parametrize(
    ("entry", "host", "port", "exempt"),
    [
        ("*", "paper.example", 443, True),
        ("paper.example", "paper.example", 443, True),
        ("paper.example", "www.paper.example", 443, True),
        (".paper.example", "www.paper.example", 443, True),
        ("*.paper.example", "www.paper.example", 443, True),
        ("PAPER.example.", "paper.example", 443, True),
        ("paper.example", "newspaper.example", 443, False),
        ("paper.example:8080", "paper.example", 8080, True),
        ("paper.example:8080", "paper.example", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "11.1.2.3", 80, False),
        ("10.1.2.3", "10.1.2.3", 80, True),
        ("10.1.2.3:80", "10.1.2.3", 443, False),
        ("fd00::/8", "fd12::1", 80, True),
        ("[::1]:80", "::1", 80, True),
        ("::1", "::1", 80, True),
    ],
)
def test_no_proxy_names_hosts_networks_and_ports(
    entry: str, host: str, port: int, exempt: bool
) -> None:
    assert is_exempt(host, port, exemptions(f"other.example, {entry}")) is exempt


@pytest.mark.parametrize(
    ("environ", "url", "chosen"),
    [
        ({"http_proxy": "http://proxy.office.example:3128"}, "http://paper.example/", True),
        ({"http_proxy": "http://proxy.office.example:3128"}, "https://paper.example/", False),
        ({"HTTP_PROXY": "http://proxy.office.example:3128"}, "http://paper.example/", True),
        (
            {"HTTP_PROXY": "http://proxy.office.example:3128", "REQUEST_METHOD": "GET"},
            "http://paper.example/",
            False,
        ),
        ({"HTTPS_PROXY": "proxy.office.example:3128"}, "https://paper.example/", True),
        ({"all_proxy": "http://proxy.office.example:3128"}, "https://paper.example/", True),
        (
            {"ALL_PROXY": "http://proxy.office.example:3128", "NO_PROXY": ".example"},
            "https://paper.example/",
            False,
        ),
        ({}, "http://paper.example/", False),
    ],
)
def test_the_environment_names_proxies(environ: dict[str, str], url: str, chosen: bool) -> None:
    proxy = proxies_from(environ).choose(checked_url(url, PUBLIC))

    assert proxy == (OFFICE if chosen else None)


def test_the_setting_stands_over_the_environment_and_the_feed_over_both() -> None:
    environ = {"all_proxy": "http://far.example:1", "no_proxy": "inside.example"}
    ours = proxies_from(
        environ,
        setting="http://proxy.office.example:3128",
        by_group={"slow.example": "none", "inside.example": "http://own.example:9"},
    )

    def choice(url: str) -> Proxy | None:
        return ours.choose(checked_url(url, PUBLIC))

    assert choice("https://www.paper.example/") == OFFICE
    assert choice("https://feeds.slow.example/") is None
    assert choice("https://inside.example/") == Proxy("http", "own.example", 9)
    assert (
        proxies_from(environ, setting="none").choose(checked_url("http://a.example", PUBLIC))
        is None
    )


def test_a_variable_that_is_no_proxy_is_named() -> None:
    with pytest.raises(ValueError, match="HTTPS_PROXY"):
        proxies_from({"HTTPS_PROXY": "gopher://ann:s3cret@old.example"})
