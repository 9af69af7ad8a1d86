"""What PostgreSQL itself keeps of the fees: limits, sums, frozen rows, numbers without gaps; whatever the client."""

from django.db import migrations

APPEND_ONLY = (
    *("scheme", "feelimits", "billingterms", "alternative", "assessment"),
    *("invoice", "invoicebatch", "ledgerline", "ledgerentry"),
)

KEPT = """
CREATE FUNCTION members_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A row of % is never changed or removed.', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
""" + "".join(
    f"""
CREATE TRIGGER members_{name}_append_only BEFORE UPDATE OR DELETE ON members_{name}
FOR EACH ROW EXECUTE FUNCTION members_is_append_only();
"""
    for name in APPEND_ONLY
)

SCHEME = """
CREATE FUNCTION members_scheme_within_limits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most numeric;
BEGIN
    SELECT per_municipality INTO most FROM members_feelimits
    WHERE valid_from <= NEW.valid_from ORDER BY valid_from DESC LIMIT 1;
    IF NEW.cap > coalesce(most, 7500) THEN -- while no limits are recorded: those of the agreement
        RAISE EXCEPTION 'The largest fee is above the limit.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheme_cap_within_limits';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER members_scheme_limits BEFORE INSERT ON members_scheme
FOR EACH ROW EXECUTE FUNCTION members_scheme_within_limits();
"""

BUDGET = """
CREATE FUNCTION members_annualbudget_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_open boolean := TG_OP = 'INSERT' OR OLD.state IN ('draft', 'proposed');
    known boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'A budget begins as a draft.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'annualbudget_frozen';
        END IF;
        NEW.assessed := 0;
        NEW.last_serial := 0;
    ELSIF (NEW.assessed, NEW.last_serial) IS DISTINCT FROM (OLD.assessed, OLD.last_serial)
        AND pg_trigger_depth() < 2 THEN -- only the triggers of fees and invoices move them
        RAISE EXCEPTION 'The counters follow the rows alone.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'annualbudget_counters';
    END IF;
    IF was_open THEN
        SELECT per_municipality, per_year, true INTO NEW.fee_cap, NEW.ceiling, known FROM members_feelimits
        WHERE valid_from <= make_date(NEW.year, 1, 1) ORDER BY valid_from DESC LIMIT 1;
        IF known IS NULL THEN
            RAISE EXCEPTION 'No limits are recorded for the year.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'annualbudget_limits_known';
        END IF;
    ELSIF NEW.state IN ('draft', 'proposed') OR (OLD.state = 'closed' AND NEW.state <> 'closed')
        OR (NEW.year, NEW.total, NEW.project_funding, NEW.project_decision, NEW.members_on, NEW.fee_cap, NEW.ceiling,
            NEW.alternative_id, NEW.proposal_id, NEW.scheme_id, NEW.billing_id, NEW.frozen, NEW.decided_on,
            NEW.body_fi, NEW.body_sv, NEW.section, NEW.case_number,
            NEW.proposed_on, NEW.proposed_section, NEW.revision)
        IS DISTINCT FROM
           (OLD.year, OLD.total, OLD.project_funding, OLD.project_decision, OLD.members_on, OLD.fee_cap, OLD.ceiling,
            OLD.alternative_id, OLD.proposal_id, OLD.scheme_id, OLD.billing_id, OLD.frozen, OLD.decided_on,
            OLD.body_fi, OLD.body_sv, OLD.section, OLD.case_number,
            OLD.proposed_on, OLD.proposed_section, OLD.revision) THEN
        RAISE EXCEPTION 'The figures of a decided budget are not changed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'annualbudget_frozen';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER members_annualbudget_guard BEFORE INSERT OR UPDATE ON members_annualbudget
FOR EACH ROW EXECUTE FUNCTION members_annualbudget_guard();
CREATE TRIGGER members_annualbudget_kept BEFORE DELETE ON members_annualbudget
FOR EACH ROW EXECUTE FUNCTION members_is_append_only();
"""

