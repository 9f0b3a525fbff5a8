"""Categories that nobody else uses: legal, as a team may have its own, and most often a slip."""

from collections import Counter
from collections.abc import Iterable

from config.did_you_mean import did_you_mean
from matchers.rules.rule_from_yaml import RuleDraft

# Of the shipped rules; a test compares. One file of many is checked without the others.
SHIPPED_CATEGORIES = (
    "disinformation", "election-security-general", "election-worker-threats", "foreign-interference", "infrastructure-cyber",
    "insider-threat", "legal-policy-security", "physical-security", "platform-response", "results-reporting",
    "voter-registration", "voting-equipment",
)  # fmt: skip
MOST_CATEGORIES = 100
SLIP = (
    0.85  # of a category that several rules have, a slip of a letter or two alone is worth a remark
)
OF_ITS_OWN = "its stories are a group of their own in filters, figures and alerts"
# privacy.about_people: the shipped categories about people, and whatever is called a threat
LEFT_UNMASKED = "home addresses and phone numbers in them are not masked, as they are where its name says threat"


def lone_categories(drafts: Iterable[RuleDraft]) -> None:
    """A warning for each category that one rule has alone, or that is spelled almost as a shipped one."""
    in_order = [draft for draft in drafts if draft.rule is not None]
    counts = Counter(draft.rule.category for draft in in_order if draft.rule is not None)
    common = [name for name, count in counts.items() if count > 1][:MOST_CATEGORIES]
    for draft in in_order:
        name = draft.rule.category if draft.rule is not None else ""
        if name in SHIPPED_CATEGORIES:
            continue
        shared = counts[name] > 1
        names_known = SHIPPED_CATEGORIES if shared else (*SHIPPED_CATEGORIES, *common)
        meant = did_you_mean(name, names_known, shown="{}", alike=SLIP) if shared else did_you_mean(name, names_known, shown="{}")  # fmt: skip
        if shared and meant is None:
            continue
        why = f'no shipped rule has the category "{name}"' if shared else f'no other rule has the category "{name}"'  # fmt: skip
        draft.document.fault(draft.values["category"], why, name=draft.id, hint=what_follows(name, meant))  # fmt: skip


def what_follows(name: str, meant: str | None) -> str:
    """The category that may be meant, and what a category of one's own leads to."""
    follows = OF_ITS_OWN if "threat" in name.casefold() else f"{OF_ITS_OWN}, and {LEFT_UNMASKED}"
    return f"{meant} Else {follows}" if meant else follows
