"""The steering group's paper: figures frozen when it is asked for, made by the worker, read aloud in both languages."""

import datetime as dt
from decimal import Decimal

import outloud
import pymupdf
import pytest
from django.urls import reverse

from consortium.models import Post
from members.models import FeePaper
from members.pages import fee_proposal
from tests.factories import BudgetFactory, RoleFactory, UserFactory, decided_budget, payer, tariff_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget(staff, today_is):
    """A draft for 2028 with three alternatives and forty members, after a decided 2027."""
    for at in range(40):
        payer(residents=150 + 37 * at * at)
    decided_budget(2027, terms=tariff_terms("0.004", "150"))
    today_is("2027-06-07")
    found = BudgetFactory(year=2028, project_funding=Decimal(8000), project_decision="OKM/31/520/2027")
    found.save_alternative(tariff_terms("0.005"), by=staff)
    found.save_alternative(tariff_terms(kind="population"), by=staff, title="Jaettu asukasluvun mukaan")
    found.save_alternative(tariff_terms(kind="equal"), by=staff)
    return found


def _papers():
    return FeePaper.objects.filter(kind="proposal")


@pytest.mark.parametrize(("count", "language"), [(1, "fi"), (2, "sv"), (3, "fi")])
def test_it_can_be_read_aloud(budget, tmp_path, count, language):
    chosen = list(budget.alternatives.all())[:count]
    paper = FeePaper(
        budget=budget,
        kind="proposal",
        language=language,
        figures=fee_proposal.figures_of(budget, chosen, language),
    )
    _name, content = paper.produce()
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    result = outloud.check(str(file))
    assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0), [
        str(f) for f in result.findings
    ]
    with pymupdf.open(file) as document:
        text = "\n".join(page.get_text() for page in document)
        assert document.metadata["title"] == paper.figures["title"]
    rows = [row for table in paper.figures["tables"] for row in table["rows"]]
    for row in rows:
        assert row[0] in text
    assert "67\u202f000,00\u00a0€" in text
    assert len(rows) == 40
    assert len({len(row) for row in [*rows, paper.figures["columns"], paper.figures["sums"]]}) == 1


def test_steering_asks_follows_and_reads_it_and_the_figures_stay(budget, client_of, run_worker):
    user = UserFactory(language="en")
    Post.give(user, "member", by=UserFactory(is_staff=True))
    client = client_of(user)
    page = reverse("members:fee_proposal", args=[2028])
    answer = client.post(page, {"with": ["A", "B"]})
    assert answer.headers["Location"] == page
    assert _papers().count() == 2
    progress = reverse("members:fee_proposal_progress", args=[2028])
    assert progress in client.get(page).content.decode()
    budget.edit(by=user, revision=budget.revision, total=Decimal(70000))
    run_worker()
    assert progress not in client.get(page).content.decode()
    for paper in _papers():
        file = client.get(reverse("members:fee_proposal_file", args=[paper.key]))
        content = b"".join(file.streaming_content)
        with pymupdf.open(stream=content, filetype="pdf") as document:
            assert "75\u202f000,00\u00a0€" in document[0].get_text()  # as it was when it was asked for
    key = _papers().first().key
    stranger = client_of(RoleFactory().user)
    assert stranger.get(reverse("members:fee_proposal_file", args=[key])).status_code == 404
    assert stranger.get(page).status_code == 404


def test_a_paper_needs_one_to_three_alternatives(budget, client_of, staff):
    client = client_of(staff)
    page = reverse("members:fee_proposal", args=[2028])
    answer = client.post(page, {"with": []})
    assert answer.headers["Location"] == reverse("members:compare", args=[2028])
    assert not _papers().exists()


def test_another_municipalitys_person_sees_no_draft_and_the_public_no_alternative(
    budget, client_of, client, staff
):
    addresses = [
        reverse("members:simulator", args=[2028]),
        reverse("members:alternative", args=[2028, "A"]),
        reverse("members:compare", args=[2028]),
        reverse("members:fee_proposal", args=[2028]),
        reverse("members:fee_proposal_progress", args=[2028]),
        reverse("members:budget", args=[2028]),
        reverse("members:budget_edit", args=[2028]),
    ]
    member = client_of(RoleFactory().user)
    assert {member.get(address).status_code for address in addresses} == {404}
    alternative = budget.alternatives.first()
    budget.propose(by=staff, alternative=alternative, proposed_on=dt.date(2027, 6, 7))
    assert [member.get(address).status_code for address in addresses] == [200, 200, 200, 403, 403, 200, 403]
    budget.refresh_from_db()
    assert [client.get(address).status_code for address in addresses[:5]] == [302] * 5
