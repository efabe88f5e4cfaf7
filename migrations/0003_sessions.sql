-- A sign-in on one client: the family of tokens that share its origin_jti.
CREATE TABLE sessions (
    pool_id TEXT NOT NULL,
    origin_jti TEXT NOT NULL,
    sub TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- whether it began at the OAuth endpoints
    by_oauth BOOLEAN NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT,
    event_id TEXT NOT NULL,
    -- of the secret that every refresh token of this session carries
    refresh_hash TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (pool_id, origin_jti),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (pool_id, sub);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE authorization_codes (
    pool_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT,
    code_challenge TEXT,
    auth_time BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- the session that the code gave, once it was used
    origin_jti TEXT,
    PRIMARY KEY (pool_id, hash),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);

-- A browser that is signed in to a pool's hosted pages.
CREATE TABLE browser_sessions (
    pool_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    sub TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, hash),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX browser_sessions_by_user ON browser_sessions (pool_id, sub);
CREATE INDEX browser_sessions_by_expiry ON browser_sessions (expires_at);

-- Where a person stands in the hosted pages. Bound to the browser that it began in.
CREATE TABLE flows (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    browser TEXT NOT NULL,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, hash)
);
CREATE INDEX flows_by_expiry ON flows (expires_at);

-- Sealed values that work once and were used: challenge sessions, and refresh tokens that were rotated.
CREATE TABLE spent (
    pool_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    spent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, hash)
);
CREATE INDEX spent_by_expiry ON spent (expires_at);

-- Messages to deliver, written in the transaction that caused them.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    pool_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- sealed: it holds codes and addresses
    message BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- when to try (again); no value where it is shown only, or was given up
    due_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- claimed by one server until then
    claimed_until BIGINT NOT NULL DEFAULT 0,
    last_error TEXT
);
CREATE INDEX outbox_by_due ON outbox (due_at);
CREATE INDEX outbox_by_age ON outbox (created_at);
