"""Odd answers of real servers: what browsers read is read, and what is not HTTP is named."""

import asyncio
import gzip

import pytest

from extractors.fetch.request import Limits
from model import Outcome, Response
from tests.extractors.fetch.transport.servers import Raw, client, kept, once

PAGE = b"<html><body><p>" + b"The council met on Monday. " * 40 + b"</p></body></html>"
SIZE = str(len(PAGE)).encode()
OK = b"HTTP/1.1 200 OK\r\n"
CLOSE = b"Connection: close\r\n"


def fetched(server: Raw) -> Response:
    async def story() -> Response:
        async with server, client() as ours:
            return await ours.get(f"{server.url}/a")

    return asyncio.run(story())


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n", note: bytes = b"") -> bytes:
    return b"".join(b"%x%s\r\n%s\r\n" % (len(piece), note, piece) for piece in pieces) + end


HALVES = PAGE[:500], PAGE[500:]
TE = b"Transfer-Encoding: chunked\r\n"

READ_WHOLE = {
    "length": OK + b"Content-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "no length": OK + CLOSE + b"\r\n" + PAGE,
    "http 1.0": b"HTTP/1.0 200 OK\r\n\r\n" + PAGE,
    "no reason": b"HTTP/1.1 200\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "bare newlines": b"HTTP/1.1 200 OK\nContent-Length: " + SIZE + b"\n\n" + PAGE,
    "length twice alike": OK + (b"Content-Length: " + SIZE + b"\r\n") * 2 + b"\r\n" + PAGE,
    "length with blanks": OK + b"Content-Length:   " + SIZE + b"  \r\n\r\n" + PAGE,
    "plus sign": OK + CLOSE + b"Content-Length: +" + SIZE + b"\r\n\r\n" + PAGE,
    "nonsense length": OK + CLOSE + b"Content-Length: many\r\n\r\n" + PAGE,
    "negative length": OK + CLOSE + b"Content-Length: -1\r\n\r\n" + PAGE,
    "empty length": OK + CLOSE + b"Content-Length:\r\n\r\n" + PAGE,
    "length in bytes": OK + CLOSE + b"Content-Length: " + SIZE + b" bytes\r\n\r\n" + PAGE,
    "huge length": OK + CLOSE + b"Content-Length: 99999999999999999999\r\n\r\n" + PAGE,
    "lengths that differ": OK + b"Content-Length: 50\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "chunks": OK + TE + b"\r\n" + chunked(*HALVES),
    "chunk extensions": OK + TE + b"\r\n" + chunked(*HALVES, note=b";name=value"),
    "chunks with trailers": OK + TE + b"\r\n" + chunked(*HALVES, end=b"0\r\nX-Sum: 1\r\n\r\n"),
    "chunks and a length": OK + TE + b"Content-Length: 3\r\n\r\n" + chunked(*HALVES),
    "chunks in upper case": OK + b"TRANSFER-ENCODING: Chunked\r\n\r\n" + chunked(*HALVES),
    "chunk sizes with zeros": OK + TE + b"\r\n00" + chunked(*HALVES),
    "identity": OK + b"Transfer-Encoding: identity\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "identity until close": OK + CLOSE + b"Transfer-Encoding: identity\r\n\r\n" + PAGE,
    "shoutcast": b"ICY 200 OK\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + CLOSE + b"\r\n" + PAGE,
    "continue twice": b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + OK + CLOSE + b"\r\n" + PAGE,
    "folded header": OK + b"X-Note: a\r\n  b\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "header without value": OK + b"X-Empty:\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "latin-1 header": OK + b"X-City: K\xf6ln\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "keep-alive nonsense": OK + b"Connection: banana\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "lower-case headers": OK + b"content-length:" + SIZE + b"\r\n\r\n" + PAGE,
    "status 200 by 203": b"HTTP/1.1 203 Other\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "status 206": b"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-9/10\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
    "alt-svc": OK + b'Alt-Svc: h3=":443"\r\nContent-Length: ' + SIZE + b"\r\n\r\n" + PAGE,
    "an upgrade offered": OK + b"Upgrade: h2c\r\nContent-Length: " + SIZE + b"\r\n\r\n" + PAGE,
}  # fmt: skip


@pytest.mark.parametrize("kind", READ_WHOLE)
def test_what_browsers_read_is_read(kind: str) -> None:
    response = fetched(once(READ_WHOLE[kind]))

    assert response.outcome is Outcome.OK, response.sentence
    assert response.body == PAGE
    assert not response.partial


