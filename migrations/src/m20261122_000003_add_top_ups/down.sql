DROP INDEX ledger_entries_corrections;
DROP INDEX ledger_entries_by_occurred_at;
DROP INDEX ledger_entries_by_kind;
ALTER TABLE ledger_accounts DROP COLUMN blocked_reason;
DROP INDEX activations_of_price;
DROP TABLE price_migrations;
DROP TABLE top_ups;
