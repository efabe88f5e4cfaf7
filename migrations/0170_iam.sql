-- Roles, users and groups.
CREATE TABLE iam_principals (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Names are unique without regard to case.
    folded_name TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    -- The ARN of the policy that bounds what the others allow
    boundary TEXT,
    -- JSON: trust policy, description, longest session, tags
    details TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind, folded_name)
);
CREATE INDEX iam_principals_boundary ON iam_principals (account_id, boundary);

CREATE TABLE iam_inline_policies (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account_id, kind, owner, name),
    FOREIGN KEY (account_id, kind, owner) REFERENCES iam_principals (account_id, kind, folded_name) ON DELETE CASCADE
);

CREATE TABLE iam_attachments (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    policy_arn TEXT NOT NULL,
    PRIMARY KEY (account_id, kind, owner, policy_arn),
    FOREIGN KEY (account_id, kind, owner) REFERENCES iam_principals (account_id, kind, folded_name) ON DELETE CASCADE
);
CREATE INDEX iam_attachments_policy ON iam_attachments (account_id, policy_arn);

CREATE TABLE iam_group_members (
    account_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    user_name TEXT NOT NULL,
    PRIMARY KEY (account_id, user_name, group_name)
);
CREATE INDEX iam_group_members_group ON iam_group_members (account_id, group_name);

CREATE TABLE iam_access_keys (
    access_key_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    -- Always 'user': what the key belongs to, for the reference
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    -- sealed
    secret BYTEA NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (account_id, kind, owner) REFERENCES iam_principals (account_id, kind, folded_name) ON DELETE CASCADE
);
CREATE INDEX iam_access_keys_owner ON iam_access_keys (account_id, kind, owner);

CREATE TABLE iam_policies (
    account_id TEXT NOT NULL,
    arn TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    -- JSON: description, tags
    details TEXT NOT NULL,
    default_version BIGINT NOT NULL,
    newest_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, arn),
    UNIQUE (account_id, folded_name)
);

CREATE TABLE iam_policy_versions (
    account_id TEXT NOT NULL,
    arn TEXT NOT NULL,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, arn, version),
    FOREIGN KEY (account_id, arn) REFERENCES iam_policies (account_id, arn) ON DELETE CASCADE
);

-- OpenID Connect and SAML providers.
CREATE TABLE iam_providers (
    account_id TEXT NOT NULL,
    arn TEXT NOT NULL,
    -- JSON: address, audiences and thumbprints, or the metadata
    details TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, arn)
);
