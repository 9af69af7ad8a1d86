"""Files of use as the worker reads them: COUNTER reports, sheets, whose figures, what a dead worker left."""

import datetime as dt
import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from consortium import clock
from procurement import tasks
from procurement.cost_shares import Refused
from procurement.models import Scope, UsageFigure, UsageFile, UsageState, ValueSheet
from procurement.value import value_of
from tests.contract_world import drafted, signed
from tests.factories import MunicipalityFactory, RoleFactory
from tests.use_world import a_sharing, again, frozen, handed_in, read_in, sheet

pytestmark = pytest.mark.django_db
YEAR = {"begins_on": dt.date(2027, 1, 1), "ends_on": dt.date(2027, 12, 31), "signed_on": dt.date(2026, 12, 1)}


@pytest.fixture(autouse=True)
def day(today_is):
    """The contract's year is over."""
    today_is("2028-02-07")


@pytest.fixture(autouse=True)
def in_english(settings):
    """Sentences are compared in English."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def vaasa():
    """A municipality of a network."""
    return MunicipalityFactory(name_fi="Vaasa", name_sv="Vasa", library_network="Fredrika", population=68000)


def counter(
    report="TR_J1", institution="Vaasan kaupunginkirjasto", count=7, month="2027-03", platform="Alusta"
):
    """Return a COUNTER report of one item in JSON."""
    header = {
        "Release": "5.1",
        "Report_ID": report,
        "Report_Name": report,
        "Created": "2027-04-02T09:11:12Z",
        "Created_By": "Kustannus Oy",
        "Institution_Name": institution,
        "Institution_ID": {"Proprietary": ["a:1"]},
        "Report_Filters": {"Begin_Date": f"{month}-01", "End_Date": f"{month}-31"},
    }
    use = {"Data_Type": "Journal", "Performance": {"Total_Item_Requests": {month: count}}}
    item = {
        "Title": "Lehti",
        "Platform": platform,
        "Item_ID": {"Proprietary": "a:2"},
        "Attribute_Performance": [use],
    }
    if report == "PR":
        item = {"Platform": platform, "Attribute_Performance": [use]}
    return json.dumps({"Report_Header": header, "Report_Items": [item]}).encode()


def test_a_counter_report_asks_once_whose_it_is_and_each_figure_says_its_source(staff, vaasa):
    contract = signed([vaasa], **YEAR)
    file = handed_in(contract, counter(), name="tr_j1.json")
    assert (file.state, file.unknown) == (UsageState.PLACES, ["Vaasan kaupunginkirjasto"])
    assert not UsageFigure.objects.exists()
    file.map_places(by=staff, places={"Vaasan kaupunginkirjasto": (Scope.MUNICIPALITY, vaasa, "")})
    again(file)
    figure = UsageFigure.objects.get()
    assert (figure.municipality, figure.report, figure.service, figure.count) == (vaasa, "TR_J1", "Alusta", 7)
    assert (figure.month, figure.scope, figure.file) == (dt.date(2027, 3, 1), Scope.MUNICIPALITY, file)
    following = handed_in(contract, counter(month="2027-04"), name="tr_j1_4.json")
    assert following.state == UsageState.READ  # the name is remembered


def test_reports_of_two_kinds_stand_beside_each_other_and_are_never_added(staff, vaasa):
    contract = signed([vaasa], **YEAR)
    for report in ("TR_J1", "PR"):
        assert handed_in(contract, counter(report, institution="Vaasa")).state == UsageState.READ
    [bought] = value_of(vaasa, 2027).bought
    assert [(use.report, use.count) for use in bought.own] == [("PR", 7), ("TR_J1", 7)]


def test_a_municipalitys_and_a_networks_own_name_need_no_question(vaasa):
    contract = signed([vaasa], **YEAR)
    for n, name in enumerate(("Vasa", vaasa.code, "FREDRIKA")):
        assert handed_in(contract, counter(institution=name, month=f"2027-0{n + 1}")).state == UsageState.READ
    found = UsageFigure.objects.order_by("month").values_list("scope", "network")
    assert list(found) == [("municipality", ""), ("municipality", ""), ("network", "Fredrika")]


def test_two_libraries_of_one_municipality_add_up(staff, vaasa):
    contract = signed([vaasa], **YEAR)
    for name in ("Pääkirjasto", "Sivukirjasto"):
        file = handed_in(contract, counter(institution=name))
        file.map_places(by=staff, places={name: (Scope.MUNICIPALITY, vaasa, "")})
        again(file)
    [bought] = value_of(vaasa, 2027).bought
    assert [use.count for use in bought.own] == [14]


def test_what_is_nobodys_here_is_left_out(staff, vaasa):
    contract = signed([vaasa], **YEAR)
    file = handed_in(contract, counter(institution="Yliopisto"))
    file.map_places(by=staff, places={"Yliopisto": (Scope.NOBODY, None, "")})
    assert again(file).state == UsageState.READ
    assert not UsageFigure.objects.exists()


def test_the_suppliers_own_notice_is_the_reason_of_a_report_without_figures(vaasa):
    said = json.loads(counter())
    said["Report_Items"] = []
    said["Report_Header"]["Exceptions"] = [{"Code": 3030, "Message": "No Usage Available"}]
    said["Report_Header"]["Report_Filters"]["Metric_Type"] = ["Total_Item_Requests"]
    said["Report_Header"]["Institution_Name"] = "Vaasa"
    file = handed_in(signed([vaasa], **YEAR), json.dumps(said).encode())
    assert file.state == UsageState.READ  # a nought that the supplier states is known
    assert [(f.count, f.metric) for f in UsageFigure.objects.all()] == [(0, "Total_Item_Requests")]
    said["Report_Header"]["Exceptions"] = [
        {"Code": 2000, "Message": "Requestor Not Authorized to Access Service"}
    ]
    file = handed_in(signed([vaasa], **YEAR), json.dumps(said).encode())
    assert (file.state, file.reason) == (UsageState.REFUSED, "exception")
    assert file.said["notices"] == [[2000, "Requestor Not Authorized to Access Service"]]


def test_what_a_dead_worker_left_is_read_once(vaasa):
    contract = signed([vaasa], **YEAR)
    file = handed_in(contract, counter(institution="Vaasa"), read=False)
    tasks.read_left_behind()
    assert not UsageFigure.objects.exists()  # it has waited for less than a minute
    UsageFile.objects.filter(pk=file.pk).update(asked_at=timezone.now() - dt.timedelta(minutes=2))
    tasks.read_left_behind()
    tasks.read_left_behind()
    tasks.read_usage(file.pk)
    assert UsageFigure.objects.count() == 1


def test_a_file_over_which_the_worker_ends_each_time_is_given_up(vaasa):
    file = handed_in(signed([vaasa], **YEAR), counter(), read=False)
    long_ago = timezone.now() - dt.timedelta(hours=1)
    UsageFile.objects.filter(pk=file.pk).update(state="reading", tries=3, asked_at=long_ago)
    tasks.read_left_behind()
    file.refresh_from_db()
    assert (file.state, file.reason) == (UsageState.REFUSED, "worker")


def test_shares_by_use_take_each_ones_own_figures_and_ask_for_those_that_are_missing(staff, vaasa):
    other = MunicipalityFactory(name_fi="Korsnäs")
    contract = signed([vaasa, other], **YEAR)
    read_in(contract, sheet([("Vaasa", "1/2027", 30), ("Vaasa", "2/2027", 60)]))
    terms = {
        "method": "use",
        "use_metric": "lainat",
        "use_from": dt.date(2027, 1, 1),
        "use_to": dt.date(2027, 2, 1),
    }
    sharing = a_sharing(contract, year=2027, **terms)
    read_in(contract, sheet([("Korsnäs", "1/2027", 4), ("Korsnäs", "3/2027", 50)]), name="b.csv")
    with pytest.raises(Refused) as refused:  # February is missing: not the same as no use
        sharing.reckon()
    assert (refused.value.code, refused.value.keys) == ("use", (other.code,))
    read_in(contract, sheet([("Korsnäs", "2/2027", 6)]), name="c.csv")
    found, _people = sharing.reckon()
    assert {key: str(share.amount) for key, share in found.by_key.items()} == {
        vaasa.code: "1080.00",
        other.code: "120.00",
    }


BY_USE = {"method": "use", "use_from": dt.date(2027, 1, 1), "use_to": dt.date(2027, 2, 1)}


def test_two_reports_of_one_supplier_do_not_add_up_in_the_shares(client_of, staff, vaasa):
    other = MunicipalityFactory(name_fi="Korsnäs")
    contract = signed([vaasa, other], **YEAR)
    for kind, vaasas in (("PR", 900), ("TR", 300)):
        file = handed_in(contract, kind.encode(), name=f"{kind}.json", read=False)
        UsageFile.objects.filter(pk=file.pk).update(state="read", report=kind, read_at=timezone.now())
        for place, count in ((vaasa, vaasas), (other, 100)):
            for month in (1, 2):
                UsageFigure.objects.create(
                    file=file,
                    contract=contract,
                    scope=Scope.MUNICIPALITY,
                    municipality=place,
                    place=place.name_fi,
                    report=kind,
                    metric="Total_Item_Requests",
                    month=dt.date(2027, month, 1),
                    count=count,
                )
    typed = {
        "year": 2027,
        "method": "use",
        "amount": "1 200",
        "months": 12,
        "population_on": "31.12.2026",
        "use_metric": "TR: Total_Item_Requests",
        "use_from": "1/2027",
        "use_to": "2/2027",
        "ground": "7 §",
    }
    browser = client_of(staff)
    address = f"/contracts/{contract.pk}/costs/new/"
    assert (
        browser.post(address, typed | {"use_metric": "Total_Item_Requests"}).status_code == 200
    )  # of which?
    page = browser.post(address, typed, follow=True)
    sharing = contract.cost_shares.get()
    assert (sharing.use_report, sharing.use_metric) == ("TR", "Total_Item_Requests")
    assert "TR: Total_Item_Requests, 1/2027–2/2027" in page.content.decode()
    shares = sharing.reckon()[0].by_key
    assert (shares[vaasa.code].use, str(shares[vaasa.code].amount)) == (600, "900.00")
    assert (shares[other.code].use, str(shares[other.code].amount)) == (200, "300.00")
    again_ = browser.get(f"/contracts/{contract.pk}/costs/{sharing.pk}/edit/").content.decode()
    assert '<option value="TR: Total_Item_Requests" selected>' in again_


def test_use_is_asked_only_of_the_months_in_which_one_took_part(staff, vaasa):
    joins = MunicipalityFactory(name_fi="Korsnäs")
    contract = signed([vaasa], **YEAR)
    contract.participations.model.begin(contract, joins, by=staff, starts_on=dt.date(2027, 2, 1))
    rows = [
        ("Vaasa", "1/2027", 30),
        ("Vaasa", "2/2027", 30),
        ("Korsnäs", "1/2027", 7),
        ("Korsnäs", "2/2027", 0),
    ]
    read_in(contract, sheet(rows))
    sharing = a_sharing(contract, year=2027, use_metric="lainat", **BY_USE)
    assert {key: share.use for key, share in sharing.reckon()[0].by_key.items()} == {
        vaasa.code: 60,
        joins.code: 0,  # its figure of a month before it took part does not weigh
    }
    sharing.use_to = dt.date(2027, 3, 1)
    with pytest.raises(Refused) as refused:
        sharing.reckon()
    assert set(refused.value.keys) == {vaasa.code, joins.code}


def test_a_contract_that_is_being_made_is_not_shared(client_of, staff, vaasa):
    contract = drafted(**YEAR | {"signed_on": None})
    contract.participations.model.begin(contract, vaasa, by=staff)
    with pytest.raises(ValidationError, match="still being made"):
        a_sharing(contract, year=2027)
    assert not contract.cost_shares.exists()
    sharing = contract.cost_shares.create(
        year=2027, method="equal", amount=1200, population_on=dt.date(2026, 12, 31), ground="7 §"
    )
    with pytest.raises(ValidationError, match="still being made"):
        sharing.freeze(by=staff, seen=sharing.reckon()[0].fingerprint)
    assert (sharing.state, sharing.lines.count()) == ("draft", 0)
    page = client_of(staff).get(f"/contracts/{contract.pk}/costs/").content.decode()
    assert f"/contracts/{contract.pk}/costs/new/" not in page


def test_months_of_one_who_joins_and_of_one_who_leaves_weigh(staff):
    stays, joins, leaves = (MunicipalityFactory() for _n in range(3))
    contract = signed([stays, leaves], **YEAR | {"signed_on": dt.date(2026, 12, 1)})
    contract.participations.model.begin(contract, joins, by=staff, starts_on=dt.date(2027, 7, 1))
    gone = contract.participations.get(municipality=leaves)
    gone.withdraw(by=staff, reason="Ei tarvetta", withdrawn_on=clock.today(), last_day=dt.date(2027, 3, 31))
    found, _people = a_sharing(contract, year=2027).reckon()
    assert {key: share.months for key, share in found.by_key.items()} == {
        stays.code: 12,
        joins.code: 6,
        leaves.code: 3,
    }
    assert found.total == 1200


def test_papers_of_a_year_are_seen_by_its_own_people_and_those_on_duty(staff, vaasa):
    other = RoleFactory().user
    own = RoleFactory(municipality=vaasa).user
    ValueSheet.objects.create(municipality=vaasa, year=2027, language="fi")
    seen = [ValueSheet.objects.visible_to(user).count() for user in (AnonymousUser(), other, own, staff)]
    assert seen == [0, 0, 1, 1]


# --- The same questions for any number of rows -----------------------------------------------------------------


def world(places, files):
    """Return a contract with so many participants that differ, and as many files."""
    homes = [MunicipalityFactory(name_fi=f"Kunta {chr(65 + n)}", population=1000 + n) for n in range(places)]
    contract = signed(homes, **YEAR)
    for n in range(files):
        rows = [(home.name_fi, f"{n + 1}/2027", 10 + n) for home in homes]
        read_in(contract, sheet(rows), name=f"use-{n}.csv")
    sharing = frozen(contract, year=2027)
    return contract, sharing, homes


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("costs", 6), ("costs/share", 9), ("use", 8), ("use/figures", 7), ("value", 13)],
)
def test_a_page_asks_the_same_for_any_number_of_rows(
    client_of, staff, count, page, queries, django_assert_num_queries
):
    contract, sharing, homes = world(count, count)
    address = f"/contracts/{contract.pk}/{page}/".replace("share", str(sharing.pk))
    if page == "value":
        address = f"/municipality/{homes[0].code}/value/2027/"
    browser, asked = client_of(staff), {"year": "2027"}
    browser.get(address)
    with django_assert_num_queries(queries):
        assert browser.get(address, asked).status_code == 200
