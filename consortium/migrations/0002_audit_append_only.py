"""The audit table refuses changes from whoever asks, its owner included; the portal's role is not even granted them."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION consortium_auditevent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An act that has been recorded is never changed or removed.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER consortium_auditevent_append_only BEFORE UPDATE OR DELETE ON consortium_auditevent
FOR EACH ROW EXECUTE FUNCTION consortium_auditevent_is_append_only();
"""
UNDO = """
DROP TRIGGER consortium_auditevent_append_only ON consortium_auditevent;
DROP FUNCTION consortium_auditevent_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("consortium", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
