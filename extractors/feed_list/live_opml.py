"""Lists of feeds that others look after: OPML that is read again and again. Pure."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from extractors.encodings import INVISIBLE
from extractors.feed_list.last_good import known_fields, spec_values
from extractors.feed_list.load import address_key, unnamed
from extractors.feed_list.opml import OpmlError, read_opml
from extractors.feeds.parsing.entries import Publishers
from model import ConfigError, FeedList, FeedSpec

FEWEST_LOST = 10  # feeds, and more than half of them: sooner a mistake than a wish, so that
SHRUNK_FOR = timedelta(hours=24)  # is how long a list must stay so short until it is obeyed
# Small Cyrillic and Greek letters that stand for Latin ones in a forged name; on either side, so that a
# name in these scripts equals itself.
_PASSES_FOR_LATIN = str.maketrans(
    "асԁеһіјкӏморԛгѕтуѵԝхвнпьёαβγεζιηικμνορτυχω", "acdehijklmopqrstyvwxbhnbeabyezinikmvoptuxw"
)
MOST_ROWS_NAMED = 20  # unusable rows that are named, of one list


@dataclass(frozen=True, slots=True)
class LiveList:
    """One list as it was when it was last read well."""

    source: str  # as feeds.yaml names it
    feeds: tuple[FeedSpec, ...]
    read_at: datetime
    shrunk_at: datetime | None = None  # when it first lacked most of its feeds, which are kept


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a list brought and took since it was read before; names of feeds."""

    source: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


def read_live(
    source: str, body: bytes, now: datetime, earlier: LiveList | None = None
) -> tuple[LiveList, tuple[ConfigError, ...]]:
    """The list, and a fault for each row that cannot be used.

    A list that lost rows to broken XML adds what came, and takes nothing of `earlier` away: that is
    sooner a mistake of its server's than the wish that feeds be left alone. Raises ConfigError for
    what is not OPML or lists no feed at all, for the same reason. A list that has lost most of its
    feeds at once is obeyed when it has stayed so for a day; until then that is a fault.
    """
    try:
        imported = read_opml(body)
    except OpmlError as error:
        raise ConfigError(source, str(error), field="opml") from error
    if not imported.feeds:
        raise ConfigError(source, "lists no feed that can be used", field="opml")
    feeds = _with_ids(imported.feeds, source, earlier.feeds if earlier is not None else ())
    whys = list(imported.bad[:MOST_ROWS_NAMED])
    if imported.lost is not None:
        whys.insert(0, f"{imported.lost}; no feed is taken away")
        feeds += _lacking(feeds, earlier)
    kept_feeds, shrunk_at = (
        _kept_of_shrunk(feeds, earlier, now) if earlier is not None else ((), None)
    )
    if imported.lost is not None and earlier is not None:
        shrunk_at = earlier.shrunk_at  # what broke off does not tell that the list has grown again
    elif shrunk_at is not None and earlier is not None:
        whys.insert(
            0, _shrunk_sentence(len(kept_feeds), len(earlier.feeds), shrunk_at + SHRUNK_FOR)
        )
    if (more := len(imported.bad) - MOST_ROWS_NAMED) > 0:
        whys.append(f"{more} more rows cannot be used")
    faults = tuple(ConfigError(source, why, field="opml") for why in whys)
    return LiveList(source, (*feeds, *kept_feeds), now, shrunk_at), faults


def _with_ids(
    feeds: Sequence[FeedSpec], source: str, before: Iterable[FeedSpec]
) -> tuple[FeedSpec, ...]:
    """The feeds under ids of this list, with a note of where they come from."""
    return tuple(
        replace(spec, notes=spec.notes or f"by the list {source}", id=identity)
        for spec, identity in zip(feeds, _ids(feeds, before), strict=True)
    )


def _lacking(feeds: Sequence[FeedSpec], earlier: LiveList | None) -> tuple[FeedSpec, ...]:
    """The feeds of the earlier list whose addresses are not among these."""
    keys = {address_key(spec.url) for spec in feeds}
    before = earlier.feeds if earlier is not None else ()
    return tuple(spec for spec in before if address_key(spec.url) not in keys)


def _kept_of_shrunk(
    feeds: Sequence[FeedSpec], earlier: LiveList, now: datetime
) -> tuple[tuple[FeedSpec, ...], datetime | None]:
    """The feeds that a list lacks which shrank too much to be obeyed at once, and when it did."""
    lost = _lacking(feeds, earlier)
    if len(lost) < FEWEST_LOST or 2 * len(lost) <= len(earlier.feeds):
        return (), None
    since = min(earlier.shrunk_at or now, now)  # a clock that was ahead takes nothing away at once
    return (lost, since) if now - since < SHRUNK_FOR else ((), None)


