-- What members note on a day. A personal note is its author's alone.
CREATE TABLE notes (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  noted_on DATE NOT NULL,
  text TEXT NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('personal', 'team')),
  product_id UUID REFERENCES products (id),
  client_id UUID,
  -- A member or an API key.
  author_kind TEXT NOT NULL,
  author_id UUID NOT NULL,
  author_name TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (reseller_id, id),
  FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id),
  CHECK (product_id IS NULL OR client_id IS NULL)
);
CREATE INDEX notes_by_day ON notes (reseller_id, noted_on, id);

-- What the operator announces. Shared by all resellers; one sees what is for all or for it.
CREATE TABLE promotions (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('promotion', 'launch')),
  title TEXT NOT NULL,
  text TEXT,
  starts_on DATE NOT NULL,
  ends_on DATE,
  scope TEXT NOT NULL CHECK (scope IN ('all', 'chosen')),
  created_by_kind TEXT NOT NULL,
  created_by_name TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE INDEX promotions_by_start ON promotions (starts_on, id);

-- For whom a promotion is that is not for all.
CREATE TABLE promotion_resellers (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  promotion_id UUID NOT NULL REFERENCES promotions (id),
  PRIMARY KEY (reseller_id, promotion_id)
);
CREATE INDEX promotion_resellers_of_promotion ON promotion_resellers (promotion_id, reseller_id);

-- What happened on a day. Renewals, by far the most rows, are not in it.
CREATE INDEX activation_history_markers ON activation_history (reseller_id, occurred_at, id)
  WHERE kind IN ('activated', 'paused', 'deactivated', 'expired');
-- The people of a client, newest first.
CREATE INDEX end_users_of_client ON end_users (reseller_id, client_id, no);
