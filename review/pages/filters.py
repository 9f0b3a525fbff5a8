"""The queue's filters: read from an address, written back into one, and as SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlencode

STATUSES = ("new", "escalated", "confirmed", "dismissed", "all")
SORTS = {
    "priority": "Priority",
    "newest": "Newest first",
    "oldest": "Oldest first",
}
CHOICES = {  # facet in the address -> column of cards, as SQL
    "severity": "c.severity",
    "category": "c.category",
    "rule": "(SELECT slug FROM rules WHERE id = c.rule_id)",
    "feed": "(SELECT slug FROM feeds WHERE id = c.feed_id)",
    "region": "c.region",
    "language": "c.language",
}
NAMED = {"rule": ("c.rule_id", "rules"), "feed": ("c.feed_id", "feeds")}
FLAGS = {
    "reopened": "c.reopened = 1",
    "more": "c.new_copies > 0",
    "gone": "c.still_matches = 0",
}
Parameters = list[str | int | float | None]


class Arguments(Protocol):
    def get(self, name: str, default: str | None = None) -> str | None: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Filters:
    status: str = "new"
    sort: str = "priority"
    q: str = ""
    severity: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    feed: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    assigned: str = ""  # "me", "nobody" or a person's id
    since: str = ""  # day, or "visit"
    until: str = ""
    flag: str = ""

    def chosen(self, facet: str) -> tuple[str, ...]:
        values: tuple[str, ...] = getattr(self, facet)
        return values

    def toggled(self, facet: str, value: str) -> "Filters":
        have = self.chosen(facet)
        rest = tuple(v for v in have if v != value)
        return replace(self, **{facet: rest if value in have else (*have, value)})  # type: ignore[arg-type]

    def with_(self, **changes: str) -> "Filters":
        return replace(self, **changes)  # type: ignore[arg-type]

    def query(self, **more: str) -> str:
        """What stands behind the question mark; what is as usual is left out."""
        pairs: list[tuple[str, str]] = []
        for name in Filters.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, tuple):
                pairs += [(name, v) for v in value]
            elif value != getattr(USUAL, name):
                pairs.append((name, value))
        return urlencode(pairs + [(k, v) for k, v in more.items() if v])

    def url(self, path: str = "/-/queue", **more: str) -> str:
        query = self.query(**more)
        return f"{path}?{query}" if query else path

    @property
    def narrowed(self) -> bool:
        return replace(self, status="new", sort="priority") != USUAL


USUAL = Filters()


def read(args: Arguments) -> Filters:
    """Unknown values are left out: an old bookmark shows too much rather than an error."""
    status, sort, flag = (args.get(name) or "" for name in ("status", "sort", "flag"))
    facets = {name: tuple(v[:200] for v in args.getlist(name)[:20] if v) for name in CHOICES}
    return Filters(
        status=status if status in STATUSES else "new",
        sort=sort if sort in SORTS else "priority",
        q=(args.get("q") or "").strip()[:300],
        assigned=(args.get("assigned") or "")[:200],
        since=_day(args.get("since")),
        until=_day(args.get("until")),
        flag=flag if flag in FLAGS else "",
        **facets,
    )


def _day(given: str | None) -> str:
    given = given or ""
    day = len(given) == 10 and given[:4].isdigit() and given[4] == given[7] == "-"
    return given if day or given == "visit" else ""


def where(filters: Filters, *, me: str, last_visit: str | None) -> tuple[str, Parameters]:
    """Conditions on `cards c`, without the search and without the status "all"."""
    parts: list[str] = []
    values: Parameters = []
    if filters.status != "all":
        parts.append("c.status = ?")
        values.append(filters.status)
    for facet in CHOICES:
        _facet(filters, facet, parts, values)
    _assigned(filters.assigned, me, parts, values)
    if filters.since == "visit":
        parts.append("c.last_at > ?")
        values.append(last_visit or "")
    elif filters.since:
        parts.append("c.last_at >= ?")
        values.append(filters.since)
    if filters.until:
        parts.append("c.last_at < date(?, '+1 day')")
        values.append(filters.until)
    if filters.flag:
        parts.append(FLAGS[filters.flag])
    return " AND ".join(parts) or "1", values


def _facet(filters: Filters, facet: str, parts: list[str], values: Parameters) -> None:
    chosen = filters.chosen(facet)
    if not chosen:
        return
    marks = ", ".join("?" * len(chosen))
    if facet in NAMED:
        column, table = NAMED[facet]
        parts.append(f"{column} IN (SELECT id FROM {table} WHERE slug IN ({marks}))")  # noqa: S608 (names of ours)
    else:
        parts.append(f"{CHOICES[facet]} IN ({marks})")
    values.extend(chosen)


def _assigned(assigned: str, me: str, parts: list[str], values: Parameters) -> None:
    if assigned == "nobody":
        parts.append("c.assigned_to IS NULL")
    elif assigned:
        parts.append("c.assigned_to = ?")
        values.append(me if assigned == "me" else assigned)


ORDER: Mapping[str, tuple[str, str]] = {  # sort -> column, direction
    "priority": ("c.priority", "DESC"),
    "newest": ("c.last_at", "DESC"),
    "oldest": ("c.last_at", "ASC"),
}


def after(cursor: str, sort: str) -> tuple[str, Parameters]:
    """The condition for what follows the card that `cursor` names."""
    key, _, number = cursor.rpartition("~")
    if not key or not number.isdigit():
        return "1", []
    column, direction = ORDER[sort]
    try:
        value: str | float = float(key) if sort == "priority" else key
    except ValueError:
        return "1", []
    sign = "<" if direction == "DESC" else ">"
    return f"({column}, c.id) {sign} (?, ?)", [value, int(number)]
