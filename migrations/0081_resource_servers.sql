CREATE TABLE resource_servers (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    -- JSON: each scope's name and description
    scopes TEXT NOT NULL,
    PRIMARY KEY (pool_id, identifier)
);
