-- Who used what, and the counters that make every figure exact at any size.
CREATE TABLE end_users (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  -- Small number for the wide tables below.
  no BIGINT NOT NULL,
  -- The pseudonym that is shown.
  id UUID NOT NULL,
  client_id UUID NOT NULL,
  -- HMAC-SHA-256 of the normalised key with the instance's secret.
  key_hash BYTEA NOT NULL,
  label TEXT,
  -- First and last counted use.
  first_used_at TIMESTAMPTZ,
  last_used_at TIMESTAMPTZ,
  PRIMARY KEY (reseller_id, no),
  FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id)
);
CREATE UNIQUE INDEX end_users_key ON end_users (reseller_id, client_id, key_hash);
CREATE UNIQUE INDEX end_users_id ON end_users (reseller_id, id);

CREATE TABLE usage_events (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  -- Made by the sender; a repeated one counts once.
  id TEXT COLLATE "C" NOT NULL,
  activation_id UUID NOT NULL,
  end_user_no BIGINT NOT NULL,
  occurred_at TIMESTAMPTZ NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  -- Whether the activation was on at that moment.
  is_counted BOOLEAN NOT NULL,
  PRIMARY KEY (reseller_id, id)
);
CREATE INDEX usage_events_of_activation ON usage_events (reseller_id, activation_id, occurred_at);

-- One row per reseller: serialises its batches and says which epoch of the counters is valid.
CREATE TABLE usage_states (
  reseller_id UUID NOT NULL PRIMARY KEY REFERENCES resellers (id),
  epoch BIGINT NOT NULL,
  -- Zone whose calendar days the epoch counts.
  time_zone TEXT NOT NULL,
  next_end_user_no BIGINT NOT NULL,
  -- Day number of the first counted event.
  first_day BIGINT,
  -- Distinct end users with a counted event.
  ever_used BIGINT NOT NULL
);

-- An end user used something of a scope on a local day (days since 1970-01-01). Scope 0 total, 1 product, 2 activation.
CREATE TABLE usage_presence (
  reseller_id UUID NOT NULL,
  epoch BIGINT NOT NULL,
  end_user_no BIGINT NOT NULL,
  scope_kind SMALLINT NOT NULL,
  scope_id UUID NOT NULL,
  day BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, epoch, end_user_no, scope_kind, scope_id, day)
-- sqlite
) STRICT, WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX usage_presence_by_day ON usage_presence (reseller_id, epoch, scope_kind, scope_id, day, end_user_no);

-- Distinct end users of a day, and by how much the trailing 7- and 30-day figures change on that day.
CREATE TABLE usage_day_counts (
  reseller_id UUID NOT NULL,
  epoch BIGINT NOT NULL,
  scope_kind SMALLINT NOT NULL,
  scope_id UUID NOT NULL,
  day BIGINT NOT NULL,
  active BIGINT NOT NULL,
  change_7 BIGINT NOT NULL,
  change_30 BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, epoch, scope_kind, scope_id, day)
-- sqlite
) STRICT, WITHOUT ROWID;
-- end
-- postgres
);
-- end

-- Distinct end users of a calendar week (Monday first) or month.
CREATE TABLE usage_bucket_counts (
  reseller_id UUID NOT NULL,
  epoch BIGINT NOT NULL,
  scope_kind SMALLINT NOT NULL,
  scope_id UUID NOT NULL,
  bucket TEXT NOT NULL CHECK (bucket IN ('week', 'month')),
  first_day BIGINT NOT NULL,
  active BIGINT NOT NULL,
  PRIMARY KEY (reseller_id, epoch, scope_kind, scope_id, bucket, first_day)
-- sqlite
) STRICT, WITHOUT ROWID;
-- end
-- postgres
);
-- end
