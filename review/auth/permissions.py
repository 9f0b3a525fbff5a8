"""What each role may do. An action that is not named here is refused to everyone."""

from review.state import Actor

READ = {"view-instance", "view-database", "view-table", "view-query", "view-row"}
ONLY_LEADS = {  # who has tokens, who was here when, and what must be judged blind
    "readers", "visits", "ended_sessions", "api_tokens", "presence", "saved_views", "second_opinions", "audit_draws",
}  # fmt: skip


def allowed(actor: Actor | None, action: str, resource: object) -> bool:
    if actor is None:
        return False
    if action == "execute-sql":
        return actor["role"] == "lead" and not _internal(resource)
    if action == "view-table" and isinstance(resource, tuple) and resource[1] in ONLY_LEADS:
        return actor["role"] == "lead"
    return action in READ and not _internal(resource)


def may_review(actor: Actor | None) -> bool:
    return actor is not None and actor["role"] in ("reviewer", "lead")


def _internal(resource: object) -> bool:
    name = resource[0] if isinstance(resource, tuple) else resource
    return name in ("_internal", "_memory")
