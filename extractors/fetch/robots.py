"""robots.txt before pages, by RFC 9309. Feeds are exempt: they are published for programs to poll."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

from protego import Protego
from yarl import URL

from extractors.fetch.answer.content_types import BOMS
from extractors.fetch.client import Client
from extractors.fetch.request import Permission
from model import Outcome, Response, RobotsFile

TOKEN = "Pollwatch"  # noqa: S105 (the name that robots.txt knows us by)
GOOD_FOR = timedelta(hours=24)
UNREACHABLE_FOR = timedelta(minutes=10)
LONGEST_CRAWL_DELAY = 60.0
PARSED = 1000  # robots.txt files kept in parsed form
_AGENT = re.compile(
    r"^([ \t]*user-?agent[ \t]*:[ \t]*)([^\s#][^\r\n#]*)", re.IGNORECASE | re.MULTILINE
)
_PRODUCT = re.compile(r"\s*([A-Za-z_-]*)")
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\0"))  # marks at the start of joined files, and padding
# No answer from the server itself: by the RFC nothing may be asked until there is one.
_UNREACHABLE = frozenset(
    {
        Outcome.CONNECT,
        Outcome.DNS,
        Outcome.PROTOCOL,
        Outcome.PROXY,
        Outcome.RATE_LIMITED,
        Outcome.SERVER_ERROR,
        Outcome.TIMEOUT,
        Outcome.TLS,
    }
)


class Robots:
    """What the robots.txt of every origin says; asks once in 24 h. `cache` is from earlier runs."""

    def __init__(self, cache: Mapping[str, RobotsFile] | None = None, *, obey: bool = True) -> None:
        self.obey = obey
        self._files: dict[str, RobotsFile] = dict(cache or {})
        self._failures: dict[str, tuple[datetime, Response]] = {}
        self._parsed: OrderedDict[str, Protego] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}
        self._fresh: set[str] = set()

    async def permission(self, client: Client, url: str) -> Permission:
        """Whether `url` may be asked, and how far apart."""
        if not self.obey:
            return Permission()
        try:
            origin = str(URL(url).origin())
        except ValueError:
            return Permission()  # no such URL is ever asked; `get` says why
        async with self._asking.setdefault(origin, asyncio.Lock()):
            file = await self._file_of(client, origin)
        if isinstance(file, Response):
            return _unreachable(file)
        return self._by_rules(file, url)

    def fresh(self) -> tuple[RobotsFile, ...]:
        """Those fetched in this run, to be kept for the next."""
        return tuple(self._files[origin] for origin in sorted(self._fresh))

    async def _file_of(self, client: Client, origin: str) -> RobotsFile | Response:
        now = client.clock()
        file = self._files.get(origin)
        if file is not None and file.expires_at > now:
            return file
        if (failure := self._failures.get(origin)) is not None and failure[0] > now:
            return failure[1]
        response = await client.get(f"{origin}/robots.txt", kind="robots")
        if _is_unreachable(response):
            self._failures[origin] = (now + UNREACHABLE_FOR, response)
            return response
        body = response.body if response.outcome is Outcome.OK else b""
        file = RobotsFile(origin, now, now + GOOD_FOR, response.status, robots_text(body))
        self._files[origin] = file
        self._fresh.add(origin)
        self._parsed.pop(origin, None)
        return file

    def _by_rules(self, file: RobotsFile, url: str) -> Permission:
        if not file.body:
            return Permission()
        rules = self._rules(file)
        if not rules.can_fetch(url, TOKEN):
            return Permission(
                outcome=Outcome.ROBOTS,
                sentence=f"{file.origin}/robots.txt asks us not to read this.",
            )
        return Permission(spacing=min(max(_seconds_apart(rules), 0.0), LONGEST_CRAWL_DELAY))

    def _rules(self, file: RobotsFile) -> Protego:
        if (rules := self._parsed.get(file.origin)) is None:
            rules = self._parsed[file.origin] = Protego.parse(readable(file.body))
            if len(self._parsed) > PARSED:
                self._parsed.popitem(last=False)
        return rules


def _seconds_apart(rules: Protego) -> float:
    """`Crawl-delay: 5`, or `Request-rate: 1/5`; the longer of both."""
    rate = rules.request_rate(TOKEN)
    apart = rate.seconds / rate.requests if rate and rate.requests else 0.0
    return max(float(rules.crawl_delay(TOKEN) or 0.0), apart)


def robots_text(body: bytes) -> str:
    """UTF-8 by the RFC; some editors add a byte order mark, or write UTF-16."""
    for mark, name in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if body[:200].count(0) > len(body[:200]) // 4:
        return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "replace")
    return body.decode("utf-8", "replace")


def readable(text: str) -> str:
    """Without unseen characters, and with no agents but `*`, ours and `other`.

    By the RFC an agent is a word of letters, `-` and `_`, and ours only if it is the same word;
    Protego would take `Poll` for us, and not `Pollwatch (news)` or `Googlebot, Pollwatch`.
    """
    return _AGENT.sub(_of_whom, text.translate(_UNSEEN).lstrip())


def _of_whom(line: re.Match[str]) -> str:
    names = line[2].strip()
    if names.startswith("*"):
        return f"{line[1]}*"
    words = [match[1].lower() for part in names.split(",") if (match := _PRODUCT.match(part))]
    return f"{line[1]}{TOKEN if TOKEN.lower() in words else 'other'}"


def _is_unreachable(response: Response) -> bool:
    """Bytes that cannot be unpacked are an answer, if a bad one: pages are not lost over it."""
    garbled = response.outcome is Outcome.PROTOCOL and response.status is not None
    return response.outcome in _UNREACHABLE and not garbled


def _unreachable(response: Response) -> Permission:
    return Permission(
        outcome=response.outcome,
        sentence=f"Not asked, as robots.txt could not be read: {response.sentence}",
        retry_after=response.retry_after,
    )
