ALTER TABLE periods DROP COLUMN superseded_at;
ALTER TABLE periods DROP COLUMN credit_minor;
ALTER TABLE activations DROP COLUMN pending_price_minor;
ALTER TABLE activations DROP COLUMN pending_price_id;
ALTER TABLE activations DROP COLUMN pending_interval;
DROP TABLE idempotency_keys;
