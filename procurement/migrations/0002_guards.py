"""What PostgreSQL itself keeps of the procurements: what was said and ruled is never changed or removed."""

from django.db import migrations

APPEND_ONLY = (
    *("answerversion", "answerextract", "ruling", "contractdecision", "exitreminder"),
    *("usagefigure", "usagemapping", "usageplace", "costbatch"),
)

KEPT = "".join(
    f"""
CREATE TRIGGER procurement_{name}_append_only BEFORE UPDATE OR DELETE ON procurement_{name}
FOR EACH ROW EXECUTE FUNCTION members_is_append_only();
"""
    for name in APPEND_ONLY
)
UNDO = "".join(f"DROP TRIGGER procurement_{name}_append_only ON procurement_{name};" for name in APPEND_ONLY)

PAPER = """
CREATE FUNCTION procurement_paper_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.contains_volumes AND (
        NEW.audience = 'public' AND NOT EXISTS (
            SELECT FROM procurement_procurement
            WHERE id = NEW.procurement_id AND state IN ('awarded', 'contracted', 'ended')
        )
        OR NEW.audience IN ('participants', 'members') AND NOT EXISTS (
            SELECT FROM procurement_round
            WHERE procurement_id = NEW.procurement_id AND closes_at < NEW.audience_at
        )
    ) THEN
        RAISE EXCEPTION 'The paper contains volumes that are not open yet.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_volumes_in_time';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_paper_guard BEFORE INSERT OR UPDATE ON procurement_paper
FOR EACH ROW EXECUTE FUNCTION procurement_paper_guard();
"""
PAPER_UNDO = (
    "DROP TRIGGER procurement_paper_guard ON procurement_paper; DROP FUNCTION procurement_paper_guard;"
)


# Offers are judged by what was said before they were opened, and are kept as they were once decided on.
OFFERS = (
    """
CREATE FUNCTION procurement_grounds_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        whose := array_append(whose, OLD.procurement_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        whose := array_append(whose, NEW.procurement_id);
    END IF;
    IF EXISTS (SELECT FROM procurement_offer WHERE procurement_id = ANY(whose)) THEN
        RAISE EXCEPTION 'An offer has been written down.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'grounds_before_offers';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
"""
    + "".join(
        f"""
CREATE TRIGGER procurement_{name}_guard BEFORE INSERT OR UPDATE OR DELETE ON procurement_{name}
FOR EACH ROW EXECUTE FUNCTION procurement_grounds_guard();
"""
        for name in ("grounds", "requirement", "criterion")
    )
    + """
CREATE FUNCTION procurement_offer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM procurement_award
        WHERE procurement_id = OLD.procurement_id AND lot_id IS NOT DISTINCT FROM OLD.lot_id AND state <> 'annulled'
    ) AND (TG_OP = 'DELETE' OR
        (NEW.procurement_id, NEW.lot_id, NEW.supplier_id, NEW.variant, NEW.received_on, NEW.prices, NEW.met, NEW.marks)
        IS DISTINCT FROM
        (OLD.procurement_id, OLD.lot_id, OLD.supplier_id, OLD.variant, OLD.received_on, OLD.prices, OLD.met, OLD.marks)
    ) THEN
        RAISE EXCEPTION 'The award has been decided.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'offer_kept_after_award';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER procurement_offer_guard BEFORE UPDATE OR DELETE ON procurement_offer
FOR EACH ROW EXECUTE FUNCTION procurement_offer_guard();
CREATE FUNCTION procurement_award_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('contracted', 'annulled') AND
        (NEW.state, NEW.contracted_on, NEW.annulled_on, NEW.annul_reason_fi, NEW.annul_reason_sv)
        IS DISTINCT FROM
        (OLD.state, OLD.contracted_on, OLD.annulled_on, OLD.annul_reason_fi, OLD.annul_reason_sv) OR
        (NEW.procurement_id, NEW.lot_id, NEW.offer_id, NEW.decider, NEW.body_fi, NEW.body_sv, NEW.decided_on,
         NEW.section, NEW.case_number, NEW.reason_fi, NEW.reason_sv, NEW.ranking)
        IS DISTINCT FROM
        (OLD.procurement_id, OLD.lot_id, OLD.offer_id, OLD.decider, OLD.body_fi, OLD.body_sv, OLD.decided_on,
         OLD.section, OLD.case_number, OLD.reason_fi, OLD.reason_sv, OLD.ranking)
        OR OLD.sent_on IS NOT NULL AND NEW.sent_on IS DISTINCT FROM OLD.sent_on THEN
        RAISE EXCEPTION 'A decision is not changed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'award_kept';
    END IF;
    IF NEW.state = 'contracted' AND OLD.state <> 'contracted' AND EXISTS (
        SELECT FROM procurement_appeal WHERE award_id = NEW.id AND (state = 'pending' OR outcome = 'upheld')
    ) THEN
        RAISE EXCEPTION 'An appeal is pending or has been upheld.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'award_contract_barred';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_award_guard BEFORE UPDATE OR DELETE ON procurement_award
FOR EACH ROW EXECUTE FUNCTION procurement_award_guard();
CREATE FUNCTION procurement_appeal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.award_id, NEW.kind, NEW.filed_on) IS DISTINCT FROM (OLD.award_id, OLD.kind, OLD.filed_on)
        OR OLD.state = 'settled' AND (NEW.state, NEW.outcome, NEW.settled_on)
        IS DISTINCT FROM (OLD.state, OLD.outcome, OLD.settled_on) THEN
        RAISE EXCEPTION 'A challenge stays as it was filed and settled.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_kept';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_appeal_guard BEFORE UPDATE OR DELETE ON procurement_appeal
FOR EACH ROW EXECUTE FUNCTION procurement_appeal_guard();
CREATE FUNCTION procurement_contracted_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'contracted' AND OLD.state <> 'contracted' AND EXISTS (
        SELECT FROM procurement_appeal p JOIN procurement_award a ON a.id = p.award_id
        WHERE a.procurement_id = NEW.id AND a.state NOT IN ('contracted', 'annulled')
        AND (p.state = 'pending' OR p.outcome = 'upheld')
    ) THEN
        RAISE EXCEPTION 'An appeal is pending or has been upheld.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'award_contract_barred';
    END IF;
    IF NEW.price_weight <> OLD.price_weight AND EXISTS (
        SELECT FROM procurement_offer WHERE procurement_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'An offer has been written down.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'grounds_before_offers';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_contracted_guard BEFORE UPDATE OF state, price_weight ON procurement_procurement
FOR EACH ROW EXECUTE FUNCTION procurement_contracted_guard();
"""
)
OFFERS_UNDO = """
DROP TRIGGER procurement_contracted_guard ON procurement_procurement;
DROP TRIGGER procurement_appeal_guard ON procurement_appeal;
DROP TRIGGER procurement_award_guard ON procurement_award;
DROP TRIGGER procurement_offer_guard ON procurement_offer;
DROP TRIGGER procurement_criterion_guard ON procurement_criterion;
DROP TRIGGER procurement_requirement_guard ON procurement_requirement;
DROP TRIGGER procurement_grounds_guard ON procurement_grounds;
DROP FUNCTION procurement_contracted_guard, procurement_appeal_guard, procurement_award_guard,
    procurement_offer_guard, procurement_grounds_guard;
"""


