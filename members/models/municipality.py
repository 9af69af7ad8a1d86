"""The register: Finland's municipalities, present and past, and how many live in each."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fi import ytunnus

from consortium import clock
from consortium.models import AuditEvent
from members import emails, ladder, reminder_emails

ALAND_REGION = "21"
ASK_INVOICING = "ask_invoicing"  # the municipality is asked for what an invoice lacks
AFTER_Z = str.maketrans({"å": "~1", "ä": "~2", "ö": "~3"})


class MunicipalityLanguage(models.TextChoices):
    """The language status of the Language Act, with the majority's language first."""

    FINNISH = "fi", _("Finnish")
    FINNISH_SWEDISH = "fi-sv", _("bilingual, Finnish majority")
    SWEDISH_FINNISH = "sv-fi", _("bilingual, Swedish majority")
    SWEDISH = "sv", _("Swedish")


def check_business_id(value):
    """Raise ValidationError unless the Y-tunnus has its form and its check digit (weights 7 9 10 5 8 4 2, mod 11)."""
    try:
        ytunnus.validate(value)
    except NumberError:
        raise ValidationError(
            _("This is not a business ID: check the digits, for example 0201256-6.")
        ) from None


def check_einvoice_address(value):
    """Raise ValidationError unless the address is an OVT (0037 + Y-tunnus + up to 5 signs) or an IBAN."""
    digits = value.replace(" ", "").upper()
    ovt = digits.startswith("0037") and len(digits) <= 17 and digits.isascii() and digits.isalnum()
    if (ovt and ytunnus.is_valid(digits[4:12])) or iban.is_valid(digits):
        return
    raise ValidationError(
        _("This is not an e-invoice address: give 0037 and the business ID's digits, or an IBAN.")
    )


def sort_key(name):
    """Return a key that puts å, ä and ö after z in the database's order by code point."""
    return name.lower().translate(AFTER_Z)


