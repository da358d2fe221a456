-- From which day of the month the periods of the present term are counted: repeated here as the interval is.
ALTER TABLE activations ADD COLUMN anchor_day SMALLINT NOT NULL DEFAULT 1 CHECK (anchor_day BETWEEN 1 AND 31);
UPDATE activations SET anchor_day = (SELECT t.anchor_day FROM terms t
  WHERE t.reseller_id = activations.reseller_id AND t.activation_id = activations.id AND t.term_no = activations.term_no);
-- When time alone does something to it next: a renewal, or an end of grace, term or pause. The first run puts it right.
ALTER TABLE activations ADD COLUMN due_at TIMESTAMPTZ;
UPDATE activations SET due_at = COALESCE(grace_until_at, ends_at, resume_at, paused_at, paid_until_at)
  WHERE status IN ('active', 'paused') AND held_at IS NULL;
CREATE INDEX activations_due ON activations (due_at, reseller_id) WHERE due_at IS NOT NULL;
CREATE INDEX activations_due_of_reseller ON activations (reseller_id, due_at) WHERE due_at IS NOT NULL;

-- How many activations renew at one moment and are charged alike from then on. A change of interval that waits for the
-- renewal counts already. Kept by triggers, so that no writer can forget it; the forecast reads nothing else.
CREATE TABLE renewal_groups (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  renews_at TIMESTAMPTZ NOT NULL,
  billing_interval TEXT NOT NULL,
  anchor_day SMALLINT NOT NULL,
  time_zone TEXT NOT NULL,
  price_id UUID NOT NULL,
  price_minor BIGINT NOT NULL,
  count BIGINT NOT NULL CHECK (count >= 0),
  PRIMARY KEY (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor)
-- sqlite
) STRICT, WITHOUT ROWID;
-- end
-- postgres
);
-- end
INSERT INTO renewal_groups (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor, count)
SELECT a.reseller_id, a.renews_at, COALESCE(a.pending_interval, a.billing_interval), a.anchor_day, a.time_zone, COALESCE(a.pending_price_id, a.price_id), COALESCE(a.pending_price_minor, a.price_minor), COUNT(*)
FROM activations a WHERE a.renews_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- sqlite
CREATE TRIGGER renewal_groups_insert AFTER INSERT ON activations WHEN NEW.renews_at IS NOT NULL
BEGIN
  INSERT INTO renewal_groups (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor, count)
  VALUES (NEW.reseller_id, NEW.renews_at, COALESCE(NEW.pending_interval, NEW.billing_interval), NEW.anchor_day, NEW.time_zone, COALESCE(NEW.pending_price_id, NEW.price_id), COALESCE(NEW.pending_price_minor, NEW.price_minor), 1)
  ON CONFLICT (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor)
  DO UPDATE SET count = renewal_groups.count + 1;
END;
CREATE TRIGGER renewal_groups_leave AFTER UPDATE ON activations WHEN OLD.renews_at IS NOT NULL AND (
    OLD.renews_at IS NOT NEW.renews_at
    OR OLD.billing_interval IS NOT NEW.billing_interval
    OR OLD.anchor_day IS NOT NEW.anchor_day
    OR OLD.time_zone IS NOT NEW.time_zone
    OR OLD.price_id IS NOT NEW.price_id
    OR OLD.price_minor IS NOT NEW.price_minor
    OR OLD.pending_interval IS NOT NEW.pending_interval
    OR OLD.pending_price_id IS NOT NEW.pending_price_id
    OR OLD.pending_price_minor IS NOT NEW.pending_price_minor)
BEGIN
  UPDATE renewal_groups SET count = count - 1 WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = COALESCE(OLD.pending_interval, OLD.billing_interval)
    AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone AND price_id = COALESCE(OLD.pending_price_id, OLD.price_id)
    AND price_minor = COALESCE(OLD.pending_price_minor, OLD.price_minor);
  DELETE FROM renewal_groups WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = COALESCE(OLD.pending_interval, OLD.billing_interval)
    AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone AND price_id = COALESCE(OLD.pending_price_id, OLD.price_id)
    AND price_minor = COALESCE(OLD.pending_price_minor, OLD.price_minor) AND count = 0;
END;
CREATE TRIGGER renewal_groups_join AFTER UPDATE ON activations WHEN NEW.renews_at IS NOT NULL AND (
    OLD.renews_at IS NOT NEW.renews_at
    OR OLD.billing_interval IS NOT NEW.billing_interval
    OR OLD.anchor_day IS NOT NEW.anchor_day
    OR OLD.time_zone IS NOT NEW.time_zone
    OR OLD.price_id IS NOT NEW.price_id
    OR OLD.price_minor IS NOT NEW.price_minor
    OR OLD.pending_interval IS NOT NEW.pending_interval
    OR OLD.pending_price_id IS NOT NEW.pending_price_id
    OR OLD.pending_price_minor IS NOT NEW.pending_price_minor)
BEGIN
  INSERT INTO renewal_groups (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor, count)
  VALUES (NEW.reseller_id, NEW.renews_at, COALESCE(NEW.pending_interval, NEW.billing_interval), NEW.anchor_day, NEW.time_zone, COALESCE(NEW.pending_price_id, NEW.price_id), COALESCE(NEW.pending_price_minor, NEW.price_minor), 1)
  ON CONFLICT (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor)
  DO UPDATE SET count = renewal_groups.count + 1;
