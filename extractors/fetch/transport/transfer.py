"""One libcurl handle: its options, and the callbacks that judge, count and stop one request."""

import asyncio
import contextlib
import ipaddress
import socket
from functools import lru_cache

import pycurl

from extractors.fetch.ssrf import Allowlist, RefusedUrl, refusal
from extractors.fetch.transport.connection_faults import (
    BrokenHttp,
    Disconnected,
    Overloaded,
    ProxyRefused,
    StaleAddress,
    TooSlow,
    Way,
)
from extractors.fetch.transport.curl_errors import fault_of, own_answer
from extractors.fetch.transport.head import HeadLines, ResponseHead
from extractors.fetch.transport.proxies import Proxy
from extractors.fetch.transport.sending import Enough, Sending

FOREVER = float("inf")
STALLED = 5.0  # seconds
# libcurl repeats a request over kept connections that turn out dead: once is enough
MOST_SENDINGS = 2
_ALIASES = ["ICY 200 OK"]  # how Shoutcast servers begin
_HTTP_AND_HTTPS = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS


class Transfer:
    """A handle of libcurl's, used for one request after another.

    Nothing may be raised into libcurl: it would come back as error 23 or 7, or stall others. So each
    callback keeps what went wrong in `trouble`, and answers that the transfer is to end.
    """

    def __init__(
        self,
        allow: Allowlist,
        roots: str,
        connect_seconds: float,
        read_seconds: float,
        working_proxies: set[Proxy],
    ) -> None:
        """`working_proxies`: those that carried a request of any transfer; it is added to."""
        self.allow, self.read_seconds = allow, read_seconds
        self._working_proxies = working_proxies
        self.connect_seconds = connect_seconds
        self._resolve: list[str] | None = None
        self._shares = False
        self.loop = asyncio.get_running_loop()
        self.curl = pycurl.Curl()
        for option, value in _OPTIONS:
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.CAINFO, roots)
        self.curl.setopt(pycurl.PROXY_CAINFO, roots)
        self.curl.setopt(pycurl.CONNECTTIMEOUT_MS, round(connect_seconds * 1000))
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._before_request)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._data)

    def prepare(self, sending: Sending, *, shares: bool = False) -> None:
        """`shares`: wait for a connection that others open, as HTTP/2 carries many requests at once."""
        self.sending = sending
        self.lines = HeadLines()
        self.received = self.sendings = 0
        self._length: int | None = None
        self.judged = set(sending.addresses)
        self.trouble: Exception | None = None
        self.refused: RefusedUrl | None = None
        self.read_by = FOREVER
        self._pause: asyncio.Task[None] | None = None
        # Connecting has a limit of libcurl's own; this one holds should libcurl ever stall.
        self.done_by = self.loop.time() + self.connect_seconds + STALLED
        setopt = self.curl.setopt
        setopt(pycurl.URL, sending.url)
        setopt(pycurl.HTTPHEADER, sending.headers)
        if (resolve := _resolve(sending)) != self._resolve:
            setopt(pycurl.RESOLVE, resolve)
            self._resolve = resolve
        if shares != self._shares:
            setopt(pycurl.PIPEWAIT, int(shares))
            self._shares = shares
        if sending.proxy is not None:
            self._use(sending.proxy)
        if sending.way is not Way.USUAL:
            self._go(sending.way)

    @property
    def is_plain(self) -> bool:
        """Whether the handle may be used again: nothing was set on it but what `prepare` sets anew."""
        return self.sending.way is Way.USUAL and self.sending.proxy is None

    def _use(self, proxy: Proxy) -> None:
        self.curl.setopt(pycurl.PROXY, proxy.url)
        if proxy.user is not None:
            self.curl.setopt(pycurl.PROXYUSERNAME, proxy.user)
            self.curl.setopt(pycurl.PROXYPASSWORD, proxy.password or "")

    def _go(self, way: Way) -> None:
        if Way.FRESH in way:
            self.curl.setopt(pycurl.FRESH_CONNECT, 1)
        if Way.NO_LENGTH in way:
            self.curl.setopt(pycurl.IGNORE_CONTENT_LENGTH, 1)
            self.curl.setopt(pycurl.FORBID_REUSE, 1)
            self.curl.setopt(pycurl.HTTPHEADER, [*self.sending.headers, b"Connection: close"])
        if Way.CODED_TRANSFER in way:
            self.curl.setopt(pycurl.TRANSFER_ENCODING, 1)
        if Way.HTTP_1 in way:
            self.curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)

    def _open(self, purpose: int, address: "pycurl.CurlSockAddr") -> "socket.socket | int":
        """The last guard: every address is judged as its socket opens."""
        try:
            host, port = _text(address.addr[0]), int(address.addr[1])
            if (refused := self._refusal(host, port)) is not None:
                self.refused = refused
                return pycurl.SOCKET_BAD
            opened = socket.socket(address.family, address.socktype, address.protocol)
            self.loop.call_soon(opened.close)  # pycurl duplicates it
            self.judged.add(host)
        except Exception as exc:  # noqa: BLE001 - nothing may be raised into libcurl
            self.trouble = exc
            return pycurl.SOCKET_BAD
        return opened

    def _refusal(self, host: str, port: int) -> RefusedUrl | None:
        if (proxy := self.sending.proxy) is not None:
            if host in self.judged and port == proxy.port:
                return None
            raise ProxyRefused(f"{host}:{port} is not where the proxy {proxy.server} stands")
        refused = refusal(host, port, self.allow)
        return RefusedUrl(*refused) if refused is not None else None

    def _before_request(self, remote: str, local: str, port: int, local_port: int) -> int:
        """Called before each sending, on kept connections too, whose address may be judged otherwise by now."""
        try:
            self.sendings += 1
            if self.sendings > MOST_SENDINGS:
                raise Disconnected
            if remote not in self.judged and not _same_address(remote, self.judged):
                raise StaleAddress
            self.sending.sent()
            now = self.loop.time()
            self.read_by, self.done_by = now + self.read_seconds, now + self.sending.seconds
        except Exception as exc:  # noqa: BLE001 - nothing may be raised into libcurl
            self.trouble = exc
            return pycurl.PREREQFUNC_ABORT
        return pycurl.PREREQFUNC_OK

    def _header(self, line: bytes) -> int:
        try:
            if self.lines.add(line):
                assert self.lines.head is not None
                self._judge_proxy(self.lines.head)
                self._length = _length_of(self.lines.head)
                self.read_by = self.loop.time() + self.read_seconds
                if (seconds := self.sending.sink.begin(self.lines.head)) is not None:
                    self.done_by = min(self.done_by, self.loop.time() + seconds)
                if self.lines.head.is_identity and self.lines.head.length == 0:
                    raise Enough
        except Exception as exc:  # noqa: BLE001 - nothing may be raised into libcurl
            self.trouble = exc
            return -1
        return len(line)

    def _judge_proxy(self, head: ResponseHead) -> None:
        if (proxy := self.sending.proxy) is None or not self.sending.url.startswith("http:"):
            return
        carries_others = proxy in self._working_proxies
        if (refused := own_answer(head, proxy, carries_others=carries_others)) is not None:
            raise refused
        self._working_proxies.add(proxy)

    def _data(self, chunk: bytes) -> int:
        try:
            if self.lines.head is None:
                raise BrokenHttp("a body before its headers")
            if (length := self._length) is not None:
                chunk = chunk[: length - self.received]
            if not self.sending.sink.take(chunk):
                self._pause = self._pause or self.loop.create_task(self._wait())
                return pycurl.WRITEFUNC_PAUSE
            self.received += len(chunk)
            self.read_by = self.loop.time() + self.read_seconds
            if self.received == length:
                raise Enough
        except Exception as exc:  # noqa: BLE001 - nothing may be raised into libcurl
            self.trouble = exc
            return -1
        return len(chunk)

    async def _wait(self) -> None:
        """A pause until the sink is ready. It is not the server's fault, so no limit runs on."""
        remaining = self.done_by - self.loop.time()
        self.read_by = self.done_by = FOREVER
        await self.sending.sink.ready()
        self.done_by = self.loop.time() + remaining
        self.read_by = self.loop.time() + self.read_seconds
        self._pause = None
        with contextlib.suppress(pycurl.error):  # what the sink raises, `trouble` holds
            self.curl.pause(pycurl.PAUSE_CONT)

    def end(self) -> None:
        """The request is over, however it went."""
        if self._pause is not None:
            self._pause.cancel()

    def too_slow(self, now: float) -> TooSlow | BrokenHttp | None:
        if now > self.read_by and self.lines.head is not None and self.lines.head.longest:
            return BrokenHttp("two Content-Lengths that differ")
        if now > self.done_by:
            return TooSlow(f"was not done in {self.sending.seconds:.0f} s")
        if now > self.read_by:
            return TooSlow(f"sent nothing for {self.read_seconds:g} s")
        return None

    def fault(self, number: int, text: str) -> Exception | None:
        """What libcurl's error means here; None where the transfer ended as its sink wanted it."""
        if isinstance(self.trouble, Enough):
            return None
        if isinstance(self.trouble, OSError):
            return Overloaded(f"no socket could be opened here ({self.trouble.strerror})")
        if self.trouble is not None:
            return self.trouble
        if self.refused is not None and number == pycurl.E_COULDNT_CONNECT:
            return self.refused
        return fault_of(self.curl, number, text, self.sending.proxy, self.connect_seconds)

    @property
    def spoke_http2(self) -> bool:
        return self.lines.head is not None and self.lines.head.http2

    @property
    def was_kept(self) -> bool:
        """Whether the answer came over a connection that was there before."""
        return bool(self.curl.getinfo(pycurl.NUM_CONNECTS) == 0)


