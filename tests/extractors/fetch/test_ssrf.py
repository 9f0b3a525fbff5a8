import pytest

from extractors.fetch.ssrf import RefusedUrl, allowlist, checked_url, refusal
from model import Outcome

PUBLIC = allowlist(())
LOOPBACK = allowlist(("127.0.0.0/8",))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_off_the_public_internet_are_refused(address: str) -> None:
    refused = refusal(address, 443, PUBLIC)

    assert refused is not None
    assert refused[0] is Outcome.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "100.63.0.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111"],
)
def test_public_addresses_are_open_on_web_ports_only(address: str) -> None:
    assert refusal(address, 443, PUBLIC) is None
    assert refusal(address, 8080, PUBLIC) is None
    refused = refusal(address, 6379, PUBLIC)
    assert refused is not None
    assert refused[0] is Outcome.BAD_URL


def test_a_mapped_public_address_counts_as_the_address_inside() -> None:
    assert refusal("::ffff:8.8.8.8", 443, PUBLIC) is None
    assert refusal("64:ff9b::808:808", 443, PUBLIC) is None


def test_an_allowed_address_is_open_on_any_port_but_those_of_other_protocols() -> None:
    assert refusal("127.3.4.5", 9201, LOOPBACK) is None
    assert refusal("::ffff:127.0.0.1", 9201, LOOPBACK) is None
    assert refusal("127.0.0.1", 22, LOOPBACK) is not None
    assert refusal("10.0.0.1", 80, LOOPBACK) is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://127.0.1/",
        "http://017700000001/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[0:0:0:0:0:ffff:10.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[2002:7f00:0001::]/",
        "http://127。0。0。1/",
        "http://１２７.0.0.1/",
        "http://ⓛocalhost/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://feeds.localhost/",
        "http://printer.local/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://metadata/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0/",
        "http://0.0.0.0:80/",
    ],
)
def test_ways_to_write_a_private_host_are_refused(url: str) -> None:
    with pytest.raises(RefusedUrl) as refused:
        checked_url(url, PUBLIC)

    assert refused.value.outcome is Outcome.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "",
        "paper.example/feed",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://paper.example/feed",
        "data:text/html,x",
        "gopher://paper.example/",
        "http://",
        "http:///path",
        "http://paper.example:0/",
        "http://paper.example:22/",
        "http://paper.example:99999/",
        "http://paper.example:http/",
        "http://good.example\\@evil.example/",
        "http://good.example\\.evil.example/",
        "http://good.example/a\\b",
        "http://good.example/\r\nHost: evil.example",
        "http://good.exa mple/",
        "http://good.example/\x00",
        "http://paper..example/",
        f"http://{'a.' * 124}example/",  # 255 characters
        "http://127%2e0.0.1/",
        "http://8.8.8.8.8/",
        "http://134744072/",
        "http://-/",
        "http://[::1/",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedUrl) as refused:
        checked_url(url, PUBLIC)

    assert refused.value.outcome is Outcome.BAD_URL


def test_a_target_has_one_form() -> None:
    target = checked_url("HTTP://Bücher.Example:80/ä?q=ö#part", PUBLIC)

    assert target.url == "http://xn--bcher-kva.example/%C3%A4?q=%C3%B6"
    assert (target.host, target.port, target.path) == (
        "xn--bcher-kva.example",
        80,
        "/%C3%A4?q=%C3%B6",
    )
    assert target.credentials is None


def test_credentials_are_taken_off_the_url() -> None:
    target = checked_url("https://ann:s3cret%40@paper.example:8443/feed", PUBLIC)

    assert target.credentials == "ann:s3cret@"
    assert target.url == "https://paper.example:8443/feed"
