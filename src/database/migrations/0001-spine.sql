-- The spine: workspaces, shops, orders, shipments, write-backs.
--
-- workspace_id leads every key, so the database itself refuses a reference across workspaces and the schema can
-- be spread by workspace later. Ids are UUIDv7 made by the program. No column defaults to now(): the clock is the
-- program's. Times the shop sent are kept as its own text beside the instant.

CREATE TABLE hub_settings (
  key text PRIMARY KEY,
  value text NOT NULL
);

-- People and doors ---------------------------------------------------------------------------------------------

CREATE TABLE workspaces (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  -- Short random word in front of every search token: one index serves all workspaces.
  search_key text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL
);

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  email_norm text NOT NULL UNIQUE,
  name text NOT NULL DEFAULT '',
  password_hash text NOT NULL,
  locale text,
  created_at timestamptz NOT NULL
);

CREATE TABLE memberships (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('owner', 'member')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, workspace_id)
);

CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  csrf_token text NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- The link that makes the first user; only its hash is kept.
CREATE TABLE setup_links (
  token_hash bytea PRIMARY KEY,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

CREATE TABLE api_keys (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE idempotency_keys (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done')),
  status int,
  response text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, key)
);

-- A merchant approving in the shop: bound to session and workspace, single use, short-lived.
CREATE TABLE authorisations (
  state_hash bytea PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  session_hash bytea,
  platform text NOT NULL,
  url text NOT NULL,
  options jsonb NOT NULL,
  login_sealed bytea,
  outcome text,
  integration_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

-- Shops ----------------------------------------------------------------------------------------------------------

CREATE SEQUENCE lease_tokens;

CREATE TABLE integrations (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id uuid NOT NULL,
  platform text NOT NULL,
  name text NOT NULL,
  url text NOT NULL,
  host_key text NOT NULL,
  home_url text NOT NULL,
  site_fingerprint text NOT NULL,
  -- Equal for a shop and its staging copy (platform.ts, Admission.copyMark).
  copy_mark text,
  shop_scope text NOT NULL DEFAULT '',
  -- A copy of the same shop that a person confirmed (staging) has a number of its own.
  copy_no int NOT NULL DEFAULT 0,
  zone text,
  shop jsonb NOT NULL,
  options jsonb NOT NULL,
  page_size int NOT NULL DEFAULT 50,
  disabled_at timestamptz,
  removed_at timestamptz,
  -- One worker at a time works on an integration. The token fences: a late write with an old one is refused.
  lease_token bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  lease_holder text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX integrations_one_per_shop
  ON integrations (workspace_id, platform, site_fingerprint, shop_scope, copy_no) WHERE removed_at IS NULL;

CREATE TABLE credentials (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  field text NOT NULL,
  key_id text NOT NULL,
  nonce bytea NOT NULL,
  ciphertext bytea NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, integration_id, field),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
);

CREATE TABLE streams (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  kind text NOT NULL,
  pass text NOT NULL,
  cursor jsonb,
  cursor_version int NOT NULL DEFAULT 1,
  -- NULL: nothing to do until somebody asks.
  next_run_at timestamptz,
  -- A person asked (« Mettre à jour »): runs ahead of the queue, whatever the lane's health.
  asked_at timestamptz,
  last_asked_at timestamptz,
  -- When the pass that is under way (it may take many turns) began.
  pass_started_at timestamptz,
  -- When the last finished pass BEGAN: whoever asked at or before this instant has been served.
  last_run_at timestamptz,
  last_success_at timestamptz,
  -- Passes in a row that found nothing new: a quiet shop is asked less often.
  idle_runs int NOT NULL DEFAULT 0,
  -- This stream's own failures in a row, while its lane may be well.
  failures int NOT NULL DEFAULT 0,
  because text,
  detail jsonb,
  progress jsonb,
  PRIMARY KEY (workspace_id, integration_id, kind, pass),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX streams_due ON streams (next_run_at) WHERE next_run_at IS NOT NULL;
CREATE INDEX streams_asked ON streams (asked_at) WHERE asked_at IS NOT NULL;

CREATE TABLE lane_health (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  lane text NOT NULL CHECK (lane IN ('import', 'write-back', 'webhooks')),
  state text NOT NULL CHECK (state IN ('connected', 'slowed', 'paused')),
  since timestamptz NOT NULL,
  because text,
  -- What the error said, for people: values of the translated sentence. Redacted.
  detail jsonb,
  failures int NOT NULL DEFAULT 0,
  refusals int NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  PRIMARY KEY (workspace_id, integration_id, lane),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
);

-- Orders somebody pointed at (webhook, person); read by id at the next turn.
CREATE TABLE hints (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  remote_id text NOT NULL,
  hinted_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, integration_id, remote_id),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
);

-- Ids a nightly reading has seen so far; emptied at its end. What stands in `orders` and not here is asked for by id.
CREATE TABLE sweep_seen (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  remote_id text NOT NULL,
  PRIMARY KEY (workspace_id, integration_id, remote_id),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
);

CREATE TABLE shop_webhooks (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  -- Unguessable part of our address; only its hash is kept, the address itself is sealed.
  path_hash bytea NOT NULL UNIQUE,
  remote_ids text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  checked_at timestamptz,
  last_delivery_at timestamptz,
  deliveries bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  remade int NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, integration_id),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
);

-- Calls to a host that are under way, over all workers: each expires by itself, so a killed worker holds none.
CREATE TABLE hosts (
  host_key text PRIMARY KEY,
  quiet_until timestamptz
);
CREATE TABLE host_slots (
  host_key text NOT NULL,
  slot int NOT NULL,
  holder uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (host_key, slot)
) WITH (fillfactor = 70);

CREATE TABLE runs (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  integration_id uuid NOT NULL,
  kind text NOT NULL,
  pass text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  outcome text NOT NULL,
  imported int NOT NULL DEFAULT 0,
  changed int NOT NULL DEFAULT 0,
  unchanged int NOT NULL DEFAULT 0,
  quarantined int NOT NULL DEFAULT 0,
  gone int NOT NULL DEFAULT 0,
  requests int NOT NULL DEFAULT 0,
  error text,
  detail jsonb,
  PRIMARY KEY (workspace_id, id, started_at)
) PARTITION BY RANGE (started_at);
CREATE TABLE runs_default PARTITION OF runs DEFAULT;
CREATE INDEX runs_by_integration ON runs (workspace_id, integration_id, started_at DESC);

CREATE TABLE exchanges (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  integration_id uuid NOT NULL,
  at timestamptz NOT NULL,
  purpose text NOT NULL,
  method text NOT NULL,
  url text NOT NULL,
  status int,
  error text,
  took_ms int NOT NULL,
  sent_bytes int NOT NULL,
  wire_bytes int NOT NULL,
  body_bytes int NOT NULL,
  request_headers json NOT NULL,
  response_headers json,
  body_start text,
  PRIMARY KEY (workspace_id, id, at)
) PARTITION BY RANGE (at);
CREATE TABLE exchanges_default PARTITION OF exchanges DEFAULT;
CREATE INDEX exchanges_by_integration ON exchanges (workspace_id, integration_id, at DESC);

-- Orders ---------------------------------------------------------------------------------------------------------

CREATE TABLE orders (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  integration_id uuid NOT NULL,
  remote_id text NOT NULL,
  number text NOT NULL,
  status text NOT NULL,
  status_raw text NOT NULL,
  -- 'trashed' or 'deleted' once it left the shop's lists.
  gone text CHECK (gone IN ('trashed', 'deleted')),
  gone_at timestamptz,
  currency text NOT NULL,
  total_minor bigint,
  placed_at timestamptz NOT NULL,
  placed_raw text,
  modified_at timestamptz,
  modified_raw text,
  country text,
  customer_name text,
  email_norm text,
  -- Units still to be sent; the order is to ship while this is above 0 and the status lets it.
  left_to_ship numeric(14, 4) NOT NULL DEFAULT 0,
  to_ship boolean NOT NULL DEFAULT false,
  -- Changed in the shop (cancelled, refunded, trashed, other address) after we shipped or while a shipment stands.
  attention text,
  issue_count int NOT NULL DEFAULT 0,
  -- Everything else of domain/order.ts except the lines, as JSON text.
  details json NOT NULL,
  -- ' word word word' in lower case without accents, and its tokens as '<search_key>:word'.
  search text NOT NULL,
  search_tokens tsvector NOT NULL,
  content_hash bytea NOT NULL,
  mapper_version int NOT NULL,
  version int NOT NULL DEFAULT 1,
  first_seen_at timestamptz NOT NULL,
  fetched_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE,
  UNIQUE (workspace_id, integration_id, remote_id)
);
CREATE INDEX orders_newest ON orders (workspace_id, placed_at DESC, id DESC);
CREATE INDEX orders_by_integration ON orders (workspace_id, integration_id, placed_at DESC, id DESC);
CREATE INDEX orders_by_status ON orders (workspace_id, status, placed_at DESC, id DESC);
CREATE INDEX orders_by_country ON orders (workspace_id, country, placed_at DESC, id DESC);
-- The number first: an index that begins with the workspace and is smaller than the primary key would be taken for it
-- while the planner has no statistics, and then every look-up of one order reads its whole workspace (seen).
CREATE INDEX orders_by_number ON orders (number, workspace_id);
CREATE INDEX orders_to_ship ON orders (workspace_id, placed_at DESC, id DESC) WHERE to_ship;
CREATE INDEX orders_attention ON orders (workspace_id, placed_at DESC, id DESC) WHERE attention IS NOT NULL;
CREATE INDEX orders_search ON orders USING gin (search_tokens) WITH (fastupdate = on, gin_pending_list_limit = 1024);

CREATE TABLE order_lines (
  workspace_id uuid NOT NULL,
  order_id uuid NOT NULL,
  line_remote_id text NOT NULL,
  position int NOT NULL,
  product_key text,
  sku text,
  name text NOT NULL,
  quantity numeric(14, 4) NOT NULL,
  refunded numeric(14, 4) NOT NULL DEFAULT 0,
  cancelled numeric(14, 4) NOT NULL DEFAULT 0,
  shipped numeric(14, 4) NOT NULL DEFAULT 0,
  unit_price numeric(20, 6),
  total_minor bigint,
  tax_minor bigint,
  weight_mg bigint,
  hs_code text,
  origin text,
  requires_shipping boolean,
  -- The rest of domain/order.ts's OrderLine: options, gtin, dimensions, image.
  details json NOT NULL,
  PRIMARY KEY (workspace_id, order_id, line_remote_id),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders ON DELETE CASCADE
);

-- What the shop sent, byte for byte in meaning: compressed JSON text of the record and of what was fetched beside it.
CREATE TABLE order_raw (
  workspace_id uuid NOT NULL,
  order_id uuid NOT NULL,
  encoding text NOT NULL,
  bytes bytea NOT NULL,
  fetched_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, order_id),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders ON DELETE CASCADE
);
ALTER TABLE order_raw ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Ids that came in a page but could not be read, or rows without identity.
CREATE TABLE quarantine (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  integration_id uuid NOT NULL,
  kind text NOT NULL,
  remote_id text,
  reason text NOT NULL,
  content_hash bytea NOT NULL,
  bytes bytea NOT NULL,
  mapper_version int NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE,
  UNIQUE (workspace_id, integration_id, kind, content_hash)
);

