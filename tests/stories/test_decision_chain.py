"""The municipality's chain of decisions, its appeal period, and what happens when it goes another way."""

import pytest

BOARD = {"body": "board", "outcome": "approved", "section": "15", "case_number": "RauDno-2026-62"}
CERTIFICATE = {"finality_ground": "certificate", "finality_note": "registry, 4.1.2027"}
HELSINKI = {
    "confirmed_body": "Kirjastopalvelujen johtaja",
    "confirmed_section": "44",
    "confirmed_case_number": "HEL 2027-000321",
}


@pytest.fixture
def sent(clerk, municipalities, paper):
    """Put the offer to municipalities and send their packages: ``sent(("686", "Rautalampi"), …)``."""

    def put(*places):
        municipalities(*(code for code, _name in places))
        clerk.opens_round(*(name for _code, name in places))
        clerk.sends_packages()

    return put


@pytest.fixture
def rautalampi(sent):
    """The package has been sent to Rautalampi."""
    sent(("686", "Rautalampi"))


@pytest.mark.breaks(
    "members.models.accession.Accession._stand_as_chain_says",
    "members.models.accession.Accession.respond",
    "members.models.decision.DecisionQuerySet.standing",
)
def test_a5_a_chain_of_three_rows_and_one_true_sentence(clerk, sent, today_is):
    sent(("686", "Rautalampi"), ("009", "Alavieska"))
    today_is("2026-12-09")
    clerk.records("Rautalampi", body="committee", outcome="proposed", meeting_on="24.11.2026", section="31")
    page = clerk.records(
        "Rautalampi",
        body="board",
        outcome="tabled",
        meeting_on="8.12.2026",
        section="5",
        next_meeting_on="3.2.2027",
    )
    assert page.says == "Board decides on Wednesday 3.2.2027. Nothing is asked before that."
    today_is("2027-02-04")
    assert clerk.matter_of("Rautalampi").says == "The meeting was on Wednesday 3.2.2027. What was decided?"
    page = clerk.records("Rautalampi", **BOARD, meeting_on="3.2.2027")
    assert page.says == "Approved. The day on which the minutes were published online is still needed."
    assert [row[:4] for row in page.rows("The chain of decisions")] == [
        ["Committee", "Tue 24.11.2026", "§ 31", "Proposed onwards"],
        ["Board", "Tue 8.12.2026", "§ 5", "Tabled"],
        ["Board", "Wed 3.2.2027", "§ 15", "Approved"],
    ]

    changed = BOARD | {"outcome": "approved_changed", "condition": "The fee is at most 200 € a year."}
    page = clerk.records("Alavieska", **changed, meeting_on="8.12.2026", published_on="11.12.2026")
    assert page.says == (
        "Approved with a change or condition. It is not yet a joining: Helsinki's lawyer considers it."
    )
    assert [page.offers(a) for a in ("Record Helsinki's view", "Record finality", "Confirm")] == [
        True,
        False,
        False,
    ]
    final = CERTIFICATE | {"finality_on": "5.1.2027"}
    confirmed = HELSINKI | {"confirmed_on": "4.2.2027", "joins_on": "1.1.2028"}
    for act, typed in (("finalise", final), ("confirm", confirmed)):
        assert "This can no longer be done" in clerk.opens(f"{page.path}{act}/").text
        assert clerk.browser.post(f"{page.path}{act}/", typed).status_code == 200
        assert clerk.matter_of("Alavieska").says == page.says
    view = {"accepted": "yes", "view": "The tariff keeps the fee at 150 €.", "view_on": "4.2.2027"}
    clerk.does(page, "Record Helsinki's view", **view)
    clerk.does(clerk.matter_of("Alavieska"), "Record finality", **final)
    signed = {"signed_on": "4.1.2027", "signatory": "Municipal Manager"}
    clerk.does(clerk.matter_of("Alavieska"), "Record the signature", **signed)
    page = clerk.does(clerk.matter_of("Alavieska"), "Confirm the joining", **confirmed)
    assert page.says == "Joining confirmed. The membership begins on Saturday 1.1.2028 by itself."
    assert "The tariff keeps the fee at 150 €." in page.part("Path of the matter")


