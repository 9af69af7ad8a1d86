"""Telling each member its fee: a statement for the registry's files, then one letter, once, when it is there."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium import clock
from consortium.documents import request_document
from consortium.models import AuditEvent, DocumentState
from consortium.templatetags.portal import place_name
from members import emails
from members.fee_words import reckoning_line
from members.models.agreement import section_sign
from members.register import source_words
from members.scheme_words import vat_words

STATEMENT = "statement"
FILES = {"fi": "vuosimaksu", "sv": "arsavgift"}


class Telling:
    """The verbs of a decided budget that tell the members their fees."""

    def ask_for_statements(self, rows, *, by):
        """Ask for the paper of each fee, one in each language of its municipality, from figures frozen now."""
        for row in rows:
            for language in row.municipality.languages:
                paper = self.papers.model(
                    budget=self,
                    kind=STATEMENT,
                    municipality=row.municipality,
                    language=language,
                    figures=statement_figures(self, row, language),
                )
                request_document(paper, by=by)

    def statements(self, **wanted):
        """Return the newest statements, one a municipality and language."""
        return self.papers.filter(kind=STATEMENT, **wanted).newest()

    def untold(self):
        """Return the standing fees whose municipality has had no letter about them, by name."""
        rows = self.assessments.standing().untold().select_related("municipality", "instead_of")
        return rows.order_by("municipality__sort_key_fi")

    def letters_to_go(self):
        """Return the untold fees as three lists: those whose letter can leave, with {language: statement}; those
        whose statement is not ready; those whose registry has no address.
        """
        papers = {}
        for paper in self.statements():
            papers.setdefault(paper.figures["assessment"], {})[paper.language] = paper
        ready, waiting, unreachable = [], [], []
        for row in self.untold():
            row.budget = self
            own = papers.get(row.pk, {})
            made = {language for language, paper in own.items() if paper.state == DocumentState.READY}
            if not row.municipality.registry_email:
                unreachable.append(row)
            elif made >= set(row.municipality.languages):
                ready.append((row, own))
            else:
                waiting.append(row)
        return ready, waiting, unreachable

    def tell(self, *, by):
        """Write to each member whose statement is ready, registry and people, once. Returns the fees told.

        Who joins or is corrected afterwards is told by itself when the statement is made. ValidationError when no
        letter can leave.
        """
        with self.step("tell", by=by) as details:
            ready, waiting, unreachable = self.letters_to_go()
            if not ready:
                raise ValidationError(
                    _(
                        "No letter can leave: nobody is left to be told, or a statement or an address "
                        "is still missing."
                    ),
                    code="nothing",
                )
            for row, papers in ready:
                emails.fee_decided(row, papers, vat=vat_words)
            told = [row for row, _papers in ready]
            AuditEvent.record_many(told, "tell", by=by, year=self.year)
            self.told_on = self.told_on or clock.today()
            details |= {"told": len(told), "not_ready": len(waiting), "without_address": len(unreachable)}
        return told


def statement_figures(budget, row, language):
    """Return the facts of a fee's statement as plain values, with its words in the language."""
    place, before = row.municipality, row.instead_of
    with override(language):
        name = place_name(place, language)
        return {
            "assessment": row.pk,
            "title": _("Annual fee %(year)s: %(name)s") % {"year": budget.year, "name": name},
            "footer": _("Annual fee %(year)s") % {"year": budget.year},
            "file": f"{FILES[language]}-{budget.year}-{place.code}",
            "year": budget.year,
            "name": name,
            "registry_email": place.registry_email,
            "made_on": clock.today().isoformat(),
            "amount": f"{row.amount:f}",
            "line": reckoning_line(row.line),
            "residents": row.residents,
            "residents_on": row.residents_on.isoformat() if row.residents_on else "",
            "source": source_words(row.residents_source),
            "months": row.months,
            "joined_later": row.joined_later,
            "internal": row.is_internal,
            "fee_cap": f"{budget.fee_cap:f}",
            "ceiling": f"{budget.ceiling:f}",
            "body": budget.body,
            "decided_on": budget.decided_on.isoformat(),
            "section": section_sign(budget.section),
            "case_number": budget.case_number,
            "vat": vat_words(budget.billing, row.amount),
            "before": f"{before.amount:f}" if before else "",
            "reason": row.reason if before else "",
            "contact": settings.CONTACT_EMAIL,
            "address": emails.our_fees_address(place, language),
        }
