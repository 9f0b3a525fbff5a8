"""Stories as a STIX 2.1 bundle: a report each, an indicator for its address, DISARM techniques its rules name."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import stix2

from alerts.formats.tables import as_mapping
from storage.queries.export import ExportedRule, ExportedStory

# Namespace of our own, so that the same story has the same id in every bundle (RFC 9562, version 5).
NAMESPACE = uuid.UUID("8d6c5a52-5b0b-5f43-9d8e-6f1f0a1f7c11")
DISARM = re.compile(r"\bT\d{4}(?:\.\d{3})?\b")
STIX_EPOCH = "2026-01-01T00:00:00.000Z"  # of what never changes
SAYS_DISARM = re.compile(r"disarm", re.IGNORECASE)


def identifier(kind: str, name: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind}:{name}')}"


def bundle(stories: Iterable[ExportedStory], *, instance: str, now: datetime) -> str:
    """JSON text. `instance` names who says so, such as the address of the review server."""
    maker = stix2.Identity(
        id=identifier("identity", instance), name=f"Pollwatch at {instance}", identity_class="system",
        created=STIX_EPOCH, modified=STIX_EPOCH,
    )  # fmt: skip
    objects: dict[str, Any] = {maker.id: maker}
    for story in stories:
        for stix_object in of_story(story, instance, maker.id):
            objects.setdefault(stix_object.id, stix_object)
    name = f"{instance}:{now.isoformat()}"
    return str(stix2.Bundle(list(objects.values()), id=identifier("bundle", name)).serialize(pretty=True))  # fmt: skip


def of_story(story: ExportedStory, instance: str, maker: str) -> list[Any]:
    story_name = f"{instance}:{story.id}"
    techniques = [technique(code, maker) for code in sorted(disarm_codes(story.rules))]
    inner = [*techniques]
    if story.url.startswith(("http://", "https://")):
        inner.insert(0, indicator(story, story_name, maker))
    shown = as_mapping(story)
    report = stix2.Report(
        id=identifier("report", story_name),
        created_by_ref=maker,
        created=story.first_seen_at,
        modified=max(story.last_seen_at, story.reviewed_at or story.last_seen_at),
        name=str(shown["headline"]) or f"Story {story.id}",
        description=story.passage or None,
        published=story.published_at or story.first_seen_at,
        report_types=["observed-data"],
        confidence=None if story.relevance is None else round(100 * story.relevance),
        labels=[label for label in (f"severity:{story.severity}", f"category:{story.category}", f"verdict:{story.status}", *(["falsehood"] if story.is_falsehood else []), *story.tags) if not label.endswith(":")],
        lang=story.language,
        external_references=[{"source_name": story.outlet or "outlet", "url": story.url}] if inner and story.url.startswith("http") else None,
        object_refs=[stix_object.id for stix_object in inner] or [maker],
    )  # fmt: skip
    return [*inner, report]


def indicator(story: ExportedStory, story_name: str, maker: str) -> Any:
    """The article's address, as a pattern that a SIEM can look for."""
    escaped = story.url.replace("\\", "\\\\").replace("'", "\\'")
    return stix2.Indicator(
        id=identifier("indicator", story_name), created_by_ref=maker, created=story.first_seen_at, modified=story.first_seen_at,
        name=f"Article of story {story.id}", pattern=f"[url:value = '{escaped}']", pattern_type="stix",
        valid_from=story.first_seen_at, indicator_types=["attribution"] if story.status == "confirmed" else ["unknown"],
    )  # fmt: skip


def disarm_codes(rules: Iterable[ExportedRule]) -> set[str]:
    """Technique ids in the references of rules that speak of DISARM."""
    return {
        code
        for rule in rules
        for reference in rule.references
        if SAYS_DISARM.search(reference)
        for code in DISARM.findall(reference)
    }


def technique(code: str, maker: str) -> Any:
    return stix2.AttackPattern(
        id=identifier("attack-pattern", f"disarm:{code}"), created_by_ref=maker, created=STIX_EPOCH, modified=STIX_EPOCH,
        name=f"DISARM {code}", external_references=[{"source_name": "DISARM", "external_id": code}],
    )  # fmt: skip
