-- Attempts counted per key (a digest of address or e-mail) and window. Shared by all web processes, so a password is
-- not guessed faster against three of them than against one.
CREATE TABLE throttle (
  key bytea PRIMARY KEY,
  points int NOT NULL,
  resets_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX throttle_reset ON throttle (resets_at);
