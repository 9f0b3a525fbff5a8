"""Geometry of the small charts; the templates draw them as inline SVG."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a bar, in the chart's own units."""

    kind: int  # which colour
    label: str
    y: float
    height: float
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    day: str
    x: float
    width: float
    total: int
    waiting: int
    parts: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    bars: tuple[Bar, ...]
    width: float
    height: float
    most: int
    total: int
    waiting: int
    kinds: tuple[str, ...]


COLOURED_KINDS = 7  # categories with a colour of their own; the rest are "other"


def per_day(
    rows: Iterable[sqlite3.Row], first: date, days: int, *, width: float = 600, height: float = 100
) -> Bars:
    """Stacked bars, one for each day, also for days without a story."""
    counted: dict[str, dict[str, int]] = {}
    waiting: dict[str, int] = {}
    totals: dict[str, int] = {}
    for row in rows:
        counted.setdefault(row["day"], {})[row["category"]] = row["stories"]
        waiting[row["day"]] = waiting.get(row["day"], 0) + (row["waiting"] or 0)
        totals[row["category"]] = totals.get(row["category"], 0) + row["stories"]
    kinds = tuple(sorted(totals, key=lambda name: (-totals[name], name)))
    listed = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    most = max((sum(counted.get(day, {}).values()) for day in listed), default=0)
    step = width / days
    bars = tuple(
        Bar(
            day, round(n * step + step * 0.1, 2), round(step * 0.8, 2),
            sum(counted.get(day, {}).values()), waiting.get(day, 0),
            _parts(counted.get(day, {}), kinds, most, height),
        )
        for n, day in enumerate(listed)
    )  # fmt: skip
    return Bars(
        bars, width, height, most, sum(b.total for b in bars), sum(b.waiting for b in bars), kinds
    )


def _parts(
    counts: dict[str, int], kinds: tuple[str, ...], most: int, height: float
) -> tuple[Segment, ...]:
    parts: list[Segment] = []
    top = height
    for kind, name in enumerate(kinds):
        value = counts.get(name, 0)
        if value:
            size = round(value / most * height, 2)
            top = round(top - size, 2)
            parts.append(Segment(min(kind, COLOURED_KINDS), name, top, size, value))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one feed. `state`: seen, gap, failed or none (not polled)."""

    state: str = "none"
    new: int = 0


def hours(polls: Iterable[sqlite3.Row], since: datetime, count: int = 24) -> dict[int, list[Hour]]:
    """Each feed's hours from `since` on. The worst thing of an hour names it, but one good poll saves it."""
    by_feed: dict[int, list[Hour]] = {}
    for poll in polls:
        at = datetime.fromisoformat(poll["polled_at"])
        index = int((at - since).total_seconds() // 3600)
        if not 0 <= index < count:
            continue
        row = by_feed.setdefault(poll["feed_id"], [Hour()] * count)
        before = row[index]
        state = "gap" if poll["gap"] else "seen" if poll["fine"] else "failed"
        if before.state == "gap" or (before.state == "seen" and state == "failed"):
            state = before.state
        row[index] = Hour(state, before.new + poll["entries_new"])
    return by_feed


def squares(row: Sequence[Hour] | None, names: Sequence[str]) -> Markup:
    """One feed's hours as an SVG; written here, as a page has 1,200 squares."""
    hours = row or [Hour()] * len(names)
    n = {state: sum(hour.state == state for hour in hours) for state in ("seen", "failed", "gap")}
    sentence = f"{n['seen']} of {len(hours)} hours seen, {n['failed']} failed, {n['gap']} with gaps" if row else f"not asked in {len(hours)} hours"  # fmt: skip
    drawn = "".join(
        f'<rect class="h-{hour.state}" x="{place * 10}" y="0" width="8.4" height="10" rx="1.5"><title>{name} {hour.state}{f", {hour.new} new" if hour.new else ""}</title></rect>'
        for place, (hour, name) in enumerate(zip(hours, names, strict=True))
    )
    svg = (
        f'<svg class="hours" viewBox="0 0 240 10" role="img" aria-label="{sentence}">{drawn}</svg>'
    )
    return Markup(svg)  # noqa: S704 (numbers and names of ours)


def grid(rows: Iterable[sqlite3.Row]) -> list[dict[str, object]]:
    """Cards by severity and status, most severe first."""
    counted: dict[str, dict[str, int]] = {}
    for row in rows:
        counted.setdefault(row["severity"], {})[row["status"]] = row["n"]
    return [
        {
            "severity": severity,
            **{status: counted[severity].get(status, 0) for status in STORY_STATUSES},
        }
        for severity in ("critical", "high", "medium", "low")
        if severity in counted
    ]


STORY_STATUSES = ("new", "escalated", "confirmed", "dismissed")
