"""Where acts arrive: from a plain form, or from our own scripts as JSON. One story or many, one act."""

from datetime import timedelta
from typing import cast, get_args

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import act_words, database, state
from review.pages import responses
from review.pages.acts import act_answer, escalation
from review.render import safe_links
from review.state import Actor
from storage.acts import undo as undoing
from storage.acts import verdicts as acts
from storage.acts.verdicts import MOST_STORIES_AN_ACT, UNTIL_FIXED, Act, Action
from storage.times import iso

Posted = dict[str, list[str]]
ACTIONS = tuple(
    action for action in get_args(Action) if action not in ("bundle", "add", "unadd", "unmute")
)  # these have pages of their own
MOST_STRUCK = 100  # rules of one story
SNOOZES = {"1": 1, "7": 7, "30": 30}  # days


async def act_view(ds: Datasette, request: Request) -> Response:
    actor = responses.reviewer(request)
    if request.method != "POST":
        return await _only_post(ds, request)
    posted = await responses.form_lists(request)
    back = safe_links.inside(first_posted(posted, "next"), "/-/queue")
    act = act_of_form(posted, actor)
    if act is None or not act.stories:
        text = "The form was incomplete, or no story was selected."
        return await responses.message_page(
            ds, request, "Not understood", text, status=400, back=back
        )
    problem = _unknown_person(ds, act) or act_words.complaint(act)
    if problem:
        return await responses.message_page(ds, request, "One thing is missing", problem, status=400, back=back)  # fmt: skip
    result = await database.write(ds, lambda connection: acts.record_act(connection, act))
    words = act_words.done_words(act, result)
    more = await escalation.who_is_told(ds, result.stories) if act.action == "escalated" and result.outcome != "nothing" else ""  # fmt: skip
    return await act_answer.answer(ds, request, result, words=words, view=first_posted(posted, "view"), back=back, verdict=act.action in act_words.DECISIONS, undoable=act.action not in ("note", "reveal"), more=more, read_from=posted_number(posted, "from"), then=posted_number(posted, "then"), other=responses.whole_number(act.subject, 0) if act.action in acts.ABOUT_A_STORY else 0)  # fmt: skip


def first_posted(posted: Posted, name: str) -> str:
    return (posted.get(name) or [""])[0]


def posted_number(posted: Posted, name: str) -> int:
    return responses.whole_number(first_posted(posted, name), 0)


def act_of_form(posted: Posted, actor: Actor) -> Act | None:
    """The act that a form asks for; None when it is none."""
    word, _, more = first_posted(posted, "action").partition(":")
    items = shown_counts(posted.get("items", []))
    if word not in ACTIONS or items is None:
        return None
    subject = _subject(word, more, posted)
    reason = (more or first_posted(posted, "reason")) if word in acts.DECISIONS else first_posted(posted, "reason")[:80]  # fmt: skip
    stories, grown = items
    note = first_posted(posted, "note").strip() or (first_posted(posted, "handover").strip() if word == "assign" else "")  # fmt: skip
    strikes = ticked(posted) if word in (*acts.DECISIONS, "strike") else ()
    if word == "strike" and not subject and strikes:
        subject, *_ = strikes
    return Act(
        stories, cast(Action, word), actor["id"], iso(responses.now()), subject, reason, note,
        first_posted(posted, "request_id")[:64] or None, grown=grown, strikes=strikes, spare_claimed=bool(first_posted(posted, "spare_claimed")),
    )  # fmt: skip


def ticked(posted: Posted) -> tuple[str, ...]:
    """The rules that somebody ticked under "Not this rule"; they go with a verdict, or alone."""
    return tuple(slug[:200] for slug in posted.get("struck", [])[:MOST_STRUCK] if slug)


Pairs = tuple[tuple[int, int], ...]


def shown_counts(items: list[str]) -> tuple[Pairs, Pairs] | None:
    """ "12:0 13:2:1": stories with the review counts and, where given, the growths that were shown;
    None when it is something else."""
    stories, grown = [], []
    for item in " ".join(items).split():
        story, *counts = item.split(":")
        if len(counts) not in (1, 2) or not all(n.isdecimal() and len(n) < 10 for n in counts):
            return None
        if not (story.isdecimal() and len(story) < 19):
            return None
        stories.append((int(story), int(counts[0])))
        grown += [(int(story), int(counts[1]))] if len(counts) == 2 else []
    return (tuple(stories), tuple(grown)) if len(stories) <= MOST_STORIES_AN_ACT else None


def _subject(action: str, more: str, posted: Posted) -> str:
    if action == "snooze":
        days = SNOOZES.get(more)
        return iso(responses.now() + timedelta(days=days)) if days else UNTIL_FIXED
    if action == "mute":
        return iso(responses.now() + timedelta(days=SNOOZES[more])) if more in SNOOZES else ""
    if action in ("tag", "untag"):
        return " ".join((first_posted(posted, "tag") or first_posted(posted, "subject")).lower().split())  # fmt: skip
    if action == "assign":
        return first_posted(posted, "assignee") or first_posted(posted, "subject")
    return (more or first_posted(posted, "subject"))[:200] if action in (*acts.ABOUT_A_RULE, *acts.ABOUT_A_STORY) else ""  # fmt: skip


def _unknown_person(ds: Datasette, act: Act) -> str | None:
    reviewers = state.of(ds).team.reviewers
    if act.action == "assign" and act.subject not in reviewers:
        return f"Nobody of that name decides on stories; {', '.join(reviewers)} may."
    return None


async def undo_view(ds: Datasette, request: Request) -> Response:
    """Take back the act named, or one's latest; again and again."""
    actor = responses.reviewer(request)
    if request.method != "POST":
        return await _only_post(ds, request)
    posted = await responses.form_lists(request)
    batch, at = first_posted(posted, "batch") or None, iso(responses.now())
    result = await database.write(ds, lambda c: undoing.undo_batch(c, actor["id"], at, batch))
    back = safe_links.inside(first_posted(posted, "next"), "/-/queue")
    if result is None:
        return await responses.message_page(ds, request, "Nothing to undo", "You have no act left to take back.", status=404, back=back)  # fmt: skip
    titles = "; ".join(f"“{skipped.title}”: {skipped.why}" for skipped in result.left_out[:5])
    if result.outcome == "nothing":
        text = f"Somebody decided after you, so your act stays in the record as it is. {titles}"
        return await responses.message_page(
            ds, request, "Too late to undo", text, status=409, back=back
        )
    sentence = "Undone" if len(result.stories) == 1 else f"Undone ({len(result.stories):,} stories)"
    sentence += f". Left as it is: {titles}" if titles else ""
    return await act_answer.answer(ds, request, result, words=sentence, view=first_posted(posted, "view"), back=back, verdict=False, undoable=True)  # fmt: skip


async def _only_post(ds: Datasette, request: Request) -> Response:
    return await responses.message_page(
        ds, request, "Nothing to see", "This address takes acts; it shows nothing.", status=405
    )
