"""Lists: what the filter leaves is what is counted, shown fifty at a time, and taken along as a file."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from consortium.lists import PER_PAGE, Column, ListPage, as_csv, as_xlsx
from members.models import Municipality, Population
from members.models.municipality import sort_key
from tests.factories import AccessionFactory, MunicipalityFactory, OfferFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/en/municipalities/"
DAY = dt.date(2022, 12, 31)


def fill(count, **fields):
    """Put municipalities into the register, fast: Kunta 000, Kunta 001 …"""
    rows = [
        MunicipalityFactory.build(code=f"{n:03d}", name_fi=f"Kunta {n:03d}", **fields) for n in range(count)
    ]
    for row in rows:
        row.sort_key_fi = row.sort_key_sv = sort_key(row.name_fi)
    Municipality.objects.bulk_create(rows)
    Population.objects.bulk_create(
        Population(municipality=m, on=DAY, count=100 + n) for n, m in enumerate(rows)
    )
    return rows


@pytest.fixture
def browser(client_of, staff):
    return client_of(staff)


def listing(browser, **query):
    return browser.get(ADDRESS, query).context["list"]


def names(found):
    assert len(found.rows) == len(found.page.object_list)
    return [row.name_fi for row in found.page.object_list]


def table(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def sheet(answer):
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]


# --- Pages --------------------------------------------------------------------------------------------------------


def test_fifty_a_page_and_the_count_is_of_all_pages(browser):
    fill(120)
    pages = [listing(browser, page=n) for n in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [PER_PAGE, PER_PAGE, 20]
    assert {page.count for page in pages} == {120}
    seen = [name for page in pages for name in names(page)]
    assert seen == [f"Kunta {n:03d}" for n in range(120)]


@pytest.mark.parametrize(("asked", "given"), [("0", 3), ("-1", 3), ("99", 3), ("x", 1), ("", 1)])
def test_a_page_that_is_none_gives_the_nearest(browser, asked, given):
    fill(120)
    assert listing(browser, page=asked).page.number == given


# --- Filter and search --------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(today_is):
    today_is("2026-11-24")
    offer = OfferFactory()
    fill(3)
    sent = AccessionFactory(offer=offer, municipality__name_fi="Äänekoski", state="sent").municipality
    member = AccessionFactory(offer=offer, municipality__name_fi="Åbo", state="confirmed").municipality
    member.memberships.update(period=(dt.date(2026, 1, 1), None))
    bilingual = MunicipalityFactory(
        name_fi="Kruunupyy", name_sv="Kronoby", language="sv-fi", region_code="16", library_network="FREDRIKA"
    )
    return {"sent": sent, "member": member, "bilingual": bilingual}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "sent"}, ["Äänekoski"]),
        ({"state": "member"}, ["Åbo"]),
        ({"state": "none"}, ["Kruunupyy", "Kunta 000", "Kunta 001", "Kunta 002"]),
        ({"language": "sv-fi"}, ["Kruunupyy"]),
        ({"region": "16"}, ["Kruunupyy"]),
        ({"network": "FREDRIKA"}, ["Kruunupyy"]),
        ({"q": "kronoby"}, ["Kruunupyy"]),
        ({"q": "ÄÄNE"}, ["Äänekoski"]),
        ({"q": "001"}, ["Kunta 001"]),
        ({"q": "kunta", "state": "sent"}, []),
        ({"q": "'; DROP TABLE members_municipality; --"}, []),
        ({"state": "none", "language": "fi"}, ["Kunta 000", "Kunta 001", "Kunta 002"]),
    ],
)
def test_the_filter_leaves_what_was_asked_for(browser, mixed, query, found):
    page = listing(browser, **query)
    assert sorted(names(page)) == sorted(found)
    assert page.count == len(found)


def test_what_ended_is_not_listed(browser):
    heir, gone = fill(2)
    Municipality.objects.filter(pk=gone.pk).update(ended_on=DAY, successor=heir)
    assert names(listing(browser)) == ["Kunta 000"]


# --- Sorting ------------------------------------------------------------------------------------------------------


def test_finnish_order_has_the_swedish_o_and_the_dots_last(browser):
    for name in ("Äänekoski", "Ylöjärvi", "Åland", "Öja", "Akaa"):
        MunicipalityFactory(name_fi=name)
    order = ["Akaa", "Ylöjärvi", "Åland", "Äänekoski", "Öja"]
    assert names(listing(browser)) == order
    assert names(listing(browser, sort="-name")) == order[::-1]


def test_sorting_goes_over_all_pages_not_one(browser):
    fill(60)
    assert names(listing(browser, sort="-residents"))[:2] == ["Kunta 059", "Kunta 058"]
    assert names(listing(browser, sort="residents", page=2))[-1] == "Kunta 059"


def test_equal_rows_keep_one_order_over_the_pages(browser):
    fill(120)
    seen = [name for n in (1, 2, 3) for name in names(listing(browser, sort="region", page=n))]
    assert len(set(seen)) == 120


@pytest.mark.parametrize("sort", ["", "nonsense", "-", "pk", "registry_email", "--name", "name;DROP"])
def test_an_unknown_order_is_no_order(browser, sort):
    fill(2)
    answer = browser.get(ADDRESS, {"sort": sort})
    assert answer.status_code == 200
    assert len(answer.context["list"].rows) == 2


def test_every_column_that_offers_sorting_sorts(browser):
    fill(2)
    for head in listing(browser).heads:
        for sort in (head["key"], f"-{head['key']}"):
            assert len(listing(browser, sort=sort).rows) == 2, head


def test_heads_say_the_order_and_turn_it(browser):
    fill(1)
    page = listing(browser, q="kunta", page="1")
    name, code = page.heads[:2]
    assert (name["sorted"], code["sorted"]) == ("ascending", "")
    assert QueryDict(name["sort_url"][1:]).dict() == {"q": "kunta", "sort": "-name"}
    assert QueryDict(code["sort_url"][1:]).dict() == {"q": "kunta", "sort": "code"}


# --- Files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [{}, {"q": "kunta 01"}, {"sort": "-residents"}, {"state": "none", "page": "2"}]
)
def test_the_files_hold_exactly_the_rows_of_the_screen(browser, query):
    fill(70)
    first = listing(browser, **query | {"page": 1})
    shown = names(first) + (names(listing(browser, **query | {"page": 2})) if first.page.has_next() else [])
    lines = table(browser.get(ADDRESS, query | {"format": "csv"}))
    book = sheet(browser.get(ADDRESS, query | {"format": "xlsx"}))
    assert [line[0] for line in lines[1:]] == [line[0] for line in book[1:]] == shown
    assert len(shown) == first.count
    assert lines[0] == book[0]
    assert lines[0][:2] == ["Municipality", "Code"]


def test_the_links_to_the_files_keep_the_filter(browser):
    fill(1)
    page = listing(browser, q="kunta", sort="-name", page="1")
    assert QueryDict(page.csv_url[1:]).dict() == {"q": "kunta", "sort": "-name", "format": "csv"}
    assert QueryDict(page.xlsx_url[1:]).dict() == {"q": "kunta", "sort": "-name", "format": "xlsx"}


def test_numbers_and_days_are_such_in_a_spreadsheet():
    rows = [[3, Decimal("7500.00"), dt.date(2026, 11, 24), "009"]]
    (line,) = sheet(as_xlsx(rows, "x.xlsx"))
    assert line[:2] == [3, 7500]
    assert line[2] == dt.datetime(2026, 11, 24)
    assert line[3] == "009"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+358 40 1234567",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        '=HYPERLINK("http://x.example","a")',
        " =1+1",
        "\n=1",
    ],
)
def test_no_entry_becomes_a_formula(browser, text):
    MunicipalityFactory(library_network=text, name_fi="Akaa")
    for answer in (table, sheet):
        form = "csv" if answer is table else "xlsx"
        cell = answer(browser.get(ADDRESS, {"format": form}))[1][4]
        assert cell.lstrip()[0] == "'"
        assert text.strip() in cell
    book = load_workbook(io.BytesIO(browser.get(ADDRESS, {"format": "xlsx"}).content))
    assert "f" not in {cell.data_type for row in book.active.iter_rows() for cell in row}


def test_signs_that_a_spreadsheet_cannot_hold_are_left_out(browser):
    MunicipalityFactory(library_network="Kirja\x0bverkko\x1f", name_fi="Akaa")
    assert sheet(browser.get(ADDRESS, {"format": "xlsx"}))[1][4] == "Kirjaverkko"


def test_a_semicolon_or_a_line_break_does_not_break_the_file(browser):
    MunicipalityFactory(library_network='A;B "C"\nD', name_fi="Akaa")
    lines = table(browser.get(ADDRESS, {"format": "csv"}))
    assert len(lines) == 2
    assert lines[1][4] == 'A;B "C"\nD'


def test_a_file_is_named_by_its_day_and_comes_as_a_download(browser, today_is):
    today_is("2026-11-24")
    answer = browser.get(ADDRESS, {"format": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="municipalities-2026-11-24.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith("\ufeff".encode())
    assert as_csv([["a"]], "x.csv").content == "\ufeffa\r\n".encode()


def test_an_unknown_format_is_the_page(browser):
    assert "list" in browser.get(ADDRESS, {"format": "exe"}).context


def test_a_column_for_files_alone_stays_off_the_page():
    columns = [Column("a", "A", lambda r: r.code), Column("b", "B", lambda r: r.name_fi, on_page=False)]
    (row,) = fill(1)
    page = ListPage(RequestFactory().get("/"), Municipality.objects.all(), columns)
    assert [[cell["value"] for cell in cells] for cells in page.rows] == [[row.code]]
    asked = RequestFactory().get("/", {"format": "csv"})
    assert table(ListPage(asked, Municipality.objects.all(), columns).export())[1] == [row.code, row.name_fi]


# --- How many questions the database is asked ---------------------------------------------------------------------


def queries(browser, address, **query):
    browser.get(address, query)  # what is fetched once a process is fetched now
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address, query).status_code == 200
    return len(asked)


@pytest.mark.parametrize("form", ["", "csv", "xlsx"])
def test_the_register_asks_the_same_of_1_3_and_308(browser, form):
    asked = []
    for count in (1, 3, 308):
        Population.objects.all().delete()
        Municipality.objects.all().delete()
        fill(count)
        asked.append(queries(browser, ADDRESS, format=form))
    assert asked[0] == asked[1] == asked[2]
    assert asked[2] <= 10


@pytest.mark.parametrize(
    "name", ["members:offer", "members:offer_list", "members:signing_list", "members:member_list"]
)
def test_other_lists_ask_the_same_of_1_and_3(browser, name):
    offer = OfferFactory()
    address = reverse(name, args=[offer.pk] if name == "members:offer" else [])
    asked = []
    for count in (1, 2):
        for _i in range(count):
            AccessionFactory(offer=offer, state="final")
            member = AccessionFactory(offer=offer, state="confirmed").municipality
            member.memberships.update(period=(DAY, None))
        asked.append(queries(browser, address))
    assert asked[0] == asked[1]
