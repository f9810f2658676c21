-- Why: who gets which notice, and by which way, is one rule for the lists, the counts, the mails and the push messages.

-- Whether a user wants to hear of something: `channel` is list, mail or push, `kind` the type of the notice. Everybody wants
-- everything until they say otherwise.
--   push_notifications off   no push messages
--   email_alerts off         no mails
--   activity_updates off     nothing about activities and announcements, by any way
CREATE OR REPLACE FUNCTION muster.wants(reader INTEGER, channel TEXT, kind TEXT) RETURNS BOOLEAN
LANGUAGE sql STABLE AS $$
    SELECT (channel = 'list' AND kind NOT IN ('activity', 'announcement'))
        OR NOT EXISTS (
            SELECT FROM public.user_settings AS chosen
            WHERE chosen.user_id = reader
              AND ((channel = 'push' AND chosen.push_notifications = FALSE)
                OR (channel = 'mail' AND chosen.email_alerts = FALSE)
                OR (kind IN ('activity', 'announcement') AND chosen.activity_updates = FALSE)))
$$;

-- The notices a user can see: their own, and of those for everyone the given kinds (NULL: all), without those they have
-- dismissed. Whether one for everyone is read stands for each reader alone.
CREATE OR REPLACE FUNCTION muster.inbox(reader INTEGER, kinds TEXT[])
RETURNS TABLE (id INTEGER, user_id INTEGER, message TEXT, kind TEXT, is_read BOOLEAN, created_at TIMESTAMP)
LANGUAGE sql STABLE AS $$
    -- Two lists, each in the order of an index: adopted databases hold masses of alerts for everyone.
    SELECT own.id, own.user_id, own.message, own.type, coalesce(own.is_read, FALSE), own.created_at
    FROM public.notifications AS own
    WHERE own.user_id = reader AND muster.wants(reader, 'list', own.type)
    UNION ALL
    SELECT global.id, global.user_id, global.message, global.type,
           coalesce(global.is_read, FALSE) OR states.read_at IS NOT NULL, global.created_at
    FROM public.notifications AS global
    LEFT JOIN muster.notification_states AS states
         ON states.notification_id = global.id AND states.user_id = reader
    WHERE global.user_id IS NULL AND (kinds IS NULL OR global.type = ANY (kinds))
      AND states.dismissed_at IS NULL
      AND muster.wants(reader, 'list', global.type)
$$;
