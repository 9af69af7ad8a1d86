"""What we have: e-resources, in which languages, who helps, and which municipalities' customers can use them."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, Func, OuterRef, Q, Value
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from members.models import Municipality
from procurement.models.contract import Contract, ContractState
from procurement.models.participation import Participation

DAY = dt.timedelta(days=1)


class Material(models.TextChoices):
    """Kinds of e-material."""

    EBOOKS = "ebooks", _("e-books")
    AUDIOBOOKS = "audiobooks", _("audiobooks")
    MAGAZINES = "magazines", _("magazines")
    NEWSPAPERS = "newspapers", _("newspapers")
    FILMS = "films", _("films")
    MUSIC = "music", _("music")
    COURSES = "courses", _("courses and languages")
    DATABASES = "databases", _("databases")
    GAMES = "games", _("games")
    OTHER = "other", _("other")


class MaterialLanguage(models.TextChoices):
    """Languages of the material, as far as they are told apart."""

    FINNISH = "fi", _("Finnish")
    SWEDISH = "sv", _("Swedish")
    SAMI = "se", _("Sámi languages")
    ENGLISH = "en", _("English")
    OTHER = "other", _("other languages")


class ResourceQuerySet(models.QuerySet):
    """Questions to the catalogue."""

    def visible_to(self, user):
        """Return all but those of a contract that is being made, which the service centre alone knows of."""
        return self if user.is_authenticated and user.is_staff else self.known()

    def known(self):
        """Return those that everyone may know of."""
        return self.exclude(contract__state=ContractState.DRAFT)

    def in_use(self, day):
        """Return those that some municipality's customers can use on the day."""
        together = Participation.objects.in_use(day).filter(contract=OuterRef("contract"))
        alone = Holding.objects.filter(resource=OuterRef("pk"), period__contains=day)
        return self.filter(Exists(together) | Exists(alone))

    def of(self, municipality, day):
        """Return those that the customers of one municipality can use on the day."""
        together = Participation.objects.in_use(day).filter(contract=OuterRef("contract"))
        alone = Holding.objects.filter(resource=OuterRef("pk"), period__contains=day)
        here = {"municipality": municipality}
        return self.filter(Exists(together.filter(**here)) | Exists(alone.filter(**here)))


class Resource(models.Model):
    """One e-resource as a library's customer knows it; of a joint contract, or bought by municipalities alone."""

    title = models.CharField(_("name"), max_length=120, unique=True)
    material = models.CharField(_("material"), max_length=12, choices=Material)
    languages = ArrayField(
        models.CharField(max_length=5, choices=MaterialLanguage), verbose_name=_("languages of the material")
    )
    about_fi = models.CharField(_("what it is, in Finnish"), max_length=300)
    about_sv = models.CharField(_("what it is, in Swedish"), max_length=300)
    url = models.URLField(_("address"), blank=True)
    help_fi = models.CharField(_("who helps, in Finnish"), max_length=200)
    help_sv = models.CharField(_("who helps, in Swedish"), max_length=200)
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="resources", verbose_name=_("contract")
    )
    edited_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-resource")
        verbose_name_plural = _("e-resources")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="resource_has_language",
                condition=Q(languages__len__gte=1),
                violation_error_message=_("Choose at least one language."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the e-resource's page."""
        return reverse("procurement:resource", args=[self.pk])

    @property
    def about(self):
        """Return what it is, in the page's language."""
        return self.about_sv if get_language() == "sv" else self.about_fi

    @property
    def help(self):
        """Return who helps, in the page's language."""
        return self.help_sv if get_language() == "sv" else self.help_fi

    @property
    def language_words(self):
        """Return the languages of the material in words."""
        labels = dict(MaterialLanguage.choices)
        return [labels[code] for code in MaterialLanguage.values if code in self.languages]


class Holding(models.Model):
    """That a municipality has an e-resource it bought alone, from when to when."""

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="holdings")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="holdings")
    period = DateRangeField(_("period"))

    class Meta:
        verbose_name = _("own e-resource")
        verbose_name_plural = _("own e-resources")
        ordering = ["municipality__sort_key_fi"]
        constraints = [
            ExclusionConstraint(  # int8range stands in for `=`, so btree_gist is not needed
                name="holding_no_overlap",
                expressions=[
                    (
                        Func("resource", "resource", Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func("municipality", "municipality", Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The municipality has this e-resource at that time already."),
            ),
            models.CheckConstraint(
                name="holding_has_first_day",
                condition=Q(period__startswith__isnull=False, period__isempty=False),
                violation_error_message=_("Give the first day."),
            ),
        ]

    def __str__(self):
        return f"{self.resource_id} {self.municipality_id} {self.period}"

    @property
    def last_day(self):
        """Return the last day, or None while it goes on."""
        return self.period.upper - DAY if self.period.upper else None

    @classmethod
    def begin(cls, resource, municipality, *, by, starts_on, last_day=None):
        """Write that a municipality has an e-resource of its own from a day on. Returns it."""
        if last_day and last_day < starts_on:
            raise ValidationError({"last_day": _("The last day cannot come before the first.")})
        with transaction.atomic():
            row = cls(
                resource=resource,
                municipality=municipality,
                period=(starts_on, last_day + DAY if last_day else None),
            )
            row.full_clean()
            row.save()
            AuditEvent.record(resource, "hold", by=by, municipality=municipality.pk, starts_on=starts_on)
        return row

    def end(self, *, by, last_day):
        """Write the last day."""
        if last_day < self.period.lower:
            raise ValidationError({"last_day": _("The last day cannot come before the first.")})
        with transaction.atomic():
            row = Holding.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            row.period = (row.period.lower, last_day + DAY)
            row.full_clean()
            row.save()
            AuditEvent.record(
                row.resource, "hold_end", by=by, municipality=row.municipality_id, last_day=last_day
            )
        self.refresh_from_db()
