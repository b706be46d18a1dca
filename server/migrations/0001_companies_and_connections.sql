-- Who writes (API keys), whose books (companies), and through which platform (connections).

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  name text,
  -- SHA-256 of the key: the key itself is shown once and never stored.
  key_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL
);

CREATE TABLE companies (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  description text,
  tags jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  -- Pushes outlive their company: what was accepted must still be told.
  deleted_at timestamptz
);

CREATE INDEX companies_in_order ON companies (created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE connections (
  id uuid PRIMARY KEY,
  company_id uuid NOT NULL REFERENCES companies (id),
  platform_key text NOT NULL,
  status text NOT NULL CHECK (status IN ('PendingAuth', 'Linked', 'Unlinked', 'Deauthorized')),
  -- The connector's secret JSON about the link, sealed with the secret key. Kept when unlinked, so that the same
  -- books are found again on linking anew.
  link_sealed bytea,
  -- What may be shown of the link.
  link_info jsonb NOT NULL DEFAULT '{}',
  -- The unguessable part of linkUrl: whoever holds it may link this connection, and nothing else.
  link_token text NOT NULL UNIQUE,
  errors jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  linked_at timestamptz,
  deleted_at timestamptz,
  CHECK (status <> 'Linked' OR link_sealed IS NOT NULL)
);

CREATE INDEX connections_of_company ON connections (company_id, created_at) WHERE deleted_at IS NULL;
