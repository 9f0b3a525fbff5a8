import gzip
import random
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from extractors.fetch.content.decompress import BadCompression, Body, TooLarge

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


PAGE = b"<!doctype html><html><body><p>" + TEXT + b"</p></body></html>"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress, ZSTD.compress])
def test_a_coding_that_no_header_names_is_undone(pack: Callable[[bytes], bytes]) -> None:
    assert unpacked("", pack(PAGE), step=10_000) == PAGE


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + NOISE[:99],
        b"x\x9c no zlib",
        "Größe: é".encode("utf-16"),
        b"\x0b\x02\x80 hello",
    ],
)
def test_what_is_no_packed_page_stays_as_it_is(data: bytes) -> None:
    assert unpacked("", data, step=10_000) == data


@pytest.mark.parametrize(
    ("encoding", "inner"), [("gzip", gzip.compress), ("br", gzip.compress), ("gzip", ZSTD.compress)]
)
@pytest.mark.parametrize("step", [7, 10_000])
def test_a_packed_file_that_the_server_packs_again_is_undone_twice(
    encoding: str, inner: Callable[[bytes], bytes], step: int
) -> None:
    outer = {"gzip": gzip.compress, "br": brotli.compress}[encoding]

    assert unpacked(encoding, outer(inner(PAGE)), step=step) == PAGE


def test_a_bomb_within_a_packed_file_stops_at_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(bytes(30_000_000)))

    with pytest.raises(TooLarge):
        unpacked("gzip", bomb, limit=10_000_000, step=1000)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("br", brotli.compress(TEXT)),
        ("BR", brotli.compress(TEXT)),
        ("zstd", ZSTD.compress(TEXT)),
        ("zstd", ZSTD.compress(TEXT[:99]) + ZSTD.compress(TEXT[99:])),
        ("zstd", ZSTD.compress(TEXT) + b"\0\0trailing garbage"),
        ("br, gzip", gzip.compress(brotli.compress(TEXT))),
        ("gzip", brotli.compress(TEXT)),
        ("br, gzip", brotli.compress(gzip.compress(TEXT))),
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


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@pytest.mark.parametrize(
    "start",
    [
        b"<!doctype html>",
        b"\r\n\r\n  <html>",
        b"\xef\xbb\xbf<?xml version='1.0'?>",
        b'{"version": "1"}',
        b"User-agent: *\r\nDisallow: /\r\n",
        "<p>Änderung in Köln".encode(),
        "<html><body>Änderung".encode("latin-1"),
    ],
)
def test_plain_text_is_read_whatever_the_header_says(encoding: str, start: bytes) -> None:
    for step in (7, 1000):
        assert unpacked(encoding, start + TEXT, step=step) == start + TEXT


MISNAMED = {
    "gzip listed twice, packed once": ("gzip, gzip", gzip.compress(TEXT)),
    "gzip listed three times, packed once": ("gzip, gzip, gzip", gzip.compress(TEXT)),
    "two codings listed, one used": ("gzip, br", gzip.compress(TEXT)),
    "gzip without a header": ("", gzip.compress(TEXT)),
    "gzip as identity": ("identity", gzip.compress(TEXT)),
    "gzip as utf-8": ("utf-8", gzip.compress(TEXT)),
    "zstd without a header": ("", ZSTD.compress(TEXT)),
    "gzip as deflate": ("deflate", gzip.compress(TEXT)),
    "gzip as brotli": ("br", gzip.compress(TEXT)),
    "gzip as zstd": ("zstd", gzip.compress(TEXT)),
    "zlib as gzip": ("gzip", zlib.compress(TEXT)),
    "zstd as gzip": ("gzip", ZSTD.compress(TEXT)),
    "a list with blanks": ("gzip deflate", gzip.compress(TEXT)),
    "gzip after an empty line": ("gzip", b"\r\n" + gzip.compress(TEXT)),
    "a skippable frame first": ("zstd", b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + ZSTD.compress(TEXT)),
    "padding between members": (
        "gzip",
        gzip.compress(TEXT[:900]) + bytes(99) + gzip.compress(TEXT[900:]),
    ),
    "garbage behind brotli": ("br", brotli.compress(TEXT) + b"\0\0garbage"),
    "garbage behind zlib": ("deflate", zlib.compress(TEXT) + b"garbage"),
    "garbage behind raw deflate": ("deflate", raw_deflate(TEXT) + b"garbage"),
    "brotli by its long name": ("brotli", brotli.compress(TEXT)),
    "zlib by its name": ("zlib", zlib.compress(TEXT)),
    "gz": ("gz", gzip.compress(TEXT)),
    "compress over plain text": ("compress", TEXT),
}


@pytest.mark.parametrize("kind", MISNAMED)
@pytest.mark.parametrize("step", [7, 100_000])
def test_the_bytes_tell_the_coding_where_the_header_is_wrong(kind: str, step: int) -> None:
    encoding, data = MISNAMED[kind]

    assert unpacked(encoding, data, step=step) == TEXT


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(TEXT)[:-8]),
        ("gzip", gzip.compress(TEXT)[:-8] + bytes(8)),
        ("deflate", zlib.compress(TEXT)[:-4]),
        ("deflate", zlib.compress(TEXT)[:-4] + bytes(4)),
    ],
    ids=[
        "gzip without its check",
        "gzip with a wrong one",
        "zlib without",
        "zlib with a wrong one",
    ],
)
@pytest.mark.parametrize("step", [7, 100_000])
def test_a_wrong_check_at_the_end_costs_no_text(encoding: str, data: bytes, step: int) -> None:
    body = Body(encoding, 1_000_000)
    for start in range(0, len(data), step):
        body.take(data[start : start + step])

    assert body.whole() == TEXT
    assert body.cut


@pytest.mark.parametrize("length", range(20))
@pytest.mark.parametrize("encoding", ["", "gzip", "x-none"])
def test_short_bodies_come_out_too(encoding: str, length: int) -> None:
    page = b"<p>It rained today."[:length]

    assert unpacked(encoding, page, step=3) == page


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(NOISE)),
        ("deflate", zlib.compress(NOISE)),
        ("deflate", raw_deflate(NOISE)),
        ("br", brotli.compress(NOISE, quality=1)),
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

    content = body.whole()

    assert body.cut
    assert len(content) > 1000
    if harm == "cut":
        assert NOISE.startswith(content)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", b"\x00\x01\x02" + TEXT),
        ("gzip", gzip.compress(TEXT)[:12]),
        ("br", b"\xff\xff\xff\xff" + TEXT),
        ("zstd", ZSTD.compress(TEXT)[:6]),
        ("gzip, gzip, gzip, gzip", TEXT),
    ],
    ids=["no gzip", "cut gzip", "no brotli", "cut zstd", "four times"],
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
        ("br", lambda data: brotli.compress(data, quality=1)),
        ("zstd", ZSTD.compress),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    ],
    ids=["gzip", "deflate", "br", "zstd", "gzip twice"],
)
def test_a_bomb_stops_at_its_ratio(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = Body(encoding, 40_000_000)

    with pytest.raises(TooLarge):
        body.take(pack(bytes(15_000_000)))

    assert body.size < 10_000_000


def test_a_bomb_between_two_codings_stops_as_well() -> None:
    """A million empty members bring nothing, but cost time."""
    data = gzip.compress(gzip.compress(b"") * 100_000)
    body = Body("gzip, gzip", 10_000_000)

    with pytest.raises(TooLarge):
        body.take(data)
