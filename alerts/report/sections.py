"""A situation as headings and lines, before it becomes Markdown or HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import privacy
from alerts.harmless import harmless
from storage.queries.export import ExportedStory
from storage.queries.situation import AUDIT_DAYS, Figure, Situation
from storage.queries.stories.address import query
from storage.times import iso

FEEDS_NAMED = 15
WORDS = {
    "new": "new",
    "waiting": "wait for a verdict",
    "overdue": "overdue",
    "escalated": "escalated",
    "confirmed": "confirmed",
    "dismissed": "dismissed",
    "reopened": "reopened: they say more since their verdict",
    "withdrawn": "withdrawn: the passage is gone",
    "unlikely": "kept back as unlikely",
}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """`link` is a path of the review server; `quote` a passage under it."""

    text: str
    link: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[ReportLine, ...]


def sections(found: Situation) -> tuple[Section, ...]:
    """Coverage first: every number below is worth what was seen."""
    parts = [
        Section("Coverage", tuple(coverage_lines(found))),
        Section("Stories", tuple(figure_line(figure, WORDS[figure.name]) for figure in found.figures)),
        Section("Escalated", tuple(story_line(story) for story in found.escalated)),
        Section("Overdue", tuple(story_line(story) for story in found.overdue)),
        *(Section(f"Category {part.figure.name}", (figure_line(part.figure, "new"), *(story_line(story, quoted=True) for story in part.stories))) for part in found.categories),
        Section("Sources in trouble", tuple(trouble_lines(found))),
        Section("How good it was", tuple(quality_lines(found))),
        Section("Hand-over notes", tuple(ReportLine(f"{note.at[:16].replace('T', ' ')} {note.actor} on “{harmless(note.title, 100)}”: {harmless(note.note, 400)}", f"-/story/{note.story}") for note in found.notes)),
    ]  # fmt: skip
    return tuple(part for part in parts if part.lines)


def report_title(found: Situation) -> str:
    return f"Situation from {found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC"


def coverage_lines(found: Situation) -> Iterator[ReportLine]:
    share, here = found.coverage.share, page_address(found)
    yield ReportLine(f"Everything below comes {found.coverage.sentence}{seen_hours(share)}.", here)
    if (then := found.then) is not None:
        yield ReportLine(f"The report until {then.until:%Y-%m-%d %H:%M} UTC came {then.sentence}{seen_hours(then.share)}.", page_address(found, then.until))  # fmt: skip
    good_at = found.liveness.good_at
    if good_at is None:
        yield ReportLine("No run has ended well yet.", here)
    else:
        failing = f"; the last run {found.liveness.bad_state}" if found.liveness.bad_id else ""
        yield ReportLine(f"The last good run ended {good_at:%Y-%m-%d %H:%M} UTC{failing}.", here)
    for fault in found.liveness.faults[:5]:
        yield ReportLine(f"Left out because of a fault: {harmless(fault, 200)}", here)


def seen_hours(share: float | None) -> str:
    return f", {share:.0%} of feed hours seen" if share is not None else ""


def page_address(found: Situation, until: datetime | None = None) -> str:
    """The page that shows this report as things stand, and beside it the coverage of its own time."""
    view = {"view": found.view} if found.view else {}
    return f"-/situation?{urlencode({'since': iso(found.since), 'until': iso(until or found.until), **view})}"


def figure_line(figure: Figure, words: str) -> ReportLine:
    address = query(figure.view)
    return ReportLine(f"{figure.count} {words}", "-/queue" + (f"?{address}" if address else ""))


def story_line(story: ExportedStory, *, quoted: bool = False) -> ReportLine:
    headline = harmless(privacy.masked_for((story.category,), story.headline), 200)
    spread = f", in {story.outlets} outlets" if story.outlets > 1 else ""
    where = f", {story.place or story.region}" if story.place or story.region else ""
    held = f", assigned to {story.assigned_to}" if story.assigned_to else ""
    text = f"[{story.severity}] {headline} ({harmless(story.outlet, 80)}{spread}{where}{held})"
    return ReportLine(text, f"-/story/{story.id}", harmless(story.passage, 400) if quoted else "")


def trouble_lines(found: Situation) -> Iterator[ReportLine]:
    for feed in found.troubled[:FEEDS_NAMED]:
        yield ReportLine(f"{harmless(feed.name, 80)}: {', '.join(feed.flags)}; {harmless(feed.what_happened, 160)}", "-/sources?state=failing")  # fmt: skip
    if len(found.troubled) > FEEDS_NAMED:
        yield ReportLine(f"and {len(found.troubled) - FEEDS_NAMED} more", "-/sources")
    if found.outbox.dead:
        yield ReportLine(f"{found.outbox.dead} alerts could not be sent", "-/alerts?show=dead")


def quality_lines(found: Situation) -> Iterator[ReportLine]:
    judged, shown, recall = found.precision, found.shown_precision, found.recall
    if judged.share is None or judged.low is None or judged.high is None:
        yield ReportLine("Precision: no verdict in this time.", page_address(found))
    else:
        yield ReportLine(f"Precision: {judged.share:.0%} of {judged.right + judged.wrong} judged stories were right (95 % interval {judged.low:.0%} to {judged.high:.0%}).", page_address(found))  # fmt: skip
    if shown is not None:
        yield ReportLine(f"Precision by the blind sample of {AUDIT_DAYS} days: {shown.share:.0%} of {shown.shown} shown articles were wanted (95 % interval {shown.low:.0%} to {shown.high:.0%}).", "-/audit")  # fmt: skip
    if recall is not None:
        yield ReportLine(f"Recall by the blind sample of {AUDIT_DAYS} days: {recall.share:.0%} of wanted articles were shown (95 % interval {recall.low:.0%} to {recall.high:.0%}), from {recall.judged} judgements with {recall.misses_found} misses.", "-/audit")  # fmt: skip
    else:
        yield ReportLine("Recall: not measured; nothing of the blind sample was judged, or nothing that is shown was wanted.", "-/audit")  # fmt: skip
