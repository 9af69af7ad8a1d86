"""A 26, 30, 32 and C 31, 34, 44: the deadline, the freeze, who may see what, and a withdrawal after it."""

import datetime as dt
from decimal import Decimal

import pytest

from consortium.models import AccessLog, Post
from procurement.models import Offer, Procurement, Supplier
from procurement.prices import Measure, Price, PriceModel, Tier
from tests.factories import UserFactory
from tests.stories.people import Person
from tests.stories.round_scene import (
    BOARD,
    PLACES,
    answers,
    at,
    bought,
    clerk,
    commits,
    moment,
    opened,
    state_of,
    text_of,
    to_the_minute,
)

__all__ = ["bought", "clerk", "opened", "to_the_minute"]  # fixtures, used by their names


# --- A 26 and C 31 --------------------------------------------------------------------------------------------


@pytest.mark.breaks(
    "procurement.models.round.Round.takes_late",
    "procurement.answer_words.lateness",
    "procurement.models.answer.Answer.rule",
)
def test_c31_what_comes_within_the_hour_is_kept_marked_late_with_the_minute_and_decided_on_with_a_reason(
    to_the_minute, opened, clerk, person, letters
):
    director, other, bought = person("009"), person("686"), opened()
    with moment("2026-11-16 15:17"):
        assert "43 minutes left" in director.opens(at(bought, "009/")).part("Answer")
    with moment("2026-11-16 15:59"):
        read = director.presses(
            director.opens(at(bought, "009/")), kind="committed", committed_yearly="1200", **BOARD
        )
        too_late = other.opens(at(bought, "686/"))
    told = (
        "It arrived at 16:07, 7 minutes after the deadline of 16:00. It is kept and marked late. "
        "It does not count until the service centre accepts it, with a reason."
    )
    with moment("2026-11-16 16:07:30"):
        page = director.presses(read, "Answer for")
        assert page.says == told
        assert told in text_of(letters("johtaja@009.example")[-1])
        assert state_of(clerk, bought, "Alavieska") == ["came late, to be decided", "none"]
    with moment("2026-11-16 17:01"):
        page = other.presses(too_late, kind="declined")
        assert (
            "The round closed on 16.11.2026 at 16.00, and the list is frozen. Your answer was not sent."
            in page.text
        )
        assert "Decide on the late answer of Alavieska" in clerk.opens("/en/home/").text
        page = clerk.does(
            clerk.opens(at(bought, "009/")),
            "Decide on the late answer",
            accepted="yes",
            reason="Mail was down.",
        )
        assert state_of(clerk, bought, "Alavieska") == ["committed", "1 200,00 €"]
        assert "Mail was down." in text_of(letters("johtaja@009.example")[-1])
        page = director.opens(at(bought, "009/"))
        assert page.says == "The list is frozen, and Alavieska is on it: committed."
        assert "Late." in page.part("History")


@pytest.mark.breaks("procurement.models.round.Round.is_frozen", "procurement.pages.ours.says")
def test_a26_after_the_minute_on_the_page_the_list_is_fixed_without_any_clock_job(
    to_the_minute, opened, clerk, person, visitor
):
    director, other, bought = person("009"), person("686"), opened()
    with moment("2026-11-16 15:58"):
        commits(director, bought, "009")
        assert "Alavieska" not in other.opens(at(bought)).text
        assert not other.opens(at(bought, "686/")).offers("Alavieska")
    with moment("2026-11-16 16:00:01"):
        page = director.opens(at(bought, "009/"))
        assert page.says == "The list is frozen, and Alavieska is on it: committed."
        page = other.opens(at(bought, "686/"))
        assert "Alavieska" in page.part("Who takes part")
    with moment("2026-11-16 17:00:01"):  # after the hour nothing is taken any more
        page = other.opens(at(bought, "686/"))
        assert not page.offers("Answer for")
        assert "Who is not on the frozen list cannot join later." in page.says
        assert (
            "The list is frozen as it was on Monday 16.11.2026 at 16:00."
            in clerk.opens(at(bought, "answers/")).says
        )


@pytest.mark.breaks("procurement.models.round.Round.extend", "procurement.round_emails.round_extended")
def test_c34_an_extended_deadline_is_told_to_all_and_answers_stand_and_may_be_changed(
    opened, clerk, person, letters
):
    director, bought = person("009"), opened()
    people = [person(code) for code in ("686", "545", "905")]
    commits(director, bought, "009")
    answers(people[0], bought, "686", "declined")
    page = clerk.does(clerk.opens(at(bought, "answers/")), "Move the deadline", closes_on="27.11.2026")
    assert "The new deadline is Friday 27.11.2026 at 16:00. 4 municipalities are told." in page.text
    for code in PLACES:
        for box in ("johtaja", "kirjaamo"):
            assert "extended" in letters(f"{box}@{code}.example")[-1].template
    told = letters("johtaja@009.example")[-1]
    assert told.subject == "Alavieska: Sähköiset lehdet, more time until Fri 27.11.2026"
    assert "Your answer stands: Alavieska commits, 1 200,00 € a year without VAT." in text_of(told)
    assert "No answer has come yet." in text_of(letters("johtaja@905.example")[-1])
    assert state_of(clerk, bought, "Alavieska") == ["committed", "1 200,00 €"]
    page = commits(director, bought, "009", "1300")
    assert "The answer can be changed until Friday 27.11.2026 at 16:00." in page.says
    page = clerk.opens(clerk.opens(at(bought, "answers/")).link("Move the deadline"))
    page = clerk.presses(page, closes_on="6.12.2026")
    assert page.wrong_with("closes_on") == "Error: That is not a working day: choose another."