_SUPPRESS_CONNECT_HEADERS = 265  # pycurl has no name for it
_OPTIONS = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PROTOCOLS, _HTTP_AND_HTTPS),
    (pycurl.REDIR_PROTOCOLS, _HTTP_AND_HTTPS),
    (pycurl.PROXY, ""),  # none, whatever the environment says: proxies.py reads it
    (_SUPPRESS_CONNECT_HEADERS, 1),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
    (pycurl.HTTP_CONTENT_DECODING, 0),
    (pycurl.HTTP200ALIASES, _ALIASES),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.PATH_AS_IS, 1),
    (pycurl.NETRC, pycurl.NETRC_IGNORED),
    (pycurl.MAXAGE_CONN, 30),
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
)


def _length_of(head: ResponseHead) -> int | None:
    """Of the body, where libcurl would read on until the connection closes."""
    return head.length if head.is_identity else head.longest


def _resolve(sending: Sending) -> list[str] | None:
    """The judged addresses, handed over so that libcurl looks nothing up; they fade by themselves.

    None rather than an empty list, which pycurl passes over: an earlier request's would stay.
    """
    at = sending.proxy or sending
    if sending.addresses == (at.host,):
        return None  # an address itself
    written = ",".join(
        f"[{address}]" if ":" in address else address for address in sending.addresses
    )
    return [f"+{at.host}:{at.port}:{written}"]


def _text(address: str | bytes) -> str:
    return address.decode("ascii") if isinstance(address, bytes) else address


def _same_address(remote: str, judged: set[str]) -> bool:
    """However each is written."""
    ip = _address(remote)
    return ip is not None and any(ip == _address(address) for address in judged)


@lru_cache(maxsize=4096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
