-- The level that a sign-in reached, and what its tokens must say beyond their scopes (JSON).
ALTER TABLE authorization_codes ADD COLUMN acr TEXT;
-- The key that a code is bound to (RFC 9449).
ALTER TABLE authorization_codes ADD COLUMN dpop_jkt TEXT;
ALTER TABLE authorization_codes ADD COLUMN requested TEXT NOT NULL DEFAULT '{}';
ALTER TABLE sessions ADD COLUMN requested TEXT NOT NULL DEFAULT '{}';

-- Authorization requests that clients sent ahead (RFC 9126).
CREATE TABLE pushed_requests (
    pool_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- form-encoded
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, hash),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);

-- What a user has let a client have.
CREATE TABLE consents (
    pool_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- space-separated
    scope TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub, client_id),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE,
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);

-- Where a client is told that a session ended (OpenID Connect Back-Channel Logout); a copy of its setting, to be found by.
ALTER TABLE clients ADD COLUMN backchannel_logout_uri TEXT;
CREATE INDEX clients_by_backchannel ON clients (pool_id, backchannel_logout_uri);

-- Logout tokens that are still to be delivered. The user may be gone.
CREATE TABLE logout_notices (
    pool_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    -- the browser's session; empty where it was none
    sid TEXT NOT NULL,
    -- when it was first tried
    first_at BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- claimed by one server until then
    claimed_until BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    PRIMARY KEY (pool_id, client_id, sub, sid),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);
CREATE INDEX logout_notices_by_due ON logout_notices (due_at);
