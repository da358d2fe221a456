-- The answer to each request that had an effect, for as long as it may be repeated.
CREATE TABLE idempotency_keys (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  key TEXT COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
  -- SHA-256 of method, path and body.
  fingerprint BYTEA NOT NULL,
  status SMALLINT NOT NULL CHECK (status BETWEEN 200 AND 299),
  body BYTEA NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (reseller_id, key)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (reseller_id, expires_at);

-- Interval and price that were chosen for the next period that is charged.
ALTER TABLE activations ADD COLUMN pending_interval TEXT;
ALTER TABLE activations ADD COLUMN pending_price_id UUID;
ALTER TABLE activations ADD COLUMN pending_price_minor BIGINT;

-- What an immediate change of interval credited for earlier periods: refunds are computed on price less credit.
ALTER TABLE periods ADD COLUMN credit_minor BIGINT NOT NULL DEFAULT 0 CHECK (credit_minor >= 0);
-- Credited and over before its end, by an immediate change of interval.
ALTER TABLE periods ADD COLUMN superseded_at TIMESTAMPTZ;
