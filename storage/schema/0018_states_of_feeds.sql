-- The view says of a feed what pages, `status` and `feeds health` say: its worst flag, or "fine".
-- Only "low" and "high" are not told here: they hold a week against the four before it.
DROP VIEW feeds_now;
CREATE VIEW feeds_now AS SELECT f.name AS feed, f.outlet, CASE WHEN NOT f.listed THEN 'not listed' WHEN NOT f.enabled THEN 'disabled' WHEN f.dormant THEN 'dormant'
      WHEN f.failures > 0 AND julianday('now') - julianday(coalesce(f.last_ok_at, f.added_at)) >= 14 THEN 'dead' WHEN f.failures > 0 THEN 'failing' WHEN f.last_polled_at IS NULL THEN 'never'
      WHEN f.id IN (SELECT a.feed_id FROM articles a WHERE a.state IN ('partial', 'failed') AND a.day >= date('now', '-7 days') AND a.outcome <> 'no-link' GROUP BY a.feed_id
        HAVING count(*) >= 5 AND count(*) >= 0.8 * (SELECT count(*) FROM articles t WHERE t.feed_id = a.feed_id AND t.day >= date('now', '-7 days') AND t.state <> 'unread')) THEN 'unread'
      WHEN julianday('now') - julianday(f.last_entry_at) >= 14 THEN 'silent' WHEN f.id IN (SELECT p.feed_id FROM polls p WHERE p.gap AND p.polled_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-7 days')) THEN 'gap'
      WHEN f.moved_to IS NOT NULL THEN 'moved' ELSE 'fine' END AS state, f.last_sentence AS said, substr(f.last_ok_at, 1, 16) AS last_answer, substr(f.last_entry_at, 1, 16) AS last_entry,
    f.failures AS failures_in_a_row, f.interval_seconds / 60 AS minutes_between_polls, substr(f.next_poll_at, 1, 16) AS next_poll, f.region, f.language, f.category, coalesce(f.disabled_reason, '') AS why_off, f.url AS link
  FROM feeds f;
