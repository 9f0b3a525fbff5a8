"""What each role may do. An action that is not named here is refused to everyone."""

from review.state import Actor

READ = {"view-instance", "view-database", "view-table", "view-query", "view-row"}
# All other tables are for leads: texts as they were stored, with people's addresses and numbers unmasked, who has
# tokens, who was here when, and what must be judged blind.
FOR_EVERYONE = {
    "stories_view", "hits_readable", "articles_readable", "feeds_now", "rules_precision", "coverage_by_hour", "hits_per_outlet_week", "hits_per_day", "reviews_log", "unread",
    "rules", "rule_versions", "feeds", "hosts", "robots", "polls", "runs", "mutes",
}  # fmt: skip


def allowed(actor: Actor | None, action: str, resource: object) -> bool:
    if actor is None:
        return False
    if action == "execute-sql":
        return actor["role"] == "lead" and not _internal(resource)
    if action == "view-table" and isinstance(resource, tuple) and resource[1] not in FOR_EVERYONE:
        return actor["role"] == "lead" and not _internal(resource)
    return action in READ and not _internal(resource)


def may_review(actor: Actor | None) -> bool:
    return actor is not None and actor["role"] in ("reviewer", "lead")


def _internal(resource: object) -> bool:
    name = resource[0] if isinstance(resource, tuple) else resource
    return name in ("_internal", "_memory")
