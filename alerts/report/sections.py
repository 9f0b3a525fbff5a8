"""A situation as headings and lines, before it becomes Markdown or HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

import privacy
from alerts.sanitize import harmless
from model.plurals import count_of
from storage.queries.export import ExportedStory
from storage.queries.situation import AUDIT_DAYS, Figure, Situation
from storage.queries.stories.view_address import query
from storage.times import iso

FEEDS_NAMED = 15
FIGURE_WORDS = {
    "new": "new",
    "waiting": "wait for a verdict",
    "overdue": "overdue",
    "escalated": "escalated",
    "confirmed": "confirmed",
    "falsehoods": "spread a falsehood themselves (confirmed or escalated as such)",
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


def sections(situation: Situation) -> tuple[Section, ...]:
    """Coverage first: every number below is worth what was seen."""
    parts = [
        Section("Coverage", tuple(coverage_lines(situation))),
        Section("Stories", tuple(figure_line(figure, FIGURE_WORDS[figure.name]) for figure in situation.figures)),
        Section("Escalated", tuple(story_line(story) for story in situation.escalated)),
        Section("Overdue", tuple(story_line(story) for story in situation.overdue)),
        *(Section(f"Category {part.figure.name}", (figure_line(part.figure, "new"), *(story_line(story, quoted=True) for story in part.stories))) for part in situation.categories),
        Section("Sources in trouble", tuple(trouble_lines(situation))),
        Section("How good it was", tuple(quality_lines(situation))),
        Section("Hand-over notes", tuple(ReportLine(f"{note.at[:16].replace('T', ' ')} {note.actor} on “{harmless(note.title, 100)}”: {harmless(note.note, 400)}", f"-/story/{note.story}") for note in situation.notes)),
    ]  # fmt: skip
    return tuple(part for part in parts if part.lines)


def report_title(situation: Situation) -> str:
    return (
        f"Situation from {situation.since:%Y-%m-%d %H:%M} to {situation.until:%Y-%m-%d %H:%M} UTC"
    )


def coverage_lines(situation: Situation) -> Iterator[ReportLine]:
    share, here = situation.coverage.share, page_address(situation)
    yield ReportLine(f"Everything below is {situation.coverage.sentence}{seen_hours(share)}.", here)
    if (then := situation.then) is not None:
        yield ReportLine(f"The report until {then.until:%Y-%m-%d %H:%M} UTC came {then.sentence}{seen_hours(then.share)}.", page_address(situation, then.until))  # fmt: skip
    good_at = situation.liveness.good_at
    if good_at is None:
        yield ReportLine("No run has ended well yet.", here)
    else:
        failing = (
            f"; the last run {situation.liveness.bad_state}" if situation.liveness.bad_id else ""
        )
        yield ReportLine(f"The last good run ended {good_at:%Y-%m-%d %H:%M} UTC{failing}.", here)
    for fault in situation.liveness.faults[:5]:
        yield ReportLine(f"Left out because of a fault: {harmless(fault, 200)}", here)


def seen_hours(share: float | None) -> str:
    return f", {share:.0%} of feed hours seen" if share is not None else ""


def page_address(situation: Situation, until: datetime | None = None) -> str:
    """The page that shows this report as things stand, and beside it the coverage of its own time."""
    view = {"view": situation.view} if situation.view else {}
    return f"-/situation?{urlencode({'since': iso(situation.since), 'until': iso(until or situation.until), **view})}"


def figure_line(figure: Figure, words: str) -> ReportLine:
    address = query(figure.view)
    return ReportLine(f"{figure.count} {words}", "-/queue" + (f"?{address}" if address else ""))


def story_line(story: ExportedStory, *, quoted: bool = False) -> ReportLine:
    headline = harmless(privacy.masked_for((story.category,), story.headline), 200)
    spread = f", in {story.outlets} outlets" if story.outlets > 1 else ""
    where = f", {story.place or story.region}" if story.place or story.region else ""
    assigned = f", assigned to {story.assigned_to}" if story.assigned_to else ""
    itself = ", itself the falsehood" if story.is_falsehood else ""
    text = f"[{story.severity}] {headline} ({harmless(story.outlet, 80)}{spread}{where}{assigned}{itself})"
    return ReportLine(text, f"-/story/{story.id}", harmless(story.passage, 400) if quoted else "")


def trouble_lines(situation: Situation) -> Iterator[ReportLine]:
    for feed in situation.troubled[:FEEDS_NAMED]:
        yield ReportLine(f"{harmless(feed.name, 80)}: {', '.join(feed.flags)}; {harmless(feed.what_happened, 160)}", f"-/sources?feed={quote(feed.id)}")  # fmt: skip
    if len(situation.troubled) > FEEDS_NAMED:
        yield ReportLine(f"and {len(situation.troubled) - FEEDS_NAMED} more", "-/sources")
    if situation.outbox.dead:
        yield ReportLine(f"{situation.outbox.dead} alerts could not be sent", "-/alerts?show=dead")


def quality_lines(situation: Situation) -> Iterator[ReportLine]:
    judged, shown, recall = situation.precision, situation.shown_precision, situation.recall
    if judged.share is None or judged.low is None or judged.high is None:
        yield ReportLine("Precision: no verdict in this time.", page_address(situation))
    else:
        yield ReportLine(f"Precision: {judged.share:.0%} of {judged.right + judged.wrong} judged stories were right (95 % interval {judged.low:.0%} to {judged.high:.0%}).", page_address(situation))  # fmt: skip
    if shown is not None:
        yield ReportLine(f"Precision by the blind sample of {AUDIT_DAYS} days: {shown.share:.0%} of {shown.shown} shown articles were wanted (95 % interval {shown.low:.0%} to {shown.high:.0%}).", "-/audit")  # fmt: skip
    if recall is not None:
        yield ReportLine(f"Recall by the blind sample of {AUDIT_DAYS} days: {recall.share:.0%} of wanted articles were shown (95 % interval {recall.low:.0%} to {recall.high:.0%}), from {count_of(recall.judged, 'judgement')} with {count_of(recall.misses_found, 'miss', 'misses')}.", "-/audit")  # fmt: skip
    else:
        yield ReportLine("Recall: not measured; nothing of the blind sample was judged, or nothing that is shown was wanted.", "-/audit")  # fmt: skip
