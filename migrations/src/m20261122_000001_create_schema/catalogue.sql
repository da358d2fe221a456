-- What can be bought. Shared by all resellers; a reseller sees what is priced in its currency.
CREATE TABLE products (
  id UUID NOT NULL PRIMARY KEY,
  external_reference TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'retired')),
  provisioning TEXT NOT NULL CHECK (provisioning IN ('automatic', 'manual')),
  grace_days BIGINT NOT NULL CHECK (grace_days BETWEEN 0 AND 30),
  -- Where a client signs in; `{client}` stands for the client's reference.
  access_url TEXT,
  access_note TEXT,
  created_at TIMESTAMPTZ NOT NULL
);

-- Rows never change: a new price is a new row, in force from its date on.
CREATE TABLE prices (
  id UUID NOT NULL PRIMARY KEY,
  product_id UUID NOT NULL REFERENCES products (id),
  billing_interval TEXT NOT NULL CHECK (billing_interval IN ('monthly', 'quarterly', 'semiannual', 'yearly')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount_minor BIGINT NOT NULL CHECK (amount_minor BETWEEN 0 AND 1000000000000),
  valid_from_on DATE NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  UNIQUE (product_id, billing_interval, currency, valid_from_on)
);

CREATE TABLE clients (
  reseller_id UUID NOT NULL REFERENCES resellers (id),
  id UUID NOT NULL,
  name TEXT NOT NULL,
  -- Lower case, for sorting alike on both databases.
  sort_name TEXT COLLATE "C" NOT NULL,
  email TEXT,
  external_reference TEXT,
  notes TEXT,
  archived_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (reseller_id, id)
);
CREATE UNIQUE INDEX clients_external_reference ON clients (reseller_id, external_reference);
CREATE INDEX clients_by_name ON clients (reseller_id, sort_name, id);