def _shrunk_sentence(lost: int, before: int, until: datetime) -> str:
    return (
        f"lists {before - lost} of the {before} feeds that it listed before; the other {lost} are"
        f" polled until {until:%Y-%m-%d %H:%M} UTC, and dropped if the list still lacks them then"
    )


def _ids(feeds: Iterable[FeedSpec], before: Iterable[FeedSpec]) -> list[str]:
    """A feed that the list renames keeps its id, and with it all that is known of it; none that
    comes takes the id of another."""
    ids_by_address = {address_key(spec.url): spec.id for spec in before}
    ids = set(ids_by_address.values())
    return [
        ids_by_address.get(address_key(spec.url))
        or (unnamed(spec.url).id if spec.id in ids else spec.id)
        for spec in feeds
    ]


def list_change(earlier: LiveList | None, now: LiveList) -> ListChange:
    before = {} if earlier is None else {address_key(spec.url): spec.name for spec in earlier.feeds}
    after = {address_key(spec.url): spec.name for spec in now.feeds}
    return ListChange(
        now.source,
        tuple(name for url, name in after.items() if url not in before),
        tuple(name for url, name in before.items() if url not in after),
    )


def merged_with_lists(listed: FeedList, lists: Iterable[LiveList]) -> FeedList:
    """The feed list with the feeds of live lists that it does not name itself, under ids of their own.

    What feeds.yaml says of a feed counts, switched off or not; of two lists the first one's.
    A list that somebody took over lists nothing under the name of an outlet of feeds.yaml, or of a
    list before it.
    """
    feeds = list(listed.feeds)
    addresses = {address_key(spec.url) for spec in feeds}
    ids = {spec.id for spec in feeds}
    for live_list in lists:
        publishers, names = Publishers(feeds), {_plain(spec.outlet or spec.name) for spec in feeds}
        for spec in live_list.feeds:
            if address_key(spec.url) not in addresses:
                spec = _with_own_id(_under_own_name(spec, publishers, names), ids)
                addresses.add(address_key(spec.url))
                ids.add(spec.id)
                feeds.append(spec)
    return replace(listed, feeds=tuple(feeds))


def told_apart(feeds: Iterable[FeedSpec], listed: Iterable[FeedSpec]) -> tuple[FeedSpec, ...]:
    """Feeds that somebody else named, none under the name of an outlet that is listed elsewhere."""
    listed = tuple(listed)
    publishers = Publishers(listed)
    names = {_plain(spec.outlet or spec.name) for spec in listed}
    return tuple(_under_own_name(spec, publishers, names) for spec in feeds)


def _under_own_name(spec: FeedSpec, publishers: Publishers, names: Collection[str]) -> FeedSpec:
    """As the outlet that feeds.yaml has at this site; elsewhere a name of its is told apart by the host."""
    publisher = publishers.of(spec.url, None)
    host = (urlsplit(spec.url).hostname or "").removeprefix("www.")
    if publisher.is_listed and publisher.outlet != host:
        return replace(spec, outlet=publisher.outlet, owner=publisher.owner)
    name = spec.outlet or spec.name
    return replace(spec, outlet=f"{name} ({host})") if _plain(name) in names else spec


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return re.sub(r"\W", "", letters.translate(_PASSES_FOR_LATIN))


def _with_own_id(spec: FeedSpec, ids: set[str]) -> FeedSpec:
    """By its address where another has its id: that stays the same whatever else is listed."""
    own, number = spec.id, 2
    if own in ids:
        own = unnamed(spec.url).id
    base = own
    while own in ids:
        own, number = f"{base[:70]}-{number}", number + 1
    return replace(spec, id=own)


def live_list_as_json(live_list: LiveList) -> str:
    feeds = [spec_values(spec) for spec in live_list.feeds]
    shrunk_at = live_list.shrunk_at.isoformat() if live_list.shrunk_at else None
    return json.dumps(
        {"read_at": live_list.read_at.isoformat(), "shrunk_at": shrunk_at, "feeds": feeds},
        ensure_ascii=False,
    )


def live_list_from_json(source: str, text: str) -> LiveList:
    stored = json.loads(text)
    feeds = tuple(FeedSpec(**known_fields(values, FeedSpec)) for values in stored["feeds"])
    shrunk_at = stored.get("shrunk_at")
    return LiveList(
        source,
        feeds,
        datetime.fromisoformat(stored["read_at"]),
        datetime.fromisoformat(shrunk_at) if shrunk_at else None,
    )
