"""What PostgreSQL itself keeps of the procurements: what was said and ruled is never changed or removed."""

from django.db import migrations

APPEND_ONLY = ("answerversion", "ruling")

KEPT = "".join(
    f"""
CREATE TRIGGER procurement_{name}_append_only BEFORE UPDATE OR DELETE ON procurement_{name}
FOR EACH ROW EXECUTE FUNCTION members_is_append_only();
"""
    for name in APPEND_ONLY
)
UNDO = "".join(f"DROP TRIGGER procurement_{name}_append_only ON procurement_{name};" for name in APPEND_ONLY)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial"), ("members", "0004_money_guards")]
    operations = [migrations.RunSQL(KEPT, UNDO)]
