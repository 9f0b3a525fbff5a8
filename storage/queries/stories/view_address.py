"""A view of the queue as the address that shows it, and back: reports link with it, saved views keep it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from storage.queries.stories.filter import FACETS, FLAGS, TABS, StoryFilter, since

NAMES_IN_ADDRESS = {  # field of the filter -> name in the address
    "published_since": "since", "published_until": "until", "seen_since": "seen", "seen_until": "seen_until",
    "shown_since": "shown", "judged_since": "judged", "flag": "flag",
}  # fmt: skip


def query(chosen: StoryFilter) -> str:
    """What stands behind the question mark of /-/queue."""
    return urlencode(list(_pairs(chosen)))


def _pairs(chosen: StoryFilter) -> Iterator[tuple[str, str]]:
    if chosen.tab != "new":
        yield "tab", chosen.tab
    for facet in FACETS:
        for value in getattr(chosen, facet):
            yield facet, value or "nobody"
    for name, shown in NAMES_IN_ADDRESS.items():
        if getattr(chosen, name):
            yield shown, getattr(chosen, name)
    if chosen.relevance:
        yield "relevance", f"{chosen.relevance:g}"


def of_query(address: str, *, now: str) -> StoryFilter:
    """The filter of a saved view. Raises ValueError with a sentence for what only the page can do."""
    values_of = parse_qs(address)
    if "q" in values_of or "visit" in values_of.get("seen", []):
        raise ValueError(
            "this view searches for words or looks from the last visit; the queue page alone can"
        )
    if "me" in values_of.get("assigned", ()):
        raise ValueError("this view asks for what is assigned to whoever looks")
    return filter_of(values_of, now=now)


def filter_of(values_of: Mapping[str, Sequence[str]], *, now: str) -> StoryFilter:
    """The filter for the names and values of an address: `since` "7d" becomes a moment, "nobody" is nobody.

    Values that are not a tab or a flag are ignored.
    """
    first = {name: values[0] for name, values in values_of.items() if values}
    facets = {facet: tuple(values_of.get(facet, ())) for facet in FACETS}
    facets["assigned"] = tuple(
        "" if person == "nobody" else person for person in facets["assigned"]
    )
    texts = {field: first.get(name, "") for field, name in NAMES_IN_ADDRESS.items()}
    texts |= {field: since(texts[field], now) for field in ("published_since", "seen_since")}
    texts["flag"] = texts["flag"] if texts["flag"] in FLAGS else ""
    chosen = StoryFilter(tab=tab_of(first.get("tab")), relevance=float(first.get("relevance") or 0), now=now)  # fmt: skip
    return replace(chosen, **texts, **facets)  # type: ignore[arg-type]


def tab_of(name: str | None) -> str:
    return name if name in (*TABS, "open", "all") else "new"
