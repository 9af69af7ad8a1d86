"""The verbs of a procurement from its offers on: the award, the contract, the end without result, the new start."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import WrongState, refuse_day
from procurement import award_emails
from procurement.models.words import ProcurementState, Readers, StageKind

CARRIED = (  # the facts with which a procurement begins anew
    *("title_fi", "title_sv", "summary_fi", "summary_sv", "kind", "setting", "procedure", "cpv", "months"),
    *("one_off", "maximum", "price_weight", "case_number"),
)
STARTED_FROM = ("kind", "yearly", "by_lot", "ceiling", "reservation", "contact_name", "contact_email")


class Awarding:
    """The verbs of a procurement that follow its tendering."""

    def undecided_lots(self):
        """Return the lots on which no award stands; [None] stands for the whole where there are no lots."""
        decided = set(self.awards.standing().values_list("lot_id", flat=True))
        lots = list(self.lots.all())
        return [lot for lot in lots if lot.pk not in decided] if lots else [None] * (None not in decided)

    def award(self, *, by, offer=None, lot=None, **decision):
        """Record the decision on the offers of the whole or of a lot, its ranking frozen with it. Returns the Award.

        ``decision``: the fields of Award. With the last lot the procurement is awarded. Raises ValidationError when
        the offers have no order yet, or the winner is not first in it.
        """
        with transaction.atomic():
            with self.step("award", by=by, offer=offer and offer.pk, lot=lot and lot.pk):
                refuse_day("decided_on", decision["decided_on"])
                if lot not in self.undecided_lots():
                    raise ValidationError(_("An award has been recorded already."), code="awarded")
                if offer is None and lot is None:
                    raise ValidationError(
                        {"offer": _("Choose the winner, or end the procurement without result.")}
                    )
                row = self.awards.model(procurement=self, lot=lot, offer=offer, **decision)
                found = row.compared()
                if offer is not None:
                    found.refuse_winner(offer)
                row.ranking = found.as_frozen()
                row.full_clean(exclude=["procurement", "lot", "offer"])
                row.save()
                AuditEvent.record(row, "decide", by=by, offer=offer and offer.pk, decided_on=row.decided_on)
                left = self.undecided_lots()
                if left or not self.awards.standing().filter(offer__isnull=False).exists():
                    self.state = ProcurementState.TENDERING
            self.contracts_made(by=by)  # the last lot may be one that ends without a contract
        return row

    def take_back(self, *, by):
        """Return to the tendering because an award was annulled."""
        with self.step("take_back", by=by) as details:
            self._close_to_public(details)

    def _close_to_public(self, details):
        """Leave volumes that everyone read to the members: without an award they are not the public's."""
        if self.volumes_open_to == Readers.PUBLIC:
            details |= {"readers_before": self.volumes_open_to, "readers": Readers.MEMBERS}
            self.volumes_open_to = Readers.MEMBERS

    def bars(self, day=None):
        """Return why no contract can be made on a day, each as a sentence; an empty list when it can."""
        if not self.allows("contract"):
            return [str(WrongState(self, "contract").messages[0])]
        rows = self._waiting_awards().select_related("offer__supplier")
        return list(dict.fromkeys(bar for row in rows.prefetch_related("appeals") for bar in row.bars(day)))

    def _waiting_awards(self):
        """Return the awards of which a contract is still to be made."""
        return self.awards.standing().filter(offer__isnull=False).exclude(state="contracted")

    def contract(self, *, by, signed_on=None):
        """Note that the contract, or each of its lots, has been made. ValidationError with the reasons while barred."""
        signed_on = signed_on or clock.today()
        with transaction.atomic():
            type(self).objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            self.refresh_from_db()
            if not self.allows("contract"):
                raise WrongState(self, "contract")
            if found := self.bars(signed_on):
                raise ValidationError(found, code="barred")
            for row in self._waiting_awards():
                row.contract(by=by, signed_on=signed_on)
        self.refresh_from_db()

    def contracts_made(self, *, by):
        """Follow its awards: with the last contract made, the procurement is contracted. Returns whether it is."""
        rows = self.awards.standing()
        # A lot that ended without a contract may be decided anew while it is challenged.
        challenged = Q(appeals__state="pending") | Q(appeals__outcome="upheld")
        open_ones = rows.exclude(state="contracted").filter(Q(offer__isnull=False) | challenged)
        if self.state != ProcurementState.AWARDED or open_ones.exists():
            return False
        with self.step("contract", by=by):
            day = max(rows.filter(offer__isnull=False).values_list("contracted_on", flat=True))
            self.stages.model.done(self, StageKind.CONTRACT, by=by, on=day)
        return True

    def void(self, *, by, reason_fi, reason_sv):
        """End it without result: the answers are released and kept, and all who had given one are told the same day."""
        with self.step("void", by=by) as details:
            self._close_to_public(details)
            self.void_reason_fi, self.void_reason_sv = reason_fi, reason_sv
            for row in self.awards.standing():
                row.lapse(by=by, reason_fi=reason_fi, reason_sv=reason_sv)
            award_emails.ended_without_result(self)

    def start_again(self, *, by):
        """Begin a new procurement from this one that ended without result. Returns it, in preparation.

        When its round is opened, the answers given in this one are put before the municipalities as drafts.
        """
        with self.step("start_again", by=by) as details:
            if going := self.started.exclude(state=ProcurementState.VOID).first():
                words = _("It has been begun anew already: %(number)s.")
                raise ValidationError(words, "begun", {"number": going.number})
            row = type(self).begin(
                by=by,
                lots=[(lot.title_fi, lot.title_sv) for lot in self.lots.all()],
                options=[(option.months, option.amount) for option in self.options.all()],
                started_from=self,
                **{name: getattr(self, name) for name in CARRIED},
            )
            row.copy_grounds(self)
            details["into"] = row.pk
        return row

    def copy_grounds(self, source):
        """Take over what offers are judged by from another procurement."""
        lots = {lot.number: lot for lot in self.lots.all()}
        for rows in (source.requirements, source.criteria):
            made = []
            for row in rows.select_related("lot"):
                facts = {f.name: getattr(row, f.name) for f in row._meta.concrete_fields if not f.primary_key}
                facts |= {"procurement": self, "lot": row.lot and lots.get(row.lot.number)}
                made.append(type(row)(**facts))
            rows.model.objects.bulk_create(made)
        with suppress(self._meta.get_field("grounds").related_model.DoesNotExist):
            said = source.grounds
            type(said).objects.create(procurement=self, basis=said.basis, shared_by=said.shared_by)


def put_earlier_answers(round_, *, by):
    """Put the answers given before a new start before the municipalities, as drafts. Returns how many.

    A draft counts nowhere: the representative sends it, changes it, or answers otherwise.
    """
    source = round_.procurement.started_from
    if source is None or not hasattr(source, "round"):
        return 0
    earlier = {a.municipality_id: a.standing for a in source.round.answers.standing()}
    asked = list(round_.answers.filter(municipality__in=earlier).select_related("municipality"))
    drafts = round_.answers.model._meta.get_field("draft").related_model
    rows = [
        drafts(
            answer=answer,
            note=_note(source, answer.municipality),
            prepared_by=by,
            given_at=clock.now(),
            **{name: getattr(earlier[answer.municipality_id], name) for name in STARTED_FROM},
        )
        for answer in asked
    ]
    drafts.objects.bulk_create(rows)
    return len(rows)


def _note(source, municipality):
    """Return where a draft comes from, in the municipality's first language: who opens the round may use another."""
    with override(municipality.languages[0]):
        return _("From the answer to %(number)s.") % {"number": source.number}