# --- A 30 -----------------------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.pages.gauge.gauge", "procurement.models.round.Round.room")
def test_a30_the_gauge_holds_volumes_against_the_rounds_own_minimum_and_quota_and_tiers_only_from_offers(
    opened, clerk, person, staff, today_is
):
    bought = opened(minimum_volume="10000", minimum_members="3", quota_share="50", quota_most="2")
    commits(person("009"), bought, "009", "4000")
    answers(person("686"), bought, "686", "interested", interested_yearly="1500,50")
    gauge = clerk.opens(at(bought, "answers/")).part("How far it is")
    assert (
        "Committed: 4 000,00 €, 1 municipality. The tender needs at least 10 000,00 € and 3 municipalities."
        in gauge
    )
    assert (
        "Interested: 1 500,50 €, 1 municipality. There is room for at most 2 000,00 € and 2 municipalities."
        in gauge
    )
    assert "6 000,00 € of commitments is missing. 2 committed municipalities are missing." in gauge
    assert "Tiers" not in gauge
    tendered_with_tiers(bought, staff, today_is)
    gauge = clerk.opens(at(bought, "answers/")).part("How far it is")
    assert "Tiers of the offers" in gauge
    assert "up to 50" in gauge and "49 municipalities more" in gauge


def tendered_with_tiers(bought, staff, today_is):
    """Bring the procurement to a supplier's offer priced by tiers of participants: a step of other stories."""
    today_is("2026-11-17")
    bought = Procurement.objects.get(pk=bought.pk)
    bought.tender(by=staff)
    supplier = Supplier.objects.create(name="Lehtitalo Oy")
    tiers = (Tier(Decimal(50), Decimal("0.50")), Tier(None, Decimal("0.40")))
    model = PriceModel((Price(Measure.RESIDENTS, None, tiers, Measure.PARTICIPANTS),))
    Offer.receive(bought, by=staff, supplier=supplier, received_on=dt.date(2026, 11, 17), model=model)


# --- A 32 -----------------------------------------------------------------------------------------------------


@pytest.mark.breaks(
    "procurement.models.procurement.Procurement.shows_volumes_to",
    "procurement.models.procurement.Procurement.open_volumes",
)
def test_a32_volumes_and_ceilings_are_closed_to_public_and_other_members_until_staff_open_them(
    opened, clerk, person, visitor, today_is, client_of
):
    director, neighbour, bought = person("009"), person("686"), opened()
    auditor = audited_by(client_of)
    commits(director, bought, "009", "4321,09", ceiling="5432,10")
    secrets = ("4 321,09", "4321,09", "4321.09", "5 432,10", "5432,10", "5432.10")

    def tells(who, secret_of=secrets):
        pages = ["", "686/", "009/", "answers/", "answers/?format=csv"]
        found = [who.browser.get(at(bought, page), follow=True).content.decode() for page in pages]
        found.append(who.browser.get("/en/search/?q=lehdet").content.decode())
        text = " ".join(found).replace("\u202f", " ")
        return {secret for secret in secret_of if secret in text}

    assert tells(director) == {"4 321,09", "5 432,10"}
    assert [tells(who) for who in (visitor, neighbour, auditor)] == [set(), set(), set()]
    page = clerk.opens(at(bought, "round/volumes/"))
    page = clerk.presses(page, to="members")
    assert "The volumes stay closed until the list is frozen." in page.text

    today_is("2026-11-17")
    assert [tells(who) for who in (visitor, neighbour)] == [set(), set()]
    assert "4 321,09" in tells(auditor) and "5 432,10" not in tells(
        auditor
    )  # volumes from the freeze on, no ceilings
    page = clerk.presses(clerk.opens(at(bought, "round/volumes/")), to="members")
    assert "The volumes are now open to: the members." in page.text
    assert tells(neighbour) == {"4 321,09"} and tells(visitor) == set()
    page = clerk.presses(clerk.opens(at(bought, "round/volumes/")), to="public")
    assert "to the public from the award on" in page.text
    assert tells(visitor) == set()
    page = clerk.presses(clerk.opens(at(bought, "round/volumes/")), to="staff")
    assert "Say why they are closed again." in page.text
    clerk.presses(page, to="staff", reason="By mistake.")
    assert tells(neighbour) == set()
    read = AccessLog.objects.filter(kind="read", user__is_staff=True, what__startswith="procurement.")
    assert read.exists()  # each staff reading before the notice is kept


def audited_by(client_of):
    """Return an auditor at a browser."""
    user = UserFactory(email="tarkastaja@konsortio.example", language="en")
    Post.give(user, "auditor", by=None)
    return Person(client_of(user))


# --- C 44 -----------------------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.models.answer.Answer.withdraw", "procurement.round_emails.withdrawn")
def test_c44_a_withdrawal_after_the_freeze_is_a_row_with_date_and_reason_and_the_answer_stays_on_record(
    opened, clerk, person, letters, today_is
):
    director, bought = person("009"), opened()
    commits(director, bought, "009")
    assert not clerk.opens(at(bought, "009/")).offers("Record a withdrawal")  # while it is open it is changed
    today_is("2026-11-18")
    told = {"channel": "letter", "received_from": "registry", "received_on": "18.11.2026"}
    page = clerk.does(
        clerk.opens(at(bought, "009/")),
        "Record a withdrawal",
        on="17.11.2026",
        reason="The board reversed its decision, § 70.",
        **told,
    )
    assert page.says == "Alavieska has withdrawn as of Tue 17.11.2026. The frozen list stays as it was."
    history = page.part("History")
    assert "Alavieska withdraws as of Tue 17.11.2026" in history
    assert "Alavieska commits, 1 200,00 € a year without VAT" in history
    assert "The board reversed its decision, § 70." in text_of(letters("kirjaamo@009.example")[-1])
    assert state_of(clerk, bought, "Alavieska")[0] == "withdrawn"
