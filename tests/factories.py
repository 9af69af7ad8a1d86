"""Records for tests: as little as each needs to be true. Accessions reach their state through their own verbs."""

import datetime as dt
from decimal import Decimal

import factory
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from consortium import clock
from consortium.deadlines import next_working_day
from members.models import (
    Accession,
    AccessionState,
    AgreementState,
    AgreementVersion,
    Body,
    Clause,
    Contact,
    ContactKind,
    Decision,
    JoiningPackage,
    Municipality,
    Offer,
    Outcome,
    Population,
    Role,
    RoleKind,
    Tariff,
    ask_for_packages,
)

DAY = dt.timedelta(days=1)
HELSINKI = {
    "body_fi": "Kulttuurin ja vapaa-ajan lautakunta",
    "body_sv": "Kultur- och fritidsnämnden",
    "section": "§ 112",
    "case_number": "HEL 2026-004117",
}


class UserFactory(DjangoModelFactory):
    """A person; ``is_staff=True`` for one of the service centre."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@kunta.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        """Codes only, unless a password is given."""
        self.set_password(extracted)
        if create:
            self.save(update_fields=["password"])


class MunicipalityFactory(DjangoModelFactory):
    """A municipality with its population on 31.12.2022; ``population=None`` for none."""

    class Meta:
        model = Municipality
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"{999 - n % 1000:03d}")
    name_fi = factory.Sequence(lambda n: f"Kunta {n}")
    name_sv = factory.LazyAttribute(lambda m: m.name_fi)
    genitive_fi = factory.LazyAttribute(lambda m: f"{m.name_fi}n")
    region_code, region_fi, region_sv = "11", "Pohjois-Savo", "Norra Savolax"
    language = "fi"
    latitude, longitude = Decimal("62.622"), Decimal("26.835")
    registry_email = factory.LazyAttribute(lambda m: f"kirjaamo@{m.code}.example")

    @factory.post_generation
    def population(self, create, extracted, **kwargs):
        """Residents; 2,447 unless said otherwise."""
        count = 2447 if "population" not in self._given and extracted is None else extracted
        if create and count is not None:
            PopulationFactory(municipality=self, count=count)

    @classmethod
    def _generate(cls, strategy, params):
        return super()._generate(strategy, params)


class PopulationFactory(DjangoModelFactory):
    """How many lived there at the end of 2022."""

    class Meta:
        model = Population

    municipality = factory.SubFactory(MunicipalityFactory, population=None)
    on = dt.date(2022, 12, 31)
    count = 2447
    source = "Statistics Finland (Sotkanet 127)"
