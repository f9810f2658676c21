-- Why: data that would hurt at the first start after adoption: sequences behind their table, and years of unsent events.

-- A copy made with explicit ids leaves the sequence behind, and the next insert fails on the primary key. A table whose id
-- has no sequence at all (restored by foreign tools) gets one.
DO $$
DECLARE
    listed TEXT;
    sequence_name TEXT;
    highest BIGINT;
    next_value BIGINT;
BEGIN
    FOREACH listed IN ARRAY ARRAY[
        'training_staff', 'cadets', 'users', 'grades', 'training_days', 'attendance_records',
        'staff_attendance_records', 'excuse_letters', 'merit_demerit_logs', 'activities', 'activity_images',
        'admin_messages', 'staff_messages', 'notifications', 'push_subscriptions', 'system_settings', 'audit_logs',
        'sync_events', 'staff_audit'
    ] LOOP
        sequence_name := pg_get_serial_sequence('public.' || listed, 'id');
        IF sequence_name IS NULL THEN
            sequence_name := format('public.%I', listed || '_id_seq');
            EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %s AS INTEGER', sequence_name);
            EXECUTE format('ALTER SEQUENCE %s OWNED BY public.%I.id', sequence_name, listed);
            EXECUTE format('ALTER TABLE public.%I ALTER COLUMN id SET DEFAULT nextval(%L)', listed, sequence_name);
        END IF;
        EXECUTE format('SELECT max(id) FROM public.%I', listed) INTO highest;
        EXECUTE format('SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM %s', sequence_name)
            INTO next_value;
        IF highest >= next_value THEN
            PERFORM setval(sequence_name::regclass, highest);
        END IF;
    END LOOP;
END $$;

-- Legacy: on PostgreSQL the poller never marked anything as processed. Nobody waits for these events any more, and sending
-- them would repeat every change since the beginning.
UPDATE public.sync_events SET processed = TRUE, processed_at = CURRENT_TIMESTAMP WHERE processed IS NOT TRUE;
