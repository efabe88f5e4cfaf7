-- What a pool, or one client of it, does about risks. The pool's own row has no client id.
CREATE TABLE risk_configurations (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    settings TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, client_id)
);

-- What users did to prove themselves, while their pool watches.
CREATE TABLE auth_events (
    pool_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    kind TEXT NOT NULL,
    response TEXT NOT NULL,
    client_id TEXT,
    -- challenges, risk and context
    details TEXT NOT NULL,
    feedback_value TEXT,
    feedback_provider TEXT,
    feedback_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, event_id),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX auth_events_by_user ON auth_events (pool_id, sub, created_at, event_id);
CREATE INDEX auth_events_by_age ON auth_events (created_at);

-- Where a pool's logs go.
CREATE TABLE log_deliveries (
    pool_id TEXT PRIMARY KEY REFERENCES pools (id) ON DELETE CASCADE,
    configurations TEXT NOT NULL
);
