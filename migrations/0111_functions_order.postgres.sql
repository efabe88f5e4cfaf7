-- Functions and aliases are listed in byte order.
ALTER TABLE function_aliases DROP CONSTRAINT function_aliases_name_fkey;
ALTER TABLE function_versions DROP CONSTRAINT function_versions_name_fkey;
ALTER TABLE functions ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE function_versions ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE function_aliases ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE function_aliases ALTER COLUMN alias TYPE TEXT COLLATE "C";
ALTER TABLE function_versions ADD CONSTRAINT function_versions_name_fkey FOREIGN KEY (name) REFERENCES functions (name) ON DELETE CASCADE;
ALTER TABLE function_aliases ADD CONSTRAINT function_aliases_name_fkey FOREIGN KEY (name) REFERENCES functions (name) ON DELETE CASCADE;
