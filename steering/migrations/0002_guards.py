"""What PostgreSQL itself keeps of the steering group's work."""

from django.db import migrations

# --- Totals of the dashboard: whoever changes a table they come from marks it in the same transaction ----------------

TALLIED = {  # table -> the subjects that are reckoned from it
    **dict.fromkeys(
        ("members_municipality", "members_population", "members_membership"), "members growth map"
    ),
    **dict.fromkeys(("members_annualbudget", "members_costline", "members_assessment"), "money"),
    **dict.fromkeys(("members_invoice", "members_ledgerreturn", "members_ledgerentry"), "money"),
    "procurement_procurement": "procurements work ahead",
    "procurement_stage": "procurements",
    **dict.fromkeys(("procurement_round", "procurement_answer"), "rounds"),
    "procurement_contract": "use content ahead",
    "procurement_contractdecision": "ahead",
    **dict.fromkeys(("procurement_participation", "procurement_resource", "procurement_holding"), "content"),
    **dict.fromkeys(("procurement_usagefile", "procurement_usagefigure", "procurement_costshare"), "use"),
    **dict.fromkeys(("steering_body", "steering_term"), "seats ahead"),
    "steering_seat": "seats",
    **dict.fromkeys(
        ("steering_proposal", "steering_action", "steering_item", "steering_writtenmatter"), "work ahead"
    ),
}
TALLY = """
CREATE FUNCTION steering_tally_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A row each time: one that is there already may be taken away by a reader who does not see this change yet.
    INSERT INTO steering_tallychange (subject) SELECT unnest(TG_ARGV);
    RETURN NULL;
END
$$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_tally AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION steering_tally_mark({", ".join(f"'{subject}'" for subject in subjects.split())});
"""
    for table, subjects in TALLIED.items()
)
TALLY_UNDO = "".join(f"DROP TRIGGER {table}_tally ON {table};" for table in TALLIED)
TALLY_UNDO += "DROP FUNCTION steering_tally_mark;"


# --- Minutes: what was sent to the checkers stays as it was; votes, corrections, written answers never change ---------

MINUTES = """
CREATE FUNCTION steering_minutes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND NEW.state <> 'draft' AND NEW."full" IS DISTINCT FROM OLD."full" THEN
        RAISE EXCEPTION 'The minutes have been sent to be checked.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'minutes_kept_once_sent';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER steering_minutes_guard BEFORE UPDATE ON steering_minutes
FOR EACH ROW EXECUTE FUNCTION steering_minutes_guard();

CREATE FUNCTION steering_minuted_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.title_fi, NEW.title_sv, NEW.proposal_fi, NEW.proposal_sv, NEW.outcome, NEW.decision_fi,
        NEW.decision_sv, NEW.discussion_fi, NEW.discussion_sv, NEW.chosen_id)
        IS DISTINCT FROM
       (OLD.number, OLD.title_fi, OLD.title_sv, OLD.proposal_fi, OLD.proposal_sv, OLD.outcome, OLD.decision_fi,
        OLD.decision_sv, OLD.discussion_fi, OLD.discussion_sv, OLD.chosen_id)
        AND EXISTS (SELECT FROM steering_minutes WHERE meeting_id = OLD.meeting_id AND state <> 'draft')
    THEN
        RAISE EXCEPTION 'The minutes have been sent to be checked.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'minutes_kept_once_sent';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER steering_minuted_item_guard BEFORE UPDATE ON steering_item
FOR EACH ROW EXECUTE FUNCTION steering_minuted_item_guard();
""" + "".join(
    f"""
CREATE TRIGGER steering_{name}_append_only BEFORE UPDATE OR DELETE ON steering_{name}
FOR EACH ROW EXECUTE FUNCTION members_is_append_only();
"""
    for name in ("cast", "correction", "writtenanswer")
)
MINUTES_UNDO = """
DROP TRIGGER steering_cast_append_only ON steering_cast;
DROP TRIGGER steering_correction_append_only ON steering_correction;
DROP TRIGGER steering_writtenanswer_append_only ON steering_writtenanswer;
DROP TRIGGER steering_minuted_item_guard ON steering_item;
DROP FUNCTION steering_minuted_item_guard;
DROP TRIGGER steering_minutes_guard ON steering_minutes;
DROP FUNCTION steering_minutes_guard;
"""


