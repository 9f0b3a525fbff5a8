import gzip
import random
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from extractors.fetch.decompress import BadCompression, Body, TooLarge

ZSTD = zstandard.ZstdCompressor()
NOISE = random.Random(1).randbytes(400_000).hex().encode()
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
        ("br", brotli.compress(TEXT)),
        ("BR", brotli.compress(TEXT)),
        ("zstd", ZSTD.compress(TEXT)),
        ("zstd", ZSTD.compress(TEXT[:99]) + ZSTD.compress(TEXT[99:])),
        ("zstd", ZSTD.compress(TEXT) + b"\0\0trailing garbage"),
        ("br, gzip", gzip.compress(brotli.compress(TEXT))),
    ],
)
def test_brotli_and_zstd_come_out_as_they_went_in(encoding: str, data: bytes) -> None:
    assert unpacked(encoding, data) == TEXT


@pytest.mark.parametrize(
    "encoding", ["none", "utf-8", "binary", "aws-chunked", "UTF8", "8bit", "*", "x-none, identity"]
)
def test_an_unknown_coding_means_bytes_as_they_are(encoding: str) -> None:
    assert unpacked(encoding, TEXT) == TEXT


@pytest.mark.parametrize(
    "encoding", ["aws-chunked,gzip", "gzip;q=1", '"gzip"', " GZIP ", "gzip, none", "gzip,"]
)
def test_a_known_coding_is_found_among_what_means_nothing(encoding: str) -> None:
    assert unpacked(encoding, gzip.compress(TEXT)) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_plain_markup_is_read_whatever_the_header_says(encoding: str) -> None:
    page = b"<!doctype html>" + TEXT

    assert unpacked(encoding, page, step=1000) == page


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(NOISE)),
        ("deflate", zlib.compress(NOISE)),
        ("deflate", raw_deflate(NOISE)),
        ("br", brotli.compress(NOISE)),
        ("zstd", ZSTD.compress(NOISE)),
    ],
    ids=["gzip", "deflate", "raw deflate", "br", "zstd"],
)
@pytest.mark.parametrize("harm", ["cut", "broken"])
def test_of_a_stream_that_ends_early_what_came_is_kept_and_marked(
    encoding: str, data: bytes, harm: str
) -> None:
    body = Body(encoding, 10_000_000)
    half = len(data) * 3 // 4
    damaged = data[:half] if harm == "cut" else data[:half] + bytes(400)
    for start in range(0, len(damaged), 1000):
        body.take(damaged[start : start + 1000])

    came = body.whole()

    assert body.cut
    assert len(came) > 1000
    if harm == "cut":
        assert NOISE.startswith(came)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", b"\x00\x01\x02" + TEXT),
        ("gzip", gzip.compress(TEXT)[:12]),
        ("br", b"\xff\xff\xff\xff" + TEXT),
        ("zstd", ZSTD.compress(TEXT)[:6]),
        ("gzip, gzip, gzip", TEXT),
    ],
    ids=["no gzip", "cut gzip", "no brotli", "cut zstd", "three times"],
)
def test_what_cannot_be_unpacked_at_all_is_said_so(encoding: str, data: bytes) -> None:
    with pytest.raises(BadCompression):
        unpacked(encoding, data)


def test_an_empty_body_needs_no_compression() -> None:
    assert unpacked("gzip", b"") == b""


def test_the_limit_counts_what_comes_out() -> None:
    with pytest.raises(TooLarge):
        unpacked("gzip", gzip.compress(TEXT), limit=len(TEXT) - 1)
    assert unpacked("gzip", gzip.compress(TEXT), limit=len(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", ZSTD.compress),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    ],
    ids=["gzip", "deflate", "br", "zstd", "gzip twice"],
)
def test_a_bomb_stops_at_its_ratio(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = Body(encoding, 40_000_000)

    with pytest.raises(TooLarge):
        body.take(pack(bytes(60_000_000)))

    assert body.size < 10_000_000