class MunicipalityQuerySet(models.QuerySet):
    """Questions to the register."""

    def current(self, today=None):
        """Return the municipalities that exist on the day."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today or clock.today()))

    def members_on(self, day):
        """Return those that belong to the consortium on the day."""
        return self.filter(memberships__period__contains=day)

    def of(self, user, today=None):
        """Return those for which the person has any role on the day."""
        return self.filter(pk__in=user.roles.active(today).values("municipality"))

    def with_residents(self):
        """Add the newest population figure."""
        newest = Population.objects.filter(municipality=OuterRef("pk")).order_by("-on")
        return self.annotate(residents=Subquery(newest.values("count")[:1]))

    def with_population(self):
        """Add the newest population figure and its day."""
        newest = Population.objects.filter(municipality=OuterRef("pk")).order_by("-on")
        return self.with_residents().annotate(residents_on=Subquery(newest.values("on")[:1]))


class Municipality(models.Model):
    """A municipality of the register. A merged one keeps its code, its history and its successor."""

    code = models.CharField(_("code"), max_length=3, unique=True, validators=[RegexValidator(r"^\d{3}$")])
    name_fi = models.CharField(_("name in Finnish"), max_length=60)
    name_sv = models.CharField(_("name in Swedish"), max_length=60)
    genitive_fi = models.CharField(_("Finnish genitive"), max_length=60, blank=True)
    sort_key_fi = models.CharField(max_length=90, editable=False, db_index=True)
    sort_key_sv = models.CharField(max_length=90, editable=False)
    city = models.BooleanField(_("calls itself a city"), default=False)
    region_code = models.CharField(max_length=2)
    region_fi = models.CharField(_("region"), max_length=60)
    region_sv = models.CharField(_("region in Swedish"), max_length=60)
    language = models.CharField(_("languages"), max_length=5, choices=MunicipalityLanguage)
    latitude = models.DecimalField(max_digits=6, decimal_places=3)
    longitude = models.DecimalField(max_digits=6, decimal_places=3)
    library_network = models.CharField(_("library network"), max_length=60, blank=True)
    registry_email = models.EmailField(_("registry's address"), blank=True)
    business_id = models.CharField(_("business ID"), max_length=9, blank=True, validators=[check_business_id])
    einvoice_address = models.CharField(
        _("e-invoice address"), max_length=35, blank=True, validators=[check_einvoice_address]
    )
    einvoice_operator = models.CharField(_("e-invoice operator"), max_length=35, blank=True)
    buyer_reference = models.CharField(_("buyer's reference"), max_length=70, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("merged into"),
    )
    people_confirmed_on = models.DateField(_("people confirmed on"), null=True, blank=True, editable=False)
    edited_at = models.DateTimeField(default=clock.now, editable=False)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["sort_key_fi"]
        constraints = [
            models.CheckConstraint(
                name="municipality_ended_with_successor",
                condition=Q(ended_on__isnull=True, successor__isnull=True)
                | Q(ended_on__isnull=False, successor__isnull=False),
                violation_error_message=_("A merged municipality has both its last day and its successor."),
            ),
            models.CheckConstraint(
                name="municipality_not_its_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Keep the sorting keys in step with the names."""
        self.sort_key_fi, self.sort_key_sv = sort_key(self.name_fi), sort_key(self.name_sv)
        super().save(**kwargs)

    def get_absolute_url(self):
        """Return the municipality's own page."""
        return reverse("municipality", args=[self.code])

    @property
    def name(self):
        """Return the name in the page's language."""
        return self.name_sv if get_language() == "sv" else self.name_fi

    @property
    def region(self):
        """Return the region's name in the page's language."""
        return self.region_sv if get_language() == "sv" else self.region_fi

    @property
    def of_name(self):
        """Return the name as it stands before "puolesta" in Finnish; in other languages the name itself."""
        return (self.genitive_fi or self.name_fi) if get_language() == "fi" else self.name

    @property
    def languages(self):
        """Return the languages of its letters and documents, the majority's first."""
        return self.language.split("-")

    @property
    def is_aland(self):
        """Tell whether it lies on Åland, where neither the Local Government Act nor our reckonings apply."""
        return self.region_code == ALAND_REGION

    def still_tells(self, template):
        """Tell whether a letter about the municipality is still true: nobody is asked to confirm what is confirmed."""
        if template != reminder_emails.REMIND + ladder.Rung.CONTACTS:
            return True
        accession, newest = self.accessions.on_the_ladder().first(), self.reminders.first()
        day = max(clock.today(), newest.on) if newest else clock.today()
        ask = ladder.contacts(self, accession, day.year)
        return ask is not None and ask.holds_on(day)

    def holds_back(self, template):
        """Tell whether a letter must wait: a reminder never leaves in July."""
        return template.startswith(reminder_emails.REMIND) and clock.today().month == ladder.JULY

    def population_on(self, day):
        """Return the newest population row known for the day, or None."""
        return self.populations.filter(on__lte=day).order_by("-on").first()

    def people_asked(self, today):
        """Tell whether its people and addresses wait to be confirmed: in January, once a year."""
        confirmed = self.people_confirmed_on
        return today.month == 1 and not (confirmed and confirmed.year == today.year)

    def confirm_people(self, *, by):
        """Keep that the people and addresses are right today."""
        self.people_confirmed_on = clock.today()
        self.save(update_fields=["people_confirmed_on"])
        AuditEvent.record(self, "confirm_people", by=by)

    def ask_invoicing_details(self, *, by, year, missing=(), returned=False, reason=""):
        """Ask the representatives and the registry for what the invoice of a year's fee lacks. Returns the event.

        ``missing``: members of ledger.Gap; ``returned``: an invoice came back, for the ``reason``. At most once a day.
        Raises ValidationError when it was asked today, or when nobody can be written to.
        """
        with transaction.atomic():
            Municipality.objects.select_for_update(no_key=True).get(pk=self.pk)
            asked = AuditEvent.objects.about(self).filter(verb=ASK_INVOICING).first()
            if asked and clock.date_of(asked.at) == clock.today():
                raise ValidationError(
                    _("%(name)s has been asked today already. Nothing was sent."),
                    "asked",
                    {"name": self.name},
                )
            facts = {"year": year, "missing": missing, "returned": returned, "reason": reason}
            people = emails.invoicing_details(self, **facts)
            registry = bool(self.registry_email)
            if not people and not registry:
                raise ValidationError(
                    _("%(name)s has nobody to ask: add the registry's address first."),
                    "nobody",
                    {"name": self.name},
                )
            told = {"year": year, "missing": [str(gap.value) for gap in missing], "returned": returned}
            return AuditEvent.record(self, ASK_INVOICING, by=by, people=people, registry=registry, **told)

    def join(self, starts_on, *, accession=None):
        """Begin a membership that runs until further notice. Returns it. ValidationError when one covers the time."""
        membership = self.memberships.model(municipality=self, period=(starts_on, None), accession=accession)
        membership.full_clean()
        membership.save()
        return membership


class Population(models.Model):
    """How many lived in a municipality on a day, and who says so."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="populations")
    on = models.DateField(_("on"))
    count = models.PositiveIntegerField(_("residents"))
    source = models.CharField(_("source"), max_length=120)

    class Meta:
        verbose_name = _("population figure")
        verbose_name_plural = _("population figures")
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["municipality", "on"], name="population_once_a_day")]

    def __str__(self):
        return f"{self.municipality_id} {self.on}: {self.count}"
