CREATE TABLE user_groups (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT,
    role_arn TEXT,
    -- the lowest comes first; none comes last
    precedence BIGINT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, name)
);

CREATE TABLE group_members (
    pool_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    group_name TEXT NOT NULL,
    PRIMARY KEY (pool_id, sub, group_name),
    FOREIGN KEY (pool_id, sub) REFERENCES users (pool_id, sub) ON DELETE CASCADE,
    FOREIGN KEY (pool_id, group_name) REFERENCES user_groups (pool_id, name) ON DELETE CASCADE
);
CREATE INDEX group_members_by_group ON group_members (pool_id, group_name, sub);
