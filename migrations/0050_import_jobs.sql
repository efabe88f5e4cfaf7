-- Jobs that import users from a CSV file.
CREATE TABLE import_jobs (
    pool_id TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    -- of the hashes in the file
    algorithm TEXT,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    imported BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    message TEXT,
    -- the newest upload that was begun, and the one that is complete
    uploading TEXT,
    upload TEXT,
    size BIGINT NOT NULL DEFAULT 0,
    -- how much of the file is done: in bytes and in lines
    position BIGINT NOT NULL DEFAULT 0,
    line BIGINT NOT NULL DEFAULT 0,
    -- the columns, once they were read
    header TEXT,
    -- worked on by one server until then
    claimed_until BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (pool_id, id)
);
-- A pool has one running job at a time.
CREATE UNIQUE INDEX import_jobs_running ON import_jobs (pool_id) WHERE status IN ('Pending', 'InProgress', 'Stopping');
CREATE INDEX import_jobs_by_age ON import_jobs (pool_id, created_at, id);
CREATE INDEX import_jobs_by_status ON import_jobs (status, claimed_until);

-- The file of a job, in pieces of equal size but the last; gone when the job ends.
CREATE TABLE import_chunks (
    pool_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    upload TEXT NOT NULL,
    number BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (pool_id, job_id, upload, number),
    FOREIGN KEY (pool_id, job_id) REFERENCES import_jobs (pool_id, id) ON DELETE CASCADE
);

-- Rows that were not imported, and why.
CREATE TABLE import_failures (
    pool_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (pool_id, job_id, line),
    FOREIGN KEY (pool_id, job_id) REFERENCES import_jobs (pool_id, id) ON DELETE CASCADE
);