@pytest.mark.breaks(
    "members.models.decision.Decision.last_appeal_day",
    "members.models.decision.Decision.is_reckoned",
    "members.models.accession.Accession.finalise",
)
def test_a6_appeal_period_reckoned_finality_confirmed(clerk, sent, today_is):
    sent(("686", "Rautalampi"), ("009", "Alavieska"), ("736", "Saltvik"))
    today_is("2026-12-28")
    page = clerk.records("Rautalampi", **BOARD, meeting_on="26.11.2026", published_on="3.12.2026")
    assert page.says == "Approved. The appeal period is running and ends on Monday 28.12.2026."
    assert not page.offers("Record finality")
    final = CERTIFICATE | {"finality_on": "29.12.2026"}
    refused = clerk.presses(clerk.opens(f"{page.path}finalise/"), **final)
    assert "The appeal period is still running." in refused.text

    today_is("2027-01-04")
    page = clerk.matter_of("Rautalampi")
    assert page.says == (
        "The appeal period ended on Monday 28.12.2026. Time is over, absence of appeal not yet confirmed."
    )
    assert "Legally final at the earliest Tue 29.12.2026" in page.part("Path of the matter")
    too_early = clerk.does(page, "Record finality", **CERTIFICATE, finality_on="28.12.2026")
    assert "cannot be final before 29.12.2026" in too_early.wrong_with("finality_on")
    page = clerk.presses(too_early, finality_on="29.12.2026")
    assert page.says == "The decision is legally final. The municipality has still to sign the agreement."
    assert "Certificate of finality: registry, 4.1.2027" in page.part("Path of the matter")
    assert "Finality recorded Palvelukeskus" in page.part("History")

    unpublished = {"body": "office_holder", "outcome": "approved", "minutes_published": "no"}
    for page in (
        clerk.records("Alavieska", **unpublished, meeting_on="3.12.2026", published_on=""),
        clerk.records("Saltvik", body="board", outcome="approved", meeting_on="3.12.2026"),
    ):
        assert (
            page.says
            == "Approved. The municipality is asked on which day the decision becomes legally final."
        )
        assert page.rows("The chain of decisions")[0][4:6] == ["not reckoned", "asked from the municipality"]
        assert "Deemed known" not in page.text
        page = clerk.does(page, "Record finality", **CERTIFICATE, finality_on="31.12.2026")
        assert "Thu 31.12.2026 Finality confirmed by a person" in page.part("Path of the matter")


@pytest.mark.breaks(
    "members.models.accession.Accession.correct", "members.models.decision.Decision.last_appeal_day"
)
def test_c9_the_board_takes_the_matter_over(clerk, rautalampi, today_is):
    today_is("2027-01-15")
    committee = BOARD | {"body": "committee", "meeting_on": "17.11.2026", "published_on": "24.11.2026"}
    page = clerk.records("Rautalampi", **committee)
    assert "ended on Tuesday 15.12.2026" in page.says
    over = {
        "outcome": "taken_over",
        "correction_reason": "The board took it over.",
        "next_meeting_on": "7.1.2027",
    }
    page = clerk.does(page, "Correct", **over, channel="mail", received_from="registry")
    assert page.says == "The meeting was on Thursday 7.1.2027. What was decided?"
    assert not page.offers("Record finality")
    page = clerk.records("Rautalampi", **BOARD, meeting_on="7.1.2027", published_on="12.1.2027")
    assert page.says == "Approved. The appeal period is running and ends on Tuesday 2.2.2027."
    assert [row[0:4:3] for row in page.rows("The chain of decisions")] == [
        ["Committee", "Taken over by the board"],
        ["Board", "Approved"],
    ]
    assert "Committee, 17.11.2026, approved Corrected: The board took it over." in page.part("Decisions")


@pytest.mark.breaks("members.models.accession.Accession.decide")
def test_c10_a_rejection_is_the_end_and_nobody_else_is_told(clerk, rautalampi, visitor, letters, today_is):
    today_is("2026-12-16")
    before = len(letters())
    page = clerk.records("Rautalampi", **BOARD | {"outcome": "rejected"}, meeting_on="8.12.2026")
    assert page.says == "Not joining. Thank you for considering the matter; nothing more is asked."
    today_is("2027-12-16")
    clerk.run_worker()
    assert [letter.to for letter in letters()[before:]] == [
        "kirjaamo@686.example"
    ]  # the receipt, no reminder after it
    public = visitor.opens("/en/municipality/686/")
    assert public.status == 200
    for word in ("reject", "not joining", "declin", "§ 15", "8.12.2026"):
        assert word not in public.text.lower()
    page = clerk.opens_round("Rautalampi", decide_by="19.5.2028", joins_on="1.1.2029")
    assert "1 municipality was added to the round." in page.text


