-- Sites whose pages may call the API from a browser, as origins: scheme, host and port.
ALTER TABLE profile ADD COLUMN allowed_origins text[] NOT NULL DEFAULT '{}';
