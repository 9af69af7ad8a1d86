"""The dates of a procurement: what is planned on what ground, and when it came about."""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.models import AuditEvent
from consortium.workflow import refuse_day
from procurement.models.procurement import Procurement
from procurement.models.words import StageKind


class Stage(models.Model):
    """One stage: the planned day with its source, and the actual day once a person has said so.

    ``typed``: a person has put the day from a decision; ``source`` says which, or the statute and § it was reckoned by.
    """

    procurement = models.ForeignKey(Procurement, models.CASCADE, related_name="stages")
    kind = models.CharField(_("stage"), max_length=20, choices=StageKind)
    planned_on = models.DateField(_("planned"), null=True, blank=True)
    typed = models.BooleanField(default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    done_on = models.DateField(_("came about"), null=True, blank=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(fields=["procurement", "kind"], name="stage_once"),
            models.CheckConstraint(
                name="stage_typed_has_source",
                condition=Q(typed=False) | Q(planned_on__isnull=False) & ~Q(source=""),
                violation_error_message=_("Say where the day comes from."),
            ),
        ]

    def __str__(self):
        return f"{self.procurement_id} {self.kind}"

    @classmethod
    def put(cls, procurement, kind, *, by, planned_on, source, typed=True):
        """Write a stage's planned day with its source. Returns the stage."""
        with transaction.atomic():
            Procurement.objects.select_for_update(no_key=True).get(pk=procurement.pk)
            stage, _new = cls.objects.update_or_create(
                procurement=procurement,
                kind=kind,
                defaults={"planned_on": planned_on, "source": source, "typed": typed},
            )
            AuditEvent.record(procurement, "plan", by=by, stage=kind, planned_on=planned_on, typed=typed)
        return stage

    @classmethod
    def put_all(cls, procurement, lines, *, by, among):
        """Write a reckoned timetable over the one before, in one act. What has come about stays as it was planned.

        ``lines``: (kind, planned day, source, whether a person typed it); ``among``: the kinds that a timetable knows:
        of these, what is not in it any more goes, unless it was typed or has come about.
        """
        with transaction.atomic():
            Procurement.objects.select_for_update(no_key=True).get(pk=procurement.pk)
            known = {stage.kind: stage for stage in cls.objects.filter(procurement=procurement)}
            gone = among - {kind for kind, *_line in lines}
            for kind in gone & known.keys():
                if not (known[kind].typed or known[kind].done_on):
                    known[kind].delete()
            for kind, planned_on, source, typed in lines:
                stage = known.get(kind) or cls(procurement=procurement, kind=kind)
                if stage.done_on is None:
                    stage.planned_on, stage.source, stage.typed = planned_on, source, typed
                    stage.full_clean(exclude=["procurement"])
                    stage.save()
            AuditEvent.record(procurement, "plan", by=by, stages={kind: on for kind, on, *_rest in lines})

    @classmethod
    def done(cls, procurement, kind, *, by, on):
        """Write when a stage came about. Returns it. ValidationError for a day still to come."""
        refuse_day("done_on", on)
        with transaction.atomic():
            Procurement.objects.select_for_update(no_key=True).get(pk=procurement.pk)
            stage, _new = cls.objects.update_or_create(
                procurement=procurement, kind=kind, defaults={"done_on": on}
            )
            AuditEvent.record(procurement, "stage_done", by=by, stage=kind, done_on=on)
        return stage
