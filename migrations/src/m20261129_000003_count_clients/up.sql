-- Counters of clients (scope 3), so that their figures are exact and quick at any size, as those of products are. An end user
-- belongs to one client: presences of clients are those of the total. Counted as if they had come in the order of their days.
-- postgres
-- Nothing is counted meanwhile.
LOCK TABLE usage_states IN EXCLUSIVE MODE;
-- end
INSERT INTO usage_day_counts (reseller_id, epoch, scope_kind, scope_id, day, active, change_7, change_30)
WITH present AS (
  SELECT p.reseller_id, p.epoch, u.client_id, p.day, LAG(p.day) OVER (PARTITION BY p.reseller_id, p.epoch, p.end_user_no ORDER BY p.day) AS before
  FROM usage_presence p JOIN end_users u ON u.reseller_id = p.reseller_id AND u.no = p.end_user_no WHERE p.scope_kind = 0),
changes AS (
  SELECT reseller_id, epoch, client_id, day, 1 AS active, 0 AS change_7, 0 AS change_30 FROM present
  UNION ALL SELECT reseller_id, epoch, client_id, CASE WHEN before + 7 > day THEN before + 7 ELSE day END, 0, 1, 0 FROM present
  UNION ALL SELECT reseller_id, epoch, client_id, day + 7, 0, -1, 0 FROM present
  UNION ALL SELECT reseller_id, epoch, client_id, CASE WHEN before + 30 > day THEN before + 30 ELSE day END, 0, 0, 1 FROM present
  UNION ALL SELECT reseller_id, epoch, client_id, day + 30, 0, 0, -1 FROM present)
SELECT reseller_id, epoch, 3, client_id, day, SUM(active), SUM(change_7), SUM(change_30)
FROM changes GROUP BY reseller_id, epoch, client_id, day;

INSERT INTO usage_bucket_counts (reseller_id, epoch, scope_kind, scope_id, bucket, first_day, active)
SELECT p.reseller_id, p.epoch, 3, u.client_id, b.bucket, b.first_day, COUNT(DISTINCT p.end_user_no)
FROM usage_presence p JOIN end_users u ON u.reseller_id = p.reseller_id AND u.no = p.end_user_no
-- Day 0 was a Thursday.
JOIN (
  SELECT DISTINCT day, 'week' AS bucket, day - (day + 3) % 7 AS first_day FROM usage_presence WHERE scope_kind = 0
  UNION ALL SELECT DISTINCT day, 'month',
-- sqlite
    unixepoch(day * 86400, 'unixepoch', 'start of month') / 86400
-- end
-- postgres
    date_trunc('month', DATE '1970-01-01' + CAST(day AS INTEGER))::date - DATE '1970-01-01'
-- end
  FROM usage_presence WHERE scope_kind = 0) b ON b.day = p.day
WHERE p.scope_kind = 0 GROUP BY p.reseller_id, p.epoch, u.client_id, b.bucket, b.first_day;
