-- What is known of a pool in other regions.
CREATE TABLE pool_replicas (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    region TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, region)
);
