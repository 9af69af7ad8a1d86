"""The pages of deciding and telling a year's fees, for tests that look at every page; laid over money_world."""

import datetime as dt
import hashlib
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from consortium import clock
from consortium.models import DocumentState
from members.models import AnnualBudget, Municipality
from tests.factories import BudgetFactory, MunicipalityFactory, tariff_terms
from tests.money_world import year_of_fees


def decision_pages(home, by):
    """Return {URL name: arguments} for a member whose fee is decided: a proposed year, a merger, a ready statement."""
    year = year_of_fees()
    budget = AnnualBudget.objects.get(year=year)
    paper = make_ready(budget.papers.filter(municipality=home, language="fi").latest("pk"))
    gone = MunicipalityFactory(name_fi="Ulkokunta")
    Municipality.objects.filter(pk=gone.pk).update(ended_on=dt.date(year, 1, 1), successor=home)
    proposed(year + 2, by)
    return {
        **{f"members:budget_{name}": {"year": year} for name in ("tell", "statements", "joiners", "close")},
        "members:budget_decide": {"year": year + 2},
        "members:budget_propose": {"year": year + 1},
        "members:budget_merger": {"year": year, "code": home.code},
        "members:statement_retry": {"key": paper.key},
        "members:our_fees": {"code": home.code},
        "members:fee_statement": {"code": home.code, "year": year, "language": "fi"},
    }


def proposed(year, by):
    """Return a year that the steering group has proposed to Helsinki."""
    budget = BudgetFactory(year=year, total=Decimal(70000), members_on=clock.today())
    alternative = budget.save_alternative(tariff_terms(), by=by)
    budget.propose(by=by, alternative=alternative, proposed_on=clock.today())
    return budget


def make_ready(paper, content=b"%PDF-1.7 a small stand-in"):
    """Give a paper its file without the cost of making it. Returns it."""
    paper.file.save(paper.filename, ContentFile(content), save=False)
    paper.state, paper.made_at, paper.size = DocumentState.READY, timezone.now(), len(content)
    paper.sha256 = hashlib.sha256(content).hexdigest()
    paper.save()
    return paper
