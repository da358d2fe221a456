-- Money that a reseller says is coming. Settled at most once: the status leaves `pending` by a conditional update, and an
-- entry belongs to one top-up.
CREATE TABLE top_ups (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0 AND amount_minor <= 1000000000000),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  method TEXT NOT NULL CHECK (method IN ('bank_transfer', 'cash', 'other')),
  -- Which payment provider looks after it.
  provider TEXT NOT NULL,
  payment_reference TEXT NOT NULL,
  reference TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'settled', 'rejected', 'cancelled')),
  requested_at TIMESTAMPTZ NOT NULL,
  requested_by_kind TEXT NOT NULL,
  requested_by_id UUID,
  requested_by_name TEXT,
  request_id TEXT,
  decided_at TIMESTAMPTZ,
  decided_by_kind TEXT,
  decided_by_id UUID,
  decided_by_name TEXT,
  reason TEXT,
  ledger_entry_id UUID,
  PRIMARY KEY (reseller_id, id),
  CHECK ((status = 'settled') = (ledger_entry_id IS NOT NULL)),
  CHECK ((status = 'pending') = (decided_at IS NULL)),
  CHECK ((decided_at IS NULL) = (decided_by_kind IS NULL))
);
CREATE UNIQUE INDEX top_ups_entry ON top_ups (reseller_id, ledger_entry_id);
CREATE INDEX top_ups_of_status ON top_ups (reseller_id, status, id);
-- What operators look through, over all resellers.
CREATE INDEX top_ups_waiting ON top_ups (status, id);
CREATE INDEX top_ups_by_id ON top_ups (id);

-- A price that replaces another for what runs, announced ahead. A price is replaced at most once.
CREATE TABLE price_migrations (
  id UUID NOT NULL PRIMARY KEY,
  product_id UUID NOT NULL REFERENCES products (id),
  from_price_id UUID NOT NULL UNIQUE REFERENCES prices (id),
  to_price_id UUID NOT NULL REFERENCES prices (id),
  effective_on DATE NOT NULL,
  announced_at TIMESTAMPTZ NOT NULL,
  announced_by_kind TEXT NOT NULL,
  announced_by_name TEXT,
  CHECK (from_price_id <> to_price_id)
);
CREATE INDEX activations_of_price ON activations (price_id, reseller_id);

-- The first difference that reconciliation found.
ALTER TABLE ledger_accounts ADD COLUMN blocked_reason TEXT;

CREATE INDEX ledger_entries_by_kind ON ledger_entries (reseller_id, kind, sequence);
CREATE INDEX ledger_entries_by_occurred_at ON ledger_entries (reseller_id, occurred_at, sequence);
CREATE INDEX ledger_entries_corrections ON ledger_entries (reseller_id, corrects_entry_id)
  WHERE corrects_entry_id IS NOT NULL;
