-- Why: some systems number their users and others give them UUIDs; the tables beside them name a user by the text of that key.
--
-- A system compares on its own side (`users.id = sessions.user_id::int`), so that its primary key serves the look-up.

ALTER TABLE muster.sessions ALTER COLUMN user_id TYPE TEXT;
ALTER TABLE muster.signin_links ALTER COLUMN user_id TYPE TEXT;
ALTER TABLE muster.uploads ALTER COLUMN uploaded_by TYPE TEXT;
ALTER TABLE muster.jobs
    ALTER COLUMN created_by DROP DEFAULT,
    ALTER COLUMN created_by TYPE TEXT;
ALTER TABLE muster.jobs ALTER COLUMN created_by SET DEFAULT nullif(current_setting('muster.actor', true), '');
