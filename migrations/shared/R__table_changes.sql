-- Why: no writer can be trusted to say what it has changed; the tables themselves do.
--
-- Every table that cached responses are made of has the statement trigger trg_muster_touched on INSERT, UPDATE, DELETE and
-- TRUNCATE. The first statement of a transaction that writes a table (even if no row fits) does two things:
--
-- * It adds the name to the setting muster.touched of the transaction: ',orders,,customers,'. The process that commits reads
--   it with the commit, and drops at once what it has cached of these tables.
-- * It inserts a row into muster.table_changes, from which every other process learns the same within a second.
--
-- The owner's rights, so that whoever may write a table needs none on ours.
CREATE OR REPLACE FUNCTION muster.touch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config(
        'muster.touched', concat(current_setting('muster.touched', true), ',', TG_TABLE_NAME, ','), true);
    INSERT INTO muster.table_changes (table_name) VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;
