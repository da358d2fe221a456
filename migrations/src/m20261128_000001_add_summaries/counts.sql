-- How many activations there are of each kind, and what a period of them costs. The billing state is empty where the status has
-- none. A row stays when nothing is left in it: there are only so many.
CREATE TABLE activation_counts (
  reseller_id UUID NOT NULL,
  status TEXT NOT NULL,
  billing_state TEXT NOT NULL,
  product_id UUID NOT NULL,
  billing_interval TEXT NOT NULL,
  count BIGINT NOT NULL CHECK (count >= 0),
  price_minor BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, status, billing_state, product_id, billing_interval)
-- sqlite
) STRICT, WITHOUT ROWID;
-- end
-- postgres
);
-- end
INSERT INTO activation_counts (reseller_id, status, billing_state, product_id, billing_interval, count, price_minor)
SELECT a.reseller_id, a.status, CASE WHEN a.status <> 'active' THEN '' WHEN a.renews_at IS NULL THEN 'ending' WHEN a.grace_until_at IS NULL THEN 'current' ELSE 'grace' END,
  a.product_id, a.billing_interval, COUNT(*), SUM(a.price_minor)
FROM activations a GROUP BY 1, 2, 3, 4, 5;

-- sqlite
CREATE TRIGGER activation_counts_insert AFTER INSERT ON activations
BEGIN
  INSERT INTO activation_counts (reseller_id, status, billing_state, product_id, billing_interval, count, price_minor)
  VALUES (NEW.reseller_id, NEW.status, CASE WHEN NEW.status <> 'active' THEN '' WHEN NEW.renews_at IS NULL THEN 'ending' WHEN NEW.grace_until_at IS NULL THEN 'current' ELSE 'grace' END,
    NEW.product_id, NEW.billing_interval, 1, NEW.price_minor)
  ON CONFLICT (reseller_id, status, billing_state, product_id, billing_interval)
  DO UPDATE SET count = activation_counts.count + 1, price_minor = activation_counts.price_minor + excluded.price_minor;
END;
CREATE TRIGGER activation_counts_update AFTER UPDATE ON activations WHEN OLD.status IS NOT NEW.status OR OLD.product_id IS NOT NEW.product_id
    OR OLD.billing_interval IS NOT NEW.billing_interval OR OLD.price_minor IS NOT NEW.price_minor
    OR CASE WHEN OLD.status <> 'active' THEN '' WHEN OLD.renews_at IS NULL THEN 'ending' WHEN OLD.grace_until_at IS NULL THEN 'current' ELSE 'grace' END
    IS NOT CASE WHEN NEW.status <> 'active' THEN '' WHEN NEW.renews_at IS NULL THEN 'ending' WHEN NEW.grace_until_at IS NULL THEN 'current' ELSE 'grace' END
BEGIN
  UPDATE activation_counts SET count = count - 1, price_minor = price_minor - OLD.price_minor
  WHERE reseller_id = OLD.reseller_id
    AND status = OLD.status
    AND billing_state = CASE WHEN OLD.status <> 'active' THEN '' WHEN OLD.renews_at IS NULL THEN 'ending' WHEN OLD.grace_until_at IS NULL THEN 'current' ELSE 'grace' END
    AND product_id = OLD.product_id
    AND billing_interval = OLD.billing_interval;
  INSERT INTO activation_counts (reseller_id, status, billing_state, product_id, billing_interval, count, price_minor)
  VALUES (NEW.reseller_id, NEW.status, CASE WHEN NEW.status <> 'active' THEN '' WHEN NEW.renews_at IS NULL THEN 'ending' WHEN NEW.grace_until_at IS NULL THEN 'current' ELSE 'grace' END,
    NEW.product_id, NEW.billing_interval, 1, NEW.price_minor)
  ON CONFLICT (reseller_id, status, billing_state, product_id, billing_interval)
  DO UPDATE SET count = activation_counts.count + 1, price_minor = activation_counts.price_minor + excluded.price_minor;
END;
CREATE TRIGGER activation_counts_delete AFTER DELETE ON activations
BEGIN
  UPDATE activation_counts SET count = count - 1, price_minor = price_minor - OLD.price_minor
  WHERE reseller_id = OLD.reseller_id
    AND status = OLD.status
    AND billing_state = CASE WHEN OLD.status <> 'active' THEN '' WHEN OLD.renews_at IS NULL THEN 'ending' WHEN OLD.grace_until_at IS NULL THEN 'current' ELSE 'grace' END
    AND product_id = OLD.product_id
    AND billing_interval = OLD.billing_interval;
END;
-- end
-- postgres
CREATE FUNCTION keep_activation_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE activation_counts SET count = count - 1, price_minor = price_minor - OLD.price_minor
    WHERE reseller_id = OLD.reseller_id
      AND status = OLD.status
      AND billing_state = CASE WHEN OLD.status <> 'active' THEN '' WHEN OLD.renews_at IS NULL THEN 'ending' WHEN OLD.grace_until_at IS NULL THEN 'current' ELSE 'grace' END
      AND product_id = OLD.product_id
      AND billing_interval = OLD.billing_interval;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO activation_counts (reseller_id, status, billing_state, product_id, billing_interval, count, price_minor)
    VALUES (NEW.reseller_id, NEW.status, CASE WHEN NEW.status <> 'active' THEN '' WHEN NEW.renews_at IS NULL THEN 'ending' WHEN NEW.grace_until_at IS NULL THEN 'current' ELSE 'grace' END,
      NEW.product_id, NEW.billing_interval, 1, NEW.price_minor)
    ON CONFLICT (reseller_id, status, billing_state, product_id, billing_interval)
    DO UPDATE SET count = activation_counts.count + 1, price_minor = activation_counts.price_minor + excluded.price_minor;
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER activation_counts_insert AFTER INSERT OR DELETE ON activations FOR EACH ROW EXECUTE FUNCTION keep_activation_counts();
CREATE TRIGGER activation_counts_update AFTER UPDATE ON activations FOR EACH ROW WHEN (
    OLD.status IS DISTINCT FROM NEW.status OR OLD.product_id IS DISTINCT FROM NEW.product_id
    OR OLD.billing_interval IS DISTINCT FROM NEW.billing_interval OR OLD.price_minor IS DISTINCT FROM NEW.price_minor
    OR CASE WHEN OLD.status <> 'active' THEN '' WHEN OLD.renews_at IS NULL THEN 'ending' WHEN OLD.grace_until_at IS NULL THEN 'current' ELSE 'grace' END
    IS DISTINCT FROM CASE WHEN NEW.status <> 'active' THEN '' WHEN NEW.renews_at IS NULL THEN 'ending' WHEN NEW.grace_until_at IS NULL THEN 'current' ELSE 'grace' END)
  EXECUTE FUNCTION keep_activation_counts();
-- end
