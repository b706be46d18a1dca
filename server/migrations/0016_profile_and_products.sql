-- Whose installation this is, and which products a company is enabled for.

CREATE TABLE profile (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  -- Tells alerts of this installation from those of others.
  client_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  redirect_url text,
  logo_url text,
  icon_url text,
  white_list_urls text[] NOT NULL DEFAULT '{}',
  confirm_company_name boolean NOT NULL DEFAULT false,
  -- The Authorization header of the alerts of rules.
  alert_auth_header_sealed bytea
);
INSERT INTO profile (name) VALUES ('Ledgerpost');

ALTER TABLE companies ADD COLUMN products text[] NOT NULL DEFAULT '{}';
