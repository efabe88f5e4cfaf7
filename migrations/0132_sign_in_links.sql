-- Links that sign in, by the hash of their secret: used once, and for a few minutes.
CREATE TABLE sign_in_links (
    pool_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    username TEXT NOT NULL,
    -- hash of the address that it went to
    destination TEXT NOT NULL,
    password_set_at BIGINT,
    -- hashes of the flow and the browser that asked for it
    flow TEXT NOT NULL,
    browser TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, hash),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
CREATE INDEX sign_in_links_by_user ON sign_in_links (pool_id, sub);
CREATE INDEX sign_in_links_by_end ON sign_in_links (expires_at);
