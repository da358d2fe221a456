-- By how much the number of services that are on rose in an hour of UTC: those that began in it less those that ended.
CREATE TABLE service_changes (
  reseller_id UUID NOT NULL,
  hour_at TIMESTAMPTZ NOT NULL,
  change BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, hour_at)
-- sqlite
) STRICT, WITHOUT ROWID;
-- end
-- postgres
);
-- end
-- sqlite
INSERT INTO service_changes (reseller_id, hour_at, change)
SELECT reseller_id, substr(at, 1, 13) || ':00:00+00:00', SUM(change) FROM (
  SELECT reseller_id, on_from AS at, 1 AS change FROM service_intervals
  UNION ALL SELECT reseller_id, on_to, -1 FROM service_intervals WHERE on_to IS NOT NULL) GROUP BY 1, 2;

CREATE TRIGGER service_changes_insert AFTER INSERT ON service_intervals
BEGIN
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT NEW.reseller_id, substr(NEW.on_from, 1, 13) || ':00:00+00:00', 1 WHERE TRUE
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT NEW.reseller_id, substr(NEW.on_to, 1, 13) || ':00:00+00:00', -1 WHERE NEW.on_to IS NOT NULL
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
END;
-- One that is switched off, which is what nearly always changes, only ends.
CREATE TRIGGER service_changes_end AFTER UPDATE ON service_intervals
WHEN OLD.on_from IS NEW.on_from AND OLD.on_to IS NULL AND NEW.on_to IS NOT NULL
BEGIN
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT NEW.reseller_id, substr(NEW.on_to, 1, 13) || ':00:00+00:00', -1 WHERE TRUE
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
END;
CREATE TRIGGER service_changes_update AFTER UPDATE ON service_intervals
WHEN OLD.on_from IS NOT NEW.on_from OR (OLD.on_to IS NOT NULL AND OLD.on_to IS NOT NEW.on_to)
BEGIN
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT OLD.reseller_id, substr(OLD.on_from, 1, 13) || ':00:00+00:00', -1 WHERE TRUE
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT OLD.reseller_id, substr(OLD.on_to, 1, 13) || ':00:00+00:00', 1 WHERE OLD.on_to IS NOT NULL
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT NEW.reseller_id, substr(NEW.on_from, 1, 13) || ':00:00+00:00', 1 WHERE TRUE
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT NEW.reseller_id, substr(NEW.on_to, 1, 13) || ':00:00+00:00', -1 WHERE NEW.on_to IS NOT NULL
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
END;
CREATE TRIGGER service_changes_delete AFTER DELETE ON service_intervals
BEGIN
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT OLD.reseller_id, substr(OLD.on_from, 1, 13) || ':00:00+00:00', -1 WHERE TRUE
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
  INSERT INTO service_changes (reseller_id, hour_at, change) SELECT OLD.reseller_id, substr(OLD.on_to, 1, 13) || ':00:00+00:00', 1 WHERE OLD.on_to IS NOT NULL
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
END;
-- end
-- postgres
INSERT INTO service_changes (reseller_id, hour_at, change)
SELECT reseller_id, date_trunc('hour', at, 'UTC'), SUM(change) FROM (
  SELECT reseller_id, on_from AS at, 1 AS change FROM service_intervals
  UNION ALL SELECT reseller_id, on_to, -1 FROM service_intervals WHERE on_to IS NOT NULL) AS changes GROUP BY 1, 2;

CREATE FUNCTION keep_service_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO service_changes (reseller_id, hour_at, change) VALUES (OLD.reseller_id, date_trunc('hour', OLD.on_from, 'UTC'), -1)
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
    IF OLD.on_to IS NOT NULL THEN
      INSERT INTO service_changes (reseller_id, hour_at, change) VALUES (OLD.reseller_id, date_trunc('hour', OLD.on_to, 'UTC'), 1)
      ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO service_changes (reseller_id, hour_at, change) VALUES (NEW.reseller_id, date_trunc('hour', NEW.on_from, 'UTC'), 1)
    ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
    IF NEW.on_to IS NOT NULL THEN
      INSERT INTO service_changes (reseller_id, hour_at, change) VALUES (NEW.reseller_id, date_trunc('hour', NEW.on_to, 'UTC'), -1)
      ON CONFLICT (reseller_id, hour_at) DO UPDATE SET change = service_changes.change + excluded.change;
    END IF;
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER service_changes_insert AFTER INSERT OR DELETE ON service_intervals FOR EACH ROW EXECUTE FUNCTION keep_service_changes();
CREATE TRIGGER service_changes_update AFTER UPDATE ON service_intervals FOR EACH ROW
  WHEN (OLD.on_from IS DISTINCT FROM NEW.on_from OR OLD.on_to IS DISTINCT FROM NEW.on_to) EXECUTE FUNCTION keep_service_changes();
-- end
