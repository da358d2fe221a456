-- What is charged on the same days from now on, whatever it costs: at most a few hundred rows a reseller and zone, however many
-- activations there are. Kept by triggers, so that no writer can forget it.
CREATE TABLE renewal_dates (
  reseller_id UUID NOT NULL,
  renews_at TIMESTAMPTZ NOT NULL,
  -- How often it is charged now, and from the next renewal on.
  billing_interval TEXT NOT NULL,
  next_interval TEXT NOT NULL,
  anchor_day SMALLINT NOT NULL,
  time_zone TEXT NOT NULL,
  count BIGINT NOT NULL CHECK (count >= 0),
  -- The prices of all of them, now and at the next renewal.
  price_minor BIGINT NOT NULL,
  next_minor BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone)
-- sqlite
) STRICT, WITHOUT ROWID;
-- end
-- postgres
);
-- end
INSERT INTO renewal_dates (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone, count, price_minor, next_minor)
SELECT a.reseller_id, a.renews_at, a.billing_interval, COALESCE(a.pending_interval, a.billing_interval), a.anchor_day, a.time_zone, COUNT(*), SUM(a.price_minor), SUM(COALESCE(a.pending_price_minor, a.price_minor))
FROM activations a WHERE a.renews_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6;
-- The groups of a price that another replaces.
CREATE INDEX renewal_groups_of_price ON renewal_groups (reseller_id, price_id);

-- sqlite
CREATE TRIGGER renewal_dates_insert AFTER INSERT ON activations WHEN NEW.renews_at IS NOT NULL
BEGIN
  INSERT INTO renewal_dates (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone, count, price_minor, next_minor)
  VALUES (NEW.reseller_id, NEW.renews_at, NEW.billing_interval, COALESCE(NEW.pending_interval, NEW.billing_interval), NEW.anchor_day, NEW.time_zone, 1, NEW.price_minor, COALESCE(NEW.pending_price_minor, NEW.price_minor))
  ON CONFLICT (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone) DO UPDATE SET count = renewal_dates.count + 1,
    price_minor = renewal_dates.price_minor + excluded.price_minor, next_minor = renewal_dates.next_minor + excluded.next_minor;
END;
CREATE TRIGGER renewal_dates_leave AFTER UPDATE ON activations WHEN OLD.renews_at IS NOT NULL AND (
    OLD.renews_at IS NOT NEW.renews_at
    OR OLD.billing_interval IS NOT NEW.billing_interval
    OR OLD.pending_interval IS NOT NEW.pending_interval
    OR OLD.anchor_day IS NOT NEW.anchor_day
    OR OLD.time_zone IS NOT NEW.time_zone
    OR OLD.price_minor IS NOT NEW.price_minor
    OR OLD.pending_price_minor IS NOT NEW.pending_price_minor)
BEGIN
  UPDATE renewal_dates SET count = count - 1, price_minor = price_minor - OLD.price_minor,
    next_minor = next_minor - COALESCE(OLD.pending_price_minor, OLD.price_minor)
  WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = OLD.billing_interval AND next_interval = COALESCE(OLD.pending_interval, OLD.billing_interval) AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone;
  DELETE FROM renewal_dates
  WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = OLD.billing_interval AND next_interval = COALESCE(OLD.pending_interval, OLD.billing_interval) AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone
    AND count = 0;
END;
CREATE TRIGGER renewal_dates_join AFTER UPDATE ON activations WHEN NEW.renews_at IS NOT NULL AND (
    OLD.renews_at IS NOT NEW.renews_at
    OR OLD.billing_interval IS NOT NEW.billing_interval
    OR OLD.pending_interval IS NOT NEW.pending_interval
    OR OLD.anchor_day IS NOT NEW.anchor_day
    OR OLD.time_zone IS NOT NEW.time_zone
    OR OLD.price_minor IS NOT NEW.price_minor
    OR OLD.pending_price_minor IS NOT NEW.pending_price_minor)
BEGIN
  INSERT INTO renewal_dates (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone, count, price_minor, next_minor)
  VALUES (NEW.reseller_id, NEW.renews_at, NEW.billing_interval, COALESCE(NEW.pending_interval, NEW.billing_interval), NEW.anchor_day, NEW.time_zone, 1, NEW.price_minor, COALESCE(NEW.pending_price_minor, NEW.price_minor))
  ON CONFLICT (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone) DO UPDATE SET count = renewal_dates.count + 1,
    price_minor = renewal_dates.price_minor + excluded.price_minor, next_minor = renewal_dates.next_minor + excluded.next_minor;
END;
CREATE TRIGGER renewal_dates_delete AFTER DELETE ON activations WHEN OLD.renews_at IS NOT NULL
BEGIN
  UPDATE renewal_dates SET count = count - 1, price_minor = price_minor - OLD.price_minor,
    next_minor = next_minor - COALESCE(OLD.pending_price_minor, OLD.price_minor)
  WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = OLD.billing_interval AND next_interval = COALESCE(OLD.pending_interval, OLD.billing_interval) AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone;
  DELETE FROM renewal_dates
  WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = OLD.billing_interval AND next_interval = COALESCE(OLD.pending_interval, OLD.billing_interval) AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone
    AND count = 0;
END;
-- end
-- postgres
CREATE FUNCTION keep_renewal_dates() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  left_count BIGINT;
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.renews_at IS NOT NULL THEN
    UPDATE renewal_dates SET count = count - 1, price_minor = price_minor - OLD.price_minor,
      next_minor = next_minor - COALESCE(OLD.pending_price_minor, OLD.price_minor)
    WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = OLD.billing_interval AND next_interval = COALESCE(OLD.pending_interval, OLD.billing_interval) AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone
    RETURNING count INTO left_count;
    IF left_count = 0 THEN
      DELETE FROM renewal_dates
      WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = OLD.billing_interval AND next_interval = COALESCE(OLD.pending_interval, OLD.billing_interval) AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone
        AND count = 0;
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.renews_at IS NOT NULL THEN
    INSERT INTO renewal_dates (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone, count, price_minor, next_minor)
    VALUES (NEW.reseller_id, NEW.renews_at, NEW.billing_interval, COALESCE(NEW.pending_interval, NEW.billing_interval), NEW.anchor_day, NEW.time_zone, 1, NEW.price_minor, COALESCE(NEW.pending_price_minor, NEW.price_minor))
    ON CONFLICT (reseller_id, renews_at, billing_interval, next_interval, anchor_day, time_zone) DO UPDATE SET count = renewal_dates.count + 1,
      price_minor = renewal_dates.price_minor + excluded.price_minor, next_minor = renewal_dates.next_minor + excluded.next_minor;
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER renewal_dates_insert AFTER INSERT OR DELETE ON activations FOR EACH ROW EXECUTE FUNCTION keep_renewal_dates();
CREATE TRIGGER renewal_dates_update AFTER UPDATE ON activations FOR EACH ROW WHEN (
    OLD.renews_at IS DISTINCT FROM NEW.renews_at
    OR OLD.billing_interval IS DISTINCT FROM NEW.billing_interval
    OR OLD.pending_interval IS DISTINCT FROM NEW.pending_interval
    OR OLD.anchor_day IS DISTINCT FROM NEW.anchor_day
    OR OLD.time_zone IS DISTINCT FROM NEW.time_zone
    OR OLD.price_minor IS DISTINCT FROM NEW.price_minor
    OR OLD.pending_price_minor IS DISTINCT FROM NEW.pending_price_minor)
  EXECUTE FUNCTION keep_renewal_dates();
-- end
