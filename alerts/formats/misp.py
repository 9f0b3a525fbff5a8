"""Stories as MISP events (core format): address, passage and rules as attributes, the rest as tags."""

import json
import uuid
from collections.abc import Iterable

from alerts.formats.stix import NAMESPACE, disarm_codes
from alerts.formats.tables import as_mapping
from storage.queries.export import ExportedStory

THREAT = {"critical": "1", "high": "1", "medium": "2", "low": "3"}  # MISP: 1 high, 2 medium, 3 low
ANALYSIS = {"new": "0", "escalated": "1", "confirmed": "2", "dismissed": "2"}  # initial, ongoing, complete  # fmt: skip


def events(stories: Iterable[ExportedStory], *, instance: str) -> str:
    """JSON text: `{"response": [{"Event": …}]}`, as MISP imports it. Nothing is marked for sharing."""
    document = {"response": [{"Event": event(story, instance)} for story in stories]}
    return json.dumps(document, ensure_ascii=False, indent=2)


def event(story: ExportedStory, instance: str) -> dict[str, object]:
    uuid_name = f"misp:{instance}:{story.id}"
    shown = as_mapping(story)
    day = (story.published_at or story.first_seen_at).date().isoformat()
    return {
        "uuid": str(uuid.uuid5(NAMESPACE, uuid_name)),
        "info": str(shown["headline"]) or f"Story {story.id}",
        "date": day,
        "timestamp": str(int(story.last_seen_at.timestamp())),
        "threat_level_id": THREAT.get(story.severity, "4"),
        "analysis": ANALYSIS.get(story.status, "0"),
        "distribution": "0",
        "published": False,
        "Tag": [{"name": name} for name in tags(story)],
        "Attribute": attributes(story, uuid_name),
    }


def tags(story: ExportedStory) -> list[str]:
    plain = {"severity": story.severity, "category": story.category, "verdict": story.status, "place": story.place or story.region or ""}  # fmt: skip
    tag_names = [f'pollwatch:{name}="{value}"' for name, value in plain.items() if value]
    tag_names += [f'pollwatch:rule="{rule.id}"' for rule in story.rules]
    tag_names += ["pollwatch:falsehood"] if story.is_falsehood else []
    return tag_names + [f'disarm:technique="{code}"' for code in sorted(disarm_codes(story.rules))]


def attributes(story: ExportedStory, uuid_name: str) -> list[dict[str, object]]:
    attribute_rows = [
        ("link", "External analysis", story.url if story.url.startswith("http") else ""),
        ("text", "External analysis", story.passage),
        ("text", "Internal reference", f"{story.outlet}; {story.outlets} outlets of {story.owners} owners"),
        ("comment", "Internal reference", f"relevance {story.relevance:.2f}" if story.relevance is not None else ""),
    ]  # fmt: skip
    return [
        {
            "uuid": str(uuid.uuid5(NAMESPACE, f"{uuid_name}:{number}")),
            "type": kind, "category": category, "value": value, "to_ids": False, "distribution": "0",
        }
        for number, (kind, category, value) in enumerate(attribute_rows)
        if value
    ]  # fmt: skip
