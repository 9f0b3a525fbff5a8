import gzip
import zlib

import pytest

from extractors.fetch.decompress import BadCompression, Body, TooLarge

TEXT = b"The county counts every ballot twice. " * 200


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def unpacked(encoding: str, data: bytes, *, limit: int = 1_000_000, step: int = 7) -> bytes:
    body = Body(encoding, limit)
    for start in range(0, len(data), step):
        body.take(data[start : start + step])
    return body.whole()


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0\0trailing garbage"),
        ("deflate", zlib.compress(TEXT)),
        ("Deflate", raw_deflate(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
    ],
)
def test_bodies_come_out_as_they_went_in(encoding: str, data: bytes) -> None:
    assert unpacked(encoding, data) == TEXT


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", TEXT),
        ("gzip", gzip.compress(TEXT)[:-20]),
        ("deflate", zlib.compress(TEXT)[:-20]),
        ("br", TEXT),
        ("gzip, gzip, gzip", TEXT),
    ],
    ids=["plain", "cut gzip", "cut deflate", "brotli", "three times"],
)
def test_what_cannot_be_unpacked_is_said_so(encoding: str, data: bytes) -> None:
    with pytest.raises(BadCompression):
        unpacked(encoding, data)


def test_an_empty_body_needs_no_compression() -> None:
    assert unpacked("gzip", b"") == b""


def test_the_limit_counts_what_comes_out() -> None:
    with pytest.raises(TooLarge):
        unpacked("gzip", gzip.compress(TEXT), limit=len(TEXT) - 1)
    assert unpacked("gzip", gzip.compress(TEXT), limit=len(TEXT)) == TEXT


def test_a_bomb_stops_at_its_ratio() -> None:
    bomb = gzip.compress(bytes(12_000_000))
    body = Body("gzip", 40_000_000)

    with pytest.raises(TooLarge):
        body.take(bomb)

    assert body.size < 6_000_000
