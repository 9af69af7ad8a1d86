"""From final decisions to memberships that begin on their day, and where everybody is."""

import datetime as dt
import io

import openpyxl
import pytest
import time_machine

from consortium import mailbox, tasks
from members.models import Membership, Municipality
from tests.stories.people import words

FOURTEEN = {
    "686": "Rautalampi",
    "009": "Alavieska",
    "317": "Kärsämäki",
    "005": "Alajärvi",
    "010": "Alavus",
    "016": "Asikkala",
    "018": "Askola",
    "019": "Aura",
    "020": "Akaa",
    "046": "Enonkoski",
    "047": "Enontekiö",
    "050": "Eura",
    "051": "Eurajoki",
    "052": "Evijärvi",
}
HELSINKI = {
    "confirmed_body": "Kirjastopalvelujen johtaja",
    "confirmed_section": "44",
    "confirmed_case_number": "HEL 2027-006001",
}


@pytest.fixture
def final(clerk, municipalities, paper, today_is):
    """Bring municipalities to a signed and final decision in May 2027: ``final({"686": "Rautalampi"})``."""

    def bring(places):
        municipalities(*places)
        clerk.opens_round(*places.values())
        clerk.sends_packages()
        today_is("2027-05-24")
        for name in places.values():
            board = {"body": "board", "outcome": "approved", "section": "15"}
            page = clerk.records(name, **board, meeting_on="20.4.2027", published_on="27.4.2027")
            page = clerk.does(
                page, "Record the signature", signed_on="3.5.2027", signatory="Municipal Manager"
            )
            ground = {"finality_ground": "certificate", "finality_note": "registry, 21.5.2027"}
            clerk.does(page, "Record finality", **ground)

    return bring


def members(visitor):
    """Return the public list's names and first days."""
    page = visitor.opens("/en/members/")
    if "The first municipalities have not joined yet." in page.text:
        return []
    return [(row[0], row[-1]) for row in page.rows("Member municipalities")]


@pytest.mark.breaks(
    "members.models.accession.confirm_together", "members.models.membership.MembershipQuerySet.on"
)
def test_a7_fourteen_are_confirmed_in_one_go_and_begin_on_their_day(
    clerk, final, visitor, letters, worker, today_is
):
    final(FOURTEEN)
    page = clerk.opens("/en/offers/signing/")
    assert "14 municipalities" in page.part("For decision")
    listed = [words(label) for label in page.main.iter("label") if "§ 15" in words(label)]
    assert sorted(listed) == sorted(f"{name}: board § 15, 20.4.2027" for name in FOURTEEN.values())
    before = len(letters())
    page = clerk.presses(
        page, "Confirm the joining of the chosen", **HELSINKI, confirmed_on="24.5.2027", joins_on="1.1.2028"
    )
    assert page.status == 200
    assert "Nothing is ready for Helsinki's decision." in clerk.opens("/en/offers/signing/").text
    assert len(letters()) == before + 14
    page = clerk.matter_of("Rautalampi")
    assert page.says == "Joining confirmed. The membership begins on Saturday 1.1.2028 by itself."
    assert "24.5.2027, § 44, HEL 2027-006001" in page.part("Agreement")

    worker.tasks.clear()  # from here on neither worker nor clock job does anything
    assert members(visitor) == []
    today_is("2027-12-31")
    assert members(visitor) == []
    today_is("2028-01-01")
    assert sorted(members(visitor)) == sorted((name, "1.1.2028") for name in FOURTEEN.values())
    assert len(visitor.opens("/en/members/?format=csv").content.decode().splitlines()) == 1 + 14
    assert clerk.matter_of("Rautalampi").says == "Member since 1.1.2028."


