"""A message as every channel sends it: subject, plain text, HTML, and data for our own webhook."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from html import escape

import privacy
from alerts.kinds import kind_of
from alerts.plan import MessageBatch
from alerts.routing import event_severity
from alerts.sanitize import harmless
from storage.outbox.event import Delivery, Event, Subject

EVENTS_NAMED = 25  # events that a summary names; the page shows all
LONGEST_PASSAGE_SENT = 600


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the same whenever the same deliveries are sent again, and for nothing else."""

    key: str
    subject: str
    text: str
    html: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands beside the events: where links lead, and the coverage sentence."""

    url: str | None
    coverage: str


def message_key(batch: MessageBatch) -> str:
    event = batch.carrier.event
    parts = (event.key, event.moment.isoformat(), batch.carrier.channel, str(batch.summary))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def message_of(batch: MessageBatch, setting: Setting) -> Message:
    batch = MessageBatch(tuple(map(masked_delivery, batch.deliveries)), batch.summary)
    return summary(batch, setting) if batch.summary else single(batch, setting)


def masked_delivery(delivery: Delivery) -> Delivery:
    """Headlines of stories about threats to people as the queue shows them, notes of any story;
    passages come masked."""
    event, subject = delivery.event, delivery.event.subject
    if note := event.payload.get("note"):
        event = replace(event, payload={**event.payload, "note": privacy.masked(str(note))})
    if subject is not None:
        headline = privacy.masked_for((subject.category or "",), subject.headline)
        event = replace(event, subject=replace(subject, headline=headline))
    return replace(delivery, event=event)


def single(batch: MessageBatch, setting: Setting) -> Message:
    """One story with all that happened to it, or one event of another kind."""
    events = [delivery.event for delivery in batch.deliveries]
    latest = events[-1]
    if latest.kind == "digest":
        return digest_message(
            message_key(batch), latest, data(batch, setting, link_to(latest, setting))
        )
    subject = f"[{event_severity(latest).upper()}] {title_of_events(events)}: {event_title(latest)}"
    link = link_to(latest, setting)
    lines = [*(happened(event) for event in events), *about(latest), *whence(setting)]
    return composed_message(
        message_key(batch), harmless(subject, 180), lines, link, data(batch, setting, link)
    )


def title_of_events(events: Sequence[Event]) -> str:
    """A story that grew before anybody was told of it is new to who reads of it."""
    latest = events[-1].kind
    new = latest == "story-grew" and any(event.kind == "story-new" for event in events)
    return kind_of("story-new" if new else latest).title


def digest_message(key: str, event: Event, data: Mapping[str, object]) -> Message:
    """A situation report, written when its event was stored."""
    payload = event.payload
    return Message(key, harmless(str(payload["title"]), 180), str(payload["text"]), str(payload["html"]), data)  # fmt: skip


def summary(batch: MessageBatch, setting: Setting) -> Message:
    """What the budget did not leave room for: counts, the gravest by name, a link to all."""
    events = [delivery.event for delivery in batch.deliveries]
    counts: dict[str, int] = {}
    for event in events:
        name = kind_of(event.kind).title
        counts[name] = counts.get(name, 0) + 1
    counted = ", ".join(f"{count} × {name}" for name, count in counts.items())
    link = f"{setting.url}-/alerts?message={message_key(batch)}" if setting.url else None
    lines = [
        f"{len(events)} alerts in one message, as the channel's budget is used up or they could not be sent for a day: {counted}."
    ]
    lines += [event_line(event) for event in events[:EVENTS_NAMED]]
    if len(events) > EVENTS_NAMED:
        lines.append(f"and {len(events) - EVENTS_NAMED} more, on the page Alerts")
    subject = f"[SUMMARY] {len(events)} alerts: {counted}"
    whole = [*lines, *whence(setting)]
    return composed_message(message_key(batch), harmless(subject, 180), whole, link, data(batch, setting, link))  # fmt: skip


def event_line(event: Event) -> str:
    return harmless(f"- [{event_severity(event)}] {kind_of(event.kind).title}: {event_title(event)}{spread(event.subject)}", 240)  # fmt: skip


def event_title(event: Event) -> str:
    if event.subject and event.subject.headline:
        return harmless(event.subject.headline, 140)
    for name in ("title", "name", "flow", "feed", "message"):
        if event.payload.get(name):
            return harmless(str(event.payload[name]), 140)
    return event.key


def happened(event: Event) -> str:
    """What happened, and when, in one line."""
    payload, at = event.payload, f"{event.moment:%Y-%m-%d %H:%M} UTC"
    title = kind_of(event.kind).title
    if payload.get("actor"):
        title += f" by {payload['actor']}"
    if event.kind == "story-assigned" and payload.get("to"):
        title += f" to {payload['to']}"
    if event.kind == "story-grew":
        return f"{harmless(title, 120)}, {at}{growth(payload)}"
    if event.kind == "run-failed":
        title += spell(payload)
    sentences = [payload.get(name) for name in ("note", "why", "sentence", "message") if payload.get(name)]  # fmt: skip
    return f"{harmless(title, 120)}, {at}" + "".join(f": {harmless(str(words))}" for words in sentences[:2])  # fmt: skip


def spell(payload: Mapping[str, object]) -> str:
    """Of runs that failed one after the other, which only now and then are told."""
    runs, since = payload.get("runs"), str(payload.get("since") or "")
    return f", {runs} in a row since {since[:16].replace('T', ' ')} UTC" if isinstance(runs, int) and runs > 1 else ""  # fmt: skip


def growth(payload: Mapping[str, object]) -> str:
    """What came on: rules, outlets, other passages."""
    parts = []
    for name, word in (("rules", "rules"), ("outlets", "outlets"), ("passages", "passages")):
        more = payload.get(name)
        if isinstance(more, list) and more:
            parts.append(f"{len(more)} more {word}" + (f" ({', '.join(map(str, more[:5]))})" if word != "passages" else ""))  # fmt: skip
    return f": {harmless('; '.join(parts))}" if parts else ""


def about(event: Event) -> list[str]:
    subject = event.subject
    if subject is None or event.story_id is None:
        headlines = event.payload.get("headlines")
        return [f"- {harmless(str(headline), 200)}" for headline in headlines] if isinstance(headlines, list) else []  # fmt: skip
    lines = [harmless(subject.headline, 300), harmless(f"{subject.outlet}{spread(subject)}{place_words(subject)}", 300)]  # fmt: skip
    if subject.published_at:
        lines.append(f"Published {subject.published_at:%Y-%m-%d %H:%M} UTC")
    if subject.passage and subject.passage != subject.headline:
        prefix = "No longer there: " if event.kind == "story-withdrawn" else ""
        lines.append(f"{prefix}“{harmless(subject.passage, LONGEST_PASSAGE_SENT)}”")
    return [*lines, why_here(subject)]


def spread(subject: Subject | None) -> str:
    if subject is None or subject.outlets < 2:
        return ""
    owners = f" of {subject.owners} owners" if subject.owners != subject.outlets else ""
    return f", in {subject.outlets} outlets{owners}"


def place_words(subject: Subject) -> str:
    where = subject.place or subject.region
    return f", {where}" if where else ""


def why_here(subject: Subject) -> str:
    """Why it is here: the rules, the relevance, the state of review."""
    parts = [f"Why: {', '.join(subject.rule_titles or subject.rules) or 'no rule stands'}"]
    if subject.relevance is not None:
        parts.append(f"relevance {subject.relevance:.0%}")
    if subject.severity:
        parts.append(f"severity {subject.severity}")
    if subject.tags:
        parts.append(f"tags {', '.join(subject.tags)}")
    if subject.reviewed_by and subject.tab:
        parts.append(f"{subject.tab} by {subject.reviewed_by}")
    return harmless("; ".join(parts))


def whence(setting: Setting) -> list[str]:
    return [f"Coverage in 24 h: {setting.coverage}"] if setting.coverage else []


def link_to(event: Event, setting: Setting) -> str | None:
    if not setting.url:
        return None
    if event.story_id is not None:
        return f"{setting.url}-/story/{event.story_id}"
    if event.payload.get("view"):
        return f"{setting.url}-/queue?{event.payload['view']}"
    if event.kind.startswith("feed-"):
        return f"{setting.url}-/sources"
    return f"{setting.url}-/alerts"


def composed_message(
    key: str,
    subject: str,
    lines: Sequence[str],
    link: str | None,
    story_facts: Mapping[str, object],
) -> Message:
    """Feeds' words come in harmless already; the only link is ours."""
    shown = f"\n\nOpen: {link}" if link else ""
    text = "\n".join(lines) + f"{shown}\n\nRef {key[:12]}"
    inner = "".join(f"<p>{escape(line)}</p>" for line in lines)
    # The address stands as text too: of a link, Apprise leaves only the words in a mail's plain part.
    anchor = f'<p>Open: <a href="{escape(link)}">{escape(link)}</a></p>' if link else ""
    html = f"<h2>{escape(subject)}</h2>{inner}{anchor}<p><small>Ref {key[:12]}</small></p>"
    return Message(key, subject, text, html, story_facts)


