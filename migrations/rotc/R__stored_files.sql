-- Why: a file must go when the last record that refers to it goes, whichever way: an edit, a deletion, a cascade, psql.
--
-- Columns with files: users.profile_pic, cadets.profile_pic, training_staff.profile_pic, user_settings.custom_bg,
-- excuse_letters.file_url, activities.image_path, activities.images (a JSON list), activity_images.image_path. The logo of
-- documents (system_settings) is one of an upload of its own: it is kept while it is set, and reported by the sweep after that.

-- The address a stored value means: `/uploads/<name>` whatever stood before it (the legacy server also kept absolute paths
-- and URLs of its own), a Cloudinary URL as it is, and nothing for data URLs and pictures elsewhere.
CREATE OR REPLACE FUNCTION muster.file_address(value TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value IS NULL OR starts_with(value, 'data:') THEN NULL
        WHEN value ~ '^https://res\.cloudinary\.com/' THEN value
        ELSE substring(replace(value, '\', '/') FROM '/uploads/(?:cloud/)?[A-Za-z0-9._-]+$')
    END
$$;

-- What all addresses of one file have in common. Those of Cloudinary also tell a version and how a picture is to be changed on
-- its way, so only the name counts in them: rather one file too many is kept than one lost that another row still shows.
CREATE OR REPLACE FUNCTION muster.file_key(address TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN address ~ '^(https://res\.cloudinary\.com|/uploads/cloud)/'
        THEN 'cloudinary:' || substring(address FROM '^[^?#]*/([^./?#]*)')
        ELSE address
    END
$$;

-- Every address in a row's columns; `images` may hold anything, so what is no list of texts counts as none.
CREATE OR REPLACE FUNCTION muster.file_addresses(shown JSONB) RETURNS TEXT[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    images JSONB := '[]';
BEGIN
    IF starts_with(ltrim(shown ->> 'images'), '[') THEN
        BEGIN
            images := (shown ->> 'images')::jsonb;
        EXCEPTION WHEN others THEN
            images := '[]';
        END;
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT muster.file_address(value) FROM (
            SELECT shown ->> key AS value FROM unnest(ARRAY['profile_pic', 'custom_bg', 'file_url', 'image_path']) AS key
            UNION ALL SELECT jsonb_array_elements_text(images)
        ) AS found
        WHERE muster.file_address(value) IS NOT NULL
    );
END $$;

-- Every place that refers to a file.
CREATE OR REPLACE VIEW muster.file_references AS
    SELECT 'users' AS table_name, id AS record_id, muster.file_address(profile_pic) AS address
    FROM public.users WHERE profile_pic IS NOT NULL
    UNION ALL SELECT 'cadets', id, muster.file_address(profile_pic) FROM public.cadets WHERE profile_pic IS NOT NULL
    UNION ALL SELECT 'training_staff', id, muster.file_address(profile_pic)
    FROM public.training_staff WHERE profile_pic IS NOT NULL
    UNION ALL SELECT 'user_settings', user_id, muster.file_address(custom_bg)
    FROM public.user_settings WHERE custom_bg IS NOT NULL
    UNION ALL SELECT 'excuse_letters', id, muster.file_address(file_url)
    FROM public.excuse_letters WHERE file_url IS NOT NULL
    UNION ALL SELECT 'system_settings', id, muster.file_address(value)
    FROM public.system_settings WHERE key = 'document_logo'
    UNION ALL SELECT 'activity_images', activity_id, muster.file_address(image_path) FROM public.activity_images
    UNION ALL SELECT 'activities', activities.id, address
    FROM public.activities, unnest(muster.file_addresses(to_jsonb(activities))) AS address;

-- Files that a row no longer refers to are offered for deletion; the job looks whether another row still does. Pictures it
-- newly refers to are made small.
CREATE OR REPLACE FUNCTION muster.follow_files() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    before TEXT[] := '{}';
    after TEXT[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        before := muster.file_addresses(to_jsonb(OLD));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after := muster.file_addresses(to_jsonb(NEW));
    END IF;
    -- Nobody asked for these jobs: they are not those of whoever made the change, who could stop them.
    INSERT INTO muster.jobs (kind, queue, payload, created_by)
    SELECT 'delete_file', 'image', jsonb_build_object('address', address), NULL
    FROM unnest(before) AS address
    WHERE address <> ALL (after)
      -- Once for each change: a person's photo stands in two rows. A job of another change may have looked already.
      AND NOT EXISTS (SELECT FROM muster.jobs
                      WHERE kind = 'delete_file' AND status = 'queued' AND created_at = now()
                        AND payload ->> 'address' = address);
    INSERT INTO muster.jobs (kind, queue, payload, created_by)
    SELECT 'shrink_picture', 'image', jsonb_build_object('address', address), NULL
    FROM unnest(after) AS address
    WHERE address <> ALL (before) AND address ~ '^/uploads/[^/]+\.(png|jpe?g|webp)$'
      AND NOT EXISTS (SELECT FROM muster.jobs
                      WHERE kind = 'shrink_picture' AND status = 'queued' AND payload ->> 'address' = address);
    RETURN NULL;
END $$;

-- The columns decide when a trigger looks: a heartbeat of a user must not, nor thousands of new cadets without a picture. It is
-- made only where it is missing, because making one locks the table.
DO $$
DECLARE
    watched RECORD;
    followed REGCLASS;
BEGIN
    FOR watched IN SELECT * FROM (VALUES
        ('users', 'profile_pic'), ('cadets', 'profile_pic'), ('training_staff', 'profile_pic'),
        ('user_settings', 'custom_bg'), ('excuse_letters', 'file_url'), ('activities', 'image_path, images'),
        ('activity_images', 'image_path')
    ) AS list (table_name, columns) LOOP
        followed := format('public.%I', watched.table_name)::regclass;
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = followed AND tgname = 'trg_muster_files_added');
        EXECUTE format('DROP TRIGGER IF EXISTS trg_muster_files ON %s', followed);
        EXECUTE format(
            'CREATE TRIGGER trg_muster_files_added AFTER INSERT ON %s FOR EACH ROW'
            ' WHEN (num_nonnulls(NEW.%s) > 0) EXECUTE FUNCTION muster.follow_files()',
            followed, replace(watched.columns, ', ', ', NEW.'));
        EXECUTE format(
            'CREATE TRIGGER trg_muster_files_changed AFTER DELETE OR UPDATE OF %s ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION muster.follow_files()', watched.columns, followed);
    END LOOP;
END $$;
