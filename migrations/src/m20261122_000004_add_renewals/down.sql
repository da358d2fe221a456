DROP TABLE renewal_outlooks;
DROP TABLE notice_items;
DROP TABLE notices;
DROP TABLE renewal_runs;
-- sqlite
DROP TRIGGER renewal_groups_delete;
DROP TRIGGER renewal_groups_join;
DROP TRIGGER renewal_groups_leave;
DROP TRIGGER renewal_groups_insert;
-- end
-- postgres
DROP TRIGGER renewal_groups_update ON activations;
DROP TRIGGER renewal_groups_insert ON activations;
DROP FUNCTION keep_renewal_groups;
-- end
DROP TABLE renewal_groups;
DROP INDEX activations_due_of_reseller;
DROP INDEX activations_due;
ALTER TABLE activations DROP COLUMN due_at;
ALTER TABLE activations DROP COLUMN anchor_day;
