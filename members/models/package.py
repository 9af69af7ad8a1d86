"""The joining package of one accession, in one language and one format, as it was made at one moment."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.documents import request_document
from consortium.models import AuditEvent, Document, DocumentQuerySet, DocumentState
from members import package
from members.models.accession import Accession


class PackageFormat(models.TextChoices):
    """What kind of file."""

    PDF = "pdf", "PDF"
    DOCX = "docx", _("text file")


CONTENT_TYPES = {
    PackageFormat.PDF: "application/pdf",
    PackageFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def figures_of(municipality, offer, *, code="", today=None):
    """Return the facts a package is made from, frozen as plain values (days and sums as text).

    Costs are by the offer's tariff for the year the membership begins and the next two. Raises LookupError when
    the municipality has no population figure.
    """
    today = today or clock.today()
    population = municipality.population_on(today)
    if population is None:
        raise LookupError(f"{municipality.code} {municipality.name_fi}: no population figure")
    version, terms = offer.version, offer.tariff.terms
    return {
        "municipality": {
            "code": municipality.code,
            "name_fi": municipality.name_fi,
            "name_sv": municipality.name_sv,
            "genitive_fi": municipality.genitive_fi or municipality.name_fi,
            "city": municipality.city,
            "language": municipality.language,
            "aland": municipality.is_aland,
            "registry_email": municipality.registry_email,
        },
        "population": {
            "count": population.count,
            "on": population.on.isoformat(),
            "source": population.source,
        },
        "offer": {
            "case_number": offer.case_number,
            "decide_by": offer.decide_by.isoformat(),
            "joins_on": offer.joins_on.isoformat(),
            "made_on": today.isoformat(),
        },
        "agreement": {
            "number": version.number,
            "body_fi": version.body_fi,
            "body_sv": version.body_sv,
            "decided_on": version.decided_on.isoformat(),
            "section": version.section,
            "case_number": version.case_number,
            "example": version.is_example,
        },
        "tariff": terms,
        "costs": package.costs(population.count, terms, offer.joins_on.year),
        "timetable": package.timetable(offer.decide_by, municipality.is_aland),
        "address": f"{settings.ADDRESS}/p/{code}" if code else settings.ADDRESS,
        "code": code,
        "contact": {
            "name_fi": "Palvelukeskus",
            "name_sv": "Servicecentralen",
            "email": settings.CONTACT_EMAIL,
        },
    }


def ask_for_packages(accessions, *, by):
    """Write a new version of each package in every language and format, for the worker to make. Returns the rows."""
    rows = []
    with transaction.atomic():
        chosen = accessions.select_related("municipality", "offer__version", "offer__tariff").order_by("pk")
        for accession in chosen.select_for_update(of=("self",), no_key=True):  # one version at a time
            version = (accession.packages.aggregate(last=Max("version"))["last"] or 0) + 1
            figures = figures_of(accession.municipality, accession.offer, code=accession.code)
            for language in accession.municipality.languages:
                rows += [
                    request_document(
                        JoiningPackage(
                            accession=accession,
                            language=language,
                            format=form,
                            version=version,
                            figures=figures,
                        ),
                        by=by,
                    )
                    for form in PackageFormat
                ]
            AuditEvent.record(accession, "package", by=by, version=version)
    return rows


class JoiningPackageQuerySet(DocumentQuerySet):
    """Questions to the packages."""

    def visible_to(self, user):
        """Return those of the accessions that the person may see."""
        return self.filter(accession__in=Accession.objects.visible_to(user))

    def failed_in(self, offer):
        """Return the newest files of an offer that could not be made."""
        newest = self.filter(accession__offer=offer).newest().values("pk")
        failed = self.filter(pk__in=newest, state=DocumentState.FAILED)
        return failed.select_related("accession__municipality")

    def newest(self):
        """Return the newest version of each language and format."""
        fields = ("accession_id", "language", "format")
        return self.order_by(*fields, "-version").distinct(*fields)


class JoiningPackage(Document):
    """A file of the joining package. A change makes a new version; the old address keeps the old file."""

    accession = models.ForeignKey(Accession, models.PROTECT, related_name="packages")
    format = models.CharField(_("format"), max_length=4, choices=PackageFormat)
    version = models.PositiveSmallIntegerField(_("version"))

    objects = JoiningPackageQuerySet.as_manager()

    class Meta(Document.Meta):
        verbose_name = _("joining package")
        verbose_name_plural = _("joining packages")
        constraints = [
            *Document.Meta.constraints,
            models.UniqueConstraint(
                fields=["accession", "language", "format", "version"], name="joiningpackage_version_once"
            ),
        ]

    def __str__(self):
        return f"{self.accession_id} {self.language} {self.format} {self.version}"

    @property
    def filename(self):
        """Return the name under which it is downloaded: <code>-<language>.<format>."""
        return f"{self.figures['municipality']['code']}-{self.language}.{self.format}"

    @property
    def content_type(self):
        """Return the file's media type."""
        return CONTENT_TYPES[self.format]

    def produce(self):
        """Make the file from the frozen figures and the version's clauses."""
        if self.format == PackageFormat.DOCX:
            return self.filename, package.make_docx(self.figures, self.language)
        clauses = self.accession.offer.version.clause_texts()
        return self.filename, package.make_pdf(self.figures, clauses, self.language)
