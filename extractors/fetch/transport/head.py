"""The head of an answer from the lines that libcurl hands over. Pure."""

import re
from dataclasses import dataclass

from extractors.fetch.transport.connection_faults import BrokenHttp

HEAD_BYTES = 65_536  # of all heads of one request together, 1xx answers included
HEAD_LINES = 1000
_STATUS = re.compile(rb"(?:HTTP/[\d.]+|ICY) +([1-9]\d\d)(?: |\r|\n|$)")
# Said twice alike they are said once: Location and Content-Type hold commas of their own.
_SAME_ONCE = frozenset({"content-length", "content-type", "location"})


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers: lower-case names, values byte for byte as latin-1, repeated ones joined."""

    status: int
    headers: dict[str, str]
    set_cookies: tuple[str, ...] = ()  # one by one: they hold commas of their own
    http2: bool = False

    @property
    def length(self) -> int | None:
        """Of the body, when declared and a number."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    @property
    def longest(self) -> int | None:
        """The largest of several lengths that differ; None where there is one, or none."""
        parts = [part.strip() for part in self.headers.get("content-length", "").split(",")]
        lengths = [
            int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 16
        ]
        return max(lengths) if len(set(lengths)) > 1 else None

    @property
    def is_chunked(self) -> bool:
        """Whether the length is of no account."""
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def is_identity(self) -> bool:
        """`Transfer-Encoding: identity`, a coding that RFC 7230 took back: the length counts."""
        return self.headers.get("transfer-encoding", "").strip().lower() == "identity"


class HeadLines:
    """Collects the lines of one request's answers; `head` is set once the final one is whole."""

    __slots__ = ("_lines", "_size", "head")

    def __init__(self) -> None:
        self.head: ResponseHead | None = None
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, line: bytes) -> bool:
        """Whether `line` ends the final head; raises BrokenHttp past the limits."""
        self._size += len(line)
        if self._size > HEAD_BYTES:
            raise BrokenHttp(f"more than {HEAD_BYTES // 1024} kB of headers")
        if self.head is not None:
            return False  # a trailer
        if line.startswith((b"HTTP/", b"ICY ")):
            self._lines = [line]  # a further answer: 1xx before it, or a request sent again
            return False
        if line not in (b"\r\n", b"\n"):
            self._lines.append(line)
            if len(self._lines) > HEAD_LINES:
                raise BrokenHttp(f"more than {HEAD_LINES:,} headers")
            return False
        head = parse_head(self._lines)
        if head.status == 101:
            raise BrokenHttp("status 101, which was not asked for")
        if head.status < 200:
            return False
        self.head = head
        return True


def parse_head(lines: list[bytes]) -> ResponseHead:
    """Status line and headers; raises BrokenHttp. Lines that are not headers are passed over."""
    if not lines or (status := _STATUS.match(lines[0])) is None:
        raise BrokenHttp("no HTTP status line")
    headers: dict[str, str] = {}
    cookies: list[str] = []
    last = ""
    for line in lines[1:]:
        if line[:1] in (b" ", b"\t") and last:
            headers[last] += " " + line.strip().decode("latin-1")
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            continue
        last, text = name.strip().lower(), value.strip()
        if last == "set-cookie":
            cookies.append(text)
        if last not in headers:
            headers[last] = text
        elif last not in _SAME_ONCE or headers[last] != text:
            headers[last] = f"{headers[last]}, {text}"
    return ResponseHead(int(status[1]), headers, tuple(cookies), lines[0].startswith(b"HTTP/2"))
