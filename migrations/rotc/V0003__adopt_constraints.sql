-- Why: an old database may lack keys, checks and foreign keys, or hold rows that break them; this adds what it can.
--
-- The safe way with bad rows: every row stays where it is. A foreign key or check that some rows break is added as
-- NOT VALID, so it holds for everything written from now on, cascades work, and old rows can still be read and repaired
-- (then: ALTER TABLE .. VALIDATE CONSTRAINT ..). A key that cannot exist because of doubles is left out. Either way the
-- rows are listed in muster.adoption_findings by their id. The legacy server on SQLite never enforced foreign keys, so
-- orphans are to be expected.
-- Bad data and odd definitions never make the adoption fail; each addition has its own handler for them. Locks, deadlocks
-- and a full disk are not handled: they roll this file back, and the next run starts it again.

-- Required columns.
DO $$
DECLARE
    required RECORD;
    missing BIGINT;
BEGIN
    FOR required IN
        SELECT listed.*
        FROM (VALUES
            ('training_staff', 'first_name'), ('training_staff', 'last_name'),
            ('cadets', 'first_name'), ('cadets', 'last_name'), ('cadets', 'student_id'),
            ('users', 'username'), ('users', 'password'), ('users', 'role'),
            ('grades', 'cadet_id'),
            ('training_days', 'date'), ('training_days', 'title'),
            ('attendance_records', 'training_day_id'), ('attendance_records', 'cadet_id'),
            ('attendance_records', 'status'),
            ('staff_attendance_records', 'training_day_id'), ('staff_attendance_records', 'staff_id'),
            ('staff_attendance_records', 'status'),
            ('excuse_letters', 'date_absent'),
            ('merit_demerit_logs', 'type'), ('merit_demerit_logs', 'points'),
            ('activities', 'title'), ('activity_images', 'image_path'),
            ('staff_messages', 'sender_staff_id'), ('staff_messages', 'content'),
            ('notifications', 'message'), ('notifications', 'type'),
            ('push_subscriptions', 'endpoint'), ('push_subscriptions', 'keys'),
            ('system_settings', 'key'),
            ('audit_logs', 'table_name'), ('audit_logs', 'operation'),
            ('sync_events', 'event_type')
        ) AS listed (table_name, column_name)
        JOIN information_schema.columns c USING (table_name, column_name)
        WHERE c.table_schema = 'public' AND c.is_nullable = 'YES'
    LOOP
        EXECUTE format('SELECT count(*) FROM public.%I WHERE %I IS NULL', required.table_name, required.column_name)
            INTO missing;
        IF missing = 0 THEN
            EXECUTE format('ALTER TABLE public.%I ALTER COLUMN %I SET NOT NULL',
                required.table_name, required.column_name);
        ELSE
            INSERT INTO muster.adoption_findings (table_name, column_name, finding, detail)
            VALUES (required.table_name, required.column_name, 'required column has empty rows: left nullable',
                jsonb_build_object('rows', missing));
        END IF;
    END LOOP;
END $$;

-- Primary keys and uniques. A unique index under any name on the same columns will do.
DO $$
DECLARE
    wanted RECORD;
    doubled BIGINT;