END;
CREATE TRIGGER renewal_groups_delete AFTER DELETE ON activations WHEN OLD.renews_at IS NOT NULL
BEGIN
  UPDATE renewal_groups SET count = count - 1 WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = COALESCE(OLD.pending_interval, OLD.billing_interval)
    AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone AND price_id = COALESCE(OLD.pending_price_id, OLD.price_id)
    AND price_minor = COALESCE(OLD.pending_price_minor, OLD.price_minor);
  DELETE FROM renewal_groups WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = COALESCE(OLD.pending_interval, OLD.billing_interval)
    AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone AND price_id = COALESCE(OLD.pending_price_id, OLD.price_id)
    AND price_minor = COALESCE(OLD.pending_price_minor, OLD.price_minor) AND count = 0;
END;
-- end
-- postgres
CREATE FUNCTION keep_renewal_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.renews_at IS NOT NULL THEN
    UPDATE renewal_groups SET count = count - 1 WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = COALESCE(OLD.pending_interval, OLD.billing_interval)
    AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone AND price_id = COALESCE(OLD.pending_price_id, OLD.price_id)
    AND price_minor = COALESCE(OLD.pending_price_minor, OLD.price_minor);
    DELETE FROM renewal_groups WHERE reseller_id = OLD.reseller_id AND renews_at = OLD.renews_at AND billing_interval = COALESCE(OLD.pending_interval, OLD.billing_interval)
    AND anchor_day = OLD.anchor_day AND time_zone = OLD.time_zone AND price_id = COALESCE(OLD.pending_price_id, OLD.price_id)
    AND price_minor = COALESCE(OLD.pending_price_minor, OLD.price_minor) AND count = 0;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.renews_at IS NOT NULL THEN
    INSERT INTO renewal_groups (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor, count)
  VALUES (NEW.reseller_id, NEW.renews_at, COALESCE(NEW.pending_interval, NEW.billing_interval), NEW.anchor_day, NEW.time_zone, COALESCE(NEW.pending_price_id, NEW.price_id), COALESCE(NEW.pending_price_minor, NEW.price_minor), 1)
  ON CONFLICT (reseller_id, renews_at, billing_interval, anchor_day, time_zone, price_id, price_minor)
  DO UPDATE SET count = renewal_groups.count + 1;
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER renewal_groups_insert AFTER INSERT OR DELETE ON activations FOR EACH ROW EXECUTE FUNCTION keep_renewal_groups();
CREATE TRIGGER renewal_groups_update AFTER UPDATE ON activations FOR EACH ROW WHEN (
    OLD.renews_at IS DISTINCT FROM NEW.renews_at
    OR OLD.billing_interval IS DISTINCT FROM NEW.billing_interval
    OR OLD.anchor_day IS DISTINCT FROM NEW.anchor_day
    OR OLD.time_zone IS DISTINCT FROM NEW.time_zone
    OR OLD.price_id IS DISTINCT FROM NEW.price_id
    OR OLD.price_minor IS DISTINCT FROM NEW.price_minor
    OR OLD.pending_interval IS DISTINCT FROM NEW.pending_interval
    OR OLD.pending_price_id IS DISTINCT FROM NEW.pending_price_id
    OR OLD.pending_price_minor IS DISTINCT FROM NEW.pending_price_minor)
  EXECUTE FUNCTION keep_renewal_groups();
-- end

-- What the renewal runs of a reseller did; a run that found nothing to do leaves no row.
CREATE TABLE renewal_runs (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('schedule', 'credit', 'command', 'release')),
  -- In the reseller's time.
  started_at TIMESTAMPTZ NOT NULL,
  duration_ms BIGINT NOT NULL,
  due_count BIGINT NOT NULL,
  charged_count BIGINT NOT NULL,
  charged_minor BIGINT NOT NULL,
  short_count BIGINT NOT NULL,
  failed_count BIGINT NOT NULL,
  held_count BIGINT NOT NULL,
  ended_count BIGINT NOT NULL,
  resumed_count BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, id)
);
CREATE INDEX renewal_runs_by_id ON renewal_runs (id);

-- One message to a reseller about one or several renewals.
CREATE TABLE notices (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('renewals_not_covered', 'renewals_failed', 'activations_expired', 'renewals_held')),
  created_at TIMESTAMPTZ NOT NULL,
  read_at TIMESTAMPTZ,
  item_count BIGINT NOT NULL,
  total_minor BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, id)
);
CREATE INDEX notices_unread ON notices (reseller_id, id) WHERE read_at IS NULL;

-- A renewal is told of once per kind; of one that is not covered once per threshold (0 for the other kinds).
CREATE TABLE notice_items (
  reseller_id UUID NOT NULL,
  activation_id UUID NOT NULL,
  kind TEXT NOT NULL,
  renews_at TIMESTAMPTZ NOT NULL,
  within_days SMALLINT NOT NULL,
  notice_id UUID NOT NULL,
  amount_minor BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, activation_id, kind, renews_at, within_days),
  FOREIGN KEY (reseller_id, notice_id) REFERENCES notices (reseller_id, id),
  FOREIGN KEY (reseller_id, activation_id) REFERENCES activations (reseller_id, id)
);
CREATE INDEX notice_items_of_notice ON notice_items (reseller_id, notice_id, renews_at, activation_id);

-- When a reseller's renewals ahead were last looked through for what is not covered.
CREATE TABLE renewal_outlooks (
  reseller_id UUID NOT NULL PRIMARY KEY REFERENCES resellers (id),
  looked_at TIMESTAMPTZ NOT NULL
);
