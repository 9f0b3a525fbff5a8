"""What can go wrong under a request, and libcurl's error numbers told apart. Pure.

The numbers are those of https://curl.se/libcurl/c/libcurl-errors.html; texts are looked at only
where one number means several things.
"""

import re
from enum import Flag, auto

# OpenSSL's verify results: https://docs.openssl.org/master/man1/openssl-verification-options/
_VERIFY = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    19: "its certificate is signed by an authority that is not trusted here",
    20: "no authority that is trusted here has signed its certificate, or an intermediate certificate is missing",
    21: "no authority that is trusted here has signed its certificate, or an intermediate certificate is missing",
    23: "its certificate was revoked",
    24: "a certificate in its chain is not one of an authority",
    26: "its certificate is not for web servers",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
    66: "the key of its certificate is too short",
    67: "the key of an authority in its chain is too short",
    68: "its certificate is signed with a hash that is broken, such as SHA-1",
}
_HTTP2 = frozenset({16, 92})
_SSL = frozenset({35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98})
_BROKEN_OFF = frozenset({18, 52, 55, 56})
# Words in libcurl's texts of errors 1, 8 and 56, and what is then wrong.
_BROKEN = {
    "http/0.9": "no HTTP status line",
    "unsupported http": "no HTTP status line",
    "status line": "no HTTP status line",
    "too many": "too many or too long headers",
    "nul byte": "a NUL byte in the headers",
    "location": "two Location headers that differ",
    "chunk": "chunks that are broken",
    "header": "headers that are none",
}
_TOO_OLD = re.compile(
    r"unexpected eof|unsupported protocol|protocol version|version too low", re.IGNORECASE
)
_ROUTINE = re.compile(r"error:[0-9A-Fa-f]+:[^:]*:[^:]*:\s*([^,;]+)")


class Way(Flag):
    """How a request is made otherwise than usual, after a first try went wrong."""

    USUAL = 0
    FRESH = auto()  # on a new connection
    NO_LENGTH = auto()  # the Content-Length is nonsense: read until the connection closes
    CODED_TRANSFER = auto()  # a transfer coding other than chunked is undone
    HTTP_1 = auto()  # the server's HTTP/2 is broken


class BrokenHttp(Exception):  # noqa: N818
    """What was sent is not HTTP; says what is wrong with it, and which way it might be read."""

    def __init__(self, why: str, *, otherwise: Way = Way.USUAL) -> None:
        self.otherwise = otherwise
        super().__init__(why)


class Disconnected(Exception):  # noqa: N818
    """The server closed the connection before its answer was whole."""


class UnknownName(Exception):  # noqa: N818
    """The name service knows no address."""


class Unreachable(Exception):  # noqa: N818
    """No connection could be made; `tls` when it was made and TLS failed on it."""

    def __init__(self, why: str, *, tls: bool = False) -> None:
        self.tls = tls
        super().__init__(why)


class ProxyRefused(Exception):  # noqa: N818
    """The proxy did not let the request through; says why. `is_ours`: as it is set here, it lets none."""

    def __init__(self, why: str, *, is_ours: bool = False) -> None:
        self.is_ours = is_ours
        super().__init__(why)


class TooSlow(Exception):  # noqa: N818
    """Nothing came for too long, or the whole took too long; `connecting` before anything was sent."""

    def __init__(self, why: str, *, connecting: bool = False) -> None:
        self.connecting = connecting
        super().__init__(why)


class Overloaded(Exception):  # noqa: N818
    """libcurl's own fault, or this machine's: no server is to blame."""


class StaleAddress(Exception):  # noqa: N818
    """A kept connection leads to an address that was not judged for this request: nothing was sent."""


def tls_fault(number: int, text: str, verify_result: int) -> Unreachable:
    """Why no trustworthy TLS came about."""
    if number == 77:
        return Unreachable(
            "the file of trusted certificates cannot be read; see SSL_CERT_FILE", tls=True
        )
    if number == 60 and (verify_result == 0 or "subject name" in text):
        return Unreachable("its certificate is for another name", tls=True)
    if number == 60:
        why = _VERIFY.get(verify_result, "its certificate cannot be verified")
        return Unreachable(why, tls=True)
    if _TOO_OLD.search(text):
        why = (
            "it breaks off the handshake, as servers do that speak only versions older than TLS 1.2"
        )
        return Unreachable(why, tls=True)
    match = _ROUTINE.search(text)
    return Unreachable(match[1].strip().lower() if match else "handshake failed", tls=True)


def is_tls(number: int) -> bool:
    return number in _SSL


def is_broken_off(number: int) -> bool:
    return number in _BROKEN_OFF


def protocol_fault(number: int, text: str) -> BrokenHttp:
    """What is wrong with an answer that is not HTTP."""
    if number in _HTTP2:
        return BrokenHttp("broken HTTP/2", otherwise=Way.HTTP_1)
    if number == 61:
        why = "a transfer encoding that was not asked for"
        return BrokenHttp(why, otherwise=Way.CODED_TRANSFER)
    if number == 8 and "Content-Length" in text:
        return BrokenHttp("a Content-Length that is not a number", otherwise=Way.NO_LENGTH)
    if number == 100:
        return BrokenHttp("too many or too long headers")
    lower = text.lower()
    what = next((what for word, what in _BROKEN.items() if word in lower), None)
    return BrokenHttp(what or f"what is not HTTP ({text[:80].strip() or f'libcurl {number}'})")
