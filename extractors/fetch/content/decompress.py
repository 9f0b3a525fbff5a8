"""Streaming gzip, deflate, brotli and zstd with limits: what comes out is bounded, whatever goes in.

Ours rather than libcurl's: that one inflated 500 MB before a limit could stop it. The header is a
hint, the bytes decide: an unknown coding means bytes as they are, so does a known one over plain
text, gzip and zstd are recognised by their first bytes, and of a stream that is cut off what came is
kept and `cut` says so.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from extractors.fetch.content.codings import by_magic, unasked
from extractors.fetch.content.decoders import BadCompression, Decoder, Sniffed

RATIO = 100  # bytes out for each byte in, past the first FREE bytes
FREE = 1_000_000
MOST_CODINGS = 3
_NAMES = {
    **dict.fromkeys(("gzip", "x-gzip", "x_gzip", "gz"), "gzip"),
    **dict.fromkeys(("deflate", "x-deflate", "zlib"), "deflate"),
    **dict.fromkeys(("br", "x-brotli", "brotli"), "br"),
    **dict.fromkeys(("zstd", "x-zstd", "zst"), "zstd"),
}


class TooLarge(Exception):  # noqa: N818
    """More than the limit, or a compression ratio that only bombs have."""


class Body:
    """Collects a body chunk by chunk; `take` raises as soon as a limit is passed."""

    def __init__(self, encoding: str, limit: int) -> None:
        self.limit, self.received, self.size = limit, 0, 0
        self.cut = False  # the packed stream ended early, or broke in the middle
        self._parts: list[bytes] = []
        self._between = 0  # bytes that came out of a coding into the next
        self._decoders: list[Decoder] = [Sniffed(name) for name in reversed(codings(encoding))]
        self._inner: list[Decoder] = []  # of what was packed once more than the header says

    def take(self, chunk: bytes) -> None:
        """Raises TooLarge, or BadCompression where nothing at all can be read."""
        if not self.received and not self._decoders and (name := unasked(chunk)) is not None:
            self._decoders = [Sniffed(name)]  # packed, and the header does not say so
        self.received += len(chunk)
        if not self.cut:
            self._add_all(self._through(self._decoders, chunk), self._add_unpacked)

    def whole(self) -> bytes:
        """The decoded body; `cut` tells when it is not all. Raises BadCompression when nothing is."""
        if not self.cut and self._decoders:
            self._add_all(self._held_back(self._decoders), self._add_unpacked)
            self._add_all(self._held_back(self._inner), self._add)
        if self.received and not all(decoder.whole for decoder in (*self._decoders, *self._inner)):
            if not self.size:
                raise BadCompression("packed data that is cut off before anything can be read")
            self.cut = True
        return self.so_far()

    def so_far(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _add_all(self, pieces: Iterator[bytes], add: Callable[[bytes], None]) -> None:
        try:
            for piece in pieces:
                add(piece)
        except BadCompression:
            if not self.size:
                raise
            self.cut = True  # what came before the fault is of use

    def _add_unpacked(self, piece: bytes) -> None:
        """A piece out of the codings named; a server may have packed what was a packed file."""
        first = self._decoders and not self.size and not self._inner
        if first and (name := by_magic(piece)) is not None:
            self._inner = [Sniffed(name)]
        if not self._inner:
            self._add(piece)
            return
        self._between += len(piece)
        self._weigh(self._between)
        for inner in self._through(self._inner, piece):
            self._add(inner)

    def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self.limit:
            self._parts.append(piece[: self.limit - self.size])
            raise TooLarge(f"more than {self.limit / 1e6:g} MB")
        if self._decoders:
            self._weigh(self.size)
        self._parts.append(piece)

    def _weigh(self, size: int) -> None:
        if size > FREE and size > RATIO * self.received:
            raise TooLarge(f"{self.received:,} bytes that unpack to more than {RATIO} times that")

    def _through(self, decoders: Sequence[Decoder], chunk: bytes) -> Iterator[bytes]:
        if not decoders:
            yield chunk
            return
        for piece in decoders[0].feed(chunk):
            if len(decoders) > 1:
                self._between += len(piece)
                self._weigh(self._between)
            yield from self._through(decoders[1:], piece)

    def _held_back(self, decoders: Sequence[Decoder]) -> Iterator[bytes]:
        for depth, decoder in enumerate(decoders, 1):
            for piece in decoder.finish():
                yield from self._through(decoders[depth:], piece)


def codings(encoding: str) -> list[str]:
    """The codings that are undone, as a Content-Encoding lists them; unknown ones are passed over.

    Servers send `none`, `utf-8`, `binary`, `aws-chunked` and more over bytes that are not packed.
    """
    if not encoding:
        return []
    names = [name.partition(";")[0].strip("\"'").lower() for name in re.split(r"[,\s]+", encoding)]
    encodings = [_NAMES[name] for name in names if name in _NAMES]
    if len(encodings) > MOST_CODINGS:
        raise BadCompression(f"a body packed {len(encodings)} times")
    return encodings


__all__ = ["FREE", "BadCompression", "Body", "TooLarge", "codings"]