BEGIN
    FOR wanted IN
        SELECT *
        FROM (VALUES
            ('training_staff', 'PRIMARY KEY', 'training_staff_pkey', '{id}'::text[]),
            ('training_staff', 'UNIQUE', 'training_staff_email_key', '{email}'),
            ('cadets', 'PRIMARY KEY', 'cadets_pkey', '{id}'),
            ('cadets', 'UNIQUE', 'cadets_student_id_key', '{student_id}'),
            ('users', 'PRIMARY KEY', 'users_pkey', '{id}'),
            ('users', 'UNIQUE', 'users_username_key', '{username}'),
            ('user_settings', 'PRIMARY KEY', 'user_settings_pkey', '{user_id}'),
            ('grades', 'PRIMARY KEY', 'grades_pkey', '{id}'),
            ('grades', 'UNIQUE', 'grades_cadet_id_key', '{cadet_id}'),
            ('training_days', 'PRIMARY KEY', 'training_days_pkey', '{id}'),
            ('attendance_records', 'PRIMARY KEY', 'attendance_records_pkey', '{id}'),
            ('attendance_records', 'UNIQUE', 'attendance_records_training_day_id_cadet_id_key',
                '{training_day_id,cadet_id}'),
            ('staff_attendance_records', 'PRIMARY KEY', 'staff_attendance_records_pkey', '{id}'),
            ('staff_attendance_records', 'UNIQUE', 'staff_attendance_records_training_day_id_staff_id_key',
                '{training_day_id,staff_id}'),
            ('excuse_letters', 'PRIMARY KEY', 'excuse_letters_pkey', '{id}'),
            ('merit_demerit_logs', 'PRIMARY KEY', 'merit_demerit_logs_pkey', '{id}'),
            ('activities', 'PRIMARY KEY', 'activities_pkey', '{id}'),
            ('activity_images', 'PRIMARY KEY', 'activity_images_pkey', '{id}'),
            ('admin_messages', 'PRIMARY KEY', 'admin_messages_pkey', '{id}'),
            ('staff_messages', 'PRIMARY KEY', 'staff_messages_pkey', '{id}'),
            ('notifications', 'PRIMARY KEY', 'notifications_pkey', '{id}'),
            ('push_subscriptions', 'PRIMARY KEY', 'push_subscriptions_pkey', '{id}'),
            ('push_subscriptions', 'UNIQUE', 'push_subscriptions_endpoint_key', '{endpoint}'),
            ('system_settings', 'PRIMARY KEY', 'system_settings_pkey', '{id}'),
            ('system_settings', 'UNIQUE', 'system_settings_key_key', '{key}'),
            ('audit_logs', 'PRIMARY KEY', 'audit_logs_pkey', '{id}'),
            ('sync_events', 'PRIMARY KEY', 'sync_events_pkey', '{id}'),
            ('staff_audit', 'PRIMARY KEY', 'staff_audit_pkey', '{id}')
        ) AS listed (table_name, kind, constraint_name, columns)
        WHERE NOT EXISTS (
            SELECT FROM pg_index i
            WHERE i.indrelid = format('public.%I', listed.table_name)::regclass
              AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
              AND (i.indisprimary OR listed.kind = 'UNIQUE')
              AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
                   WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))
                = (SELECT array_agg(name ORDER BY name COLLATE "C") FROM unnest(listed.columns) AS name)
        )
    LOOP
        BEGIN
            EXECUTE format('ALTER TABLE public.%I ADD CONSTRAINT %I %s (%s)', wanted.table_name,
                wanted.constraint_name, wanted.kind,
                (SELECT string_agg(quote_ident(name), ', ' ORDER BY place)
                 FROM unnest(wanted.columns) WITH ORDINALITY AS listed (name, place)));
        EXCEPTION
        WHEN integrity_constraint_violation OR syntax_error_or_access_rule_violation OR program_limit_exceeded THEN
            INSERT INTO muster.adoption_findings (table_name, column_name, finding, detail)
            VALUES (wanted.table_name, array_to_string(wanted.columns, ','), 'key left out',
                jsonb_build_object('constraint', wanted.constraint_name, 'error', SQLERRM));
            -- The doubles, so that somebody can decide which one is right.
            EXECUTE format(
                'INSERT INTO muster.adoption_findings (table_name, column_name, row_key, finding)'
                ' SELECT %1$L, %2$L, row_key, ''shares its key with another row'' FROM ('
                '     SELECT %3$s AS row_key, count(*) OVER (PARTITION BY %4$s) AS copies'
                '     FROM public.%1$I WHERE num_nonnulls(%4$s) = %5$s'
                ' ) counted WHERE copies > 1',
                wanted.table_name, array_to_string(wanted.columns, ','),
                CASE wanted.table_name WHEN 'user_settings' THEN 'user_id::text' ELSE 'id::text' END,
                (SELECT string_agg(quote_ident(name), ', ') FROM unnest(wanted.columns) AS name),
                cardinality(wanted.columns));
        END;
    END LOOP;
END $$;

-- Checks. They are always made anew: an older database may carry an older list under the same name.
DO $$
DECLARE
    wanted RECORD;
BEGIN
    FOR wanted IN
        SELECT *
        FROM (VALUES
            ('users', 'role', '{admin,cadet,training_staff}'::text[]),
            ('merit_demerit_logs', 'type', '{merit,demerit}'),
            ('attendance_records', 'status', '{present,absent,late,excused}'),
            ('staff_attendance_records', 'status', '{present,absent,late,excused}')
        ) AS listed (table_name, column_name, allowed)
    LOOP
        EXECUTE format(
            'ALTER TABLE public.%1$I DROP CONSTRAINT IF EXISTS %3$I,'
            ' ADD CONSTRAINT %3$I CHECK (%2$I IN (%4$s)) NOT VALID',
            wanted.table_name, wanted.column_name, wanted.table_name || '_' || wanted.column_name || '_check',
            (SELECT string_agg(quote_literal(word), ', ') FROM unnest(wanted.allowed) AS word));
        EXECUTE format(
            'INSERT INTO muster.adoption_findings (table_name, column_name, row_key, finding)'
            ' SELECT %1$L, %2$L, id::text, ''value outside the allowed list: kept'''
            ' FROM public.%1$I WHERE %2$I <> ALL (%3$L::text[])',
            wanted.table_name, wanted.column_name, wanted.allowed);
        BEGIN
            EXECUTE format('ALTER TABLE public.%I VALIDATE CONSTRAINT %I',
                wanted.table_name, wanted.table_name || '_' || wanted.column_name || '_check');
        EXCEPTION WHEN check_violation THEN
            NULL; -- the rows are in the findings
        END;
    END LOOP;
