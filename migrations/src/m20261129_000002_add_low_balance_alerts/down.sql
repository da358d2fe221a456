ALTER TABLE ledger_accounts DROP COLUMN low_balance_thresholds;

-- sqlite
CREATE TABLE notices_new (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('renewals_not_covered', 'renewals_failed', 'activations_expired', 'renewals_held')),
  created_at TIMESTAMPTZ NOT NULL,
  read_at TIMESTAMPTZ,
  item_count BIGINT NOT NULL,
  total_minor BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, id)
);
INSERT INTO notices_new (reseller_id, id, kind, created_at, read_at, item_count, total_minor)
  SELECT reseller_id, id, kind, created_at, read_at, item_count, total_minor FROM notices WHERE kind <> 'balance_low';
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
ALTER TABLE notices DROP CONSTRAINT notices_balance_low_check;
DELETE FROM notices WHERE kind = 'balance_low';
ALTER TABLE notices DROP COLUMN threshold_minor;
ALTER TABLE notices DROP COLUMN balance_minor;
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN ('renewals_not_covered', 'renewals_failed', 'activations_expired', 'renewals_held'));
-- end
