"""Pages of the lists, the forms, the notice's data sheet and the CPV codes: who reads what, and what it costs."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from lxml import html

from consortium import clock
from consortium.models import AccessLog, Post
from procurement.models import CommitmentForm, CommitmentList, FormSent, Stage, StageKind
from tests.factories import DAY, RoleFactory, UserFactory, a_clerk
from tests.procurement_factories import announced, answers, brought_to, closing_day, member, opened
from tests.procurement_world import procurement_world

pytestmark = pytest.mark.django_db
CEILING = "4 321,09"


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def clerk():
    return a_clerk()


def frozen(count, clerk):
    """Return the procurement of a frozen round in which so many have committed themselves, each differently."""
    closes_on = closing_day(clock.today() - 10 * DAY, step=-1)
    with clock.moved_to(closes_on - 20 * DAY):
        procurement = announced(clerk)
        places = [member() for _n in range(count)]
        round_ = opened(procurement, places, by=clerk, closes_on=closes_on)
        for place in places:
            more = {"ceiling": Decimal("4321.09"), "contact_name": place.name_fi}
            answers(round_, place, "committed", "1000.10", by=clerk, **more)
    return procurement


def url(name, procurement, *args):
    return reverse(f"procurement:{name}", args=[procurement.pk, *args])


def words(answer):
    """Return what a page says, every space a plain one."""
    return re.sub(r"\s", " ", answer.content.decode())


def page(client, name, procurement, *args, **query):
    return client.get(url(name, procurement, *args), query)


def auditor(clerk):
    user = UserFactory()
    Post.give(user, "auditor", by=clerk)
    return user


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["commitment_lists", "commitment_forms", "commitment_list"])
def test_pages_cost_the_same_for_any_length(
    client, clerk, run_worker, count, name, django_assert_max_num_queries
):
    procurement = frozen(count, clerk)
    CommitmentList.ask(procurement.round, by=clerk, language="fi")
    run_worker()
    client.force_login(clerk)
    args = [1] if name == "commitment_list" else []
    page(client, name, procurement, *args)
    with django_assert_max_num_queries(16):
        assert page(client, name, procurement, *args).status_code == 200


def test_the_auditor_reads_the_lists_from_the_freeze_on_without_ceilings_and_files(client, clerk, run_worker):
    procurement = frozen(2, clerk)
    CommitmentList.ask(procurement.round, by=clerk, language="fi")
    run_worker()
    client.force_login(auditor(clerk))
    for name, args in (("commitment_lists", []), ("commitment_list", [1])):
        told = words(page(client, name, procurement, *args))
        assert "2 000,20 €" in told and CEILING not in told and "Make the list" not in told
        file = page(client, name, procurement, *args, format="csv").content.decode()
        assert "2000,20" in file and "4321" not in file
    assert page(client, "commitment_list_file", procurement, 1).status_code == 403
    assert page(client, "commitment_forms", procurement).status_code == 403
    open_one = procurement_world("round").procurement
    assert page(client, "commitment_lists", open_one).status_code == 403


def test_the_sum_stands_under_the_volumes(client, clerk):
    client.force_login(clerk)
    table = html.fromstring(page(client, "commitment_lists", frozen(3, clerk)).content.decode()).find(
        ".//table"
    )
    heads = [
        re.sub(r",.*", "", " ".join(head.text_content().split())) for head in table.iterfind("thead/tr/th")
    ]
    foot = [re.sub(r"\s", " ", cell.text_content().strip()) for cell in table.find("tfoot/tr")]
    assert len(foot) == len(heads) and foot[heads.index("Volume a year")] == "3 000,30 €"
    assert foot[heads.index("At most a year")] == ""


def test_the_procurements_page_leads_to_the_lists_from_the_freeze_on(client, clerk):
    client.force_login(clerk)
    procurement = frozen(1, clerk)
    told = client.get(procurement.get_absolute_url()).content.decode()
    assert url("commitment_lists", procurement) in told and url("notice", procurement) in told
    open_one = procurement_world("round").procurement
    told = client.get(open_one.get_absolute_url()).content.decode()
    assert url("commitment_lists", open_one) not in told and url("notice", open_one) in told
    client.logout()
    told = client.get(procurement.get_absolute_url()).content.decode()
    assert "/lists/" not in told and "/notice/" not in told


def test_a_member_reads_no_list(client, clerk):
    procurement = frozen(1, clerk)
    place = procurement.round.answers.get().municipality
    client.force_login(RoleFactory(municipality=place).user)
    for name in ("commitment_lists", "commitment_forms", "notice"):
        assert page(client, name, procurement).status_code == 403


def test_staff_see_the_ceilings_and_the_files_have_them(client, clerk):
    procurement = frozen(1, clerk)
    client.force_login(clerk)
    assert CEILING in words(page(client, "commitment_lists", procurement))
    assert "4321,09" in page(client, "commitment_lists", procurement, format="csv").content.decode()


def test_before_the_freeze_the_page_says_when_and_tells_no_volume(client, clerk):
    world = procurement_world("round")
    client.force_login(clerk)
    told = words(page(client, "commitment_lists", world.procurement))
    assert "The round is open until" in told and "1 211" not in told
    answer = client.post(url("commitment_list_make", world.procurement), {"language": "fi"})
    assert "still open" in answer.content.decode() and not CommitmentList.objects.exists()


def test_a_procurement_without_a_round_has_nothing_to_hand_over(client, clerk):
    client.force_login(clerk)
    procurement = announced(clerk)
    for name in ("commitment_lists", "commitment_forms"):
        assert "No commitment round has been opened." in page(client, name, procurement).content.decode()
    assert client.post(url("commitment_form_print", procurement), {"language": "fi"}).status_code == 200
    assert client.post(url("commitment_list_make", procurement), {"language": "fi"}).status_code == 404
    assert page(client, "commitment_form_progress", procurement).status_code == 404


def test_volumes_are_logged_until_the_notice_or_without_one_until_the_award(client, clerk, run_worker):
    client.force_login(clerk)
    procurement = frozen(1, clerk)
    client.post(url("commitment_form_print", procurement), {"language": "fi"})
    run_worker()
    form = CommitmentForm.objects.get()
    file = reverse("procurement:commitment_form_file", args=[procurement.pk, form.key])
    what = f"procurement.volumes {procurement.pk}"

    def logged():
        before = AccessLog.objects.filter(user=clerk, what=what).count()
        assert client.get(file).status_code == 200
        client.get(url("procurement_law", procurement))
        return AccessLog.objects.filter(user=clerk, what=what).count() - before

    for state, readings in (("round", 2), ("tendering", 2), ("awarded", 0), ("tendering", 2)):
        brought_to(procurement, state)
        assert logged() == readings, state
    procurement.void(
        by=clerk, reason_fi="Rahat loppuivat.", reason_sv="Pengarna tog slut."
    )  # ended with no notice, nobody has been named
    assert logged() == 2
    Stage.done(procurement, StageKind.NOTICE, by=clerk, on=clock.today())
    assert logged() == 0


def test_a_file_that_could_not_be_made_is_made_again(client, clerk, run_worker, monkeypatch):
    procurement = frozen(1, clerk)
    made = CommitmentList.ask(procurement.round, by=clerk, language="fi")

    def broken(self):
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(CommitmentList, "produce", broken)
        with pytest.raises(OSError, match="no room"):
            made.make()
    client.force_login(clerk)
    told = page(client, "commitment_list", procurement, 1).content.decode()
    assert "no room" in told and "Send the list" not in told
    client.post(url("commitment_list_again", procurement, 1))
    run_worker()
    assert "Send the list" in page(client, "commitment_list", procurement, 1).content.decode()


def test_marking_says_what_is_wrong_and_keeps_the_ticks(client, clerk):
    procurement = frozen(2, clerk)
    client.force_login(clerk)
    answer = client.post(url("commitment_form_mark", procurement), {"on": "1.1.2020"})
    assert "Tick at least one municipality." in answer.content.decode()
    code = procurement.round.answers.first().municipality.code
    tomorrow = clock.today() + DAY
    answer = client.post(
        url("commitment_form_mark", procurement), {"on": f"{tomorrow:%d.%m.%Y}", "municipalities": [code]}
    )
    told = answer.content.decode()
    assert "That day is still to come." in told and f'value="{code}" id="form-{code}" checked' in told
    assert not FormSent.objects.exists()


def test_a_form_is_printed_from_its_line(client, clerk):
    procurement = frozen(2, clerk)
    client.force_login(clerk)
    code = procurement.round.answers.first().municipality.code
    said = {"language": "sv", "municipality": code}
    assert client.post(url("commitment_form_print", procurement), said).status_code == 302
    form = CommitmentForm.objects.get()
    assert (form.language, form.municipality.code) == ("sv", code)
    said["municipality"] = "none"
    assert "not on the list" in client.post(url("commitment_form_print", procurement), said).content.decode()


def test_the_notices_sheet_is_filled_from_the_records(client, clerk):
    procurement = frozen(2, clerk)
    day = clock.today() + 40 * DAY
    Stage.put(procurement, "tenders", by=clerk, planned_on=day, source="Decision § 1")
    client.force_login(clerk)
    told = page(client, "notice", procurement).content.decode()
    assert "BT-262" in told and "22213000-6" in told and "Aikakauslehdet" in told
    assert "6000.60 EUR" in told  # two at 1 000.10 a year, 36 months
    assert f"{day.day}.{day.month}.{day.year}" in told and "Tarjousten vastaanottamisen määräaika" in told
    assert "terms are for you to fill" in told
    swedish = page(client, "notice", procurement, language="sv").content.decode()
    assert procurement.title_sv in swedish and "Tidsfrist för mottagande av anbud" in swedish
    file = page(client, "notice", procurement, format="csv", language="sv").content.decode()
    assert "BT-131;Tidsfrist för mottagande av anbud" in file


def test_a_title_is_no_formula_in_the_notices_file(client, clerk):
    client.force_login(clerk)
    found = announced(clerk, title_fi="=1+1")
    assert "'=1+1" in page(client, "notice", found, format="csv").content.decode()


def test_cpv_codes_are_looked_up_by_word_without_scripts(client, clerk):
    client.force_login(clerk)
    address = reverse("procurement:cpv_search")
    told = client.get(address, {"q": "aikakausleh"}).content.decode()
    assert "22213000-6" in told and "Magazines" in told and "48000000-8" not in told
    assert "No code fits." in client.get(address, {"q": "xyzzy"}).content.decode()
    assert "92500000-6" in client.get(address).content.decode()
