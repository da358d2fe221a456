CREATE INDEX activations_in_renewal_order ON activations (reseller_id, renews_at, id);
