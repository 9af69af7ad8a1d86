"""Deciding a year's fees: saved alternatives, Helsinki's decision, and the fees frozen with it."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.fees import joiner
from consortium.workflow import refuse_day
from members.models.billing import BillingTerms
from members.models.membership import Membership
from members.models.payers import Payee, full_months, population_day, population_rows, reckon_year
from members.models.scheme import Scheme
from members.package import HELSINKI


class Freezing:
    """The verbs of a budget that make its fees."""

    def save_alternative(self, terms, *, by, title="", expected=()):
        """Reckon the terms and keep them as the next alternative. Returns it. Raises consortium.fees.Refused."""
        with self.step("alternative", by=by) as details:
            reckoned = reckon_year(self, terms, expected=expected)
            if reckoned.fees.total > self.ceiling:
                raise ValidationError(_("The year's fees would pass the limit that Helsinki has decided."))
            number = (self.alternatives.aggregate(last=Max("number"))["last"] or 0) + 1
            row = self.alternatives.model(
                budget=self,
                number=number,
                title=title,
                revision=self.revision,
                expected=sorted(expected),
                fees=figures_of(reckoned),
                total=reckoned.fees.total,
                made_by=by,
            )
            row.set_terms(terms)
            row.full_clean(exclude=["expected", "fees", "bands", "free_years"])
            row.save()
            details["alternative"] = row.letter
        return row

    def decide(self, *, by, alternative, body_fi, body_sv, decided_on, section, case_number):
        """Record Helsinki's decision on one alternative and freeze every fee with what it was reckoned from."""
        with self.step(
            "decide", by=by, alternative=alternative.letter, section=section, case_number=case_number
        ) as details:
            refuse_day("decided_on", decided_on, since=self.proposed_on)
            reckoned = alternative.refuse_stale(self)
            billing = BillingTerms.objects.on(clock.first_day(self.year))
            if billing is None:
                raise ValidationError(_("Record first how the fee is invoiced: VAT, account, invoicer."))
            self.body_fi, self.body_sv, self.decided_on = body_fi, body_sv, decided_on
            self.section, self.case_number = section, case_number
            self.alternative, self.billing = alternative, billing
            self.scheme = self._scheme_of(alternative)
            fees = reckoned.fees
            self.frozen = {"base": exact_text(fees.base), "rate": exact_text(fees.rate)}
            self.validate_constraints()
            self.save()  # PostgreSQL takes fees on a decided budget alone
            model, rule = self.assessments.model, alternative.rule(billing)
            rows = [
                model.of_fee(self, payee, fees.by_key[payee.municipality.code], rule, by=by)
                for payee in reckoned.payees
            ]
            self.ask_for_statements(model.objects.bulk_create(rows), by=by)
            details |= {"fees": len(rows), "total": str(fees.total)}

    def _scheme_of(self, alternative):
        """Return the scheme that the decision puts in force: the running one if its terms are the same, else a new."""
        running = Scheme.objects.on(clock.first_day(self.year))
        if running and running.same_terms(alternative):
            return running
        scheme = Scheme(
            valid_from=clock.first_day(self.year),
            body_fi=self.body_fi,
            body_sv=self.body_sv,
            decided_on=self.decided_on,
            section=self.section,
            case_number=self.case_number,
        )
        scheme.set_terms(alternative)
        scheme.validate_constraints()
        scheme.save()
        return scheme

    def reckon_joiner(self, rule, payer):
        """Return the fee of one who is reckoned alone, by the year's frozen rate. Raises consortium.fees.Refused."""
        covered = not self.to_share
        if self.frozen.get("rate") is None:
            return joiner(rule, payer, year=self.year, covered=covered)
        base, rate = Decimal(self.frozen["base"]), Decimal(self.frozen["rate"])
        return joiner(rule, payer, year=self.year, base=base, rate=rate, covered=covered)

    def unassessed(self):
        """Return the memberships with a full month in the year and no fee on it: who joined after the decision."""
        year = self.year
        rows = Membership.objects.filter(
            period__overlap=(clock.first_day(year), clock.first_day(year + 1))
        ).exclude(municipality__assessments__budget=self)
        rows = rows.select_related("municipality").order_by("municipality__sort_key_fi")
        if self.billing and not self.billing.helsinki_pays:
            rows = rows.exclude(municipality__code=HELSINKI)
        return [m for m in rows if full_months(m.starts_on, year, m.last_day)]

    def assess(self, membership, *, by):
        """Write the fee of a member who joined after the decision: the frozen rate for its full months. Returns it."""
        with self.step("assess", by=by, municipality=membership.municipality_id) as details:
            [row] = self.joiners_fees([membership], by=by)
            if not row.months:
                raise ValidationError(_("The membership has no full month in the year."))
            row.full_clean()
            row.save()
            self.ask_for_statements([row], by=by)
            details["amount"] = str(row.amount)
        return row

    def joiners_fees(self, memberships, *, by=None):
        """Return the fees, not saved, of members who joined after the decision: the frozen rate for their full months.

        Raises consortium.fees.Refused for one that cannot be reckoned.
        """
        places, rule = [m.municipality for m in memberships], self.scheme.rule(self.billing)
        rows = population_rows([p.pk for p in places], population_day(self.scheme, self.year))
        fees = []
        for membership in memberships:
            months = full_months(membership.starts_on, self.year, membership.last_day)
            place, is_first = membership.municipality, membership.starts_on.year == self.year
            payee = Payee(place, membership, rows.get(place.pk), months, is_first)
            fee = self.reckon_joiner(rule, payee.payer)
            fees.append(self.assessments.model.of_fee(self, payee, fee, rule, by=by, joined_later=True))
        return fees


def figures_of(reckoned):
    """Return code -> [amount, months, residents] as they are kept on an alternative."""
    return {
        payee.municipality.code: [
            f"{reckoned.by_code[payee.municipality.code]:f}",
            payee.months,
            payee.population.count if payee.population else None,
        ]
        for payee in reckoned.payees
    }


def exact_text(number):
    """Return a number as it is kept in JSON, every decimal of it; None for None."""
    return None if number is None else f"{number:f}"
