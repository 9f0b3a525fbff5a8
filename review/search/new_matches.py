"""How much is new in a saved search: what its entry in the sidebar says."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from model import QueryError
from review.search.articles import A_PAGE, find_articles, read_query
from review.search.named_lists import word_lists
from storage.times import iso

NEW_FOR = timedelta(hours=24)
MOST_SECONDS_BEHIND = 1.0  # of processor time: pages are served meanwhile


@dataclass(frozen=True, slots=True)
class NewMatches:
    """Matching articles first seen in the 24 hours before `counted_at`. `more`: it was stopped by a bound after
    `looked_at` articles, so there may be more. `fault`: why nothing could be counted."""

    counted_at: datetime
    number: int = 0
    more: bool = False
    looked_at: int = 0
    fault: str = ""

    @property
    def figure(self) -> str:
        """ "3", "50+", or "?" where it could not be counted."""
        return "?" if self.fault else f"{min(self.number, A_PAGE)}{'+' if self.more else ''}"

    @property
    def sentence(self) -> str:
        at = f"{self.counted_at:%H:%M} UTC"
        if self.fault:
            return f"Could not be counted at {at}: {self.fault}"
        bound = f"; only the {self.looked_at} newest were read" if self.more else ""
        return f"Matching articles first seen in the 24 hours before {at}{bound}"


def count_new(
    connection: sqlite3.Connection, find: str, rules: Path | None, now: datetime
) -> NewMatches:
    """As many articles are read as for a page of the search, and for a second at most."""
    try:
        query = read_query(find, word_lists(rules))
    except QueryError as error:
        return NewMatches(now, fault=error.why)
    new_found = find_articles(
        connection, query, since=iso(now - NEW_FOR), most_seconds=MOST_SECONDS_BEHIND
    )
    more = new_found.further is not None
    return NewMatches(now, len(new_found.articles), more, new_found.looked_at)
