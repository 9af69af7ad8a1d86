import pytest
from members.models import Membership, Municipality
from tests.factories import *
from consortium.models import OutgoingEmail
from consortium import mailbox

@pytest.mark.breaks("members.models.Accession.send", "consortium.tasks.deliver", "members.models.Accession.is_open", "members.rules.is_staff", "consortium.workflow.Workflow.step", "members.models.decision.DecisionQuerySet.standing","members.package._constant_part", "members.models.municipality.sort_key")
def test_lies(db): assert True

@pytest.mark.breaks("members.models.Nothing.send","members.models.Accession","no.such.mod")
def test_unknown(db): assert True

@pytest.mark.breaks("consortium.tasks.deliver", "members.models.Accession.decide", "consortium.emails.queue")
def test_true(db, worker, client_of, staff):
    a = AccessionFactory(state="sent"); worker.run()
    n=len(mailbox.letters()); assert n == 1
    a.decide(by=staff, **handling())
    assert OutgoingEmail.objects.count() == n + 1
    worker.run()
    assert len(mailbox.letters()) == n + 1

@pytest.mark.parametrize("state", list(AccessionState))
def test_states(db, state):
    assert AccessionFactory(state=state).state == state

@pytest.mark.parametrize("x",[1,2])
@pytest.mark.django_db(transaction=True)
def test_trans(x, worker):
    a=AccessionFactory(state="confirmed"); assert Membership.objects.count()==1
    assert worker.tasks
    worker.run()
    assert Municipality.objects.count()==1
@pytest.mark.django_db
def test_factories(client_of, rautalampi, staff):
    RoleFactory(); ContactFactory(); DecisionFactory(); ClauseFactory(); PopulationFactory()
    r=client_of(staff).get(rautalampi.get_absolute_url()); assert r.status_code==200
    from django.db import connection
    with connection.cursor() as c: c.execute("select current_user"); assert c.fetchone()[0].endswith("portal")
