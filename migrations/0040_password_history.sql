-- The hashes of passwords that a user had before, by the version of the user that had them.
CREATE TABLE password_history (
    pool_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- argon2id PHC string
    password TEXT NOT NULL,
    PRIMARY KEY (pool_id, sub, version),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE
);
