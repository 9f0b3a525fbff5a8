"""What one review server holds besides Datasette: the team, sessions, caches, where its key is."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, TypeVar

from datasette.app import Datasette

from review import database
from review.auth.sessions import Sessions
from review.auth.sign_in_limit import SignInLimit
from review.auth.team_file import Person, Role, Team
from review.cache import QUICK, Cache, CountedBehind
from review.search.new_matches import NewMatches
from storage.queries.stories.tally import Tally

T = TypeVar("T")
COUNTING_MS = 45_000  # proxies give up after 60 s
# After a start, in which a large database may have to come from a cold disk
WARMING_SECONDS = 180.0


class Actor(TypedDict):
    """A signed-in person, as Datasette passes them around."""

    id: str
    name: str
    role: Role


@dataclass(slots=True)
class ReviewState:
    path: Path
    team: Team
    sessions: Sessions
    # The folder of the rules: word lists for searches, and the editor's originals
    rules: Path | None = None
    alerts: Path | None = None  # alerts.yaml, which may not exist
    sign_in_limit: SignInLimit = field(default_factory=SignInLimit)
    cache: Cache = field(default_factory=Cache)
    tally: Tally = field(default_factory=Tally)
    new_matches: CountedBehind[NewMatches] = field(default_factory=CountedBehind)
    # Held by whoever searches for no page: two searches at once would take both processors
    searching: asyncio.Lock = field(default_factory=asyncio.Lock)
    greet_again: Callable[[], None] = lambda: None  # prints a new one-time link where we run
    asked_again_at: float = 0.0
    visits: dict[str, float] = field(default_factory=dict)  # when a person's visit was last noted
    clock: Callable[[], float] = time.monotonic
    started_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = self.clock()

    @property
    def is_warming(self) -> bool:
        """Whether the server was started a moment ago."""
        return self.clock() - self.started_at < WARMING_SECONDS

    @property
    def key_path(self) -> Path:
        return self.path.with_name(self.path.name + ".review-key.pem")


def of(ds: Datasette) -> ReviewState:
    room: ReviewState = ds.pollwatch_desk
    return room


def actor(person: Person | None) -> Actor | None:
    return {"id": person.id, "name": person.name, "role": person.role} if person else None


def door(ds: Datasette) -> tuple[Team, Sessions]:
    room = of(ds)
    return room.team, room.sessions


async def figure(
    ds: Datasette,
    key: Hashable,
    work: Callable[[sqlite3.Connection], T],
    *,
    fresh: float | None = None,
    quick: float = QUICK,
) -> T:
    """What `work` counts for everybody who looks, as the cache keeps it. It may take longer than other reads:
    nobody else counts it meanwhile, and the first count after a start reads a cold disk."""
    return await of(ds).cache.get(
        key,
        lambda: database.read_snapshot(ds, work, longest_ms=COUNTING_MS),
        fresh=fresh,
        quick=quick,
    )
