"""Rounds with an answer to decide on, a draft, an extract and a list that is frozen, for the tables of access."""

from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from procurement.models import AnswerExtract
from tests.factories import DAY
from tests.procurement_factories import announced, answers, closing_day, opened, said

TITLES = {"title_fi": "Elokuvia kirjastoille", "title_sv": "Filmer för bibliotek"}
ON_THE_PHONE = "a round that waits"  # of the municipality's people, for the phone
ASKED = {  # the same pages asked in other ways
    "procurement:ours": ["change=1", "receipt=1", "receipt=2"],
    "procurement:answer_list": ["format=csv", "format=xlsx", "state=committed"],
}


def frozen_answer(home, others, staff):
    """Return the answer of ``home`` in a round whose list is frozen: committed, with a ceiling and an extract."""
    closes_on = closing_day(clock.today() - 12 * DAY, step=-1)
    with clock.moved_to(closes_on - 30 * DAY):
        bought = announced(staff, title_fi="Äänikirjat", title_sv="Ljudböcker")
        round_ = opened(bought, [home, *others], by=staff, closes_on=closes_on)
        answer = answers(round_, home, "committed", "2718.28", by=staff, ceiling=Decimal("8281.09"))
    row = AnswerExtract(answer=answer, given_by=staff)
    row.extract.save("ote.pdf", ContentFile(b"%PDF-1.7 zqminutes"))  # saves the row
    return answer, row


def reserved_answer(home, others, staff):
    """Return the answer of ``home`` in an open round, with a reservation that nobody has ruled on."""
    round_ = opened(announced(staff, **TITLES), [home, *others], by=staff)
    return answers(round_, home, "committed", "1618.03", by=staff, reservation="zqproviso")


def drafted_answer(home, others, people):
    """Return the answer of ``home`` in an open round: silent, with the librarian's draft that was given to nobody."""
    round_ = opened(announced(people["staff"], **TITLES), [home, *others], by=people["staff"])
    answer = round_.answers.select_related("municipality").get(municipality=home)
    answer.prepare(by=people["librarian"], hand_over=False, note="zqdrafted", **said("interested", "1"))
    return answer


def asked_plainly(home, others, staff):
    """Return a procurement whose round waits for ``home``, with nothing said or prepared yet."""
    bought = announced(staff, title_fi="Äänikirjoja nuorille", title_sv="Ljudböcker för unga")
    opened(bought, [home, *others], by=staff)
    return bought


def round_pages(world, people):
    """Return {URL name: arguments} of the pages of rounds and answers; planted words in each."""
    home, staff = world.committed, people["staff"]
    others = [world.silent, world.declined]
    answer, extract = frozen_answer(home, others, staff)
    reserved = reserved_answer(home, others, staff)
    drafted = drafted_answer(home, others, people)
    procurement, coming = world.procurement, announced(staff, **TITLES)
    at = {f"round_{act}": {"pk": procurement.pk} for act in ("extend", "ask", "remind")}
    at |= {name: {"pk": procurement.pk} for name in ("answer_list", "volumes")}
    at |= {
        "network": {},
        "drafts": {"pk": drafted.round.procurement_id},
        "round_open": {"pk": coming.pk},
        "ours": {"pk": drafted.round.procurement_id, "code": home.code},
        "answer_record": {"pk": reserved.pk},
        "answer_rule": {"pk": reserved.pk, "about": "condition"},
        "answer_ask": {"pk": reserved.pk},
        "answer_attach": {"pk": reserved.pk},
        "answer_withdraw": {"pk": answer.pk},
        "answer_file": {"pk": extract.pk},
    }
    found = {f"procurement:{name}": arguments for name, arguments in at.items()}
    return found | {ON_THE_PHONE: {"pk": asked_plainly(home, others, staff).pk, "code": home.code}}
