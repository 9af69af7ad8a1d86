"""The lists that the central purchasing body gets of a round: figures frozen, handed over once, then differences."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from consortium import clock
from consortium.documents import request_document
from consortium.lists import as_xlsx
from consortium.models import AuditEvent, Document, DocumentQuerySet, DocumentState
from consortium.workflow import refuse_day
from members.models import Body
from procurement import commitment_list as listed
from procurement import handover_emails, handover_paper
from procurement.models.answer import COUNTED
from procurement.models.round import Round
from procurement.models.words import AnswerKind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListKind(models.TextChoices):
    """What a list holds."""

    FULL = "full", _("the whole list")
    DIFFERENCES = "differences", _("differences")


class HandedOver(models.TextChoices):
    """How a list reached the central purchasing body."""

    MAIL = "mail", _("by mail from the portal")
    OTHERWISE = "otherwise", _("otherwise")


NAMES = {  # of the file, in its language: letters that any system takes
    "fi": {ListKind.FULL: "sitoutumiset", ListKind.DIFFERENCES: "muutokset"},
    "sv": {ListKind.FULL: "forbindelser", ListKind.DIFFERENCES: "andringar"},
    "en": {ListKind.FULL: "commitments", ListKind.DIFFERENCES: "differences"},
}


def rows_of(round_):
    """Return the lines of a round's list as it now stands, by name: who brings volume, and who has withdrawn since."""
    kinds = [*COUNTED, AnswerKind.WITHDRAWN]
    answers = round_.answers.with_ruling().filter(standing__kind__in=kinds)
    return [_row(answer) for answer in answers.order_by("municipality__sort_key_fi")]


def _row(answer):
    said, place = answer.standing, answer.municipality
    gone = said.kind == AnswerKind.WITHDRAWN
    return listed.Row(
        code=place.code,
        name_fi=place.name_fi,
        name_sv=place.name_sv,
        business_id=place.business_id,
        answer=str(answer.counts_as),
        yearly=said.yearly,
        by_lot=tuple(sorted((int(number), Decimal(volume)) for number, volume in said.by_lot.items())),
        ceiling=said.ceiling,
        contact_name=said.contact_name,
        contact_email=said.contact_email,
        body=said.body,
        body_name=said.body_name,
        decided_on=said.decided_on,
        section=said.section,
        case_number=said.case_number,
        final_on=said.final_on,
        late=said.late,
        reservation=said.reservation,
        accepted=bool(said.reservation) and answer.reservation_accepted,
        withdrawn_on=said.until if gone else None,
        reason=said.reason if gone else "",
    )


def words_of(lots, language, *, ceilings=True):
    """Return what a list is written with, in a language. ``lots``: as a list's figures keep them."""
    titles = {lot["number"]: lot["title_sv" if language == "sv" else "title_fi"] for lot in lots}
    return listed.Words(language, dict(AnswerKind.choices), dict(Body.choices), titles, ceilings)


class CommitmentListQuerySet(DocumentQuerySet):
    """Questions to the lists."""

    def handed_over(self):
        """Return those that the central purchasing body has, the newest first."""
        return self.filter(handed_over_on__isnull=False).order_by("-number")


