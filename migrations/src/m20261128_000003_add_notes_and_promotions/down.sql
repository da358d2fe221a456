DROP INDEX end_users_of_client;
DROP INDEX activation_history_markers;
DROP TABLE promotion_resellers;
DROP TABLE promotions;
DROP TABLE notes;
