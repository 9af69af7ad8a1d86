"""A commitment round (A 25, 26, 28, 30, 32; C 4, 23-25, 31, 34, 44) as members and the service centre act in it."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine

from consortium.models import AccessLog, Post
from members.models import Municipality
from procurement.models import Offer, Procurement, Supplier
from procurement.prices import Measure, Price, PriceModel, Tier
from procurement.tasks import remind_rounds
from tests.consortium.samples import pdf_bytes
from tests.factories import UserFactory
from tests.procurement_factories import announced
from tests.stories.people import Person, file_called

PLACES = ("009", "686", "545", "905")  # Alavieska, Rautalampi, Närpiö, Vaasa
BOARD = {"body": "board", "decided_on": "12.10.2026", "section": "§ 61"}


@pytest.fixture
def clerk(client_of, staff):
    """The service centre at its browser, in English."""
    staff.language = "en"
    staff.save()
    return Person(client_of(staff))


@pytest.fixture
def bought(municipalities, staff):
    """A procurement of e-magazines that members know of; four municipalities belong to the consortium."""
    municipalities(*PLACES)
    for place in Municipality.objects.all():
        place.join(dt.date(2026, 1, 1))
    return announced(staff, title_fi="Sähköiset lehdet", title_sv="Elektroniska tidskrifter")


def at(procurement, page=""):
    return f"/en/procurements/{procurement.pk}/{page}"


@pytest.fixture
def opened(clerk, bought):
    """The round is opened on its page: until Monday 16.11.2026, 0.50 € a resident, as much interest as commitments."""

    def opens(**terms):
        page = clerk.opens(at(bought, "round/"))
        terms = {"closes_on": "16.11.2026", "cost_rule": "per_resident", "cost_rate": "0,50"} | terms
        page = clerk.presses(page, "Open the round", **terms)
        assert page.path == at(bought, "answers/"), page.text
        return bought

    return opens


def text_of(letter):
    """Return a letter's words, every space a plain one."""
    return " ".join(letter.body.split())


def answers(who, procurement, code, kind, **typed):
    """Give an answer on the municipality's page, through the reading back where there is a sum. Returns what comes."""
    page = who.opens(at(procurement, f"{code}/?change=1"))
    page = who.presses(page, kind=kind, **typed)
    return who.presses(page, "Answer for", **{}) if "Not sent yet" in page.text else page


def commits(who, procurement, code, yearly="1200", **typed):
    return answers(who, procurement, code, "committed", committed_yearly=yearly, **BOARD, **typed)


def state_of(clerk, procurement, name):
    """Return [answer, volume] of a municipality in the service centre's list."""
    rows = clerk.opens(at(procurement, "answers/")).rows("Answers")
    return next(row[2:4] for row in rows if row[0] == name)


# --- A 25 -----------------------------------------------------------------------------------------------------


@pytest.mark.breaks(
    "procurement.models.answer.Answer.give",
    "procurement.round_emails.receipt",
    "procurement.round_emails.round_opened",
    "procurement.views.ours.ours",
)
def test_a25_one_commits_with_a_decision_reads_the_sum_back_and_gets_a_receipt(
    opened, person, letters, run_worker
):
    director = person("009")
    opened()
    run_worker()
    call = letters("johtaja@009.example")[-1]
    assert call.subject == "Alavieska: Sähköiset lehdet, answer by Mon 16.11.2026"
    assert "If there is no answer, Alavieska is not in and pays nothing." in call.body
    page = director.opens(re.search(r"https?://\S+", call.body)[0])
    assert page.says == (
        "Answer for Alavieska by Monday 16.11.2026 at 16:00. "
        "If there is no answer, Alavieska is not in and pays nothing."
    )
    assert "2 447" in page.part("For Alavieska") and "1 223,50 €" in page.part("For Alavieska")
    page = director.presses(page, "Answer for Alavieska", kind="committed", committed_yearly="1200", **BOARD)
    assert page.says == "Alavieska commits to buy for 1 200 euros a year, without VAT."
    page = director.presses(page, "Answer for Alavieska", extract=file_called("ote.pdf", pdf_bytes()))
    assert page.text.startswith("Received What Alavieska commits, 1 200,00 € a year without VAT")
    assert "Board Mon 12.10.2026, § 61" in page.text
    assert page.says.endswith("The answer can be changed until Monday 16.11.2026 at 16:00.")
    assert director.opens(page.link("ote.pdf")).content.startswith(b"%PDF")
    receipt = letters("johtaja@009.example")[-1]
    number = re.search(r"Receipt (\d{4}-\d{4})", page.text)[1]
    assert receipt.subject == f"Alavieska: answer received, Sähköiset lehdet, receipt {number}"
    assert "Alavieska commits, 1 200,00 € a year without VAT." in text_of(receipt)
    assert letters("kirjaamo@009.example")[-1].template == receipt.template  # and the registry has it


