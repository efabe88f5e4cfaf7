-- The users that are enabled, and those that are not, in the order of their age.
CREATE INDEX users_by_standing ON users (pool_id, enabled, created_at, sub);