# After the row is written: one that "ON CONFLICT DO NOTHING" leaves out must move no counter.
ASSESSMENT = """
CREATE FUNCTION members_assessment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earlier members_assessment%ROWTYPE;
    most numeric;
BEGIN
    IF NEW.credits_id IS NOT NULL THEN
        SELECT * INTO earlier FROM members_assessment WHERE id = NEW.credits_id;
        IF NOT FOUND OR earlier.credits_id IS NOT NULL OR NEW.amount <> -earlier.amount
            OR (NEW.budget_id, NEW.municipality_id) IS DISTINCT FROM (earlier.budget_id, earlier.municipality_id) THEN
            RAISE EXCEPTION 'A credit takes the whole fee back.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_credits_the_whole';
        END IF;
    ELSIF NEW.version > 1 THEN
        PERFORM 1 FROM members_assessment a JOIN members_assessment c ON c.credits_id = a.id
        WHERE a.id = NEW.instead_of_id AND a.budget_id = NEW.budget_id
            AND a.municipality_id = NEW.municipality_id AND a.version = NEW.version - 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'A new fee comes after the credit of the earlier one.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_after_a_credit';
        END IF;
    END IF;
    -- The counter's own CHECK is the limit of the year: it holds at every level of isolation.
    UPDATE members_annualbudget SET assessed = assessed + NEW.amount
    WHERE id = NEW.budget_id AND state IN ('decided', 'invoiced') RETURNING fee_cap INTO most;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Fees are written on a decided budget alone.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_of_decided_budget';
    END IF;
    IF NEW.amount > most THEN
        RAISE EXCEPTION 'The fee would pass the limit of a municipality.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_within_limit';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER members_assessment_guard AFTER INSERT ON members_assessment
FOR EACH ROW EXECUTE FUNCTION members_assessment_guard();
"""

INVOICE = """
CREATE FUNCTION members_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fee members_assessment%ROWTYPE;
    original bigint;
BEGIN
    PERFORM 1 FROM members_annualbudget
    WHERE id = NEW.budget_id AND state IN ('decided', 'invoiced') FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Nothing is invoiced on a closed year.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_of_open_year';
    END IF;
    SELECT * INTO fee FROM members_assessment WHERE id = NEW.assessment_id;
    SELECT id INTO original FROM members_invoice WHERE assessment_id = fee.credits_id;
    IF fee.amount IS DISTINCT FROM NEW.net OR fee.budget_id IS DISTINCT FROM NEW.budget_id
        OR original IS DISTINCT FROM NEW.credits_id THEN
        RAISE EXCEPTION 'An invoice is for its fee.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_of_its_fee';
    END IF;
    IF NEW.serial IS NOT NULL THEN
        UPDATE members_annualbudget SET last_serial = NEW.serial
        WHERE id = NEW.budget_id AND last_serial + 1 = NEW.serial;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Invoice numbers follow each other.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_number_follows';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER members_invoice_guard AFTER INSERT ON members_invoice
FOR EACH ROW EXECUTE FUNCTION members_invoice_guard();
"""

UNDO = (
    "".join(f"DROP TRIGGER members_{name}_append_only ON members_{name};" for name in APPEND_ONLY)
    + """
DROP TRIGGER members_annualbudget_kept ON members_annualbudget;
DROP TRIGGER members_annualbudget_guard ON members_annualbudget;
DROP TRIGGER members_scheme_limits ON members_scheme;
DROP TRIGGER members_assessment_guard ON members_assessment;
DROP TRIGGER members_invoice_guard ON members_invoice;
DROP FUNCTION members_is_append_only();
DROP FUNCTION members_annualbudget_guard();
DROP FUNCTION members_scheme_within_limits();
DROP FUNCTION members_assessment_guard();
DROP FUNCTION members_invoice_guard();
"""
)


class Migration(migrations.Migration):
    dependencies = [("members", "0003_money")]
    operations = [
        migrations.RunSQL(KEPT + SCHEME + BUDGET + ASSESSMENT + INVOICE, UNDO),
    ]
