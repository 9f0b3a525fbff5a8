"""HTTP/1.1 responses from bytes, piece by piece, as RFC 9112 frames them. Pure: knows no sockets."""

import re
from dataclasses import dataclass

HEAD_BYTES = 65_536
HEAD_LINES = 1000
INTERIM_ANSWERS = 10
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.(\d) +([1-9]\d\d)(?: |$)")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LONGEST_LINE = 8192
_AFTER_CHUNK, _TRAILERS = -1, -2  # what the next line is, where no bytes of a chunk remain
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")


class BrokenHttp(Exception):  # noqa: N818
    """What was sent is no HTTP; says what is wrong with it."""


class Disconnected(Exception):  # noqa: N818
    """The server closed the connection before its answer was whole."""


class UnknownName(Exception):  # noqa: N818
    """The name service knows no address."""


class Unreachable(Exception):  # noqa: N818
    """No connection could be made; `tls` when it was made and TLS failed on it."""

    def __init__(self, why: str, *, tls: bool = False) -> None:
        self.tls = tls
        super().__init__(why)


class TooSlow(Exception):  # noqa: N818
    """Nothing came for too long, or the whole took too long."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers: lower-case names, values byte for byte as latin-1, repeated ones joined."""

    status: int
    headers: dict[str, str]
    keep_alive: bool
    length: int | None  # of the body, when declared