@pytest.mark.breaks("procurement.models.answer.Answer._point_at", "procurement.pages.ours.choices")
def test_a25_the_answer_is_changed_until_the_deadline_and_a_no_is_asked_nothing_more(
    opened, clerk, person, letters, today_is, run_worker
):
    director, other, bought = person("009"), person("686"), opened()
    commits(director, bought, "009")
    page = answers(director, bought, "009", "interested", interested_yearly="900,50")
    assert page.says.startswith("Alavieska has answered: it is interested.")
    assert state_of(clerk, bought, "Alavieska") == ["interested", "900,50 €"]

    page = answers(other, bought, "686", "declined")  # nothing else is filled in, nothing is asked
    assert page.text.startswith("Received")
    assert page.says == "Rautalampi has answered: not this time. Nothing more is asked in this round."
    assert "Nothing waits for Rautalampi." in other.opens("/en/home/").text
    before = len(letters("johtaja@686.example"))
    for day in ("2026-11-03", "2026-11-13"):
        today_is(day)
        remind(run_worker)
    assert len(letters("johtaja@686.example")) == before


def remind(run_worker):
    """Let the clock strike seven, and the worker carry out what comes of it."""
    remind_rounds()
    run_worker()


@pytest.mark.breaks(
    "procurement.models.answer_reminder.AnswerReminder.send", "procurement.models.answer.Answer.still_tells"
)
def test_a25_in_preparation_stops_the_reminders_and_it_is_asked_again_the_day_after_the_meeting(
    opened, person, letters, today_is, run_worker, worker
):
    director, silent, bought = person("009"), person("686"), opened(closes_on="4.12.2026")
    page = answers(director, bought, "009", "preparing", until="1.12.2026")
    assert "We ask again on Wed 2.12.2026. Until then nobody is reminded." in page.text
    run_worker()
    told = {}
    for day in ("2026-11-20", "2026-12-01", "2026-12-02"):
        today_is(day)
        remind(run_worker)
        remind(run_worker)  # a second run on the day finds nothing left to do
        told[day] = [
            [letter.subject for letter in letters(f"johtaja@{code}.example") if "remind" in letter.template]
            for code in ("009", "686")
        ]
    silent_is = "Rautalampi: Sähköiset lehdet, answer by Fri 4.12.2026"
    assert told["2026-11-20"] == [[], [silent_is]]
    assert told["2026-12-01"] == [[], [silent_is] * 2]
    assert told["2026-12-02"] == [["Alavieska: what was decided? Sähköiset lehdet"], [silent_is] * 2]
    # one that was written and has not left goes no more once the answer has come
    today_is("2026-12-03")
    commits(silent, bought, "686")
    letter = letters("johtaja@686.example")[-2]
    assert letter.is_true() == ("remind" not in letter.template)


@pytest.mark.breaks("procurement.models.answer.Answer._stand_on", "procurement.quota.room")
def test_a25_interest_fits_only_as_far_as_there_are_commitments(opened, clerk, person):
    bought = opened(quota_share="100", quota_most="1")
    commits(person("009"), bought, "009", "1000")
    first, second = person("686"), person("545")
    page = answers(first, bought, "686", "interested", interested_yearly="1000,01")
    assert "The round has room for interest of 1 000,00 € a year; your estimate is above it." in page.text
    page = answers(first, bought, "686", "interested", interested_yearly="1000")
    assert page.text.startswith("Received")
    page = answers(second, bought, "545", "interested", interested_yearly="1")
    assert "The round has all the interested municipalities it takes." in page.text
    assert page.typed("interested_yearly") == "1"
    assert state_of(clerk, bought, "Närpiö") == ["no answer", ""]


