-- Double entry: a row moves one amount from the account it debits to the account it credits, so it sums to zero by its form.
CREATE TABLE ledger_accounts (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  kind TEXT NOT NULL CHECK (kind IN ('wallet', 'revenue', 'top_up_clearing', 'adjustments')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- The wallet's cached balance and last sequence number; the other accounts are sums and keep both at zero.
  balance_minor BIGINT NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
  last_sequence BIGINT NOT NULL DEFAULT 0,
  blocked_at TIMESTAMPTZ,
  PRIMARY KEY (reseller_id, kind),
  CHECK (kind = 'wallet' OR (balance_minor = 0 AND last_sequence = 0))
);

CREATE TABLE ledger_entries (
  reseller_id UUID NOT NULL,
  id UUID NOT NULL,
  -- Position in the wallet, without gaps.
  sequence BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('top_up', 'activation_charge', 'renewal_charge', 'refund', 'adjustment')),
  debit_account TEXT NOT NULL CHECK (debit_account IN ('wallet', 'revenue', 'top_up_clearing', 'adjustments')),
  credit_account TEXT NOT NULL CHECK (credit_account IN ('wallet', 'revenue', 'top_up_clearing', 'adjustments')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0 AND amount_minor <= 1000000000000),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- Signed effect on the wallet, and the wallet afterwards.
  wallet_minor BIGINT NOT NULL,
  balance_after_minor BIGINT NOT NULL CHECK (balance_after_minor >= 0),
  occurred_at TIMESTAMPTZ NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  reason TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id UUID,
  actor_name TEXT,
  request_id TEXT,
  idempotency_key TEXT,
  -- What it refers to.
  activation_id UUID,
  term_no BIGINT,
  period_no BIGINT,
  corrects_entry_id UUID,
  external_reference TEXT,
  PRIMARY KEY (reseller_id, id),
  CHECK (debit_account <> credit_account),
  CHECK (debit_account = 'wallet' OR credit_account = 'wallet'),
  CHECK (wallet_minor = CASE WHEN credit_account = 'wallet' THEN amount_minor ELSE -amount_minor END),
  CHECK (kind NOT IN ('activation_charge', 'renewal_charge') OR (activation_id IS NOT NULL AND term_no IS NOT NULL AND period_no IS NOT NULL))
);
CREATE UNIQUE INDEX ledger_entries_sequence ON ledger_entries (reseller_id, sequence);
CREATE UNIQUE INDEX ledger_entries_idempotency_key ON ledger_entries (reseller_id, idempotency_key);
-- At most one charge per activation, term and period.
CREATE UNIQUE INDEX ledger_entries_charge ON ledger_entries (reseller_id, activation_id, term_no, period_no)
  WHERE kind IN ('activation_charge', 'renewal_charge');
CREATE INDEX ledger_entries_of_activation ON ledger_entries (reseller_id, activation_id, sequence);

-- sqlite
CREATE TRIGGER ledger_entries_refuse_update BEFORE UPDATE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'ledger entries are append-only');
END;
CREATE TRIGGER ledger_entries_refuse_delete BEFORE DELETE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'ledger entries are append-only');
END;
-- end
-- postgres
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger entries are append-only';
END;
$$;
CREATE TRIGGER ledger_entries_refuse_change BEFORE UPDATE OR DELETE ON ledger_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER ledger_entries_refuse_truncate BEFORE TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
-- end