CREATE TABLE products (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  -- domain/order.ts productKey: '<product>/<variation>'.
  product_key text NOT NULL,
  missing boolean NOT NULL DEFAULT false,
  details json NOT NULL,
  modified_raw text,
  fetched_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, integration_id, product_key),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
);

CREATE TABLE order_timeline (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- 'imported', 'changed', 'status', 'shipped', 'corrected', 'voided', 'told', 'refused', 'in-doubt', 'note', 'tag', …
  kind text NOT NULL,
  actor text,
  details json NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders ON DELETE CASCADE
);
CREATE INDEX order_timeline_by_order ON order_timeline (workspace_id, order_id, id);

CREATE TABLE order_notes (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  text text NOT NULL,
  author text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders ON DELETE CASCADE
);
CREATE INDEX order_notes_by_order ON order_notes (workspace_id, order_id, id);

CREATE TABLE order_tags (
  workspace_id uuid NOT NULL,
  order_id uuid NOT NULL,
  tag text NOT NULL,
  PRIMARY KEY (workspace_id, order_id, tag),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders ON DELETE CASCADE
);
CREATE INDEX order_tags_by_tag ON order_tags (workspace_id, tag, order_id);

-- Orders per integration and day of placing, kept in the transaction that writes them: never count a million rows.
CREATE TABLE order_counts (
  workspace_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  day date NOT NULL,
  orders int NOT NULL,
  PRIMARY KEY (workspace_id, integration_id, day),
  FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations ON DELETE CASCADE
);

