"""The formats that stories are exported in: one table for the command and the API."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.formats import misp, tables
from storage.queries.export import ExportedStory

# By name, as the command and the address in the API spell it: the media type of the answer.
EXPORT_FORMATS: Mapping[str, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "stix": "application/stix+json;version=2.1",
    "misp": "application/json",
}


def in_format(
    form: str, stories: Sequence[ExportedStory], *, instance: str, now: datetime, separator: str = ","
) -> str:  # fmt: skip
    """The stories as text in one of `EXPORT_FORMATS`. `separator` is for CSV, `instance` for STIX and MISP."""
    match form:
        case "stix":
            from alerts.formats import stix  # half a second to import, for those who use it

            return stix.bundle(stories, instance=instance, now=now)
        case "misp":
            return misp.events(stories, instance=instance)
        case "csv":
            return tables.stories_csv(stories, separator=separator)
        case "jsonl":
            return tables.jsonl(stories)
        case _:
            raise ValueError(f"{form} is none of {', '.join(EXPORT_FORMATS)}")
