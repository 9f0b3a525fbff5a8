"""A view of the queue as the address that shows it, and back: reports link with it, saved views keep it."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from storage.queries.stories.filter import FACETS, FLAGS, TABS, StoryFilter, since

NAMES = {  # field of the filter -> name in the address
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
    for name, shown in NAMES.items():
        if getattr(chosen, name):
            yield shown, getattr(chosen, name)
    if chosen.relevance:
        yield "relevance", f"{chosen.relevance:g}"


def of_query(address: str, *, now: str) -> StoryFilter:
    """The filter of a saved view. Raises ValueError with a sentence for what only the page can do."""
    given = parse_qs(address)
    if "q" in given or "visit" in given.get("seen", []):
        raise ValueError(
            "this view searches for words or looks from the last visit; the queue page alone can"
        )
    facets = {name: tuple(given.get(name, ())) for name in FACETS}
    if "me" in facets["assigned"]:
        raise ValueError("this view asks for what is assigned to whoever looks")
    facets["assigned"] = tuple("" if one == "nobody" else one for one in facets["assigned"])
    tab, flag = given.get("tab", ["new"])[0], given.get("flag", [""])[0]
    dates = {name: given.get(shown, [""])[0] for name, shown in NAMES.items() if name != "flag"}
    dates |= {name: since(dates[name], now) for name in ("published_since", "seen_since")}
    chosen = StoryFilter(
        tab=tab if tab in (*TABS, "open", "all") else "new", flag=flag if flag in FLAGS else "",
        relevance=float(given.get("relevance", ["0"])[0]), now=now, **dates,  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(chosen, **facets)  # type: ignore[arg-type]
