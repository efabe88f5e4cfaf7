-- Devices that ask for tokens (RFC 8628), by the hash of the code that they poll with and of the code that a person enters.
CREATE TABLE device_grants (
    pool_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    user_code_hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- separated by spaces
    scope TEXT NOT NULL,
    -- pending, approved, denied or redeemed
    status TEXT NOT NULL,
    -- seconds between two questions, and when the last was asked
    poll_interval BIGINT NOT NULL,
    polled_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- who decided, when, and in which session of a browser
    sub TEXT,
    decided_at BIGINT,
    auth_time BIGINT,
    amr TEXT,
    event_id TEXT,
    origin_session_id TEXT,
    PRIMARY KEY (pool_id, hash),
    UNIQUE (pool_id, user_code_hash),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE,
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX device_grants_by_expiry ON device_grants (expires_at);
CREATE INDEX device_grants_by_user ON device_grants (pool_id, sub);
