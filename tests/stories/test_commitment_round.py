"""A 25, 28 and C 4, 23-25: a municipality answers a commitment round, itself or through the service centre."""

import re

import pytest

from procurement.models import Procurement
from procurement.tasks import remind_rounds
from tests.consortium.samples import pdf_bytes
from tests.procurement_factories import announced
from tests.stories.people import file_called
from tests.stories.round_scene import BOARD, answers, at, bought, clerk, commits, opened, state_of, text_of

__all__ = ["bought", "clerk", "opened"]  # fixtures, used by their names


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
    number = re.search(r"Receipt (\d{4}-\d{4,})", page.text)[1]
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
    assert state_of(clerk, bought, "Närpes") == ["no answer", "none"]


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
    assert state_of(clerk, bought, "Alavieska") == ["no answer", "none"]
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
