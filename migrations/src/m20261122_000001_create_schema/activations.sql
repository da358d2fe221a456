-- A product put in service for a client, its terms, paid periods, service intervals and timeline.
CREATE TABLE activations (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  client_id UUID NOT NULL,
  product_id UUID NOT NULL REFERENCES products (id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'paused', 'expired', 'deactivated', 'failed')),
  auto_renew BOOLEAN NOT NULL,
  priority SMALLINT NOT NULL DEFAULT 5 CHECK (priority BETWEEN 1 AND 9),
  -- Frozen when it was activated: its calendar never moves with the reseller.
  time_zone TEXT NOT NULL,
  -- The present term, repeated here so that a list needs no join.
  term_no BIGINT NOT NULL,
  billing_interval TEXT NOT NULL CHECK (billing_interval IN ('monthly', 'quarterly', 'semiannual', 'yearly')),
  price_id UUID NOT NULL REFERENCES prices (id),
  price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
  -- Number of the next period of the present term.
  next_period_no BIGINT NOT NULL,
  activated_at TIMESTAMPTZ NOT NULL,
  activated_by_kind TEXT NOT NULL,
  activated_by_name TEXT,
  paid_until_at TIMESTAMPTZ,
  -- When it is charged next: set exactly while it is active, renews by itself and no end is scheduled.
  renews_at TIMESTAMPTZ,
  grace_until_at TIMESTAMPTZ,
  ends_at TIMESTAMPTZ,
  paused_at TIMESTAMPTZ,
  resume_at TIMESTAMPTZ,
  held_at TIMESTAMPTZ,
  -- The next renewal has no grace: the one before expired unpaid.
  skips_grace BOOLEAN NOT NULL DEFAULT FALSE,
  -- When it left service for good or for non-payment.
  ended_at TIMESTAMPTZ,
  external_reference TEXT,
  notes TEXT,
  access_url TEXT,
  access_note TEXT,
  -- Lower case names, for sorting a list of any length by an index.
  sort_product TEXT COLLATE "C" NOT NULL,
  sort_client TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (reseller_id, id),
  FOREIGN KEY (reseller_id, client_id) REFERENCES clients (reseller_id, id),
  CHECK (renews_at IS NULL OR (status = 'active' AND auto_renew AND ends_at IS NULL)),
  CHECK (grace_until_at IS NULL OR status = 'active')
);
CREATE UNIQUE INDEX activations_external_reference ON activations (reseller_id, external_reference);
CREATE INDEX activations_by_activated_at ON activations (reseller_id, activated_at, id);
CREATE INDEX activations_by_product ON activations (reseller_id, sort_product, id);
CREATE INDEX activations_by_client ON activations (reseller_id, sort_client, id);
CREATE INDEX activations_by_renews_at ON activations (reseller_id, renews_at, priority, id);
CREATE INDEX activations_by_status ON activations (reseller_id, status, id);
CREATE INDEX activations_of_status ON activations (reseller_id, status, activated_at, id);
CREATE INDEX activations_counts ON activations (reseller_id, status, product_id, billing_interval);
CREATE INDEX activations_by_price ON activations (reseller_id, price_minor, id);
CREATE INDEX activations_of_client ON activations (reseller_id, client_id, id);
CREATE INDEX activations_costs ON activations (reseller_id, billing_interval, status, renews_at, price_minor);

-- One row per word of product, client, email, references: search by the beginning of a word.
CREATE TABLE activation_words (
  reseller_id UUID NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  activation_id UUID NOT NULL,
  PRIMARY KEY (reseller_id, word, activation_id),
  FOREIGN KEY (reseller_id, activation_id) REFERENCES activations (reseller_id, id)
);
CREATE INDEX activation_words_of_activation ON activation_words (reseller_id, activation_id);

CREATE TABLE terms (
  reseller_id UUID NOT NULL,
  activation_id UUID NOT NULL,
  term_no BIGINT NOT NULL,
  id UUID NOT NULL,
  billing_interval TEXT NOT NULL CHECK (billing_interval IN ('monthly', 'quarterly', 'semiannual', 'yearly')),
  price_id UUID NOT NULL REFERENCES prices (id),
  -- First month and anchor day, in the activation's zone.
  anchor_on DATE NOT NULL,
  anchor_day SMALLINT NOT NULL CHECK (anchor_day BETWEEN 1 AND 31),
  opened_at TIMESTAMPTZ NOT NULL,
  closed_at TIMESTAMPTZ,
  PRIMARY KEY (reseller_id, activation_id, term_no),
  FOREIGN KEY (reseller_id, activation_id) REFERENCES activations (reseller_id, id)
);

CREATE TABLE periods (
  reseller_id UUID NOT NULL,
  activation_id UUID NOT NULL,
  term_no BIGINT NOT NULL,
  period_no BIGINT NOT NULL,
  id UUID NOT NULL,
  -- Half-open, in the activation's zone.
  start_on DATE NOT NULL,
  end_on DATE NOT NULL,
  starts_at TIMESTAMPTZ NOT NULL,
  ends_at TIMESTAMPTZ NOT NULL,
  price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
  -- Null for a price of zero.
  charge_entry_id UUID,
  charged_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (reseller_id, activation_id, term_no, period_no),
  FOREIGN KEY (reseller_id, activation_id, term_no) REFERENCES terms (reseller_id, activation_id, term_no),
  CHECK (start_on < end_on)
);
CREATE UNIQUE INDEX periods_charge ON periods (reseller_id, charge_entry_id);

-- When it was on, half-open; the open one is on now.
CREATE TABLE service_intervals (
  reseller_id UUID NOT NULL,
  activation_id UUID NOT NULL,
  on_from TIMESTAMPTZ NOT NULL,
  on_to TIMESTAMPTZ,
  product_id UUID NOT NULL,
  PRIMARY KEY (reseller_id, activation_id, on_from),
  FOREIGN KEY (reseller_id, activation_id) REFERENCES activations (reseller_id, id),
  CHECK (on_to IS NULL OR on_to >= on_from)
);
CREATE INDEX service_intervals_by_start ON service_intervals (reseller_id, on_from);
CREATE INDEX service_intervals_by_end ON service_intervals (reseller_id, on_to, on_from);
CREATE UNIQUE INDEX service_intervals_open ON service_intervals (reseller_id, activation_id) WHERE on_to IS NULL;

CREATE TABLE activation_history (
  reseller_id UUID NOT NULL,
  id UUID NOT NULL,
  activation_id UUID NOT NULL,
  kind TEXT NOT NULL,
  occurred_at TIMESTAMPTZ NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id UUID,
  actor_name TEXT,
  reason TEXT,
  request_id TEXT,
  status_before TEXT,
  status_after TEXT NOT NULL,
  paid_until_before_at TIMESTAMPTZ,
  paid_until_after_at TIMESTAMPTZ,
  -- Signed effect on the wallet.
  wallet_minor BIGINT,
  ledger_entry_id UUID,
  PRIMARY KEY (reseller_id, id),
  FOREIGN KEY (reseller_id, activation_id) REFERENCES activations (reseller_id, id)
);
CREATE INDEX activation_history_of_activation ON activation_history (reseller_id, activation_id, occurred_at, id);

-- Every state change once, numbered without gaps per reseller.
CREATE TABLE events (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  sequence BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  occurred_at TIMESTAMPTZ NOT NULL,
  request_id TEXT,
  -- JSON object.
  payload TEXT NOT NULL,
  PRIMARY KEY (reseller_id, sequence)
);
