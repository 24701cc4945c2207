"""Versions of notes are never changed, and no note is committed without the version that says what it says."""

from typing import ClassVar

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER sessions_notes_sessionnoteversion_append_only BEFORE UPDATE OR DELETE ON sessions_notes_sessionnoteversion
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER sessions_notes_sessionnoteversion_no_truncate BEFORE TRUNCATE ON sessions_notes_sessionnoteversion
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

APPEND_ONLY_REVERSE = """
DROP TRIGGER sessions_notes_sessionnoteversion_no_truncate ON sessions_notes_sessionnoteversion;
DROP TRIGGER sessions_notes_sessionnoteversion_append_only ON sessions_notes_sessionnoteversion;
"""

# Every state that a note was in at the end of a statement must be found among its versions at commit, under the
# number that the note had: a text that went away and back in one transaction needs a version for each step.
# The columns are those of sessions_notes.vocabulary.CONTENT.
REQUIRE_VERSION = """
CREATE FUNCTION sessions_notes_require_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM sessions_notes_sessionnoteversion v
        WHERE v.note_id = NEW.id AND v.number = NEW.version
            AND (v.session_date, v.session_type, v.note_text, v.follow_up_needed)
                = (NEW.session_date, NEW.session_type, NEW.note_text, NEW.follow_up_needed)
            AND v.start_time IS NOT DISTINCT FROM NEW.start_time
            AND v.duration_minutes IS NOT DISTINCT FROM NEW.duration_minutes;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a session note changed without its SessionNoteVersion row'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'note_version_required',
                HINT = 'Change it through sessions_notes.services.edit_note.';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_version_required AFTER INSERT OR UPDATE ON sessions_notes_sessionnote
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sessions_notes_require_version();
"""

REQUIRE_VERSION_REVERSE = """
DROP TRIGGER note_version_required ON sessions_notes_sessionnote;
DROP FUNCTION sessions_notes_require_version();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sessions_notes", "0001_initial"), ("audit", "0003_guards")]

    operations: ClassVar = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_REVERSE),
        migrations.RunSQL(REQUIRE_VERSION, REQUIRE_VERSION_REVERSE),
    ]
