import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.fetch.transport.connection_faults import BrokenHttp
from extractors.fetch.transport.head import HeadLines, parse_head


def taken(*lines: bytes) -> HeadLines:
    collected = HeadLines()
    for line in lines:
        collected.add(line)
    return collected


def test_repeated_and_folded_headers_are_joined_and_bytes_survive() -> None:
    head = parse_head(
        [b"HTTP/1.1 204 No\r\n", b"A: 1\r\n", b"a: 2\r\n", b"B: x\r\n", b"  y\r\n", b"E: \xe9\r\n"]
    )

    assert head.status == 204
    assert head.headers == {"a": "1, 2", "b": "x y", "e": "é"}


def test_what_is_said_twice_alike_is_said_once() -> None:
    twice = [b"Location: /b\r\n", b"Location: /b\r\n", b"Content-Length: 5\r\n"]
    head = parse_head([b"HTTP/1.1 302 Found\r\n", *twice, b"Content-Length: 5\r\n"])

    assert head.headers == {"location": "/b", "content-length": "5"}


def test_the_final_answer_counts_and_trailers_do_not() -> None:
    collected = taken(
        b"HTTP/1.1 103 Early Hints\r\n", b"Link: x\r\n", b"\r\n",
        b"HTTP/1.1 200 OK\r\n", b"A: 1\r\n", b"\r\n",
        b"A: 2\r\n",
    )  # fmt: skip

    assert collected.head is not None
    assert (collected.head.status, collected.head.headers) == (200, {"a": "1"})


@pytest.mark.parametrize(
    "lines",
    [
        [b"HTTP/1.1 200 OK\r\n"] + [b"X: v\r\n"] * 1001,
        [b"HTTP/1.1 200 OK\r\n", b"X: " + b"a" * 66_000 + b"\r\n"],
        [b"HTTP/1.1 103 Early\r\n", b"\r\n"] * 4000,
        [b"HTTP/1.1 101 Switching\r\n", b"\r\n"],
        [b"HTTP/1.1 abc\r\n", b"\r\n"],
    ],
)
def test_what_is_no_head_is_broken(lines: list[bytes]) -> None:
    with pytest.raises(BrokenHttp):
        taken(*lines)


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_no_lines_raise_anything_but_the_named_fault(lines: list[bytes]) -> None:
    with contextlib.suppress(BrokenHttp):
        taken(b"HTTP/1.1 200 OK\r\n", *lines, b"\r\n")