PACKED = gzip.compress(PAGE)
READ_IN_PART = {
    "length too long": OK + CLOSE + b"Content-Length: 99999\r\n\r\n" + PAGE,
    "chunks without an end": OK + TE + b"\r\n" + chunked(*HALVES, end=b""),
    "a chunk cut off": OK + TE + b"\r\n" + chunked(*HALVES)[:-200],
    "broken chunk size": OK + TE + b"\r\n" + chunked(PAGE, end=b"zz\r\n"),
    "a part that nobody asked for": b"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-499/9000\r\nContent-Length: "
    + SIZE
    + b"\r\n\r\n"
    + PAGE,
    "gzip cut off": OK + CLOSE + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-12],
}


@pytest.mark.parametrize("kind", READ_IN_PART)
def test_what_broke_off_is_kept_and_marked(kind: str) -> None:
    response = fetched(once(READ_IN_PART[kind]))

    assert response.outcome is Outcome.OK, response.sentence
    assert response.partial
    assert "broke off" in response.sentence
    assert len(response.body) > 400
    assert PAGE.startswith(response.body)


NO_HTTP = {
    "no http at all": b"<html>hello</html>",
    "smtp": b"220 mail.paper.example ESMTP\r\n",
    "no status": b"HTTP/1.1 abc Nonsense\r\n\r\nhello",
    "http 2 as text": b"HTTP/2 200 OK\r\n\r\n" + PAGE,
    "nul in a header": OK + b"X: \0\r\n\r\n" + PAGE,
    "headers without end": OK + b"X: " + b"a" * 200_000,
    "switching protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + PAGE,
    "headers that break off": OK + b"Content-Ty",
    "nothing but chunks of nothing": OK + TE + b"\r\nxyz\r\n",
}


@pytest.mark.parametrize("kind", NO_HTTP)
def test_what_is_no_http_is_named_as_such(kind: str) -> None:
    response = fetched(once(NO_HTTP[kind]))

    assert response.outcome is Outcome.PROTOCOL, response.sentence
    assert not response.body
    assert "libcurl" not in response.sentence


def test_a_length_that_is_nonsense_costs_one_more_request() -> None:
    server = once(READ_WHOLE["nonsense length"])

    assert fetched(server).outcome is Outcome.OK
    assert len(server.heads) == 2
    assert b"connection: close" in server.heads[1].lower()


def test_with_identity_the_length_ends_the_body_over_a_kept_connection() -> None:
    response = fetched(kept(READ_WHOLE["identity"]))

    assert (response.outcome, response.body) == (Outcome.OK, PAGE)


def test_a_transfer_that_was_packed_unasked_is_unpacked() -> None:
    answer = OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked(PACKED)
    server = once(answer)

    response = fetched(server)

    assert (response.outcome, response.body) == (Outcome.OK, PAGE)
    assert len(server.heads) == 2


@pytest.mark.parametrize("status", [b"302 Found", b"404 Not Found"])
def test_of_a_redirect_or_an_error_the_head_is_enough(status: bytes) -> None:
    head = b"HTTP/1.1 " + status + b"\r\nLocation: /a\r\nContent-Length: 99999\r\n\r\n"

    response = fetched(once(head + b"<p>half"))

    expected = Outcome.REDIRECT_LOOP if status.startswith(b"302") else Outcome.NOT_FOUND
    assert response.outcome is expected, response.sentence


def test_no_body_belongs_to_a_304_and_a_204() -> None:
    both = fetched(once(b"HTTP/1.1 204 No Content\r\nContent-Length: 50\r\n\r\n"))

    assert (both.outcome, both.body) == (Outcome.EMPTY, b"")


def test_of_two_lengths_that_differ_the_longer_ends_the_body_over_a_kept_connection() -> None:
    response = fetched(kept(READ_WHOLE["lengths that differ"]))

    assert (response.outcome, response.body) == (Outcome.OK, PAGE)


def test_two_lengths_of_which_neither_ends_the_body_are_no_timeout() -> None:
    lengths = b"Content-Length: 50\r\nContent-Length: 99999\r\n\r\n"

    async def story() -> Response:
        server = kept(OK + lengths + PAGE)
        async with server, client(limits=Limits(read_seconds=0.2)) as ours:
            return await ours.get(f"{server.url}/a")

    response = asyncio.run(story())

    assert (response.outcome, response.partial, response.body) == (Outcome.OK, True, PAGE)


def test_a_length_that_is_too_long_over_a_kept_connection_is_no_timeout_of_a_whole_page() -> None:
    async def story(body: bytes) -> Response:
        server = kept(OK + b"Content-Length: 99999\r\n\r\n" + body)
        async with server, client(limits=Limits(read_seconds=0.1)) as ours:
            return await ours.get(f"{server.url}/a")

    whole = asyncio.run(story(PAGE + b"\n<!-- cached -->"))
    half = asyncio.run(story(PAGE[:-200]))

    assert (whole.outcome, whole.partial, whole.body[: len(PAGE)]) == (Outcome.OK, False, PAGE)
    assert half.outcome is Outcome.TIMEOUT