END $$;

-- Foreign keys. One with another action on delete is replaced, because deletes rely on the action.
-- notifications.user_id keeps SET NULL although that turns a private notice into one for everyone: the legacy server counts
-- on it, and Muster deletes a user's notices itself.
DO $$
DECLARE
    wanted RECORD;
    present RECORD;
    name TEXT;
BEGIN
    FOR wanted IN
        SELECT *
        FROM (VALUES
            ('users', 'cadet_id', 'cadets', 'CASCADE'),
            ('users', 'staff_id', 'training_staff', 'CASCADE'),
            ('user_settings', 'user_id', 'users', 'CASCADE'),
            ('grades', 'cadet_id', 'cadets', 'CASCADE'),
            ('attendance_records', 'training_day_id', 'training_days', 'CASCADE'),
            ('attendance_records', 'cadet_id', 'cadets', 'CASCADE'),
            ('staff_attendance_records', 'training_day_id', 'training_days', 'CASCADE'),
            ('staff_attendance_records', 'staff_id', 'training_staff', 'CASCADE'),
            ('excuse_letters', 'cadet_id', 'cadets', 'CASCADE'),
            ('excuse_letters', 'training_day_id', 'training_days', 'CASCADE'),
            ('merit_demerit_logs', 'cadet_id', 'cadets', 'CASCADE'),
            ('merit_demerit_logs', 'issued_by_user_id', 'users', 'SET NULL'),
            ('activity_images', 'activity_id', 'activities', 'CASCADE'),
            ('admin_messages', 'user_id', 'users', 'CASCADE'),
            ('staff_messages', 'sender_staff_id', 'training_staff', 'CASCADE'),
            ('notifications', 'user_id', 'users', 'SET NULL'),
            ('sync_events', 'cadet_id', 'cadets', 'CASCADE')
        ) AS listed (table_name, column_name, parent, on_delete)
    LOOP
        name := wanted.table_name || '_' || wanted.column_name || '_fkey';
        SELECT c.conname, c.confdeltype = CASE wanted.on_delete WHEN 'CASCADE' THEN 'c' ELSE 'n' END AS right_action
        INTO present
        FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
        WHERE c.contype = 'f'
          AND c.conrelid = format('public.%I', wanted.table_name)::regclass
          AND c.confrelid = format('public.%I', wanted.parent)::regclass
          AND a.attname = wanted.column_name
        ORDER BY right_action DESC LIMIT 1;
        CONTINUE WHEN present.right_action;

        BEGIN
            IF present.conname IS NOT NULL THEN
                EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT %I', wanted.table_name, present.conname);
            END IF;
            EXECUTE format(
                'ALTER TABLE public.%I ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES public.%I (id) ON DELETE %s NOT VALID',
                wanted.table_name, name, wanted.column_name, wanted.parent, wanted.on_delete);
            EXECUTE format(
                'INSERT INTO muster.adoption_findings (table_name, column_name, row_key, finding, detail)'
                ' SELECT %1$L, %2$L, %4$s, ''orphan: points to a missing row of %3$s'','
                ' jsonb_build_object(''points_to'', %2$I)'
                ' FROM public.%1$I child WHERE %2$I IS NOT NULL'
                ' AND NOT EXISTS (SELECT FROM public.%3$I parent WHERE parent.id = child.%2$I)',
                wanted.table_name, wanted.column_name, wanted.parent,
                CASE wanted.table_name WHEN 'user_settings' THEN 'user_id::text' ELSE 'child.id::text' END);
        EXCEPTION
        WHEN integrity_constraint_violation OR syntax_error_or_access_rule_violation OR program_limit_exceeded THEN
            INSERT INTO muster.adoption_findings (table_name, column_name, finding, detail)
            VALUES (wanted.table_name, wanted.column_name, 'foreign key left out',
                jsonb_build_object('constraint', name, 'error', SQLERRM));
            CONTINUE;
        END;

        BEGIN
            EXECUTE format('ALTER TABLE public.%I VALIDATE CONSTRAINT %I', wanted.table_name, name);
        EXCEPTION WHEN foreign_key_violation THEN
            NULL; -- the orphans are in the findings
        END;
    END LOOP;
END $$;
