-- sqlite
DROP TRIGGER catalogue_state_products_insert;
DROP TRIGGER catalogue_state_products_update;
DROP TRIGGER catalogue_state_products_delete;
DROP TRIGGER catalogue_state_prices_insert;
DROP TRIGGER catalogue_state_prices_update;
DROP TRIGGER catalogue_state_prices_delete;
DROP TRIGGER catalogue_state_price_migrations_insert;
DROP TRIGGER catalogue_state_price_migrations_update;
DROP TRIGGER catalogue_state_price_migrations_delete;
-- end
-- postgres
DROP TRIGGER catalogue_state_products ON products;
DROP TRIGGER catalogue_state_prices ON prices;
DROP TRIGGER catalogue_state_price_migrations ON price_migrations;
DROP FUNCTION raise_catalogue_version;
-- end
DROP TABLE catalogue_state;
-- sqlite
DROP TRIGGER service_changes_delete;
DROP TRIGGER service_changes_update;
DROP TRIGGER service_changes_end;
DROP TRIGGER service_changes_insert;
DROP TRIGGER activation_counts_delete;
DROP TRIGGER activation_counts_update;
DROP TRIGGER activation_counts_insert;
DROP TRIGGER renewal_dates_delete;
DROP TRIGGER renewal_dates_join;
DROP TRIGGER renewal_dates_leave;
DROP TRIGGER renewal_dates_insert;
-- end
-- postgres
DROP TRIGGER service_changes_update ON service_intervals;
DROP TRIGGER service_changes_insert ON service_intervals;
DROP FUNCTION keep_service_changes;
DROP TRIGGER activation_counts_update ON activations;
DROP TRIGGER activation_counts_insert ON activations;
DROP FUNCTION keep_activation_counts;
DROP TRIGGER renewal_dates_update ON activations;
DROP TRIGGER renewal_dates_insert ON activations;
DROP FUNCTION keep_renewal_dates;
-- end
DROP TABLE service_changes;
DROP TABLE activation_counts;
DROP INDEX renewal_groups_of_price;
DROP TABLE renewal_dates;
