-- The epoch that is being made, and its zone: what is counted under the valid one is counted under it as well.
ALTER TABLE usage_states ADD COLUMN next_epoch BIGINT;
ALTER TABLE usage_states ADD COLUMN next_time_zone TEXT;

-- How far a change of time zone has come; no row where none is under way.
CREATE TABLE usage_rebuilds (
  reseller_id UUID NOT NULL PRIMARY KEY REFERENCES resellers (id),
  -- Filling: events are counted under the next epoch. Dropping: it is valid, and what was before it is removed.
  phase TEXT NOT NULL CHECK (phase IN ('filling', 'dropping')),
  -- Events up to this id are counted under the next epoch.
  last_event_id TEXT COLLATE "C" NOT NULL,
  requested_at TIMESTAMPTZ NOT NULL,
  -- When the last step was done.
  stepped_at TIMESTAMPTZ NOT NULL
);
