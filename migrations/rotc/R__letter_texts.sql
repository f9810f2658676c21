-- Why: the text of an excuse letter must be that of its file, whichever way the file came, changed or went: a form, an upload,
-- the legacy server, a cascade.
CREATE OR REPLACE FUNCTION muster.follow_letters() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND muster.file_address(OLD.file_url) IS NOT DISTINCT FROM muster.file_address(NEW.file_url) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM muster.letter_texts WHERE letter_id = OLD.id;
    END IF;
    -- Word documents are not read: they are no pictures of a page.
    IF TG_OP <> 'DELETE' AND muster.file_address(NEW.file_url) ~* '\.(png|jpe?g|webp|gif|pdf)$' THEN
        -- Nobody asked for it: it is not that of whoever wrote the letter, who could stop it.
        INSERT INTO muster.jobs (kind, queue, payload, created_by)
        VALUES ('read_letter', 'ocr', jsonb_build_object('letter_id', NEW.id), NULL);
    END IF;
    RETURN NULL;
END $$;

-- Only where it is missing, because making one locks the table.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                   WHERE tgrelid = 'public.excuse_letters'::regclass AND tgname = 'trg_muster_letter_texts') THEN
        CREATE TRIGGER trg_muster_letter_texts AFTER INSERT OR DELETE OR UPDATE OF file_url ON public.excuse_letters
            FOR EACH ROW EXECUTE FUNCTION muster.follow_letters();
    END IF;
END $$;