# --- Plans and reports: what was published, and why it was changed, is never rewritten ---------------------------------

EDITIONS = "".join(
    f"""
CREATE TRIGGER steering_{name}_append_only BEFORE UPDATE OR DELETE ON steering_{name}
FOR EACH ROW EXECUTE FUNCTION members_is_append_only();
"""
    for name in ("edition", "planchange")
)
EDITIONS_UNDO = "".join(
    f"DROP TRIGGER steering_{name}_append_only ON steering_{name};" for name in ("edition", "planchange")
)


# --- Papers of items: volumes stay closed until the award, and what was added is never removed -------------------------

PAPERS = """
CREATE FUNCTION steering_itempaper_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A paper is taken back, never removed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'itempaper_stays';
    END IF;
    IF NEW.contains_volumes AND NEW.restricted_ground = '' AND NEW.withdrawn_at IS NULL AND EXISTS (
        SELECT FROM steering_item i JOIN procurement_procurement p ON p.id = i.concerns_id
        WHERE i.id = NEW.item_id AND p.state IN ('prepared', 'round', 'tendering')
    ) THEN
        RAISE EXCEPTION 'The paper contains volumes that are not open yet.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'itempaper_volumes_in_time';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER steering_itempaper_guard BEFORE INSERT OR UPDATE OR DELETE ON steering_itempaper
FOR EACH ROW EXECUTE FUNCTION steering_itempaper_guard();
CREATE TRIGGER steering_calendarfile_append_only BEFORE UPDATE OR DELETE ON steering_calendarfile
FOR EACH ROW EXECUTE FUNCTION members_is_append_only();
"""
PAPERS_UNDO = """
DROP TRIGGER steering_calendarfile_append_only ON steering_calendarfile;
DROP TRIGGER steering_itempaper_guard ON steering_itempaper;
DROP FUNCTION steering_itempaper_guard;
"""


# --- Seats: a term is of its seat's own body, and only a member's seat has a deputy and a chair ----------------------

SEATS = """
CREATE FUNCTION steering_term_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seat record;
BEGIN
    SELECT body_id, kind INTO seat FROM steering_seat WHERE id = NEW.seat_id;
    IF seat.body_id <> NEW.body_of_id OR NOT EXISTS (
        SELECT FROM steering_appointment WHERE id = NEW.appointment_id AND body_of_id = NEW.body_of_id
    ) THEN
        RAISE EXCEPTION 'The seat or the appointment is of another body.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'term_of_its_own_body';
    END IF;
    IF seat.kind <> 'member' AND (NEW.place <> 'member' OR NEW.office <> '') THEN
        RAISE EXCEPTION 'Only a member''s seat has a deputy and a chair.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'term_fits_its_seat';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER steering_term_guard BEFORE INSERT OR UPDATE ON steering_term
FOR EACH ROW EXECUTE FUNCTION steering_term_guard();
"""
SEATS_UNDO = """
DROP TRIGGER steering_term_guard ON steering_term;
DROP FUNCTION steering_term_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("steering", "0001_initial")]
    operations = [
        migrations.RunSQL(SEATS, SEATS_UNDO),
        migrations.RunSQL(TALLY, TALLY_UNDO),
        migrations.RunSQL(EDITIONS, EDITIONS_UNDO),
        migrations.RunSQL(MINUTES, MINUTES_UNDO),
        migrations.RunSQL(PAPERS, PAPERS_UNDO),
    ]
