"""Streaming gzip and deflate with limits: what comes out is bounded, whatever goes in."""

import zlib
from collections.abc import Iterator

RATIO = 100  # bytes out for each byte in, past the first FREE bytes
FREE = 1_000_000
_STEP = 262_144


class TooLarge(Exception):  # noqa: N818
    """More than the limit, or a compression ratio that only bombs have."""


class BadCompression(Exception):  # noqa: N818
    """The body is not what its Content-Encoding says."""


class Body:
    """Collects a body chunk by chunk; `take` raises as soon as a limit is passed."""

    def __init__(self, encoding: str, limit: int) -> None:
        self.limit, self.received, self.size = limit, 0, 0
        self._parts: list[bytes] = []
        self._decoders = [_decoder(name) for name in reversed(_names(encoding))]

    def take(self, chunk: bytes) -> None:
        self.received += len(chunk)
        for piece in _through(self._decoders, chunk):
            self.size += len(piece)
            if self.size > self.limit:
                self._parts.append(piece[: self.limit - self.size])
                raise TooLarge(f"more than {self.limit / 1e6:g} MB")
            if self.size > FREE and self._decoders and self.size > RATIO * self.received:
                raise TooLarge(
                    f"{self.received:,} bytes that unpack to more than {RATIO} times that"
                )
            self._parts.append(piece)

    def whole(self) -> bytes:
        """The decoded body; raises BadCompression when the packed stream was cut off."""
        if self.received:
            for decoder in self._decoders:
                decoder.check_end()
        return self.so_far()

    def so_far(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


def _names(encoding: str) -> list[str]:
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > 2:
        raise BadCompression(f"packed {len(names)} times")
    return names


def _decoder(name: str) -> "_Gzip | _Deflate":
    if name in ("gzip", "x-gzip"):
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    raise BadCompression(f"packed as {name[:20]}, which was not asked for")


def _through(decoders: list["_Gzip | _Deflate"], chunk: bytes) -> Iterator[bytes]:
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

    def check_end(self) -> None:
        if not self._z.eof and self._members == 0:
            raise BadCompression("gzip data that is cut off")


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

    def check_end(self) -> None:
        if self._z is None or not self._z.eof:
            raise BadCompression("deflate data that is cut off")


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
