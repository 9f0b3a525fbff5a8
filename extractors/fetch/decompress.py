"""Streaming gzip, deflate, brotli and zstd with limits: what comes out is bounded, whatever goes in.

Ours rather than libcurl's: that one inflated 500 MB before a limit could stop it. The header is a
hint, the bytes decide: an unknown coding means bytes as they are, so does a known one over plain
text, and of a stream that is cut off what came is kept and `cut` says so.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli
import zstandard

RATIO = 100  # bytes out for each byte in, past the first FREE bytes
FREE = 1_000_000
_STEP = 262_144
_ZSTD_STEP = 256  # bytes in at a time: four bytes can make a block of 128 kB, so at most 8 MB out
_ZSTD_WINDOW = 8 << 20  # what RFC 8878 asks a decoder to support, and browsers allow
MOST_CODINGS = 2


class TooLarge(Exception):  # noqa: N818
    """More than the limit, or a compression ratio that only bombs have."""


class BadCompression(Exception):  # noqa: N818
    """The body is not what its Content-Encoding says, and nothing of it can be read."""


class Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out, piece by piece; raises BadCompression."""

    @property
    def whole(self) -> bool:
        """Whether the stream has come to its own end."""


class Body:
    """Collects a body chunk by chunk; `take` raises as soon as a limit is passed."""

    def __init__(self, encoding: str, limit: int) -> None:
        self.limit, self.received, self.size = limit, 0, 0
        self.cut = False  # the packed stream ended early, or broke in the middle
        self._parts: list[bytes] = []
        self._decoders: list[Decoder] = [_DECODERS[name]() for name in reversed(codings(encoding))]

    def take(self, chunk: bytes) -> None:
        """Raises TooLarge, or BadCompression where nothing at all can be read."""
        self.received += len(chunk)
        if self.cut:
            return
        try:
            for piece in _through(self._decoders, chunk):
                self._add(piece)
        except BadCompression:
            if self.size:
                self.cut = True  # what came before the fault is of use
            elif self._is_plain(chunk):
                self._decoders = []
                self._add(chunk)
            else:
                raise

    def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self.limit:
            self._parts.append(piece[: self.limit - self.size])
            raise TooLarge(f"more than {self.limit / 1e6:g} MB")
        if self.size > FREE and self._decoders and self.size > RATIO * self.received:
            raise TooLarge(f"{self.received:,} bytes that unpack to more than {RATIO} times that")
        self._parts.append(piece)

    def _is_plain(self, chunk: bytes) -> bool:
        """Whether the first chunk is text, although the header says that it is packed."""
        return len(chunk) == self.received and chunk.lstrip()[:1] in (b"<", b"{", b"[")

    def whole(self) -> bytes:
        """The decoded body; `cut` tells when it is not all. Raises BadCompression when nothing is."""
        if self.received and not all(decoder.whole for decoder in self._decoders):
            if not self.size:
                raise BadCompression("packed data that is cut off before anything can be read")
            self.cut = True
        return self.so_far()

    def so_far(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


def codings(encoding: str) -> list[str]:
    """The codings that are undone, as a Content-Encoding lists them; unknown ones are passed over.

    Servers send `none`, `utf-8`, `binary`, `aws-chunked` and more over bytes that are not packed.
    """
    if not encoding:
        return []
    names = [name.partition(";")[0].strip(" \t\"'").lower() for name in encoding.split(",")]
    known = [name for name in names if name in _DECODERS]
    if len(known) > MOST_CODINGS:
        raise BadCompression(f"a body packed {len(known)} times")
    return known


def _through(decoders: list[Decoder], chunk: bytes) -> Iterator[bytes]:
    if not decoders:
        yield chunk
        return
    for piece in decoders[0].feed(chunk):
        yield from _through(decoders[1:], piece)


class _Gzip:
    """Gzip, members one after another; what follows the last member and is no gzip is dropped."""

    def __init__(self) -> None:
        self._z = zlib.decompressobj(wbits=31)
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._z.eof:
                if not data.startswith(b"\x1f"):
                    return
                self._z, self._members = zlib.decompressobj(wbits=31), self._members + 1
            yield from _inflate(self._z, data, "gzip")
            data = self._z.unused_data

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
            data, first, both = self._head, self._head[0], int.from_bytes(self._head[:2], "big")
            self._z = zlib.decompressobj(wbits=15 if first & 15 == 8 and both % 31 == 0 else -15)
        if not self._z.eof:
            yield from _inflate(self._z, data, "deflate")

    @property
    def whole(self) -> bool:
        return self._z is not None and self._z.eof


class _Brotli:
    def __init__(self) -> None:
        self._z = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            if not self._z.is_finished():
                yield self._z.process(data, output_buffer_limit=_STEP)
            while not self._z.is_finished() and not self._z.can_accept_more_data():
                yield self._z.process(b"", output_buffer_limit=_STEP)
        except brotli.error as exc:
            raise BadCompression("data that is no brotli, although the header says so") from exc

    @property
    def whole(self) -> bool:
        return bool(self._z.is_finished())


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
                self._z, self._frames = self._decompressor.decompressobj(), self._frames + 1
            try:
                if piece := self._z.decompress(data):
                    yield piece
            except zstandard.ZstdError as exc:
                if self._frames:
                    return
                raise BadCompression("data that is no zstd, although the header says so") from exc
            data = self._z.unused_data if self._z.eof else b""

    @property
    def whole(self) -> bool:
        return self._z.eof or self._frames > 0


_DECODERS: dict[str, type[_Gzip | _Deflate | _Brotli | _Zstd]] = {
    **dict.fromkeys(("gzip", "x-gzip"), _Gzip),
    **dict.fromkeys(("deflate", "x-deflate"), _Deflate),
    **dict.fromkeys(("br", "x-brotli"), _Brotli),
    **dict.fromkeys(("zstd", "x-zstd"), _Zstd),
}


def _inflate(z: "zlib._Decompress", data: bytes, name: str) -> Iterator[bytes]:
    try:
        while data:
            if piece := z.decompress(data, _STEP):
                yield piece
            elif z.unconsumed_tail == data:
                return
            data = z.unconsumed_tail
    except zlib.error as exc:
        raise BadCompression(f"data that is no {name}, although the header says so") from exc
