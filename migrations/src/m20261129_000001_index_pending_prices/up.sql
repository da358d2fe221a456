CREATE INDEX activations_changing_price ON activations (reseller_id, pending_price_id) WHERE pending_price_id IS NOT NULL;