-- Shipments and what the shops are told ---------------------------------------------------------------------------

CREATE TABLE shipments (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  own_reference text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'booked', 'voided')),
  carrier text NOT NULL,
  carrier_name text NOT NULL,
  carrier_code text,
  revision int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  booked_at timestamptz,
  voided_at timestamptz,
  created_by text,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, own_reference),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders ON DELETE CASCADE
);
CREATE INDEX shipments_by_order ON shipments (workspace_id, order_id);

CREATE TABLE shipment_lines (
  workspace_id uuid NOT NULL,
  shipment_id uuid NOT NULL,
  line_remote_id text NOT NULL,
  quantity numeric(14, 4) NOT NULL,
  PRIMARY KEY (workspace_id, shipment_id, line_remote_id),
  FOREIGN KEY (workspace_id, shipment_id) REFERENCES shipments ON DELETE CASCADE
);

CREATE TABLE parcels (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  shipment_id uuid NOT NULL,
  order_id uuid NOT NULL,
  position int NOT NULL,
  tracking text NOT NULL,
  -- Upper case without spaces: how numbers are compared.
  tracking_key text NOT NULL,
  url text,
  weight_g int,
  withdrawn_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, shipment_id) REFERENCES shipments ON DELETE CASCADE
);
CREATE INDEX parcels_by_shipment ON parcels (workspace_id, shipment_id);
CREATE INDEX parcels_by_tracking ON parcels (workspace_id, tracking_key);
-- The same number stands on one order once; a voided one may come back.
CREATE UNIQUE INDEX parcels_once_per_order ON parcels (workspace_id, order_id, tracking_key) WHERE withdrawn_at IS NULL;

