"""How a parsed feed is printed."""

from datetime import UTC, datetime

from model import Entry, ParsedFeed


def feed_to_json(parsed: ParsedFeed, url: str = "") -> dict[str, object]:
    """What `pollwatch feeds parse` prints."""
    return {
        "feed": {
            "title": parsed.title,
            "url": url or None,
            "site_url": parsed.site_url,
            "language": parsed.language,
            "format": parsed.format,
            "hint_seconds": parsed.hint_seconds,
            "outcome": parsed.outcome.value,
            "children": list(parsed.children),
        },
        "entries": [_entry_json(entry) for entry in parsed.entries],
        "problem": parsed.problem,
    }


def _entry_json(entry: Entry) -> dict[str, object]:
    return {
        "guid": entry.guid,
        "url": entry.url,
        "canonical_url": entry.canonical_url,
        "title": entry.title,
        "published": iso_seconds(entry.published),
        "updated": iso_seconds(entry.updated),
        "summary": entry.summary,
        "content": entry.content,
        "authors": list(entry.authors),
        "language": entry.language,
        "key": entry.key,
    }


def iso_seconds(when: datetime | None) -> str | None:
    """Such as 2026-11-23T10:00:00Z."""
    return (
        when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if when else None
    )