def data(batch: MessageBatch, setting: Setting, link: str | None) -> dict[str, object]:
    """For our own webhook: `thread` stays the same for a story, so a receiver can update in place."""
    carrier = batch.carrier.event
    thread = f"story-{carrier.story_id}" if carrier.story_id is not None and not batch.summary else None  # fmt: skip
    return {
        "version": 1,
        "type": "summary" if batch.summary else "event",
        "thread": thread,
        "route": batch.carrier.route,
        "channel": batch.carrier.channel,
        "coverage": setting.coverage,
        "link": link,
        "events": [
            event_as_plain(delivery.event, setting) for delivery in batch.deliveries[:EVENTS_NAMED]
        ],
        "events_in_all": len(batch.deliveries),
    }


def event_as_plain(event: Event, setting: Setting) -> dict[str, object]:
    """One event as JSON. Text of feeds stands as published, masked: the receiver escapes it."""
    subject = asdict(event.subject) if event.subject else None
    if subject and event.subject and event.subject.published_at:
        subject["published_at"] = event.subject.published_at.isoformat()
    return {
        "kind": event.kind,
        "key": event.key,
        "moment": event.moment.isoformat(),
        "severity": event_severity(event),
        "story": event.story_id,
        "link": link_to(event, setting),
        "payload": dict(event.payload),
        "subject": subject,
    }
