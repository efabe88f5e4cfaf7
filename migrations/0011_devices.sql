-- A device begins with the sign-in that hands out its key, and is confirmed with its secret's verifier.
CREATE TABLE devices (
    pool_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    device_key TEXT NOT NULL,
    device_group_key TEXT NOT NULL,
    name TEXT,
    -- salt and SRP verifier, sealed; none until the device is confirmed
    verifier BYTEA,
    remembered BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    last_authenticated_at BIGINT NOT NULL,
    last_address TEXT NOT NULL,
    PRIMARY KEY (pool_id, sub, device_key),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX devices_unconfirmed ON devices (created_at) WHERE verifier IS NULL;
