-- WebAuthn credentials. A credential belongs to one user of a pool.
CREATE TABLE passkeys (
    pool_id TEXT NOT NULL,
    -- base64url
    credential_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    -- which of the user's places it takes: two registrations at once cannot take the same, so that the limit holds
    slot BIGINT NOT NULL,
    -- a COSE_Key, as the authenticator gave it
    public_key BYTEA NOT NULL,
    counter BIGINT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backed_up BOOLEAN NOT NULL,
    transports TEXT NOT NULL,
    attachment TEXT,
    aaguid TEXT NOT NULL,
    name TEXT NOT NULL,
    rp_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (pool_id, credential_id),
    UNIQUE (pool_id, sub, slot),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);

-- Registrations that began, by the hash of their challenge. A newer one by the same client replaces the older.
CREATE TABLE webauthn_challenges (
    pool_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    client_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub, client_id),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX webauthn_challenges_by_expiry ON webauthn_challenges (expires_at);
