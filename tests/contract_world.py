"""Contracts for tests: made by their own verbs, with participants, a list of taking into use and e-resources."""

import datetime as dt
from itertools import count

from consortium import clock
from procurement.models import AtEnd, Contract, Holding, Participation, Resource, Supplier, UseKind, UseStep
from tests.factories import DAY, MunicipalityFactory, a_clerk

NUMBERS = count(1)


def a_supplier(name=None, *, by=None):
    """Return a supplier in business."""
    return Supplier.begin(by=by or a_clerk(), name=name or f"Toimittaja {next(NUMBERS)} Oy")


def drafted(*, by=None, supplier=None, options=(), **facts):
    """Return a contract that is being made: a year from 1 January, three months of notice."""
    n, year = next(NUMBERS), clock.today().year
    by = by or a_clerk()
    return Contract.make(
        by=by,
        options=options,
        supplier=supplier or a_supplier(by=by),
        **{
            "number": f"KS {n}/{year}",
            "title_fi": f"E-lehdet {n}",
            "title_sv": f"E-tidskrifter {n}",
            "begins_on": dt.date(year, 1, 1),
            "ends_on": dt.date(year, 12, 31),
            "notice_months": 3,
        }
        | facts,
    )


def signed(places=1, *, by=None, signed_on=None, **facts):
    """Return a signed contract in which these municipalities take part; a number makes so many."""
    by = by or a_clerk()
    contract = drafted(by=by, **facts)
    if isinstance(places, int):
        places = [MunicipalityFactory() for _n in range(places)]
    for n, place in enumerate(places, start=1):
        Participation.begin(contract, place, by=by, yearly=1000 + n)
    contract.sign(by=by, signed_on=signed_on or min(clock.today(), contract.begins_on))
    return contract


def runs_on(**facts):
    """Return terms of a contract that runs on a year at a time."""
    return {"silence": AtEnd.RUNS_ON, "renewal_months": 12} | facts


def told(participation, *kinds, by=None):
    """Tell parts of a municipality's list of taking into use; all of them without ``kinds``."""
    said = {
        UseKind.CONTACT: {"name": "Kirsi Kirjasto", "email": "kirsi@kunta.example"},
        UseKind.TECHNICAL: {"method": "sip2", "text": "sip2.kunta.example, portti 6001"},
        UseKind.MATERIAL: {"text": "Julisteet tilattu."},
        UseKind.DATE: {"on": clock.today() + 7 * DAY},
    }
    for kind in kinds or UseKind:
        UseStep.tell(participation, kind, by=by or a_clerk(), **said[kind])


def a_resource(contract=None, **facts):
    """Return an e-resource of the catalogue: e-books in Finnish."""
    n = next(NUMBERS)
    return Resource.objects.create(
        contract=contract,
        **{
            "title": f"E-kirjahylly {n}",
            "material": "ebooks",
            "languages": ["fi"],
            "about_fi": "Lainattavia e-kirjoja.",
            "about_sv": "E-böcker att låna.",
            "help_fi": "Oma kirjasto",
            "help_sv": "Ditt bibliotek",
        }
        | facts,
    )


def contracts_pages(world, people):
    """Return {URL name: arguments} of contracts, taking into use and e-resources, with planted words.

    ``world``: its round is open, and the representative and the librarian act for the first municipality.
    """
    by, (home, other, third, *_rest), year = people["staff"], world.places, clock.today().year
    terms = {"begins_on": dt.date(year - 1, 1, 1), "ends_on": dt.date(year + 1, 12, 31)}
    held = signed([home, other, third], by=by, options=[(12, None), (12, None)], **runs_on(**terms))
    decided = {"body_fi": "Kirjastopalvelujen johtaja", "body_sv": "Direktören", "section": "§ 12"}
    option = held.options.first()
    held.decide(by=by, kind="option", option=option, decided_on=clock.today() - 9 * DAY, **decided)
    row, left = held.participations.get(municipality=home), held.participations.get(municipality=third)
    left.withdraw(by=by, withdrawn_on=clock.today(), last_day=clock.today() + DAY, reason="zqleft")
    told(row, UseKind.MATERIAL, by=by)
    UseStep.tell(row, UseKind.TECHNICAL, by=by, method="sip2", text="zqtechnical")
    made = drafted(by=by, title_fi="zqbeingmade", title_sv="zqbeingmade")
    waiting = Participation.begin(made, home, by=by)
    resource = a_resource(held)
    own = a_resource(languages=["sv", "en"], url="https://hylly.example")
    holding = Holding.begin(own, home, by=by, starts_on=clock.today() - 30 * DAY)
    signed([home], by=by, begins_on=clock.today() - 200 * DAY, ends_on=clock.today() + 120 * DAY)
    of_held = {name: {"pk": held.pk} for name in ("contract", "use_standing", "use_remind")}
    of_held |= {f"contract_{verb}": {"pk": held.pk} for verb in ("edit", "decide", "give_notice", "add")}
    at = of_held | {f"contract_{verb}": {"pk": made.pk} for verb in ("sign", "drop")}
    at |= {
        "participation_withdraw": {"pk": held.pk, "row": row.pk},
        "participation_leave_out": {"pk": made.pk, "row": waiting.pk},
        "use_list": {"pk": held.pk, "code": home.code},
        "use_step": {"pk": held.pk, "code": home.code, "kind": "contact"},
        "resource": {"pk": resource.pk},
        "resource_edit": {"pk": own.pk},
        "holding_new": {"pk": own.pk},
        "holding_end": {"pk": own.pk, "row": holding.pk},
    }
    return {f"procurement:{name}": kwargs for name, kwargs in at.items()}