CONTRACT = """
CREATE FUNCTION procurement_contract_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (TG_OP = 'DELETE' OR NEW.state = 'draft') THEN
        RAISE EXCEPTION 'A signed contract stays.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_stays_signed';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF OLD.state = 'notice'
        AND (NEW.state, NEW.given_on, NEW.ends_on) IS DISTINCT FROM (OLD.state, OLD.given_on, OLD.ends_on) THEN
        RAISE EXCEPTION 'Notice that was given stands.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_notice_stands';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_contract_guard BEFORE UPDATE OR DELETE ON procurement_contract
FOR EACH ROW EXECUTE FUNCTION procurement_contract_guard();
CREATE FUNCTION procurement_contract_signed_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'draft' AND EXISTS (
        SELECT FROM procurement_award WHERE id = NEW.award_id AND state <> 'contracted'
    ) THEN
        RAISE EXCEPTION 'The award does not let the contract be made.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_after_award';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_contract_signed_guard BEFORE INSERT OR UPDATE OF state, award_id ON procurement_contract
FOR EACH ROW EXECUTE FUNCTION procurement_contract_signed_guard();
CREATE FUNCTION procurement_contractoption_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decision_id IS NOT NULL AND (TG_OP = 'DELETE' OR (NEW.decision_id, NEW.contract_id, NEW.months)
        IS DISTINCT FROM (OLD.decision_id, OLD.contract_id, OLD.months)) THEN
        RAISE EXCEPTION 'A used option stays used.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'contractoption_stays_used';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER procurement_contractoption_guard BEFORE UPDATE OR DELETE ON procurement_contractoption
FOR EACH ROW EXECUTE FUNCTION procurement_contractoption_guard();
CREATE FUNCTION procurement_participation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM 1 FROM procurement_contract WHERE id = OLD.contract_id AND state <> 'draft';
        IF FOUND THEN
            RAISE EXCEPTION 'A participation in a signed contract stays.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'participation_stays';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.contract_id, NEW.municipality_id, lower(NEW.period))
        IS DISTINCT FROM (OLD.contract_id, OLD.municipality_id, lower(OLD.period)) THEN
        RAISE EXCEPTION 'A participation is not moved.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'participation_stays';
    END IF;
    IF OLD.withdrawn_on IS NOT NULL
        AND (NEW.period, NEW.withdrawn_on, NEW.withdrawn_by_id, NEW.withdrawn_reason)
        IS DISTINCT FROM (OLD.period, OLD.withdrawn_on, OLD.withdrawn_by_id, OLD.withdrawn_reason) THEN
        RAISE EXCEPTION 'A withdrawal stands.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'participation_withdrawal_stands';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_participation_guard BEFORE UPDATE OR DELETE ON procurement_participation
FOR EACH ROW EXECUTE FUNCTION procurement_participation_guard();
"""
CONTRACT_UNDO = (
    "DROP TRIGGER procurement_contract_signed_guard ON procurement_contract;"
    + "".join(
        f"DROP TRIGGER procurement_{name}_guard ON procurement_{name}; DROP FUNCTION procurement_{name}_guard;"
        for name in ("contract", "contractoption", "participation")
    )
    + "DROP FUNCTION procurement_contract_signed_guard;"
)

