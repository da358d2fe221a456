-- Counts the changes of the catalogue, which belongs to no reseller and raises no reseller's version: who saw this number saw
-- every change up to it.
CREATE TABLE catalogue_state (
  id SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
  version BIGINT NOT NULL
);
INSERT INTO catalogue_state (id, version) VALUES (1, 0);

-- sqlite
CREATE TRIGGER catalogue_state_products_insert AFTER INSERT ON products
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_products_update AFTER UPDATE ON products
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_products_delete AFTER DELETE ON products
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_prices_insert AFTER INSERT ON prices
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_prices_update AFTER UPDATE ON prices
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_prices_delete AFTER DELETE ON prices
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_price_migrations_insert AFTER INSERT ON price_migrations
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_price_migrations_update AFTER UPDATE ON price_migrations
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
CREATE TRIGGER catalogue_state_price_migrations_delete AFTER DELETE ON price_migrations
BEGIN
  UPDATE catalogue_state SET version = version + 1;
END;
-- end
-- postgres
CREATE FUNCTION raise_catalogue_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE catalogue_state SET version = version + 1;
  RETURN NULL;
END;
$$;
CREATE TRIGGER catalogue_state_products AFTER INSERT OR UPDATE OR DELETE ON products
  FOR EACH STATEMENT EXECUTE FUNCTION raise_catalogue_version();
CREATE TRIGGER catalogue_state_prices AFTER INSERT OR UPDATE OR DELETE ON prices
  FOR EACH STATEMENT EXECUTE FUNCTION raise_catalogue_version();
CREATE TRIGGER catalogue_state_price_migrations AFTER INSERT OR UPDATE OR DELETE ON price_migrations
  FOR EACH STATEMENT EXECUTE FUNCTION raise_catalogue_version();
-- end
