-- Who may log in or call: resellers, their members and keys, operators. Identity tables: keyed by their own id.
CREATE TABLE resellers (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  time_zone TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')),
  -- Moves the clock of a sandbox; 0 for everybody else.
  clock_offset_seconds BIGINT NOT NULL DEFAULT 0,
  -- Counts the committed writes; a reader that saw this number saw everything up to it.
  version BIGINT NOT NULL DEFAULT 0,
  event_sequence BIGINT NOT NULL DEFAULT 0,
  keeps_end_user_labels BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE members (
  id UUID NOT NULL PRIMARY KEY,
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'billing', 'support', 'viewer')),
  status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'suspended')),
  password_hash TEXT,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX members_by_reseller ON members (reseller_id, id);

CREATE TABLE operators (
  id UUID NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'suspended')),
  password_hash TEXT,
  created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sessions (
  id UUID NOT NULL PRIMARY KEY,
  member_id UUID REFERENCES members (id),
  operator_id UUID REFERENCES operators (id),
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  revoked_at TIMESTAMPTZ,
  revoked_reason TEXT,
  CHECK ((member_id IS NULL) <> (operator_id IS NULL))
);
CREATE INDEX sessions_by_member ON sessions (member_id);
CREATE INDEX sessions_by_operator ON sessions (operator_id);

-- Rotating: each is used once; one that comes back after its use ends the session.
CREATE TABLE refresh_tokens (
  token_hash BYTEA NOT NULL PRIMARY KEY,
  session_id UUID NOT NULL REFERENCES sessions (id),
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE one_time_links (
  id UUID NOT NULL PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  member_id UUID REFERENCES members (id),
  operator_id UUID REFERENCES operators (id),
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ,
  CHECK ((member_id IS NULL) <> (operator_id IS NULL))
);

CREATE TABLE api_keys (
  id UUID NOT NULL PRIMARY KEY,
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  name TEXT NOT NULL,
  key_start TEXT NOT NULL,
  secret_hash BYTEA NOT NULL UNIQUE,
  -- Comma list of permissions.
  scopes TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ,
  last_used_at TIMESTAMPTZ,
  revoked_at TIMESTAMPTZ
);
CREATE INDEX api_keys_by_reseller ON api_keys (reseller_id, id);

-- What `resellportal import` took from a folder, so that the same folder twice changes nothing and a changed row shows.
CREATE TABLE imported_rows (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  file TEXT NOT NULL,
  external_id TEXT NOT NULL,
  row_hash BYTEA NOT NULL,
  imported_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (reseller_id, file, external_id)
);
