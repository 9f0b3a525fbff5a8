import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fetch.transport.wire import BrokenHttp, Disconnected, Incoming

LENGTH = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "\xe9"\r\n\r\nhello'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2;note=x\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: yes\r\n\r\n"
)
BARE = b"HTTP/1.1 200\nContent-Length:5\nX: a\n b\n\nhello"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + LENGTH


def arrived(*pieces: bytes, end: bool = False) -> Incoming:
    incoming = Incoming()
    for piece in pieces:
        incoming.feed(piece)
    if end:
        incoming.end()
    return incoming


@pytest.mark.parametrize(
    "raw", [LENGTH, CHUNKED, BARE, INTERIM], ids=["length", "chunked", "bare", "1xx"]
)
def test_an_answer_is_the_same_however_it_is_cut(raw: bytes) -> None:
    for cut in range(len(raw) + 1):
        incoming = arrived(raw[:cut], raw[cut:])

        assert incoming.done
        assert incoming.take() == b"hello"
    assert arrived(*(bytes([byte]) for byte in raw)).take() == b"hello"


def test_header_bytes_survive_as_they_came() -> None:
    head = arrived(LENGTH).head

    assert head is not None
    assert head.headers["etag"].encode("latin-1") == b'"\xe9"'


def test_repeated_and_folded_headers_are_joined() -> None:
    head = arrived(
        b"HTTP/1.1 204 No\r\nA: 1\r\na: 2\r\nB: x\r\n  y\r\nbad line\r\n: empty\r\n\r\n"
    ).head

    assert head is not None
    assert head.headers == {"a": "1, 2", "b": "x y"}


def test_without_a_length_the_body_ends_with_the_connection() -> None:
    incoming = arrived(b"HTTP/1.0 200 OK\r\n\r\nhel", b"lo", end=True)

    assert incoming.done
    assert incoming.take() == b"hello"


def test_bytes_after_a_short_length_count_when_the_connection_closes() -> None:
    raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhello"
    kept = raw.replace(b"close", b"keep-alive")

    assert arrived(raw).take() == b"hello"
    assert arrived(kept).take() == b"he"
    assert arrived(kept).excess


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 abc Nonsense\r\n\r\nhello",
        b"<html>no HTTP at all</html>",
        b"HTTP/2 200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 12,
        b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: v\r\n" * 5000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 9000,
    ],
)
def test_what_is_no_http_is_said_to_be_broken(raw: bytes) -> None:
    with pytest.raises(BrokenHttp):
        arrived(raw)


@pytest.mark.parametrize("raw", [b"", LENGTH[:-2], CHUNKED[:-4]])
def test_an_answer_cut_off_is_no_answer(raw: bytes) -> None:
    with pytest.raises(Disconnected):
        arrived(raw, end=True)


def test_tiny_chunks_cost_no_more_than_their_bytes() -> None:
    incoming = Incoming()
    incoming.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")

    incoming.feed(b"1\r\nx\r\n" * 40_000)  # quadratic work would take minutes

    assert len(incoming.take()) == 40_000


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_raise_anything_but_the_named_faults(raw: bytes, cut: int) -> None:
    incoming = Incoming()
    try:
        incoming.feed(b"HTTP/1.1 200 OK\r\n" + raw[:cut])
        incoming.feed(raw[cut:])
        incoming.end()
    except (BrokenHttp, Disconnected):
        return
    assert incoming.done
