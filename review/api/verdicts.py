"""A verdict by token: decided and audited like a click, under the token's own name."""

from typing import cast

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import act_words, database
from review.api.access import ApiError, sent_object, text_in
from review.pages import responses
from storage.acts import verdicts as acts
from storage.acts.verdicts import DECISIONS, Act, Action
from storage.times import iso
from storage.tokens import ApiToken

VERDICT_FIELDS = frozenset({"verdict", "seen", "reason", "note", "request_id"})
LARGEST_VERDICT = 20_000


async def verdict(ds: Datasette, request: Request, token: ApiToken) -> Response:
    """200 with the batch; 409 when somebody was there since `seen`, and nothing is changed."""
    if request.method != "POST":
        raise ApiError(405, "POST a verdict", allow="POST")
    document = await sent_object(request, LARGEST_VERDICT)
    act = read_act(document, int(request.url_vars["story"]), token)
    problem = act_words.complaint(act)
    if problem:
        raise ApiError(400, problem)
    result = await database.write(ds, lambda connection: acts.record_act(connection, act))
    if result.outcome == "nothing":
        why = result.left_out[0].why if result.left_out else "nothing was done"
        raise ApiError(404 if "no such story" in why else 409, why)
    return Response.json({"ok": True, "batch": result.batch_id, "again": result.outcome == "again"})


def read_act(document: dict[str, object], story: int, token: ApiToken) -> Act:
    unknown = sorted(set(document) - VERDICT_FIELDS)
    if unknown:
        raise ApiError(
            400, f"unknown field {unknown[0]}; the fields are {', '.join(sorted(VERDICT_FIELDS))}"
        )
    decision = text_in(document, "verdict", 20, needed=True)
    if decision not in DECISIONS:
        raise ApiError(400, f"verdict: one of {', '.join(DECISIONS)}")
    seen_count = document.get("seen")
    if not isinstance(seen_count, int) or isinstance(seen_count, bool) or seen_count < 0:
        raise ApiError(400, "seen: the story's review_count as you read it")
    key = text_in(document, "request_id", 50)
    return Act(
        ((story, seen_count),), cast(Action, decision), token.actor, iso(responses.now()),
        reason=text_in(document, "reason", 80), note=text_in(document, "note", 5_000),
        request_id=f"token:{token.id}:{key}" if key else None, origin="api",
    )  # fmt: skip
