"""Evidence of one hit, to take away as a signed zip: masked as a rule, complete for leads and on record."""

import asyncio
import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from review import database, evidence_bundle, state
from review.pages import responses
from storage.queries.stories import story as query
from storage.stories import outward
from storage.times import iso


async def download(ds: Datasette, request: Request) -> Response:
    """GET: redacted where the story is about threats to people. POST, by a lead: as it is stored."""
    actor = responses.reader(request)
    number, complete = int(request.url_vars["hit"]), request.method == "POST"
    if complete and actor["role"] != "lead":
        raise Forbidden("Complete bundles are for leads.")
    facts = await database.read_snapshot(ds, lambda c: _facts(c, number, complete=complete))
    if complete:
        await _on_record(ds, number, actor["id"])
    origin = {
        "made_at": iso(responses.now()),
        "made_by": actor["id"],
        "made_with": "Pollwatch",
    }
    key = await asyncio.to_thread(evidence_bundle.signing_key, state.of(ds).key_path)
    archive = await asyncio.to_thread(evidence_bundle.zipped, number, facts, key, origin)
    name = f"pollwatch-hit-{number}{'-complete' if complete else ''}.zip"
    return Response(
        archive,
        content_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _facts(connection: sqlite3.Connection, number: int, *, complete: bool) -> dict[str, bytes]:
    hit = query.hit(connection, number)
    if hit is None:
        raise NotFound("There is no such hit.")
    return evidence_bundle.bundle_files(
        hit, query.text_of_hit(connection, hit), query.evidence_of_hits(connection, number), query.acts_on(connection, hit["story_id"], whole=complete),
        redacted=not complete and outward.is_masked(connection, hit["story_id"]),
    )  # fmt: skip


async def _on_record(ds: Datasette, number: int, actor: str) -> None:
    sql = """INSERT INTO story_reviews (story_id, action, subject, actor, created_at)
      SELECT story_id, 'bundle', 'complete bundle of hit ' || id, ?, ? FROM hits WHERE id = ?"""
    at = iso(responses.now())
    await database.write(ds, lambda c: c.execute(sql, [actor, at, number]))
