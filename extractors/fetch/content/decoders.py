"""gzip, deflate, brotli and zstd, piece by piece, and which of them some bytes are. Pure."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli
import zstandard

from extractors.fetch.content.codings import (
    TELLING_BYTES,
    by_magic,
    is_text,
    is_zlib,
    may_be_brotli,
)

_STEP = 262_144
_ZSTD_STEP = 256  # bytes in at a time: four bytes can make a block of 128 kB, so at most 8 MB out
_ZSTD_WINDOW = 8 << 20  # what RFC 8878 asks a decoder to support, and browsers allow
MOST_MEMBERS = 10_000  # of one stream: each costs time, although an empty one brings nothing
MOST_RETRIED = 1_000_000  # packed bytes of brotli that are kept for a second, slower look


class BadCompression(Exception):  # noqa: N818
    """The body is not what its Content-Encoding says, and nothing of it can be read."""


class Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out, piece by piece; raises BadCompression."""

    def finish(self) -> Iterator[bytes]:
        """What was held back, once nothing more comes; raises BadCompression."""

    @property
    def whole(self) -> bool:
        """Whether the stream has come to its own end."""


class Plain:
    """Bytes as they are."""

    whole = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> Iterator[bytes]:
        yield from ()


class Sniffed:
    """The decoder that the first bytes ask for; the name counts where they say nothing.

    Servers say gzip of what they did not pack, and pack with another coding than they name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._head = b""
        self._decoder: Decoder | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._decoder is None:
            self._head = data = self._head + data
            if len(data) < TELLING_BYTES:
                return
            data = self._choose()
        assert self._decoder is not None
        yield from self._decoder.feed(data)

    def finish(self) -> Iterator[bytes]:
        if self._decoder is None and self._head:
            data = self._choose()
            assert self._decoder is not None
            yield from self._decoder.feed(data)
        if self._decoder is not None:
            yield from self._decoder.finish()

    @property
    def whole(self) -> bool:
        return self._decoder is None or self._decoder.whole

    def _choose(self) -> bytes:
        """Fixes the decoder; returns what it is to be fed first."""
        head, self._head = self._head, b""
        bare = head.lstrip(b"\r\n")  # a script that prints an empty line first
        if (name := by_magic(bare)) is not None:
            self._decoder = _DECODERS[name]()
            return bare
        if is_text(head):
            self._decoder = Plain()
        elif self.name == "gzip" and is_zlib(head):
            self._decoder = _Deflate()
        elif self.name == "gzip" and may_be_brotli(head):
            self._decoder = _Brotli()
        else:
            self._decoder = _DECODERS[self.name]()
        return head


class _Gzip:
    """Gzip, members one after another; what follows the last member and is not gzip is dropped."""

    def __init__(self) -> None:
        self._z = zlib.decompressobj(wbits=31)
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._z.eof:
                data = data.lstrip(b"\0")  # padding, as tar and tapes leave it
                if not data.startswith(b"\x1f") or self._members >= MOST_MEMBERS:
                    return
                self._z, self._members = zlib.decompressobj(wbits=31), self._members + 1
            yield from _inflate(self._z, data, "gzip")
            data = self._z.unused_data

    def finish(self) -> Iterator[bytes]:
        yield from ()

    @property
    def whole(self) -> bool:
        return self._z.eof or self._members > 0


class _Deflate:
    """Deflate as the RFC has it (zlib) or as some servers send it (raw)."""

    def __init__(self) -> None:
        self._z: zlib._Decompress | None = None
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._z is None:
            self._head += data
            if len(self._head) < 2:
                return
            data = self._head
            self._z = zlib.decompressobj(wbits=15 if is_zlib(data) else -15)
        if not self._z.eof:
            yield from _inflate(self._z, data, "deflate")

    def finish(self) -> Iterator[bytes]:
        yield from ()

    @property
    def whole(self) -> bool:
        return self._z is not None and self._z.eof


class _Brotli:
    def __init__(self) -> None:
        self._z = brotli.Decompressor()
        self._came: bytes | None = b""  # kept while it is little, as a fault takes its piece along
        self._given = 0
        self._ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._ended:
            return
        if self._came is not None:
            self._came = self._came + data if len(self._came) < MOST_RETRIED else None
        try:
            for piece in self._pieces(data):
                self._given += len(piece)
                yield piece
            self._ended = bool(self._z.is_finished())
        except brotli.error as exc:
            yield from self._again()
            if not self._ended:
                raise BadCompression(
                    "data that is not brotli, although the header says so"
                ) from exc

    def finish(self) -> Iterator[bytes]:
        yield from ()

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        yield self._z.process(data, output_buffer_limit=_STEP)
        while not self._z.is_finished() and not self._z.can_accept_more_data():
            yield self._z.process(b"", output_buffer_limit=_STEP)

    def _again(self) -> Iterator[bytes]:
        """Byte by byte: what comes before the fault, or before garbage behind the end."""
        received, given_before = self._came or b"", self._given
        self._z, self._came, self._given = brotli.Decompressor(), None, 0
        try:
            for at in range(len(received)):
                for piece in self._pieces(received[at : at + 1]):
                    past = self._given + len(piece) - given_before
                    self._given += len(piece)
                    if past > 0:
                        yield piece[-past:]
                if self._z.is_finished():
                    self._ended = True
                    return
        except brotli.error:
            return

    @property
    def whole(self) -> bool:
        return self._ended


class _Zstd:
    """Zstandard, frames one after another; what follows the last frame and is none is dropped."""

    def __init__(self) -> None:
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._z = self._decompressor.decompressobj()
        self._frames = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_STEP):
            yield from self._feed(data[start : start + _ZSTD_STEP])

    def _feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._z.eof:
                if self._frames >= MOST_MEMBERS:
                    return
                self._z, self._frames = self._decompressor.decompressobj(), self._frames + 1
            try:
                if piece := self._z.decompress(data):
                    yield piece
            except zstandard.ZstdError as exc:
                if self._frames:
                    return
                raise BadCompression("data that is not zstd, although the header says so") from exc
            data = self._z.unused_data if self._z.eof else b""

    def finish(self) -> Iterator[bytes]:
        yield from ()

    @property
    def whole(self) -> bool:
        return self._z.eof or self._frames > 0


_DECODERS: dict[str, type[_Gzip | _Deflate | _Brotli | _Zstd]] = {
    "gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}


def _inflate(z: "zlib._Decompress", data: bytes, name: str) -> Iterator[bytes]:
    while data:
        before = z.copy()  # an error takes what its piece brought along
        try:
            piece = z.decompress(data, _STEP)
        except zlib.error as exc:
            yield from _before_the_fault(before, data)
            raise BadCompression(f"data that is not {name}, although the header says so") from exc
        if piece:
            yield piece
        elif z.unconsumed_tail == data:
            return
        data = z.unconsumed_tail


def _before_the_fault(z: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    try:
        for at in range(len(data)):
            yield z.decompress(data[at : at + 1])
    except zlib.error:
        return
