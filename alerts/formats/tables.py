"""Stories as JSON Lines and CSV, one story each; docs/api.md describes the fields."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from alerts.formats import csv_cells
from storage.queries.export import ExportedStory
from storage.times import iso_or_none

COLUMNS = {  # of a table of stories -> what each holds, for the page that lets people choose
    "story": "Number of the story",
    "published": "Published (UTC); empty where no date was given",
    "seen": "First seen (UTC)",
    "headline": "Headline",
    "outlet": "Outlet of the words shown",
    "outlets": "How many outlets carry it",
    "owners": "How many owners these have",
    "severity": "Severity",
    "rules": "Rules, best first",
    "relevance_percent": "Relevance in percent",
    "tab": "Where the queue shows it",
    "verdict": "Verdict",
    "reason": "Reason of a dismissal; falsehood: a confirmed story that spreads one itself",
    "note": "Note with the verdict",
    "by": "Decided by",
    "reviewed": "Decided (UTC)",
    "assigned": "Assigned to",
    "added": "Put into the queue by hand by",
    "tags": "Tags",
    "category": "Category",
    "region": "Region of its feed",
    "place": "Where it happened, as headline and opening name it",
    "language": "Language",
    "passage": "Passage; private places masked in stories about threats",
    "link": "Address of the article",
    "zone": "Zone of all times: UTC",
}

# 0 to 1: a spreadsheet of many a language takes "0.87" for text, or for a date
FOR_PROGRAMS = "relevance"


def row(story: ExportedStory) -> dict[str, object]:
    """A story by the names of `COLUMNS`: the same in the queue's CSV and JSON and in `pollwatch export csv`."""
    return {
        "story": story.id, "published": iso_or_none(story.published_at), "seen": iso_or_none(story.first_seen_at),
        "headline": story.headline, "outlet": story.outlet, "outlets": story.outlets, "owners": story.owners,
        "severity": story.severity, "rules": ", ".join(rule.id for rule in story.rules), "relevance_percent": whole_percent(story.relevance),
        "tab": story.tab, "verdict": story.status, "reason": story.reason, "note": story.note, "by": story.reviewed_by,
        "reviewed": iso_or_none(story.reviewed_at), "assigned": story.assigned_to, "added": story.added_by,
        "tags": ", ".join(story.tags), "category": story.category, "region": story.region, "place": story.place,
        "language": story.language, "passage": story.passage, "link": story.url, "zone": "UTC",
        FOR_PROGRAMS: story.relevance,
    }  # fmt: skip


def whole_percent(share: float | None) -> int | None:
    """A share of 1 as a whole number, which spreadsheets of every language read alike."""
    return None if share is None else round(share * 100)


def stories_csv(stories: Iterable[ExportedStory], *, separator: str = ",") -> str:
    rows = ([row(story)[name] for name in COLUMNS] for story in stories)
    return csv_cells.csv_text(tuple(COLUMNS), rows, separator=separator)


def as_mapping(story: ExportedStory) -> dict[str, object]:
    """Plain values by the names of `Story` in docs/openapi.json."""
    row = asdict(story)
    for key, value in row.items():
        if isinstance(value, datetime):
            row[key] = value.isoformat().replace("+00:00", "Z")
    row["tags"] = list(story.tags)
    row["rules"] = [{**asdict(rule), "references": list(rule.references)} for rule in story.rules]
    return row


def jsonl(stories: Iterable[ExportedStory]) -> str:
    return "".join(json.dumps(as_mapping(story), ensure_ascii=False) + "\n" for story in stories)