@pytest.mark.breaks("members.filters.MunicipalityFilter.by_state", "consortium.lists.ListPage.export")
def test_a8_where_is_everybody_page_count_and_spreadsheet_agree(clerk, register, paper):
    clerk.opens_round("Vaasa", "Mustasaari", "Korsnäs", "Rautalampi")
    Municipality.objects.exclude(name_fi="Korsnäs").update(registry_email="kirjaamo@kunta.example")
    clerk.sends_packages()

    def both(**filters):
        """Return the names on all pages, after checking them against count and spreadsheet."""
        answer = clerk.opens("/en/municipalities/", **filters, format="xlsx")
        _head, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
        pages = [
            clerk.opens("/en/municipalities/", **filters, page=n + 1)
            for n in range(max(1, -(-len(rows) // 50)))
        ]
        shown = [row for page in pages for row in page.rows("Municipalities")]
        # code, region, language, network: what screen and file write alike
        assert [row[1:5] for row in shown] == [[cell or "" for cell in row[1:5]] for row in rows]
        assert all(f"{len(rows)} row" in page.text for page in pages)
        return [row[0] for row in shown]

    everyone = both()
    assert (len(everyone), everyone[0], everyone[-1]) == (308, "Akaa", "Äänekoski")
    assert both(sort="-residents")[:3] == ["Helsinki", "Espoo", "Tampere"]
    assert both(state="sent") == ["Korsholm", "Rautalampi", "Vaasa"]
    assert both(state="prepared") == ["Korsnäs"]
    assert both(state="sent", language="fi-sv") == ["Vaasa"]
    assert both(state="sent", region="15") == ["Korsholm", "Vaasa"]
    assert both(network="Fredrika", state="prepared") == ["Korsnäs"]
    assert [len(both(language=status)) for status in ("fi", "fi-sv", "sv-fi", "sv")] == [259, 18, 15, 16]


@pytest.mark.breaks(
    "members.models.membership.Membership.leave", "members.models.membership.MembershipQuerySet.on"
)
def test_a10_leaving_and_joining_again_makes_two_rows(clerk, final, visitor, municipalities, today_is):
    municipalities("686")
    old = Municipality.objects.get(code="686").join(dt.date(2026, 1, 1))
    page = clerk.opens(f"/en/memberships/{old.pk}/leave/")
    clerk.presses(page, notice_on="2.11.2026", last_day="31.12.2026")
    final({"686": "Rautalampi"})
    clerk.does(clerk.matter_of("Rautalampi"), "Confirm the joining", **HELSINKI, joins_on="1.1.2028")
    days = {}
    for day in ("2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"):
        today_is(day)
        days[day] = members(visitor)
    first, second = [("Rautalampi", "1.1.2026")], [("Rautalampi", "1.1.2028")]
    assert days == {"2026-12-31": first, "2027-01-01": [], "2027-12-31": [], "2028-01-01": second}
    periods = [(m.starts_on, m.last_day) for m in Membership.objects.order_by("period")]
    assert periods == [(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), (dt.date(2028, 1, 1), None)]


@pytest.mark.breaks("consortium.tasks.send_batch", "members.models.membership.MembershipQuerySet.on")
def test_c32_nothing_hangs_on_a_dead_worker(clerk, final, visitor, worker, today_is):
    final({"686": "Rautalampi"})
    worker.run()
    before = len(mailbox.letters())
    clerk.does(clerk.matter_of("Rautalampi"), "Confirm the joining", **HELSINKI, joins_on="1.1.2028")
    worker.tasks.clear()  # the worker is dead, and the broker has lost what it kept
    today_is("2028-01-01")
    assert members(visitor) == [("Rautalampi", "1.1.2028")]
    assert len(mailbox.letters()) == before
    assert "Waiting to leave" in clerk.matter_of("Rautalampi").part("Correspondence")
    for _again in range(2):
        tasks.sweep()
    assert len(mailbox.letters()) == before + 1
    assert mailbox.letters()[0].to == "kirjaamo@686.example"
    assert "Waiting to leave" not in clerk.matter_of("Rautalampi").part("Correspondence")


@pytest.mark.breaks("members.models.offer.check_deadline", "consortium.clock.now")
def test_c33_helsinki_time_and_no_deadline_when_nobody_is_there(clerk, municipalities, visitor, today_is):
    municipalities("686")
    page = clerk.opens("/en/offers/new/")
    typed = clerk.terms(page) | {"joins_on": "1.1.2029"}
    for day, sentence in {
        "6.12.2027": "That is not a working day. The working day before it is 3.12.2027.",
        "25.6.2027": "That is not a working day. The working day before it is 24.6.2027.",
        "24.12.2027": "That is not a working day. The working day before it is 23.12.2027.",
        "1.7.2027": "Nothing has its deadline in July. Choose a day in June or August.",
        "30.7.2027": "Nothing has its deadline in July. Choose a day in June or August.",
    }.items():
        page = clerk.presses(page, **typed, decide_by=day)
        assert page.wrong_with("decide_by") == f"Error: {sentence}"
        assert page.typed("decide_by") == day
    page = clerk.presses(page, decide_by="7.12.2027")
    assert "Decisions should be legally final by Tuesday 7.12.2027." in page.says

    today_is("")
    Municipality.objects.get(code="686").join(dt.date(2028, 1, 1))
    for moment, day in {
        "2027-03-27T21:30Z": "27.3.2027",  # winter time: 23.30
        "2027-03-28T21:30Z": "29.3.2027",  # summer time since the night: 0.30
        "2027-10-30T21:30Z": "31.10.2027",
        "2027-10-31T21:30Z": "31.10.2027",
    }.items():
        with time_machine.travel(dt.datetime.fromisoformat(moment.replace("Z", "+00:00")), tick=False):
            assert f"belong to the consortium on {day}." in visitor.opens("/en/members/").text
    for moment, listed in {"2027-12-31T21:59": [], "2027-12-31T22:00": [("Rautalampi", "1.1.2028")]}.items():
        with time_machine.travel(dt.datetime.fromisoformat(f"{moment}+00:00"), tick=False):
            assert members(visitor) == listed
