DROP TABLE usage_rebuilds;
ALTER TABLE usage_states DROP COLUMN next_time_zone;
ALTER TABLE usage_states DROP COLUMN next_epoch;
