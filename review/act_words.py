"""What acts are called, and what each needs before it makes sense."""

import re
import textwrap

from storage.acts.verdicts import DECISIONS as DECISIONS
from storage.acts.verdicts import FALSEHOOD, Act, Done

# By their keys, 1 to 8: one that comes later stands last, so that no key changes its meaning.
REASONS = {
    "other-meaning": "The words mean something else here",
    "not-election": "Not about an election",
    "no-incident": "Election story, but no security matter",
    "old-news": "Old or already known",
    "comment": "Opinion or comment",
    "wrong-text": "Menu, advert or teaser, not the article",
    "other": "Another reason (see note)",
    "fiction": "Satire or fiction",
}
# Of verdicts that stand, beside these: reasons that are no longer offered (the API still takes them), and marks.
REASON_WORDS = {
    **REASONS,
    "opinion": "Opinion, satire or fiction",
    FALSEHOOD: "The article itself spreads the falsehood",
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
LONGEST_NOTE, LONGEST_TAG = 4000, 60
MOST_MUTED = 200  # stories of one act; each is a line among the mutes
LONGEST_NAMED_HEADLINE = 60  # of a headline, as an act names its story
ACTS_IN_WORDS = {
    "confirmed": "Confirmed", "dismissed": "Dismissed", "escalated": "Escalated", "new": "Put back to new", "note": "Note kept", "claim": "Claimed",
    "unclaim": "Released", "assign": "Assigned to {}", "unassign": "Assigned to nobody", "tag": "Tagged {}", "untag": "Tag {} removed",
    "snooze": "Snoozed until {}", "wake": "Woken", "mute": "Muted until {}", "unmute": "No longer muted", "strike": "Not this rule", "unstrike": "The rule fits after all", "join": "Same event",
    "refuse": "Another event", "unlink": "Link taken back", "reveal": "Shown to you for 15 minutes", "add": "Put into the queue", "unadd": "Out of the queue",
}  # fmt: skip


def claiming(claimed_by: str | None, reader: str) -> tuple[str, str]:
    """What the button of the key `m` does for this reader, and its word: nobody ends somebody else's
    claim by it, but takes the story over."""
    if claimed_by is None:
        return "claim", "Claim"
    return ("unclaim", "Release") if claimed_by == reader else ("claim", "Take over")


def complaint(act: Act) -> str | None:
    """Why an act makes no sense, in a sentence; None when it does."""
    if act.action == "dismissed" and act.reason not in REASON_WORDS.keys() - {FALSEHOOD}:
        return "Pick a reason for the dismissal."
    if act.action in ("confirmed", "escalated") and act.reason not in ("", FALSEHOOD):
        return f"A story is confirmed or escalated without a reason, or as {FALSEHOOD}."
    if act.action == "dismissed" and act.reason == "other" and not act.note.strip():
        return "Say in the note what the other reason is."
    if act.action == "note" and not act.note.strip():
        return "The note is empty."
    if act.action == "strike" and not act.subject:
        return "Tick the rules that do not belong there."
    if len(act.note) > LONGEST_NOTE:
        return f"A note has at most {LONGEST_NOTE:,} characters."
    if act.action == "mute" and not act.subject:
        return "Say for how many days: 7 or 30."
    if act.action == "mute" and len(act.stories) > MOST_MUTED:
        return f"At most {MOST_MUTED} stories are muted at once: mute the outlet or the rule that they share."
    if act.action == "tag" and "," in act.subject:
        return "A tag has no comma: add " + " and ".join(f"“{tag.strip()}”" for tag in act.subject.split(",") if tag.strip()) + " one after the other."  # fmt: skip
    if act.action in ("tag", "untag") and not 0 < len(act.subject) <= LONGEST_TAG:
        return f"A tag has 1 to {LONGEST_TAG} characters."
    if act.action == "assign" and not act.subject:
        return "Name somebody of the team."
    return None


def done_words(act: Act, result: Done) -> str:
    """What was done, as the page says it."""
    sentence = ACTS_IN_WORDS[act.action].format(subject_words(act.subject))
    if act.reason in REASON_WORDS and act.action in DECISIONS:
        sentence += f": {REASON_WORDS[act.reason].lower()}"
    if len(act.strikes) > (act.action == "strike"):
        n = len(act.strikes)
        sentence = f"Not these {n} rules" if act.action == "strike" else f"{sentence}, without {n} rule{'s' if n > 1 else ''}"  # fmt: skip
    if len(result.stories) > 1:
        sentence += f" ({len(result.stories):,} stories)"
    if result.left_out:
        names = "; ".join(
            f"“{skipped.title or skipped.story}”: {skipped.why}" for skipped in result.left_out[:5]
        )
        more = f" and {len(result.left_out) - 5} more" if len(result.left_out) > 5 else ""
        sentence += f". Left out {len(result.left_out)}: {names}{more}"
    return sentence


def act_sentence(sentence: str, title: str) -> str:
    """What was done and to which story: "Dismissed “Board posts the …”: satire or fiction"; of a link,
    the other story: "Same event as “…”"."""
    deed, colon, more = sentence.partition(": ")
    short = textwrap.shorten(title, LONGEST_NAMED_HEADLINE, placeholder=" …")
    if short == "…":  # its first word is too long by itself
        short = f"{title[:LONGEST_NAMED_HEADLINE]}…"
    joint = {"Same event": " as", "Another event": " than"}.get(deed, "" if colon else ":")
    return f"{deed}{joint} “{short}”{colon}{more}"


def act_words(action: str | None) -> str:
    """An act without what it was about, as cards name what somebody else did: "assigned"."""
    return (
        ACTS_IN_WORDS[action].partition(" {")[0].lower() if action in ACTS_IN_WORDS else "looked at"
    )


def snoozed(until: str | None) -> str:
    """ "until 2026-12-06", "until its rule is changed"; "" where nobody put the story off."""
    return f"until {subject_words(until)}" if until else ""


def subject_words(subject: str) -> str:
    """A moment as its day; anything else, such as a tag that looks like one, as it is."""
    if MOMENT.fullmatch(subject) is None:
        return subject
    return "its rule is changed" if subject.startswith("9999") else subject[:10]
