CREATE INDEX activations_pending ON activations (id) WHERE status = 'pending';
