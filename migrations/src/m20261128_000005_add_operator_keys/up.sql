-- The answer to each request of an operator on what belongs to no reseller, for as long as it may be repeated.
CREATE TABLE operator_idempotency_keys (
  operator_id UUID NOT NULL REFERENCES operators (id),
  key TEXT COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
  -- SHA-256 of method, path and body.
  fingerprint BYTEA NOT NULL,
  status SMALLINT NOT NULL CHECK (status BETWEEN 200 AND 299),
  body BYTEA NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (operator_id, key)
);
CREATE INDEX operator_idempotency_keys_by_expiry ON operator_idempotency_keys (operator_id, expires_at);