USE = """
CREATE FUNCTION procurement_costshare_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('charged', 'withdrawn') AND NEW.state <> OLD.state
        OR OLD.state <> 'draft' AND (NEW.state = 'draft' OR
        (NEW.contract_id, NEW.year, NEW.method, NEW.amount, NEW.price, NEW.floor, NEW.cap, NEW.months,
         NEW.equal_part, NEW.residents_part, NEW.use_part, NEW.population_on, NEW.use_report, NEW.use_metric,
         NEW.use_from, NEW.use_to,
         NEW.ground, NEW.billed, NEW.uncovered, NEW.frozen_on)
        IS DISTINCT FROM
        (OLD.contract_id, OLD.year, OLD.method, OLD.amount, OLD.price, OLD.floor, OLD.cap, OLD.months,
         OLD.equal_part, OLD.residents_part, OLD.use_part, OLD.population_on, OLD.use_report, OLD.use_metric,
         OLD.use_from, OLD.use_to,
         OLD.ground, OLD.billed, OLD.uncovered, OLD.frozen_on)) THEN
        RAISE EXCEPTION 'The figures of frozen shares are not changed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'costshare_frozen';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_costshare_guard BEFORE UPDATE OR DELETE ON procurement_costshare
FOR EACH ROW EXECUTE FUNCTION procurement_costshare_guard();
CREATE FUNCTION procurement_costshareline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM procurement_costshare WHERE id = NEW.cost_share_id AND state = 'frozen';
        IF FOUND THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND OLD.batch_id IS NULL AND to_jsonb(NEW) - 'batch_id' = to_jsonb(OLD) - 'batch_id' THEN
        RETURN NEW; -- the one thing that is noted afterwards: the file in which it went to the ledger
    END IF;
    RAISE EXCEPTION 'The figures of frozen shares are not changed.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'costshareline_kept';
END
$$;
CREATE TRIGGER procurement_costshareline_guard BEFORE INSERT OR UPDATE OR DELETE ON procurement_costshareline
FOR EACH ROW EXECUTE FUNCTION procurement_costshareline_guard();
"""
USE_UNDO = "".join(
    f"DROP TRIGGER procurement_{name}_guard ON procurement_{name}; DROP FUNCTION procurement_{name}_guard;"
    for name in ("costshare", "costshareline")
)


# A list for the central purchasing body stays as it was frozen; that it was handed over is said once.
LISTS = """
CREATE FUNCTION procurement_list_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
        (NEW.round_id, NEW.number, NEW.kind, NEW.language, NEW.figures, NEW.compared_with_id)
        IS DISTINCT FROM
        (OLD.round_id, OLD.number, OLD.kind, OLD.language, OLD.figures, OLD.compared_with_id)
        OR OLD.handed_over_on IS NOT NULL AND
        (NEW.handed_over_on, NEW.handed_over_by_id, NEW.handed_over_how, NEW.handed_over_to,
         NEW.state, NEW.file, NEW.sha256, NEW.size)
        IS DISTINCT FROM
        (OLD.handed_over_on, OLD.handed_over_by_id, OLD.handed_over_how, OLD.handed_over_to,
         OLD.state, OLD.file, OLD.sha256, OLD.size) THEN
        RAISE EXCEPTION 'A list is not changed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'commitmentlist_kept';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER procurement_list_guard BEFORE UPDATE OR DELETE ON procurement_commitmentlist
FOR EACH ROW EXECUTE FUNCTION procurement_list_guard();
"""
LISTS_UNDO = (
    "DROP TRIGGER procurement_list_guard ON procurement_commitmentlist; DROP FUNCTION procurement_list_guard;"
)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial"), ("members", "0004_money_guards")]
    operations = [
        migrations.RunSQL(KEPT, UNDO),
        migrations.RunSQL(PAPER, PAPER_UNDO),
        migrations.RunSQL(OFFERS, OFFERS_UNDO),
        migrations.RunSQL(CONTRACT, CONTRACT_UNDO),
        migrations.RunSQL(USE, USE_UNDO),
        migrations.RunSQL(LISTS, LISTS_UNDO),
    ]
