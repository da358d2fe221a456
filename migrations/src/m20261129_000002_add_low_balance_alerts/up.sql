-- Of the wallet: amounts in minor units as a JSON array, the highest first. Each time the balance falls below one it is told.
ALTER TABLE ledger_accounts ADD COLUMN low_balance_thresholds TEXT NOT NULL DEFAULT '[]';

-- sqlite
CREATE TABLE notices_new (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('renewals_not_covered', 'renewals_failed', 'activations_expired', 'renewals_held', 'balance_low')),
  created_at TIMESTAMPTZ NOT NULL,
  read_at TIMESTAMPTZ,
  item_count BIGINT NOT NULL,
  total_minor BIGINT NOT NULL,
  -- With `balance_low`: the amount the balance fell below, and what was left.
  threshold_minor BIGINT,
  balance_minor BIGINT,
  CHECK ((kind = 'balance_low') = (threshold_minor IS NOT NULL AND balance_minor IS NOT NULL)),
  PRIMARY KEY (reseller_id, id)
);
INSERT INTO notices_new (reseller_id, id, kind, created_at, read_at, item_count, total_minor)
  SELECT reseller_id, id, kind, created_at, read_at, item_count, total_minor FROM notices;
CREATE TABLE notice_items_new (
  reseller_id UUID NOT NULL,
  activation_id UUID NOT NULL,
  kind TEXT NOT NULL,
  renews_at TIMESTAMPTZ NOT NULL,
  within_days SMALLINT NOT NULL,
  notice_id UUID NOT NULL,
  amount_minor BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, activation_id, kind, renews_at, within_days),
  FOREIGN KEY (reseller_id, notice_id) REFERENCES notices_new (reseller_id, id),
  FOREIGN KEY (reseller_id, activation_id) REFERENCES activations (reseller_id, id)
);
INSERT INTO notice_items_new (reseller_id, activation_id, kind, renews_at, within_days, notice_id, amount_minor)
  SELECT reseller_id, activation_id, kind, renews_at, within_days, notice_id, amount_minor FROM notice_items;
DROP TABLE notice_items;
DROP TABLE notices;
ALTER TABLE notices_new RENAME TO notices;
ALTER TABLE notice_items_new RENAME TO notice_items;
CREATE INDEX notices_unread ON notices (reseller_id, id) WHERE read_at IS NULL;
CREATE INDEX notice_items_of_notice ON notice_items (reseller_id, notice_id, renews_at, activation_id);
-- end
-- postgres
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN ('renewals_not_covered', 'renewals_failed', 'activations_expired', 'renewals_held', 'balance_low'));
ALTER TABLE notices ADD COLUMN threshold_minor BIGINT;
ALTER TABLE notices ADD COLUMN balance_minor BIGINT;
ALTER TABLE notices ADD CONSTRAINT notices_balance_low_check
  CHECK ((kind = 'balance_low') = (threshold_minor IS NOT NULL AND balance_minor IS NOT NULL));
-- end