CREATE TABLE writebacks (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  integration_id uuid NOT NULL,
  order_id uuid NOT NULL,
  shipment_id uuid,
  kind text NOT NULL CHECK (kind IN ('shipped', 'corrected', 'voided')),
  revision int NOT NULL,
  state text NOT NULL CHECK (state IN ('planned', 'sent', 'confirmed', 'refused', 'in-doubt')),
  -- Why: a refusal's code, or the error of the last attempt that failed.
  because text,
  detail text,
  notice json NOT NULL,
  steps json NOT NULL DEFAULT '[]',
  read_back json,
  attempts int NOT NULL DEFAULT 0,
  next_at timestamptz,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  settled_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  UNIQUE NULLS NOT DISTINCT (workspace_id, integration_id, order_id, shipment_id, kind, revision),
  FOREIGN KEY (workspace_id, order_id) REFERENCES orders ON DELETE CASCADE
);
CREATE INDEX writebacks_due ON writebacks (workspace_id, integration_id, next_at) WHERE next_at IS NOT NULL;
-- For counts of what waits or needs a person; confirmed ones are nearly all and not in it.
CREATE INDEX writebacks_open ON writebacks (workspace_id, integration_id) WHERE state <> 'confirmed';
CREATE INDEX writebacks_newest ON writebacks (workspace_id, created_at DESC, id DESC);
CREATE INDEX writebacks_by_order ON writebacks (workspace_id, order_id);

CREATE TABLE events (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  seq bigint NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  subject uuid,
  details json NOT NULL,
  PRIMARY KEY (workspace_id, seq)
);
-- Gapless and in commit order: UPDATE … RETURNING as the last statement of a transaction.
CREATE TABLE event_counters (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
  seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
