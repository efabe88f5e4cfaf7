-- What 0004 says of lists holds for these as well.
ALTER TABLE user_groups ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE group_members ALTER COLUMN group_name TYPE TEXT COLLATE "C";
ALTER TABLE group_members ALTER COLUMN sub TYPE TEXT COLLATE "C";
ALTER TABLE devices ALTER COLUMN device_key TYPE TEXT COLLATE "C";
