"""Evidence of one hit, to take away: the signed zip, and the card as JSON."""

import asyncio
import json

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from review import evidence_bundle, state
from review.pages import responses
from review.queries import card as query


async def download(ds: Datasette, request: Request) -> Response:
    actor = responses.reader(request)
    number = int(request.url_vars["hit"])
    hit = await query.hit(ds, number)
    if hit is None:
        raise NotFound("There is no such hit.")
    text = await query.text(ds, hit["article_id"], hit["text_sha256"])
    facts = evidence_bundle.files(
        hit, text, await query.evidence(ds, number), await query.reviews(ds, number)
    )
    made = {
        "made_at": responses.stamp(responses.now()),
        "made_by": actor["id"],
        "made_with": "Pollwatch",
    }
    key = await asyncio.to_thread(evidence_bundle.signing_key, state.of(ds).key_path)
    data = await asyncio.to_thread(evidence_bundle.zipped, number, facts, key, made)
    name = f"pollwatch-hit-{number}.zip"
    return Response(
        data,
        content_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def card_json(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    card = await query.card(ds, int(request.url_vars["card"]))
    if card is None:
        raise NotFound("There is no such card.")
    hit = await query.hit(ds, card["lead_hit_id"])
    assert hit is not None
    told = dict(hit)
    for name in ("terms", "clauses", "definition"):
        told[name] = json.loads(told.pop(f"{name}_json"))
    return Response.json({
        "card": dict(card), "hit": told, "copies": [dict(row) for row in await query.copies(ds, card["id"])],
        "record": [dict(row) for row in await query.record(ds, card["id"])],
    })  # fmt: skip
