"""A blind sample with judgements in it, as reviewers leave it on the page Audit."""

from datetime import UTC, datetime

from storage.outbox.outbox import Outbox
from storage.times import iso
from tests.review.conftest import Desk


def sampled(desk: Desk) -> None:
    """Five articles of a blind sample, judged: one miss among those not shown, one right among those shown."""
    box, now = Outbox.open(desk.ds.pollwatch_desk.path), datetime.now(UTC)
    day = now.date().isoformat()
    with box.transaction():
        conn = box.conn
        conn.execute("UPDATE articles SET audit_score = -2.0, day = ?", (day,))
        conn.execute("INSERT INTO audit_strata (day, stratum, size, drawn, chance, ruleset_sha256) VALUES (?, 'low', 100, 5, 0.05, 'x')", (day,))  # fmt: skip
        unshown = conn.execute("SELECT a.id FROM articles a JOIN stories s ON s.id = a.story_id WHERE s.status <> 'new' LIMIT 3").fetchall()  # fmt: skip
        waiting = conn.execute("SELECT a.id FROM articles a JOIN stories s ON s.id = a.story_id WHERE s.status = 'new' AND EXISTS (SELECT 1 FROM hits h WHERE h.article_id = a.id AND h.shown) LIMIT 2").fetchall()  # fmt: skip
        assert (len(unshown), len(waiting)) == (3, 2)
        kinds = [*((row[0], "unshown") for row in unshown), *((row[0], "unjudged") for row in waiting)]  # fmt: skip
        for place, (article, kind) in enumerate(kinds):
            judgement = "wanted" if place in (0, 3) else "unwanted"
            conn.execute(
                "INSERT INTO audit_draws (day, stratum, article_id, text_sha256, score, kind, place, drawn_at, judgement, judged_at) VALUES (?, 'low', ?, ?, -2.0, ?, ?, ?, ?, ?)",
                (day, article, f"text {place}", kind, place, iso(now), judgement, iso(now)),
            )
    box.close()
