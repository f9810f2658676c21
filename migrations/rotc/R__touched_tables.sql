-- Why: what a process keeps of a table must not outlive a change of it, and no writer can be trusted to say so.
--
-- Every table of the system has the trigger trg_muster_touched; shared/R__table_changes.sql says what its function does.

-- The condition keeps the function from being called again for the same table: the audit log gets a statement for every
-- row that changes. Made only where it is missing or watches other columns, because making one locks the table
-- (R__row_audit.sql says more).
DO $$
DECLARE
    -- A heartbeat writes these every few seconds for everybody who is online; nothing kept may be made of them.
    heartbeat CONSTANT TEXT[] := ARRAY['last_seen', 'last_latitude', 'last_longitude', 'last_location_at',
        'last_location_accuracy', 'last_location_provider'];
    touched regclass;
    watched TEXT; -- columns by number, as pg_trigger has them; empty for all
    named TEXT;
BEGIN
    FOREACH touched IN ARRAY ARRAY[
        'public.users', 'public.cadets', 'public.training_staff', 'public.user_settings', 'public.grades',
        'public.merit_demerit_logs', 'public.training_days', 'public.attendance_records',
        'public.staff_attendance_records', 'public.excuse_letters', 'public.activities', 'public.activity_images',
        'public.admin_messages', 'public.staff_messages', 'public.notifications', 'public.push_subscriptions',
        'public.system_settings', 'public.audit_logs', 'public.sync_events', 'public.staff_audit',
        'muster.notification_states', 'muster.certificates'
    ]::regclass[] LOOP
        SELECT coalesce(string_agg(attnum::text, ' ' ORDER BY attnum), ''),
               ' OF ' || string_agg(quote_ident(attname), ', ' ORDER BY attnum)
        INTO watched, named
        FROM pg_attribute
        WHERE attrelid = touched AND touched = 'public.users'::regclass
          AND attnum > 0 AND NOT attisdropped AND attname <> ALL (heartbeat);
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_trigger
            WHERE tgrelid = touched AND tgname = 'trg_muster_touched' AND tgattr::text = watched
                AND tgtype & 32 <> 0); -- TRUNCATE
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER trg_muster_touched AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE%s ON %s'
            ' FOR EACH STATEMENT'
            ' WHEN (coalesce(strpos(current_setting(''muster.touched'', true), %L), 0) = 0)'
            ' EXECUTE FUNCTION muster.touch()',
            named, touched, format(',%s,', (SELECT relname FROM pg_class WHERE oid = touched)));
    END LOOP;
END $$;
