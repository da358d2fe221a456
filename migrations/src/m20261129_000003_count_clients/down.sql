DELETE FROM usage_bucket_counts WHERE scope_kind = 3;
DELETE FROM usage_day_counts WHERE scope_kind = 3;
