"""Proposals: each verb's happy way, wrong moment and wrong person; what is restricted, numbered, counted, told."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail, Post
from consortium.workflow import WrongState
from procurement.models import Procurement
from steering.models import Action, Attachment, Call, Proposal, Support, Term
from tests.conftest import Browser
from tests.factories import DAY, MunicipalityFactory, RoleFactory, UserFactory
from tests.procurement_factories import announced, brought_to, member
from tests.steering_proposals import PDF, REFUSED, decided, on_agenda, proposal, received
from tests.steering_world import meeting, steering_group

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def letters(name=""):
    rows = OutgoingEmail.objects.filter(template__startswith="steering/emails/proposal").order_by("pk")
    return [row.template.rpartition("/")[2] for row in rows if not name or row.template.endswith(name)]


# --- Made --------------------------------------------------------------------------------------------------------


def test_a_member_makes_one_and_it_takes_the_next_number_of_the_year(today_is):
    today_is("2026-11-02")
    place = member()
    first, second = proposal(place), proposal(member())
    assert [first.number, second.number] == ["1/2026", "2/2026"]
    today_is("2027-01-04")
    assert proposal(place).number == "1/2027"
    event = AuditEvent.objects.about(first).get()
    assert (event.verb, event.by, event.details["municipality"]) == ("submit", first.made_by, place.pk)


def test_only_a_member_makes_one():
    with pytest.raises(ValidationError, match="Only a member"):
        proposal(MunicipalityFactory())
    with pytest.raises(ValidationError, match="Only a member"):
        proposal(member(since=clock.today() + DAY))
    assert not Proposal.objects.exists()


def test_what_came_by_letter_is_confirmed_to_the_municipality(staff):
    place = member()
    director = RoleFactory(municipality=place).user
    said = {"channel": "phone", "received_from": "Kirjastonjohtaja"}
    with pytest.raises(ValidationError, match="still to come"):
        proposal(place, by=staff, came_on=clock.today() + DAY, **said)
    proposal(place, by=staff, came_on=clock.today(), **said)
    assert [row.to for row in OutgoingEmail.objects.all()] == [director.email]
    assert letters() == ["proposal_recorded"]


def test_a_number_taken_by_another_at_the_same_moment_is_not_taken_twice(monkeypatch):
    place, other = member(), member()
    full_clean, taken = Proposal.full_clean, []

    def meanwhile(row, *args, **kwargs):
        full_clean(row, *args, **kwargs)
        if not taken and row.municipality == place:
            taken.append(proposal(other))

    monkeypatch.setattr(Proposal, "full_clean", meanwhile)
    mine = proposal(place)
    assert sorted(Proposal.objects.values_list("serial", flat=True)) == [1, 2]
    assert (taken[0].serial, mine.serial) == (1, 2)


# --- Edited, supported -------------------------------------------------------------------------------------------


def test_it_is_written_better_until_it_is_received(staff):
    row = proposal(member())
    row.edit(by=row.made_by, revision=1, title="Parempi", text="Teksti.")
    assert (row.title, row.revision) == ("Parempi", 2)
    with pytest.raises(ValidationError, match="A colleague has changed"):
        row.edit(by=row.made_by, revision=1, title="Toinen", text="Teksti.")
    row.receive(by=staff)
    with pytest.raises(WrongState):
        row.edit(by=row.made_by, revision=2, title="Myöhässä", text="Teksti.")
    assert Proposal.objects.get().title == "Parempi"


def test_others_support_it_once_and_take_it_back(staff):
    row, other = proposal(member()), member()
    with pytest.raises(ValidationError, match="own proposal"):
        row.support(by=staff, municipality=row.municipality)
    with pytest.raises(ValidationError, match="Only a member"):
        row.support(by=staff, municipality=MunicipalityFactory())
    row.support(by=staff, municipality=other)
    with pytest.raises(ValidationError, match="supports the proposal already"):
        row.support(by=staff, municipality=other)
    row.take_back(by=staff, municipality=other)
    with pytest.raises(ValidationError, match="does not support"):
        row.take_back(by=staff, municipality=other)
    assert AuditEvent.objects.about(row).filter(verb="take_back").count() == 1
    done = decided(proposal(member()), staff)
    with pytest.raises(WrongState):
        done.support(by=staff, municipality=other)


# --- Received to done --------------------------------------------------------------------------------------------


def test_the_proposer_is_told_at_each_step(staff):
    group = steering_group(seats=3, by=staff)
    row = proposal(member())
    RoleFactory(user=row.made_by, municipality=row.municipality, kind="librarian")
    row.receive(by=staff)
    planned = meeting(group, state="planned")
    item = on_agenda(row, planned, staff)
    row.decide(by=staff, answer="accepted", reason_fi="Hyvä.", reason_sv="Bra.", item=item)
    row.finish(by=staff, result_fi="Tehty.", result_sv="Gjort.")
    told = OutgoingEmail.objects.filter(to=row.made_by.email).order_by("pk")
    assert [mail.template.rpartition("_")[2] for mail in told] == ["received", "agenda", "decided", "done"]
    assert planned.number in told[1].body
    assert "Hyvä." in told[2].body
    assert "Tehty." in told[3].body


def test_who_supports_it_is_told_the_answer_and_the_result(staff):
    row, other = received(staff), member()
    helper = RoleFactory(municipality=other, user__language="sv").user
    row.support(by=staff, municipality=other)
    row.decide(by=staff, answer="accepted", reason_fi="Hyvä.", reason_sv="Bra idé.")
    row.finish(by=staff, result_fi="Tehty.", result_sv="Gjort.")
    told = OutgoingEmail.objects.filter(to=helper.email).order_by("pk")
    assert [mail.template.rpartition("_")[2] for mail in told] == ["decided", "done"]
    assert "Bra idé." in told[0].body


def test_one_taken_off_the_agenda_waits_again_and_its_proposer_is_told(staff):
    group = steering_group(seats=3, by=staff)
    row = received(staff)
    item = on_agenda(row, meeting(group, state="planned"), staff)
    with pytest.raises(ValidationError, match="the meeting answers it"):
        row.decide(by=staff, answer="rejected", reason_fi="Ei.", reason_sv="Nej.")
    assert row.state == "agenda"
    item.remove(by=staff)
    row.refresh_from_db()
    assert letters()[-1] == "proposal_off_agenda"
    assert row.still_tells("steering/emails/proposal_off_agenda")
    assert not row.still_tells("steering/emails/proposal_agenda")
    row.decide(by=staff, answer="rejected", reason_fi="Ei.", reason_sv="Nej.")
    assert (row.state, row.decided_in) == ("decided", None)


def test_an_answer_needs_reasons_in_both_languages(staff):
    row = received(staff)
    with pytest.raises(ValidationError, match="both languages"):
        row.decide(by=staff, answer="accepted", reason_fi="Hyvä.", reason_sv="")
    assert Proposal.objects.get().state == "received"
    assert letters() == ["proposal_received"]


def test_nothing_is_told_to_have_come_of_a_rejected_one_or_before_its_actions_are_done(staff):
    no = decided(received(staff), staff, answer="rejected")
    with pytest.raises(ValidationError, match="not accepted"):
        no.finish(by=staff, result_fi="a", result_sv="b")
    yes = decided(received(staff), staff)
    act = Action.make(
        by=staff, text_fi="Selvitä", text_sv="Utred", owner=staff, due_on=clock.today(), proposal=yes
    )
    with pytest.raises(ValidationError, match="still to be done"):
        yes.finish(by=staff, result_fi="a", result_sv="b")
    act.drop(by=staff, result_fi="Ei tarpeen.")
    with pytest.raises(ValidationError, match="what came of the proposal"):
        yes.finish(by=staff, result_fi="a", result_sv="")
    yes.finish(by=staff, result_fi="a", result_sv="b")
    assert (yes.state, yes.finished_on) == ("done", clock.today())


def test_it_becomes_a_procurement_that_exists_or_a_new_one(staff):
    row, found = received(staff), announced(staff)
    assert row.become(by=staff, procurement=found) == found
    new = {"title_fi": "Äänikirjat", "title_sv": "Ljudböcker", "summary_fi": "a", "summary_sv": "b"}
    begun = row.become(by=staff, new=new)
    assert (begun.state, begun.made_by) == ("prepared", staff)
    row.refresh_from_db()
    assert row.became_procurement == begun
    with pytest.raises(ValidationError, match="Choose one"):
        row.become(by=staff)
    with pytest.raises(ValidationError, match="Choose one"):
        row.become(by=staff, procurement=found, new=new)
    assert Procurement.objects.count() == 2


def test_it_is_withdrawn_before_a_meeting_takes_it_up(staff):
    row = received(staff)
    row.withdraw(by=staff)
    with pytest.raises(WrongState):
        row.receive(by=staff)
    group = steering_group(seats=3, by=staff)
    other = received(staff)
    on_agenda(other, meeting(group, state="planned"), staff)
    with pytest.raises(WrongState):
        other.withdraw(by=staff)


# --- Restricted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "is_restricted"),
    [
        ("prepared", False),
        ("round", True),
        ("tendering", True),
        ("awarded", False),
        ("contracted", False),
        ("void", False),
    ],
)
def test_one_on_a_tender_is_restricted_from_the_rounds_opening_to_the_award_by_itself(
    staff, state, is_restricted
):
    found = announced(staff)
    row = proposal(member(), procurement=found)
    row.receive(by=staff)
    Procurement.objects.filter(pk=found.pk).update(
        state=state, void_reason_fi="a", void_reason_sv="b", announced_on=clock.today()
    )
    row = Proposal.objects.get()
    assert row.is_restricted() is is_restricted
    assert Proposal.objects.restricted().exists() is is_restricted
    assert Proposal.objects.public().exists() is not is_restricted


def test_what_is_restricted_is_told_to_the_proposer_with_the_ground(staff):
    row = received(staff)
    RoleFactory(user=row.made_by, municipality=row.municipality)
    with pytest.raises(ValidationError, match="on what ground"):
        row.restrict(by=staff)
    with pytest.raises(ValidationError, match="later day"):
        row.restrict(by=staff, ground="24 § 1 mom. 20", until=clock.today() - DAY)
    row.restrict(by=staff, ground="621/1999, 24 § 1 mom. 20 k.", until=clock.today() + DAY)
    told = OutgoingEmail.objects.filter(to=row.made_by.email).latest("pk")
    assert "24 § 1 mom. 20 k." in told.body
    assert Proposal.objects.get().is_restricted()
    assert not Proposal.objects.get().is_restricted(clock.today() + 2 * DAY)
    row.open(by=staff)
    assert not row.is_restricted()
    with pytest.raises(ValidationError, match="is not restricted"):
        row.open(by=staff)


def test_one_that_concerns_no_procurement_under_way_is_not_restricted_by_it(staff):
    row, over = received(staff), brought_to(announced(staff), "ended")
    with pytest.raises(ValidationError, match="no longer under way"):
        row.restrict(by=staff, procurement=over)
    found = brought_to(announced(staff), "round")
    row.restrict(by=staff, procurement=found)
    assert row.in_tender
    row.open(by=staff)  # by a person, while the tender runs
    assert not Proposal.objects.restricted().exists()
    with pytest.raises(ValidationError, match="not open for support"):
        row.restrict(by=staff, ground="x")
        row.support(by=staff, municipality=member())


def test_who_reads_a_restricted_one(staff):
    group = steering_group(seats=3, by=staff)
    row = received(staff)
    row.restrict(by=staff, ground="621/1999, 24 §")
    own = RoleFactory(municipality=row.municipality, kind="librarian").user
    stranger = RoleFactory(municipality=member()).user
    auditor, accountant = UserFactory(), UserFactory()
    Post.give(auditor, "auditor", by=staff)
    Post.give(accountant, "accountant", by=staff)
    readers = [staff, own, group.chair, group.members[2], group.secretary]
    others = [stranger, auditor, accountant, group.expert, group.deputies[2]]

    def reads(user):
        return Proposal.objects.visible_to(user).exists()

    assert [reads(user) for user in readers] == [True] * 5
    assert [reads(user) for user in others] == [False] * 5
    found = meeting(group, items=[{"title_fi": "A", "title_sv": "B", "proposal": row}])
    assert not reads(group.deputies[2])
    term = Term.objects.get(user=group.deputies[2])
    call = Call.objects.create(meeting=found, term=term, user=term.user, called_at=clock.now())
    assert reads(group.deputies[2])
    assert not reads(group.expert)  # called too, and never reads it
    call.released_at = clock.now()
    call.save()
    assert not reads(group.deputies[2])
    row.decide(by=staff, answer="accepted", reason_fi="a", reason_sv="b", item=found.items.get())
    assert reads(auditor)


def test_a_new_one_is_the_members_own_until_it_is_received(staff):
    row = proposal(member())
    neighbour = RoleFactory(municipality=member()).user
    nobody = UserFactory()
    visitor = Browser().get("/").wsgi_request.user
    assert Proposal.objects.visible_to(neighbour).exists()
    assert not Proposal.objects.visible_to(nobody).exists()
    assert not Proposal.objects.visible_to(visitor).exists()
    row.receive(by=staff)
    assert Proposal.objects.visible_to(nobody).exists()
    assert Proposal.objects.visible_to(visitor).exists()
    row.withdraw(by=staff)
    assert not Proposal.objects.visible_to(neighbour).exists()


# --- Files -------------------------------------------------------------------------------------------------------


def test_a_file_is_read_as_its_proposal_and_is_gone_when_removed(staff):
    row = received(staff)
    file = Attachment.add(row, by=staff, file=ContentFile(PDF, "liite.pdf"), title="Liite")
    url = reverse("steering:attachment_file", args=[file.pk])
    visitor = Browser()
    assert visitor.get(url).status_code == 200
    row.restrict(by=staff, ground="24 §")
    assert visitor.get(url).status_code == 404
    storage, name = file.file.storage, file.file.name
    assert storage.exists(name)
    file.remove(by=staff)
    transaction.on_commit(lambda: None)
    assert not Attachment.objects.kept().exists()
    assert AuditEvent.objects.about(row).filter(verb="remove_attachment").count() == 1
    with pytest.raises(ValidationError, match="removed already"):
        file.remove(by=staff)


def test_a_proposal_has_five_files_at_most_and_none_after_its_answer(staff):
    row = received(staff)
    for number in range(5):
        Attachment.add(row, by=staff, file=ContentFile(PDF, f"{number}.pdf"), title="Liite")
    with pytest.raises(ValidationError, match="at most 5 files"):
        Attachment.add(row, by=staff, file=ContentFile(PDF, "6.pdf"), title="Liite")
    with pytest.raises(ValidationError, match="nothing is added"):
        Attachment.add(decided(received(staff), staff), by=staff, file=ContentFile(PDF, "6.pdf"), title="L")


# --- What the database keeps -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses_it_past_the_models(name):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        REFUSED[name]()
    assert refusal.value.__cause__.diag.constraint_name == name


def test_each_constraint_of_proposals_and_actions_is_violated_here():
    own = {c.name for model in (Proposal, Support, Attachment, Action) for c in model._meta.constraints}
    assert own == REFUSED.keys()


def test_one_that_its_meeting_left_open_waits_again(staff):
    group = steering_group(seats=3, by=staff)
    row = received(staff)
    assert list(Proposal.objects.unanswered()) == [row]
    item = on_agenda(row, meeting(group, state="planned"), staff)
    assert not Proposal.objects.unanswered().exists()
    now = clock.now()
    noted = {"outcome": "noted", "decision_fi": "Merkittiin.", "opened_at": now, "closed_at": now}
    type(item).objects.filter(pk=item.pk).update(**noted)
    assert list(Proposal.objects.unanswered()) == [row]
    row.decide(by=staff, answer="rejected", reason_fi="Ei.", reason_sv="Nej.")
    assert row.state == "decided"
