-- Failed runs of one flow in a row are one spell: told at its start, again after one hour, two, four, eight and sixteen, then daily.

DROP TRIGGER runs_event;
CREATE TRIGGER runs_event AFTER UPDATE OF state ON runs WHEN NEW.state IN ('failed','crashed') AND OLD.state <> NEW.state BEGIN
  INSERT INTO events (kind, run_id, moment, key, payload_json)
  SELECT 'run-failed', NEW.id, coalesce(NEW.finished_at, NEW.started_at), 'run:' || NEW.id || ':failed',
    json_object('flow', NEW.flow, 'state', NEW.state, 'message', NEW.message, 'runs', spell.runs, 'since', spell.since)
  FROM (SELECT count(*) AS runs, min(coalesce(r.finished_at, r.started_at)) AS since FROM runs r WHERE r.flow = NEW.flow AND r.id <= NEW.id AND r.state IN ('failed','crashed')
      AND r.id > (SELECT coalesce(max(g.id), 0) FROM runs g WHERE g.flow = NEW.flow AND g.id < NEW.id AND g.state IN ('completed','completed-with-errors'))) AS spell,
    (SELECT min(CAST(strftime('%s', e.moment) AS INTEGER)) AS first, max(CAST(strftime('%s', e.moment) AS INTEGER)) AS last
      FROM events e JOIN runs r ON r.id = e.run_id WHERE e.kind = 'run-failed' AND r.flow = NEW.flow
      AND r.id > (SELECT coalesce(max(g.id), 0) FROM runs g WHERE g.flow = NEW.flow AND g.id < NEW.id AND g.state IN ('completed','completed-with-errors'))) AS told
  WHERE told.last IS NULL OR CAST(strftime('%s', coalesce(NEW.finished_at, NEW.started_at)) AS INTEGER) - told.last >= max(3600, min(86400, told.last - told.first))
  ON CONFLICT (key) DO NOTHING; END;
