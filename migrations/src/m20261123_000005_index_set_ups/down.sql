DROP INDEX activations_pending;
