-- Clients that registered themselves (RFC 7591), with the hash of the token that each manages itself with (RFC 7592).
CREATE TABLE registrations (
    pool_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    -- whether a token was shown to register it
    authenticated BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, client_id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);