@pytest.mark.breaks("procurement.models.answer.Answer.rule", "procurement.round_emails.ruled")
def test_a25_a_conditional_yes_counts_as_interest_until_it_is_accepted(opened, clerk, person, letters):
    director, bought = person("009"), opened()
    page = commits(director, bought, "009", reservation="Titles in Swedish at least 10 %.")
    assert "counts as interested until the service centre accepts the reservation" in page.text
    assert state_of(clerk, bought, "Alavieska")[0] == "committed with a reservation, counts as interested"
    gauge = clerk.opens(at(bought, "answers/")).part("How far it is")
    assert "Committed: 0,00 €" in gauge and "Interested: 1 200,00 €, 1 municipality" in gauge
    page = clerk.opens(at(bought, "009/"))
    clerk.does(page, "Decide on the reservation", accepted="yes", reason="It is a minimum in the tender.")
    assert state_of(clerk, bought, "Alavieska") == ["committed", "1 200,00 €"]
    assert "It is a minimum in the tender." in text_of(letters("johtaja@009.example")[-1])


# --- C 4 ------------------------------------------------------------------------------------------------------


@pytest.mark.breaks(
    "procurement.answer_words.read_back",
    "procurement.forms.answer.AnswerForm._ask_about_the_sum",
    "procurement.models.answer.Answer.usual",
)
def test_c4_the_sum_understood_is_shown_before_it_is_sent_and_ten_times_last_years_is_asked_about_once(
    opened, person, clerk, staff
):
    director, bought = person("009"), opened()
    page = director.opens(at(bought, "009/"))
    page = director.presses(page, kind="committed", committed_yearly="1,200", **BOARD)
    assert "“1,200” can be read in two ways: write 1200 or 1,20" in page.wrong_with("committed_yearly")
    assert page.typed("section") == "§ 61"
    page = director.presses(page, committed_yearly="1 200 €")
    assert page.says == "Alavieska commits to buy for 1 200 euros a year, without VAT."
    assert "no answer" in state_of(clerk, bought, "Alavieska")  # nothing has been sent
    director.presses(page, "Answer for")
    assert state_of(clerk, bought, "Alavieska") == ["committed", "1 200,00 €"]

    later = announced(staff, started_from=Procurement.objects.get(pk=bought.pk))
    page = clerk.presses(
        clerk.opens(at(later, "round/")), "Open the round", closes_on="16.11.2026", cost_rule="unknown"
    )
    page = director.opens(at(later, "009/"))
    page = director.presses(page, kind="interested", interested_yearly="12000")
    assert "You wrote 12 000 euros a year; last time it was 1 200,00 €. Is the sum right?" in page.wrong_with(
        "interested_yearly"
    )
    page = director.presses(page, sum_is_right="on")
    assert page.says == "Alavieska is interested. Estimate: 12 000 euros a year, without VAT."
    page = director.presses(page, "Answer for")  # it is asked about once
    assert page.text.startswith("Received")


# --- A 26 and C 31 --------------------------------------------------------------------------------------------


def moment(text):
    return time_machine.travel(dt.datetime.fromisoformat(f"{text}+02:00"), tick=False)


@pytest.fixture
def to_the_minute(today_is):
    """Use the real clock, which a test then stops where it wants."""
    today_is("")
    with moment("2026-11-16 09:00"):
        yield


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
        assert state_of(clerk, bought, "Alavieska") == ["came late, to be decided", ""]
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
        assert "Rautalampi" not in other.opens(at(bought)).text
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