class Incoming:
    """One response while it arrives: `head`, then `pieces` of the body, then `done`."""

    __slots__ = (
        "_buffer",
        "_interim",
        "_read",
        "_remaining",
        "done",
        "excess",
        "head",
        "pieces",
        "waiting",
    )

    def __init__(self) -> None:
        self.head: Head | None = None
        self.pieces: list[bytes] = []
        self.waiting = 0  # bytes in `pieces`
        self.done = False
        self.excess = False  # more came than the answer said
        self._buffer = b""
        self._remaining = 0
        self._interim = 0
        self._read = self._until_head

    @property
    def started(self) -> bool:
        return self.head is not None or bool(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take in what came; raises BrokenHttp.

        What follows a finished answer is dropped, unless the connection closes after it: then it
        belongs to the answer, whose Content-Length was counted wrongly.
        """
        if self.done:
            self.excess = True
            if self.may_be_short:
                self._add(data)
            return
        self._buffer = self._buffer + data if self._buffer else data
        while self._read():
            pass

    @property
    def may_be_short(self) -> bool:
        """Whether the body may go on after its Content-Length, until the connection closes."""
        return self.head is not None and not self.head.keep_alive and bool(self.head.length)

    def end(self) -> None:
        """The server has closed its side; raises Disconnected or BrokenHttp when that is too early."""
        if self.done:
            return
        if self.head is None:
            if self._buffer:
                raise BrokenHttp("headers that are cut off")
            raise Disconnected
        if self._read == self._until_close:
            self.done = True
            return
        raise Disconnected

    def take(self) -> bytes:
        body = self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)
        self.pieces, self.waiting = [], 0
        return body

    def _add(self, data: bytes) -> None:
        if data:
            self.pieces.append(data)
            self.waiting += len(data)

    def _until_head(self) -> bool:
        buffer = self._buffer.lstrip(b"\r\n") if self._buffer[:1] in b"\r\n" else self._buffer
        found = _HEAD_END.search(buffer)
        if (found.start() if found else len(buffer)) > HEAD_BYTES:
            raise BrokenHttp(f"more than {HEAD_BYTES // 1024} kB of headers")
        if found is None:
            if buffer and not b"HTTP/1."[: len(buffer)].startswith(buffer[:7]):
                raise BrokenHttp("no HTTP status line")
            self._buffer = buffer
            return False
        head = parse_head(buffer[: found.start()])
        self._buffer = buffer[found.end() :]
        if head.status < 200:
            self._interim += 1
            if head.status == 101 or self._interim > INTERIM_ANSWERS:
                raise BrokenHttp(f"status {head.status}, which was not asked for")
            return bool(self._buffer)
        self.head = head
        self._start_body(head)
        return bool(self._buffer) or self.done

    def _start_body(self, head: Head) -> None:
        if head.status in (204, 304):
            self.done = True
            self._read = self._finished
        elif "transfer-encoding" in head.headers:
            if head.headers["transfer-encoding"].strip().lower() != "chunked":
                raise BrokenHttp("a transfer encoding that was not asked for")
            self._read = self._chunked
        elif head.length is not None:
            self._remaining = head.length
            self.done = head.length == 0
            self._read = self._finished if self.done else self._counted
        else:
            self._read = self._until_close

    def _finished(self) -> bool:
        rest, self._buffer = self._buffer, b""
        if rest:
            self.feed(rest)
        return False

    def _until_close(self) -> bool:
        self._add(self._buffer)
        self._buffer = b""
        return False

    def _counted(self) -> bool:
        self._add(self._buffer[: self._remaining])
        taken = min(len(self._buffer), self._remaining)
        self._remaining, self._buffer = self._remaining - taken, self._buffer[taken:]
        if self._remaining:
            return False
        self.done, self._read = True, self._finished
        return bool(self._buffer)

    def _chunked(self) -> bool:
        """All chunks that have come; one pass over the buffer, however small they are."""
        buffer, at = self._buffer, 0
        while at < len(buffer):
            if self._remaining > 0:
                piece = buffer[at : at + self._remaining]
                self._add(piece)
                at += len(piece)
                self._remaining -= len(piece)
                if not self._remaining:
                    self._remaining = _AFTER_CHUNK
                continue
            newline = buffer.find(b"\n", at)
            if newline < 0:
                break
            line, at = buffer[at:newline].rstrip(b"\r"), newline + 1
            if self._after_line(line):
                self._buffer, self.done, self._read = buffer[at:], True, self._finished
                return bool(self._buffer)
        self._buffer = buffer[at:]
        if len(self._buffer) > _LONGEST_LINE:
            raise BrokenHttp("a chunk size that never ends")
        return False

    def _after_line(self, line: bytes) -> bool:
        """A line between chunks; True for the empty one after the last trailer."""
        if self._remaining == _AFTER_CHUNK:
            if line:
                raise BrokenHttp("a chunk longer than its size")
            self._remaining = 0
        elif self._remaining == _TRAILERS:
            return not line
        elif (size := _CHUNK.fullmatch(line)) is None:
            raise BrokenHttp("a chunk without a size")
        else:
            self._remaining = int(size[1], 16) or _TRAILERS
        return False


def parse_head(raw: bytes) -> Head:
    """Status line and headers; raises BrokenHttp. Lines that are no header are passed over."""
    lines = raw.split(b"\n")
    if len(lines) > HEAD_LINES:
        raise BrokenHttp(f"more than {HEAD_LINES:,} headers")
    if (status := _STATUS.match(lines[0].rstrip())) is None:
        raise BrokenHttp("no HTTP status line")
    if b"\0" in raw:
        raise BrokenHttp("a NUL byte in the headers")
    headers: dict[str, str] = {}
    last = ""
    for line in lines[1:]:
        if line[:1] in (b" ", b"\t") and last:
            headers[last] += " " + line.strip().decode("latin-1")
            continue
        name, colon, value = line.partition(b":")
        if not colon or _NAME.fullmatch(name) is None:
            continue
        last, text = name.decode("ascii").lower(), value.strip().decode("latin-1")
        headers[last] = f"{headers[last]}, {text}" if last in headers else text
    return Head(int(status[2]), headers, _keeps_alive(status[1], headers), _length(headers))


def _keeps_alive(minor: bytes, headers: dict[str, str]) -> bool:
    said = headers.get("connection", "").lower()
    if minor == b"0":
        return "keep-alive" in said
    return "close" not in said and not (
        "transfer-encoding" in headers and "content-length" in headers
    )


def _length(headers: dict[str, str]) -> int | None:
    """Content-Length; several that differ make the answer unreadable."""
    if (text := headers.get("content-length")) is None:
        return None
    values = {value.strip() for value in text.split(",")}
    value = values.pop()
    if values or not (value.isascii() and value.isdigit() and len(value) < 16):
        raise BrokenHttp("a Content-Length that is no number")
    return int(value)
