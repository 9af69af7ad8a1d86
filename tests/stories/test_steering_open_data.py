"""A 50: what is public is taken along as tables, each column explained, under a licence."""

import csv
import io

import pytest

from tests.contract_world import signed
from tests.factories import decided_budget, payer
from tests.minutes_world import held, published
from tests.steering_world import steering_group

FILES = {  # a table of the page: columns that its file must have
    "Member municipalities": {"Municipality", "Code", "Residents", "Member since"},
    "Annual fees": {"Municipality", "Code", "Fee"},
    "Contracts": {"Contract", "Supplier", "First day", "Last day"},
    "Decisions of the steering group": {"Matter", "Day", "Section", "Decision"},
}


def rows(visitor, page):
    """Download the CSV of a table's page."""
    content = visitor.opens(f"{page.path}{page.link('Download')}").content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.breaks(
    "steering.pages.open_data.decisions",
    "steering.pages.open_data.others",
    "steering.views.open_data.open_data",
)
def test_a50_members_fees_contracts_and_decisions_are_tables_with_explained_columns_and_a_licence(
    visitor, staff, today_is
):
    today_is("2026-11-16")
    places = [payer("009", residents=2447), payer("686", residents=2964)]
    decided_budget(2027)
    signed(places)
    group = steering_group(seats=3, by=staff)
    published(held(group), group)
    page = visitor.opens("/en/steering/open-data/")
    assert "CC BY 4.0" in page.part("Licence and form")
    for title, columns in FILES.items():
        table = visitor.opens(page.link(title))
        found = rows(visitor, table)
        assert found, title
        assert columns <= set(found[0])
        told = table.part("Columns of the table")
        for column in found[0]:
            assert column in told, (title, column)
    [decision] = rows(visitor, visitor.opens("/en/steering/open-data/decisions/"))
    assert (decision["Matter"], decision["Section"], decision["Decision"]) == (
        "Toimintasuunnitelma",
        "2",
        "Hyväksyttiin.",
    )
    assert "Kuikka" not in str(decision)
