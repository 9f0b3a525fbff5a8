"""The queue's filters as its pages hold them: read from an address, written back into one.

What an address means to storage is said once, in storage/queries/stories/view_address.py.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Protocol
from urllib.parse import parse_qsl, quote_plus, urlencode

from review.search import words
from storage.queries.stories.filter import FACETS, FLAGS, LAST_DAYS, TABS, Facets, StoryFilter
from storage.queries.stories.order import Cursor
from storage.queries.stories.view_address import filter_of, tab_of

QUEUE_SORTS = {
    "priority": "Priority",
    "published": "Newest published",
    "oldest": "Oldest published",
    "seen": "Last seen",
    "due": "Due first",
}
VIEWS = ("comfortable", "compact")
FILTER_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{3})?)?Z")
RELEVANCE = ("0.3", "0.5", "0.7", "0.9")


class Arguments(Protocol):
    def get(self, name: str, default: str | None = None) -> str | None: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Filters(Facets):
    """`since` and `until` are days of publication, `seen` a day or "visit"; `since` and `seen` also "7d", the
    last seven days whenever one looks, or a moment, as reports link to it; `assigned` "me", "nobody" or
    a person's id."""

    tab: str = "new"
    sort: str = "priority"
    view: str = "comfortable"  # how cards look: each browser's own choice, and part of no address
    q: str = ""
    since: str = ""
    until: str = ""
    seen: str = ""
    seen_until: str = ""
    shown: str = ""  # moments, as the situation report links to them
    judged: str = ""
    relevance: str = ""
    flag: str = ""

    def chosen(self, facet: str) -> tuple[str, ...]:
        values: tuple[str, ...] = getattr(self, facet)
        return values

    def toggled(self, facet: str, value: str) -> "Filters":
        have = self.chosen(facet)
        rest = tuple(v for v in have if v != value)
        return replace(self, **{facet: rest if value in have else (*have, value)})  # type: ignore[arg-type]

    def toggle_url(self, facet: str, value: str) -> str:
        """The address of `toggled`."""
        return self.toggling(facet)(value)

    def toggling(self, facet: str) -> Callable[[str], str]:
        """`toggle_url` of one facet, for the many choices that a page lists of it."""
        have, place = self.chosen(facet), FIELD_PLACES[facet]
        others = tuple(self.pairs(leave=(facet,)))
        before = urlencode([pair for pair in others if FIELD_PLACES[pair[0]] < place])
        after = urlencode([pair for pair in others if FIELD_PLACES[pair[0]] > place])

        def url(value: str) -> str:
            own = [v for v in have if v != value] if value in have else [*have, value]
            chosen = "&".join(f"{facet}={quote_plus(v)}" for v in own)
            query = "&".join(part for part in (before, chosen, after) if part)
            return f"/-/queue?{query}" if query else "/-/queue"

        return url

    def with_(self, **changes: str) -> "Filters":
        return replace(self, **changes)  # type: ignore[arg-type]

    def pairs(self, *, leave: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
        """Name and value of all that is not as usual, for addresses and hidden fields."""
        return (pair for pair in _pairs(self) if pair[0] not in leave)

    def query(self, **more: str) -> str:
        """What stands behind the question mark; what is as usual is left out."""
        return urlencode([*self.pairs(), *((k, v) for k, v in more.items() if v)])

    def url(self, path: str = "/-/queue", **more: str) -> str:
        query = self.query(**more)
        return f"{path}?{query}" if query else path

    @property
    def narrowed(self) -> bool:
        return replace(self, tab="new", sort="priority", view="comfortable") != USUAL_FILTERS

    def day(self, name: str) -> str:
        """A date for the form's field; "" where something else is chosen."""
        value: str = getattr(self, name)
        return value if value[4:5] == "-" and len(value) == 10 else ""

    def last_days(self, name: str) -> str:
        """How many days back, where that is chosen."""
        value: str = getattr(self, name)
        return value[:-1] if LAST_DAYS.fullmatch(value) else ""

    def date_words(self, name: str) -> str:
        """ "in the last 7 days", "from 2026-11-03", "from my last visit"."""
        days, value = self.last_days(name), getattr(self, name)
        if days:
            return "in the last day" if days == "1" else f"in the last {days} days"
        value = "my last visit" if value == "visit" else value[:16].replace("T", " ")
        return f"{'to' if name.endswith('until') else 'from'} {value}"

    def in_words(self) -> str:
        """ "All, severity high, in the last 7 days": what tells one feed or view from another."""
        dates = ("since", "until", "seen", "seen_until")
        choices = [f"{name} {self.date_words(name)}" if name in dates else f"{name} {value}" for name, value in self.pairs(leave=("tab", "sort"))]  # fmt: skip
        return ", ".join([self.tab.capitalize(), *choices])

    def cleared(self) -> "Filters":
        """Without any filter; tab, order and view stay."""
        return Filters(tab=self.tab, sort=self.sort, view=self.view)

    def stories(self, *, me: str, now: str, last_visit: str | None = None) -> StoryFilter:
        """As storage takes it: who looks, their last visit and their words put in."""
        values_of = {
            name: [value for pair, value in self.pairs() if pair == name] for name in FIELD_PLACES
        }
        values_of["assigned"] = [me if person == "me" else person for person in self.assigned]
        if self.seen == "visit":
            values_of["seen"] = [last_visit or ""]
        matched = words.words_query(self.q) if self.q else None
        only = () if self.q and not matched else None
        return replace(filter_of(values_of, now=now), words=matched or "", only=only)


USUAL_FILTERS = Filters()
FIELD_PLACES = {name: place for place, name in enumerate(Filters.__dataclass_fields__)}
# Beside the filters: the place, a word of earlier releases, and what the forms for days send.
KNOWN_WORDS = FIELD_PLACES.keys() | {"at", "status", "since_last", "seen_last"}
ALLOWED_VALUES = {"sort": ("", *QUEUE_SORTS), "view": ("", *VIEWS), "flag": ("", *FLAGS), "relevance": ("", *RELEVANCE), "tab": ("", *TABS, "open", "all")}  # fmt: skip
OTHER_WORDS = {
    "assignee": "assigned", "owner": "assigned", "search": "q", "query": "q", "find": "q", "from": "since", "after": "since", "date": "since",
    "to": "until", "before": "until", "state": "place", "country": "place", "order": "sort", "source": "outlet", "score": "relevance",
}  # fmt: skip


@lru_cache(maxsize=100)
def _pairs(filters: Filters) -> tuple[tuple[str, str], ...]:
    values = ((name, getattr(filters, name)) for name in FIELD_PLACES)
    return tuple(
        (name, v)
        for name, value in values
        if name != "view" and value != getattr(USUAL_FILTERS, name)
        for v in (value if isinstance(value, tuple) else (value,))
    )


def filters_of(args: Arguments, chosen_before: str | None = None) -> Filters:
    """Unknown values are left out: an old bookmark shows too much rather than an error.
    `chosen_before`: how cards looked last, where the address says nothing of it."""
    tab = args.get("tab") or args.get("status") or ""  # `status`: addresses of earlier releases
    facets = {name: tuple(v[:200] for v in args.getlist(name)[:20] if v) for name in FACETS}
    return Filters(
        tab=tab_of(tab),
        sort=_one_of(args.get("sort"), QUEUE_SORTS, "priority"),
        view=_one_of(args.get("view") or chosen_before, VIEWS, "comfortable"),
        q=(args.get("q") or "").strip()[:300],
        relevance=_one_of(args.get("relevance"), RELEVANCE, ""),
        flag=_one_of(args.get("flag"), FLAGS, ""),
        shown=_moment(args.get("shown")),
        judged=_moment(args.get("judged")),
        since=_last(args.get("since_last")) or _since(args.get("since")),
        seen=_last(args.get("seen_last")) or _since(args.get("seen")),
        until=_day(args.get("until")),
        seen_until=_day(args.get("seen_until")),
        **facets,
    )


def not_understood(query: str, *, beside: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Parts of an address that `filters_of` leaves out, each with the address that may be meant, or "". A link
    with a slip would else show other stories than it says. `beside`: words that the page itself knows."""
    pairs = parse_qsl(query[:4000])
    unknown = [
        (name, value) for name, value in pairs if name not in beside and not _is_known(name, value)
    ]
    parts = []
    for name, value in unknown[:5]:
        meant = _meant(name)
        right = urlencode(
            [(meant if pair == (name, value) else pair[0], pair[1]) for pair in pairs]
        )
        parts.append((f"{name}={value}"[:80], f"/-/queue?{right}" if meant else ""))
    return tuple(parts)


def _is_known(name: str, value: str) -> bool:
    if name not in KNOWN_WORDS or value not in ALLOWED_VALUES.get(name, (value,)):
        return False
    return not value or name not in DATES_READ or bool(DATES_READ[name](value))


def _meant(name: str) -> str:
    near = get_close_matches(name.lower(), FIELD_PLACES, n=1, cutoff=0.75)
    return "" if name in KNOWN_WORDS else OTHER_WORDS.get(name.lower(), near[0] if near else "")


def _one_of(value: str | None, allowed: Collection[str], usual: str) -> str:
    return value if value is not None and value in allowed else usual


def _moment(value: str | None) -> str:
    return value if value and FILTER_TIME.fullmatch(value) else ""


def _last(days: str | None) -> str:
    """A number of days from the form, as an address has it."""
    span = f"{days.strip().lstrip('0')}d" if days else ""
    return span if LAST_DAYS.fullmatch(span) else ""


def _since(value: str | None) -> str:
    relative = value if value and LAST_DAYS.fullmatch(value) else ""
    return relative or _moment(value) or _day(value)


def _day(value: str | None) -> str:
    if not value or value == "visit":
        return value or ""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return ""
    return value if value == day.isoformat() else ""


DATES_READ = {"since": _since, "seen": _since, "until": _day, "seen_until": _day, "shown": _moment, "judged": _moment, "since_last": _last, "seen_last": _last}  # fmt: skip


def written(cursor: Cursor | None) -> str:
    """A place in the queue, for an address."""
    return f"{'b' if cursor.back else 'a'}~{cursor.key}~{cursor.story}" if cursor else ""


def place(value: str | None, sort: str) -> Cursor | None:
    """The place that `written` wrote; None when it is not one."""
    parts = (value or "")[:80].split("~")
    if len(parts) != 3 or parts[0] not in "ab" or not parts[2].isdecimal() or len(parts[2]) > 18:
        return None
    try:
        key: str | float = float(parts[1]) if sort == "priority" else parts[1]
    except ValueError:
        return None
    return Cursor(key, int(parts[2]), parts[0] == "b")
