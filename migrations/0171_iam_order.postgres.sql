-- Paged in byte order, as on SQLite. The keys that refer to each other change together.
ALTER TABLE iam_inline_policies DROP CONSTRAINT iam_inline_policies_account_id_kind_owner_fkey;
ALTER TABLE iam_attachments DROP CONSTRAINT iam_attachments_account_id_kind_owner_fkey;
ALTER TABLE iam_access_keys DROP CONSTRAINT iam_access_keys_account_id_kind_owner_fkey;
ALTER TABLE iam_policy_versions DROP CONSTRAINT iam_policy_versions_account_id_arn_fkey;
ALTER TABLE iam_principals ALTER COLUMN folded_name TYPE TEXT COLLATE "C", ALTER COLUMN path TYPE TEXT COLLATE "C";
ALTER TABLE iam_inline_policies ALTER COLUMN owner TYPE TEXT COLLATE "C", ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE iam_attachments ALTER COLUMN owner TYPE TEXT COLLATE "C", ALTER COLUMN policy_arn TYPE TEXT COLLATE "C";
ALTER TABLE iam_access_keys ALTER COLUMN owner TYPE TEXT COLLATE "C", ALTER COLUMN access_key_id TYPE TEXT COLLATE "C";
ALTER TABLE iam_policies ALTER COLUMN arn TYPE TEXT COLLATE "C", ALTER COLUMN folded_name TYPE TEXT COLLATE "C", ALTER COLUMN path TYPE TEXT COLLATE "C";
ALTER TABLE iam_policy_versions ALTER COLUMN arn TYPE TEXT COLLATE "C";
ALTER TABLE iam_group_members ALTER COLUMN group_name TYPE TEXT COLLATE "C", ALTER COLUMN user_name TYPE TEXT COLLATE "C";
ALTER TABLE iam_providers ALTER COLUMN arn TYPE TEXT COLLATE "C";
ALTER TABLE iam_inline_policies ADD FOREIGN KEY (account_id, kind, owner) REFERENCES iam_principals (account_id, kind, folded_name) ON DELETE CASCADE;
ALTER TABLE iam_attachments ADD FOREIGN KEY (account_id, kind, owner) REFERENCES iam_principals (account_id, kind, folded_name) ON DELETE CASCADE;
ALTER TABLE iam_access_keys ADD FOREIGN KEY (account_id, kind, owner) REFERENCES iam_principals (account_id, kind, folded_name) ON DELETE CASCADE;
ALTER TABLE iam_policy_versions ADD FOREIGN KEY (account_id, arn) REFERENCES iam_policies (account_id, arn) ON DELETE CASCADE;
