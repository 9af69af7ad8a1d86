"""The whole of KLKH150, walked through the running demo: from a member's wish to e-books in use and their option.

The real one ran 30.11.2018–22.11.2021 with an option. Here every day is nine years later, 30.11.2027–22.11.2030: the
practice copy's members and agreement are of our own years. Members answer on a phone, the service centre at a desk.
"""

import pytest

from tests.drill import klkh_contract, klkh_round, klkh_tender
from tests.drill.klkh_walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.story]
STEPS = [
    klkh_round.wishes_for_e_books,
    klkh_round.is_gathered,
    klkh_round.round_opens,
    klkh_round.raseborg_commits,
    klkh_round.two_commit_by_telephone,
    klkh_round.porvoo_commits_if,
    klkh_round.others_answer_otherwise,
    klkh_round.joensuu_finds_the_quota_full,
    klkh_round.kontiolahti_says_no,
    klkh_round.round_stands,
    klkh_round.joensuu_is_late,
    klkh_round.list_freezes,
    klkh_tender.list_is_handed_over,
    klkh_tender.kuopio_withdraws,
    klkh_tender.differences_follow,
    klkh_tender.tendering_begins,
    klkh_tender.three_offers_come,
    klkh_tender.offers_are_compared,
    klkh_tender.award_is_decided,
    klkh_tender.standstill_bars,
    klkh_tender.contract_is_made,
    klkh_contract.raseborg_takes_it_into_use,
    klkh_contract.supplier_reports,
    klkh_contract.the_year_is_shared,
    klkh_contract.raseborg_reads_its_year,
    klkh_contract.option_is_used,
]


def test_klkh150(own_demo, new_page):
    """Each step on the pages of those who take it; no browser complains on the way."""
    walk = Walk(own_demo, new_page)
    for step in STEPS:
        step(walk)
    assert [page.complaints for page in walk.pages if page.complaints] == []