class CommitmentList(Document):
    """A list of one round as it stood when it was asked for; its figures never change. A correction is a new list.

    ``compared_with``: the list handed over before, from which the differences are told.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="lists")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=ListKind, default=ListKind.FULL)
    compared_with = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_over_how = models.CharField(_("how"), max_length=10, choices=HandedOver, blank=True)
    handed_over_to = models.CharField(_("to whom"), max_length=200, blank=True)

    objects = CommitmentListQuerySet.as_manager()

    TRIGGERS = {
        "commitmentlist_kept": _(
            "A list that has been made is not changed: make a new one, with the differences."
        ),
    }

    class Meta(Document.Meta):
        verbose_name = _("list for the central purchasing body")
        verbose_name_plural = _("lists for the central purchasing body")
        ordering = ["-number"]
        constraints = [
            *Document.Meta.constraints,
            models.UniqueConstraint(fields=["round", "number"], name="commitmentlist_number"),
            models.CheckConstraint(
                name="commitmentlist_differs_from_one",
                condition=Q(kind="full", compared_with__isnull=True)
                | Q(kind="differences", compared_with__isnull=False),
            ),
            models.CheckConstraint(
                name="commitmentlist_handed_over_whole",
                condition=Q(handed_over_on__isnull=True, handed_over_by__isnull=True)
                & Q(handed_over_how="", handed_over_to="")
                | Q(handed_over_on__isnull=False, handed_over_by__isnull=False)
                & ~Q(handed_over_how="")
                & ~Q(handed_over_to=""),
                violation_error_message=_("Say when, how and to whom the list was handed over."),
            ),
        ]

    def __str__(self):
        return f"{self.figures['procurement']['number']} {self.number}"

    def get_absolute_url(self):
        """Return the list's page."""
        return reverse("procurement:commitment_list", args=[self.round.procurement_id, self.number])

    @classmethod
    def ask(cls, round_, *, by, language):
        """Freeze the list as it now stands and have its file made: whole the first time, then the differences.

        Differences are told from the newest list that was handed over. Returns the row. Raises ValidationError while
        the round is open, and when nothing has changed.
        """
        with transaction.atomic():
            round_ = round_.locked()
            if not round_.is_frozen():
                raise ValidationError(_("The round is still open: the list freezes at its deadline."))
            rows = rows_of(round_)
            figures = figures_of(round_, rows)
            before = round_.lists.handed_over().first()
            if before and not listed.differences(before.rows, rows, words_of(figures["lots"], language)):
                raise ValidationError(
                    _("Nothing has changed since list %(number)s was handed over."),
                    params={"number": before.number},
                )
            made = cls(
                round=round_,
                number=(round_.lists.aggregate(last=Max("number"))["last"] or 0) + 1,
                kind=ListKind.DIFFERENCES if before else ListKind.FULL,
                compared_with=before,
                language=language,
                figures=figures,
            )
            request_document(made, by=by)
            AuditEvent.record(made, "ask", by=by, number=made.number, kind=made.kind)
        return made

    @classmethod
    def last_address(cls):
        """Return the address to which a list was sent last, of any procurement; "" before the first."""
        sent = cls.objects.filter(handed_over_how=HandedOver.MAIL).order_by("-handed_over_on", "-pk")
        return sent.values_list("handed_over_to", flat=True).first() or ""

    def allows(self, verb):
        """Tell whether the list can still be sent or handed over: once, when its file is there."""
        return self.handed_over_on is None and self.state == DocumentState.READY

    @property
    def rows(self):
        """Return the whole list as it stood when it was asked for."""
        return [listed.Row.thawed(plain) for plain in self.figures["rows"]]

    @property
    def frozen_at(self):
        """Return when the round's list froze."""
        return dt.datetime.fromisoformat(self.figures["frozen_at"])

    @property
    def made_on(self):
        """Return the day on which the list was asked for."""
        return dt.date.fromisoformat(self.figures["made_on"])

    def words(self, language="", *, ceilings=True):
        """Return what the list is written with, by default in its own language."""
        return words_of(self.figures["lots"], language or self.language, ceilings=ceilings)

    def changes(self, words=None):
        """Return the Changes since the list it is compared with; none for a whole list."""
        if self.kind == ListKind.FULL:
            return []
        return listed.differences(self.compared_with.rows, self.rows, words or self.words())

    @property
    def filename(self):
        """Return the name under which it is downloaded, with the date of the freeze."""
        return self.name_of("xlsx")

    def name_of(self, ending):
        """Return the name of its file of a kind: number of the procurement, of the list, the date of the freeze."""
        word = NAMES[self.language][ListKind(self.kind)]
        frozen = clock.date_of(self.frozen_at)
        return f"{self.figures['procurement']['number']}-{word}-{self.number}-{frozen:%Y-%m-%d}.{ending}"

    @property
    def content_type(self):
        """Return the file's media type."""
        return XLSX

    def table(self, words, *, rows=None, changes=None, also=()):
        """Return the list, or the part of it given, as a table in the words' language; ``also``: more lines."""
        with override(words.language):
            says = [*handover_paper.head_lines(self.figures, words.language), *also]
            if self.kind == ListKind.FULL:
                return listed.table(self.rows if rows is None else rows, words, says=says)
            told = self.changes(words) if changes is None else changes
            says.append(
                handover_paper.compared_line(self.compared_with.number, self.compared_with.handed_over_on)
            )
            return listed.differences_table(told, self.rows, words, says=says)

    def produce(self):
        """Make the spreadsheet from the frozen figures."""
        return self.filename, as_xlsx(self.table(self.words()), self.filename).content

    def hand_over(self, *, by, on, to):
        """Write that the list was handed over otherwise than by the portal: when, and to whom."""
        refuse_day("on", on)
        self._handed(by=by, on=on, to=to, how=HandedOver.OTHERWISE)

    def send(self, *, by, to):
        """Send the file to the central purchasing body by mail and mark the list handed over. Returns the letter."""
        validate_email(to)
        with transaction.atomic():
            self._handed(by=by, on=clock.today(), to=to, how=HandedOver.MAIL)
            return handover_emails.list_sent(self)

    def _handed(self, *, by, on, to, how):
        with transaction.atomic():
            round_ = self.round.locked()
            row = type(self).objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            row.round = round_
            row._refuse_handing(on, how)
            row.handed_over_on, row.handed_over_by = on, by
            row.handed_over_how, row.handed_over_to = how, to
            row.validate_constraints()
            row.save(update_fields=["handed_over_on", "handed_over_by", "handed_over_how", "handed_over_to"])
            AuditEvent.record(row, "hand_over", by=by, number=row.number, how=how, on=on)
        self.refresh_from_db()

    def _refuse_handing(self, on, how):
        if self.handed_over_on:
            raise ValidationError(_("This list has already been handed over."), code="handed_over")
        if on < self.made_on:
            raise ValidationError({"on": _("The list was made after that day.")})
        if self.state != DocumentState.READY:
            raise ValidationError(_("The file is still being made. Try again in a moment."), code="not_ready")
        newest = self.round.lists.handed_over().first()
        if newest and (newest.pk != self.compared_with_id or newest.number > self.number):
            raise ValidationError(
                _("List %(number)s has been handed over since this one was made. Make the differences anew."),
                params={"number": newest.number},
                code="overtaken",
            )


def figures_of(round_, rows):
    """Return what a list or a form is made from, frozen as plain values."""
    procurement = round_.procurement
    return {
        "procurement": {
            "number": procurement.number,
            "title_fi": procurement.title_fi,
            "title_sv": procurement.title_sv,
            "case_number": procurement.case_number,
            "months": procurement.months,
        },
        "lots": [
            {"number": lot.number, "title_fi": lot.title_fi, "title_sv": lot.title_sv}
            for lot in procurement.lots.all()
        ],
        "frozen_at": round_.closes_at.astimezone(clock.HELSINKI).isoformat(),
        "made_on": clock.today().isoformat(),
        "contact": settings.CONTACT_EMAIL,
        "rows": [row.frozen() for row in rows],
    }
