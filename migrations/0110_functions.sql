-- Functions of app owners. What holds for all versions of one.
CREATE TABLE functions (
    name TEXT NOT NULL PRIMARY KEY,
    next_version BIGINT NOT NULL,
    tags TEXT NOT NULL,
    policy TEXT NOT NULL,
    revision_id TEXT NOT NULL
);

-- $LATEST, which has the number 0, and what was published of it.
CREATE TABLE function_versions (
    name TEXT NOT NULL REFERENCES functions (name) ON DELETE CASCADE,
    version TEXT NOT NULL,
    number BIGINT NOT NULL,
    settings TEXT NOT NULL,
    -- the environment, and the key of signed events
    sealed BYTEA NOT NULL,
    code_sha256 TEXT NOT NULL,
    code_size BIGINT NOT NULL,
    code BYTEA NOT NULL,
    revision_id TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (name, version)
);
CREATE UNIQUE INDEX function_versions_by_number ON function_versions (name, number);

CREATE TABLE function_aliases (
    name TEXT NOT NULL REFERENCES functions (name) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    version TEXT NOT NULL,
    description TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    PRIMARY KEY (name, alias)
);

-- The last calls of each function, of a folder of functions too.
CREATE TABLE function_invocations (
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (name, id)
);
CREATE INDEX function_invocations_by_time ON function_invocations (name, at);
CREATE INDEX function_invocations_by_age ON function_invocations (at);