@pytest.mark.breaks("members.models.accession.Accession.decide")
def test_c11_tabled_twice_then_withdrawn(clerk, rautalampi, today_is):
    today_is("2026-12-09")
    tabled = {"body": "board", "outcome": "tabled"}
    page = clerk.records("Rautalampi", **tabled, meeting_on="24.11.2026", next_meeting_on="15.12.2026")
    assert page.says == "Board decides on Tuesday 15.12.2026. Nothing is asked before that."
    today_is("2027-01-20")
    page = clerk.records("Rautalampi", **tabled, meeting_on="15.12.2026", next_meeting_on="26.1.2027")
    assert page.says == "Board decides on Tuesday 26.1.2027. Nothing is asked before that."
    today_is("2027-01-27")
    page = clerk.records("Rautalampi", body="board", outcome="withdrawn", meeting_on="26.1.2027")
    assert page.says == (
        "Board: withdrawn from the agenda on Tuesday 26.1.2027. The matter goes on in the municipality."
    )
    assert [row[1:4:2] for row in page.rows("The chain of decisions")] == [
        ["Tue 24.11.2026", "Tabled"],
        ["Tue 15.12.2026", "Tabled"],
        ["Tue 26.1.2027", "Withdrawn from the agenda"],
    ]


@pytest.mark.breaks("members.models.accession.Accession.respond", "members.emails.view_given")
def test_c12_approved_with_a_condition_is_for_helsinki_to_consider(clerk, rautalampi, letters, today_is):
    today_is("2027-01-11")
    changed = BOARD | {"outcome": "approved_changed", "meeting_on": "8.12.2026", "published_on": "11.12.2026"}
    page = clerk.records("Rautalampi", **changed)
    assert page.wrong_with("condition") == "Error: Write the change or condition as it stands in the minutes."
    page = clerk.presses(page, condition="Only until 2029.")
    assert page.says.startswith("Approved with a change or condition. It is not yet a joining")
    assert "Only until 2029." in page.part("Path of the matter")
    assert not any(page.offers(act) for act in ("Record the signature", "Record finality", "Confirm"))
    view = {"accepted": "no", "view": "The agreement runs until notice is given.", "view_on": "11.1.2027"}
    page = clerk.does(page, "Record Helsinki's view", **view)
    assert page.says.startswith("Helsinki cannot accept the change or condition.")
    answer = letters("kirjaamo@686.example")[-1]
    assert "The agreement runs until notice is given." in answer.body
    assert not clerk.opens("/en/members/").text.count("Rautalampi")


@pytest.mark.breaks(
    "members.models.decision.Decision.final_on", "members.models.decision.Decision.appeal_state"
)
def test_c13_minutes_that_are_never_published_are_not_reckoned(clerk, rautalampi, today_is):
    today_is("2026-12-16")
    page = clerk.records(
        "Rautalampi",
        **BOARD | {"body": "office_holder", "minutes_published": "no"},
        meeting_on="24.11.2026",
        stated_final_on="15.12.2026",
    )
    assert page.says == (
        "Approved. By the municipality's word final on Tuesday 15.12.2026; finality is not yet confirmed."
    )
    row = page.rows("The chain of decisions")[0]
    assert row[4:6] == ["not reckoned", "final 15.12.2026, by the municipality's word"]
    assert "Deemed known" not in page.text
    page = clerk.does(page, "Record finality", finality_ground="phone", finality_note="registry, 16.12.2026")
    assert "Tue 15.12.2026 Finality confirmed by a person" in page.part("Path of the matter")


@pytest.mark.breaks(
    "members.models.accession.Accession.correct", "members.models.decision.Decision.last_appeal_day"
)
def test_c14_a_corrected_publication_date_opens_finality_again(clerk, rautalampi, today_is):
    today_is("2026-12-16")
    page = clerk.records("Rautalampi", **BOARD, meeting_on="17.11.2026", published_on="24.11.2026")
    assert page.rows("The chain of decisions")[0][5] == "Tue 15.12.2026"
    final = {"finality_ground": "phone", "finality_note": "registry, 16.12.2026", "finality_on": "16.12.2026"}
    page = clerk.does(page, "Record finality", **final)
    assert page.says.startswith("The decision is legally final.")
    right = {"published_on": "27.11.2026", "correction_reason": "The minutes came out later."}
    page = clerk.does(page, "Correct", **right, channel="mail", received_from="registry")
    assert page.says == "Approved. The appeal period is running and ends on Friday 18.12.2026."
    assert [row[5] for row in page.rows("The chain of decisions")] == ["Fri 18.12.2026"]
    assert "Corrected: The minutes came out later." in page.part("Decisions")
    assert not page.offers("Record finality")
    today_is("2026-12-19")
    page = clerk.matter_of("Rautalampi")
    assert page.says.endswith("Time is over, absence of appeal not yet confirmed.")
    assert page.offers("Record finality")
