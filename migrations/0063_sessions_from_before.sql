-- Sessions from before sessions had ids get ones of the same form, so that they are listed and can be ended. A UUID has 32 digits.
UPDATE sessions SET session_id = 'tkn' || substr(replace(origin_jti, '-', ''), 1, 25), last_active_at = auth_time WHERE session_id = '';
