-- Requests a second that the installation serves of a category. A category without a row is not limited.
CREATE TABLE provisioned_limits (
    category TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
