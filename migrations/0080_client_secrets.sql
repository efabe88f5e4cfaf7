-- An app client's secrets, sealed: up to two, so that one can take the place of the other without a moment when neither works.
-- The time of its making is what a secret is called by.
CREATE TABLE client_secrets (
    pool_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    secret BYTEA NOT NULL,
    PRIMARY KEY (pool_id, client_id, created_at),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients (pool_id, id) ON DELETE CASCADE
);
INSERT INTO client_secrets (pool_id, client_id, created_at, secret)
    SELECT pool_id, id, created_at, secret FROM clients WHERE secret IS NOT NULL;
-- A deleted secret must not live on in a copy. A server of an older version stops answering for clients rather than taking
-- those without a copy for public ones.
ALTER TABLE clients DROP COLUMN secret;