# --- A 28 and C 23-25 -----------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.models.answer.Answer.give", "procurement.views.answers.answer_record")
def test_a28_an_answer_by_telephone_is_entered_the_municipality_gets_the_receipt_and_both_facts_stand(
    opened, clerk, person, letters
):
    director, bought = person("009"), opened()
    page = clerk.opens(clerk.opens(at(bought, "009/")).link("Record on behalf of Alavieska"))
    told = {"channel": "phone", "received_from": "Maija Meri, director", "received_on": "2.11.2026"}
    page = clerk.presses(page, kind="committed", committed_yearly="1200", **BOARD, **told)
    assert page.says == "Alavieska commits to buy for 1 200 euros a year, without VAT."
    page = clerk.presses(page, "Record on behalf of Alavieska")
    assert page.text.startswith("Received")
    for box in ("johtaja", "kirjaamo"):
        assert "answer_given" in letters(f"{box}@009.example")[-1].template
    body = text_of(letters("johtaja@009.example")[-1])
    assert (
        "Entered by the service centre from what came to it (telephone, Maija Meri, director, Mon 2.11.2026)"
        in body
    )
    # the municipality answers itself, too: the later one stands, both are in the history
    page = answers(director, bought, "009", "interested", interested_yearly="900")
    history = director.opens(at(bought, "009/")).part("History")
    assert "Alavieska is interested, estimate 900,00 € a year without VAT Director of 009" in history
    assert (
        "Alavieska commits, 1 200,00 € a year without VAT The service centre, on behalf of the municipality "
        "(telephone, Maija Meri, director, Mon 2.11.2026)" in history
    )


@pytest.mark.breaks("procurement.models.answer_refusals.Overtaken.__init__")
def test_c23_the_second_of_two_sees_whose_answer_stands_and_sends_hers_knowingly_as_a_change(
    opened, clerk, person
):
    first, bought = person("009"), opened()
    second = person("009", email="toinen@009.example", name="Second Person")
    page = second.opens(at(bought, "009/"))
    commits(first, bought, "009")
    page = second.presses(page, kind="interested", interested_yearly="800")
    page = second.presses(page, "Answer for")
    assert "Director of 009 answered on 2.11.2026" in page.text and "That answer stands." in page.text
    assert page.typed("interested_yearly") == "800"
    assert state_of(clerk, bought, "Alavieska") == ["committed", "1 200,00 €"]
    page = second.presses(page, "Send ours as a change")
    page = second.presses(page, "Answer for")
    assert state_of(clerk, bought, "Alavieska") == ["interested", "800,00 €"]


@pytest.mark.breaks("procurement.models.answer.Answer.prepare", "procurement.round_emails.prepared")
def test_c24_a_librarians_answer_is_ready_for_the_representative_to_submit(opened, clerk, person, letters):
    director, librarian = person("009"), person("009", email="kirjasto@009.example", kind="librarian")
    bought = opened()
    page = librarian.opens(at(bought, "009/"))
    page = librarian.presses(page, "Prepare", kind="committed", committed_yearly="1200", **BOARD)
    page = librarian.presses(page, "Prepare the answer", extract=file_called("ote.pdf", pdf_bytes()))
    assert page.status == 200 and page.text.startswith("Ready for the representative to send")
    assert state_of(clerk, bought, "Alavieska") == ["no answer", ""]
    letter = letters("johtaja@009.example")[-1]
    assert letter.subject == "Alavieska: an answer is ready for you to send, Sähköiset lehdet"
    page = director.opens(re.search(r"https?://\S+", letter.body)[0])
    assert "It counts only when you send it." in page.text
    page = director.presses(page, "Answer for Alavieska")
    assert "“ote.pdf” is here already" in page.text
    page = director.presses(page, "Answer for Alavieska")
    assert page.offers("ote.pdf")
    assert state_of(clerk, bought, "Alavieska") == ["committed", "1 200,00 €"]


@pytest.mark.breaks("procurement.round_emails.receipt")
def test_c25_without_a_representative_staff_take_the_answer_and_the_registry_gets_the_confirmation(
    opened, clerk, letters
):
    bought = opened()
    page = clerk.opens(clerk.opens(at(bought, "905/")).link("Record on behalf of"))
    told = {"channel": "phone", "received_from": "registry", "received_on": "2.11.2026"}
    clerk.presses(page, kind="declined", **told)
    confirmation = [letter for letter in letters("kirjaamo@905.example") if "given" in letter.template]
    assert {letter.language for letter in confirmation} == {"fi", "sv"}  # Vaasa's registry reads both


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
