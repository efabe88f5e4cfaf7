-- Styles that are looked at before they are published: whoever holds the token of one sees it, for an hour.
CREATE TABLE style_previews (
    pool_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- all settings that differ from the defaults
    settings TEXT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, hash),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);
CREATE INDEX style_previews_by_expiry ON style_previews (expires_at);
