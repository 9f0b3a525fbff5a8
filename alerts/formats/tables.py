"""Stories as JSON Lines and CSV, one story each; docs/api.md describes the fields."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

import privacy
from storage.queries.export import ExportedStory

COLUMNS = (
    "id", "headline", "outlet", "url", "published_at", "first_seen_at", "last_seen_at", "outlets", "owners", "severity",
    "category", "relevance", "tab", "status", "reason", "reviewed_by", "reviewed_at", "assigned_to", "tags", "language",
    "region", "place", "passage", "rules",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def as_mapping(story: ExportedStory) -> dict[str, object]:
    """Plain values; the headline is masked where the story is about threats to people."""
    found = asdict(story)
    found["headline"] = privacy.masked_for((story.category,), story.headline)
    for key, value in found.items():
        if isinstance(value, datetime):
            found[key] = value.isoformat().replace("+00:00", "Z")
    found["tags"] = list(story.tags)
    found["rules"] = [{**asdict(rule), "references": list(rule.references)} for rule in story.rules]
    return found


def jsonl(stories: Iterable[ExportedStory]) -> str:
    return "".join(json.dumps(as_mapping(story), ensure_ascii=False) + "\n" for story in stories)


def csv_text(stories: Iterable[ExportedStory]) -> str:
    """No cell starts a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for story in stories:
        found = as_mapping(story)
        found["tags"] = ", ".join(story.tags)
        found["rules"] = ", ".join(rule.id for rule in story.rules)
        writer.writerow([cell(found[name]) for name in COLUMNS])
    return out.getvalue()


def cell(value: object) -> object:
    if isinstance(value, str) and value.lstrip()[:1] in FORMULA:
        return f"'{value}"
    return "" if value is None else value
