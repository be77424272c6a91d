-- The tables of the first landed version, as its `create_all` made them.
CREATE TABLE claim (
  "key" VARCHAR(200) NOT NULL,
  state VARCHAR(10) NOT NULL,
  lease_until FLOAT NOT NULL,
  created_at FLOAT NOT NULL,
  PRIMARY KEY ("key")
);
CREATE INDEX ix_claim_created_at ON claim (created_at);
CREATE TABLE delivery (
  id VARCHAR(40) NOT NULL,
  month VARCHAR(7) NOT NULL,
  team VARCHAR(40) NOT NULL,
  channel VARCHAR(40) NOT NULL,
  part INTEGER NOT NULL,
  summary_id VARCHAR(100),
  payload TEXT NOT NULL,
  payload_sha256 VARCHAR(64) NOT NULL,
  state VARCHAR(10) NOT NULL,
  attempts INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  next_at FLOAT NOT NULL,
  lease_until FLOAT NOT NULL,
  first_try_at FLOAT,
  settle_at FLOAT,
  ts VARCHAR(40),
  error VARCHAR(60),
  resolved_by VARCHAR(10),
  created_at FLOAT NOT NULL,
  changed_at FLOAT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (month, team, channel, part)
);
CREATE INDEX delivery_due ON delivery (state, next_at);
CREATE TABLE share (
  id VARCHAR(40) NOT NULL,
  channel VARCHAR(40) NOT NULL,
  ts VARCHAR(40) NOT NULL,
  "user" VARCHAR(40) NOT NULL,
  summary_id VARCHAR(100) NOT NULL,
  created_at FLOAT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_share_created_at ON share (created_at);
CREATE TABLE subscription (
  team VARCHAR(40) NOT NULL,
  channel VARCHAR(40) NOT NULL,
  after_month VARCHAR(7) NOT NULL,
  created_at FLOAT NOT NULL,
  PRIMARY KEY (team, channel)
);
CREATE TABLE thread (
  channel VARCHAR(40) NOT NULL,
  thread_ts VARCHAR(40) NOT NULL,
  summary_id VARCHAR(100) NOT NULL,
  updated_at FLOAT NOT NULL,
  PRIMARY KEY (channel, thread_ts)
);
CREATE INDEX ix_thread_updated_at ON thread (updated_at);
CREATE TABLE receipt (
  delivery_id VARCHAR(40) NOT NULL,
  ts VARCHAR(40) NOT NULL,
  source VARCHAR(10) NOT NULL,
  seen_at FLOAT NOT NULL,
  removed_at FLOAT,
  PRIMARY KEY (delivery_id, ts),
  FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);
