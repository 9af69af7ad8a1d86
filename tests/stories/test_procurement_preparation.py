"""Before the tender: stages with their sources, papers that must not leak, wishes, questions and groups."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction

from consortium import clock
from consortium.models import AccessLog, AuditEvent
from members.models import Municipality
from procurement.models import Paper, Readers
from tests.procurement_factories import announced, begun, opened
from tests.stories.people import Person, file_called

SMALL = ("686", "905")  # Rautalampi, Vaasa


@pytest.fixture(autouse=True)
def places(municipalities):
    """Two members of the register."""
    municipalities(*SMALL)
    for place in Municipality.objects.all():
        place.join(dt.date(2026, 1, 1))


@pytest.fixture
def centre(client_of, staff):
    """The service centre at its browser."""
    return Person(client_of(staff))


@pytest.fixture
def bought(staff):
    """A procurement that the members know of."""
    return announced(staff)


def at(procurement, page=""):
    return f"/en/procurements/{procurement.pk}/{page}"


def timetable_of(page):
    """Return {stage: (day, source)} of the law helper's timetable."""
    return {row[0]: (row[1], row[2]) for row in page.rows("Days over working days")}


# --- A 31 -----------------------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.pages.law.reckon")
def test_a31_standstill_and_periods_are_reckoned_only_where_the_act_has_them(centre, bought):
    reckoned = {}
    for yearly, level in (("15 000", "below"), ("50 000", "national"), ("100 000", "EU")):
        page = centre.opens(at(bought, "law/"))
        page = centre.presses(page, "Reckon", starts_on="1.3.2027", yearly=yearly)
        reckoned[level] = (timetable_of(page), page.text)
    below, national, eu = (reckoned[level][0] for level in ("below", "national", "EU"))
    standstill, known = "Last day of the standstill", "Tenderers deemed to know it"
    assert standstill in eu
    assert standstill not in national
    assert standstill not in below
    assert "129 §" in eu[standstill][1]
    assert "14 days from: tenderers deemed to know it" in eu[standstill][1]
    assert "30 days from: notice sent to Hilma" in eu["Last day for tenders"][1]  # 35, five less: electronic
    assert "56 §" in eu["Last day for tenders"][1]
    assert "our own practice" in national["Last day for tenders"][1]
    assert "our own practice" in below["Last day for tenders"][1]
    assert "Last day to appeal to the Market Court" in national
    assert "Last day to appeal to the Market Court" not in below
    assert "No standstill at this level. " in reckoned["national"][1]
    assert "The Act does not apply, but rectification can be asked for." in reckoned["below"][1]
    assert all(source for _day, source in [*below.values(), *national.values(), *eu.values()])
    assert known in eu
    assert "Advice only" in reckoned["EU"][1]


@pytest.mark.breaks("procurement.pages.law.reckon")
def test_a31_annex_e_at_eu_level_has_a_standstill_but_no_minimum_days(centre, staff):
    found = announced(staff, kind="annex_e", months=48)
    page = centre.presses(centre.opens(at(found, "law/")), "Reckon", starts_on="1.3.2027", yearly="200 000")
    lines = timetable_of(page)
    assert "129 §" in lines["Last day of the standstill"][1]
    assert "our own practice" in lines["Last day for tenders"][1]


@pytest.mark.breaks(
    "procurement.models.stage.Stage.put_all",
    "procurement.models.stage.Stage.done",
    "procurement.pages.stages.path",
)
def test_a31_each_date_names_its_source_and_staff_put_their_own(centre, visitor, bought):
    page = centre.presses(centre.opens(at(bought, "law/")), "Reckon", starts_on="1.3.2027", yearly="100 000")
    typed = {"on_decision": "1.6.2027", "why_decision": "Division director § 24/2027"}
    page = centre.presses(page, "Write the timetable", **typed)
    assert "Timetable written to the stages" in page.text
    stages = {stage.kind: stage for stage in bought.stages.all()}
    assert (stages["decision"].planned_on, stages["decision"].typed) == (dt.date(2027, 6, 1), True)
    # what is counted from the typed day has moved with it: sent 2.6., fourteen days of standstill
    assert stages["sent"].planned_on == dt.date(2027, 6, 2)
    assert stages["standstill"].planned_on == dt.date(2027, 6, 16)
    text = visitor.opens(at(bought)).part("Stages")
    assert (
        "Tue 1.6.2027 planned award decision (awaited) Source of the planned day: Division director" in text
    )
    assert "Source of the planned day: Procurement Act 1397/2016, 129 §." in text
    assert "Source of the planned day: our own practice." in text
    # the day that came about stands beside the planned one, and what is still to come is refused
    page = centre.opens(centre.opens(at(bought, "stages/")).link("It came about: notice sent"))
    late = centre.presses(page, done_on="5.3.2027")
    assert "That day is still to come." in late.wrong_with("done_on")
    page = centre.presses(page, done_on="2.11.2026")
    text = page.part("Stages")
    assert "Mon 2.11.2026 came about notice sent to Hilma (done) Planned Mon 1.3.2027." in text


@pytest.mark.breaks("procurement.models.stage.Stage.put")
def test_a31_a_day_from_a_decision_stays_when_the_timetable_is_reckoned_again(centre, bought):
    page = centre.opens(centre.opens(at(bought, "stages/")).link("Type the planned day: contract"))
    without = centre.presses(page, planned_on="1.9.2027")
    assert without.wrong_with("source")
    centre.presses(page, planned_on="1.9.2027", source="Agreed with Hansel 3.2.")
    page = centre.presses(centre.opens(at(bought, "law/")), "Reckon", starts_on="1.3.2027", yearly="100 000")
    assert timetable_of(page)["Contract"][0].startswith("Wed 1.9.2027 typed; reckoned ")
    centre.presses(page, "Write the timetable")
    stage = bought.stages.get(kind="contract")
    assert (stage.planned_on, stage.source) == (dt.date(2027, 9, 1), "Agreed with Hansel 3.2.")


# --- C 45 -----------------------------------------------------------------------------------------------------


def added(centre, procurement, *, title="Ohjausryhmän muistio", volumes="yes"):
    """Add a paper through its page. Returns the procurement's page."""
    page = centre.opens(at(procurement, "papers/new/"))
    file = file_called("muistio.pdf", PDF)
    facts = {"title": title, "kind": "steering", "language": "fi", "contains_volumes": volumes, "file": file}
    return centre.presses(page, **facts)


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.fixture
def in_round(bought, staff):
    """The procurement with its round open."""
    opened(bought, list(Municipality.objects.all()), by=staff, closes_on=dt.date(2026, 11, 20))
    return bought


@pytest.mark.breaks("procurement.models.paper.Paper.add")
def test_c45_a_paper_is_restricted_by_default_from_opening_to_award(centre, visitor, person, in_round):
    page = added(centre, in_round)
    assert (
        "From the opening of the round to the award each new paper is the service centre's own" in page.text
    )
    paper = Paper.objects.get()
    assert (paper.audience, paper.state) == (Readers.STAFF, "kept")
    address = f"/en/procurements/papers/{paper.pk}/"
    for who in (visitor, person("686")):
        assert who.opens(address).status == 404
        assert "Ohjausryhmän muistio" not in who.opens(at(in_round)).text
    assert centre.opens(address).status == 200


@pytest.mark.breaks("procurement.models.paper.Paper._refuse_volumes")
def test_c45_publishing_asks_whether_it_contains_volumes(centre, visitor, in_round, today_is):
    added(centre, in_round)
    publish = centre.opens(centre.opens(at(in_round)).link("Publish: Ohjausryhmän muistio"))
    assert "Does this contain volumes, ceilings or offers?" in publish.text
    assert not publish.main.xpath(
        "//input[@name='contains_volumes'][@checked]"
    )  # asked, never answered beforehand
    unasked = centre.presses(publish, audience="public")
    assert unasked.wrong_with("contains_volumes")
    for audience in ("public", "members", "participants"):
        refused = centre.presses(publish, audience=audience, contains_volumes="yes", meant="on")
        assert "members may read them from the freeze on, the public from the award on" in refused.text
    assert Paper.objects.get().audience == Readers.STAFF
    # after the freeze: to members only when it is meant
    today_is("2026-11-25")
    refused = centre.presses(publish, audience="members", contains_volumes="yes")
    assert "they have not been opened to these readers" in refused.wrong_with("meant")
    centre.presses(refused, audience="members", contains_volumes="yes", meant="on")
    assert Paper.objects.get().audience == Readers.MEMBERS
    assert visitor.opens(f"/en/procurements/papers/{Paper.objects.get().pk}/").status == 404


@pytest.mark.breaks("procurement.models.paper.Paper.withdraw", "procurement.models.paper.Paper.opened")
def test_c45_taking_it_back_leaves_a_trace_and_shows_how_often_it_was_opened(
    centre, visitor, person, in_round, staff
):
    added(centre, in_round, volumes="no")
    page = centre.opens(at(in_round)).link("Publish: Ohjausryhmän muistio")
    centre.presses(
        centre.opens(page), audience="public", contains_volumes="no"
    )  # a mistake: it does contain them
    paper = Paper.objects.get()
    address, director = f"/en/procurements/papers/{paper.pk}/", person("686")
    centre.opens(address)  # the service centre's own look is not counted
    assert director.opens(address).status == 200
    for _time in range(2):
        assert visitor.opens(address).content == PDF
    page = centre.opens(centre.opens(at(in_round)).link("Take it back: Ohjausryhmän muistio"))
    page = centre.presses(page, reason="Contains volumes by mistake.")
    told = page.part("Papers")
    assert "Was published for everyone from 2.11.2026 at " in told
    assert "taken back 2.11.2026 at" in told
    assert "Contains volumes by mistake." in told
    assert "Opened 3 times: 2 times by visitors, 1 time by a person with an account." in told
    assert [who.opens(address).status for who in (visitor, director, centre)] == [404, 404, 200]
    event = AuditEvent.objects.about(paper).get(verb="withdraw")
    assert (event.by, event.details["openings"], event.details["audience"]) == (staff, 3, "public")
    AccessLog.objects.all().delete()  # the log itself has an end; the count stays
    assert "Opened 3 times." in centre.opens(at(in_round)).part("Papers")


@pytest.mark.parametrize("audience", ["public", "members", "participants"])
def test_the_database_refuses_volumes_before_their_time(in_round, staff, audience):
    paper = Paper.add(in_round, by=staff, file=file_called("x.pdf", PDF), title="x", kind="plan")
    published = {"state": "published", "published_at": clock.now(), "published_by": staff}
    with pytest.raises(IntegrityError, match="not open yet"), transaction.atomic():
        Paper.objects.update(audience=audience, audience_at=clock.now(), contains_volumes=True, **published)
    assert Paper.objects.get(pk=paper.pk).audience == "staff"


# --- Wishes ---------------------------------------------------------------------------------------------------

WISH = {
    "what": "Äänikirjoja ruotsiksi",
    "why": "Lainaajat kysyvät niitä joka viikko.",
    "use": "40 lainaa kuussa",
}


@pytest.mark.breaks("procurement.models.wish.Wish.make", "procurement.models.wish.Wish.gather")
def test_a_wish_is_endorsed_and_becomes_a_procurement_and_those_who_wished_are_told(
    centre, person, staff, letters
):
    rautalampi, vaasa = person("686", name="Reetta"), person("905", kind="librarian")
    page = rautalampi.presses(rautalampi.opens("/en/wishes/new/"), **WISH)
    assert page.says == "Wished for by Rautalampi. A wish binds nobody."
    assert "Number of the receipt" in page.text
    page = vaasa.does(vaasa.opens(page.path), "Wish for the same", use="10 lainaa kuussa")
    assert "Vaasa: 10 lainaa kuussa" in page.part("Others who wish for the same")
    assert not page.offers("Wish for the same")  # once a municipality
    found = begun(staff, title_fi="Äänikirjat", title_sv="Ljudböcker")
    page = centre.does(centre.opens(page.path), "Gather into a procurement", procurement=found.pk)
    assert "now a part of the procurement Äänikirjat" in page.says
    for address in ("johtaja@686.example", "kirjaamo@686.example"):
        body = letters(address)[0].body
        assert found.number in body
        assert "Äänikirjoja ruotsiksi" in body
    told = letters("kirjaamo@905.example") + letters("johtaja@905.example")
    assert told, "who wished for the same is told, too"
    # a draft is not shown before the members are told of it
    page = rautalampi.opens(page.path)
    assert not page.offers("Äänikirjat")
    found.announce(by=staff)
    page = rautalampi.opens(rautalampi.opens(page.path).link("Äänikirjat"))
    assert "Äänikirjoja ruotsiksi" in page.part("Wishes behind it")


@pytest.mark.breaks("procurement.models.wish.Wish.decline")
def test_a_wish_that_is_not_taken_forward_gets_its_reason_in_both_languages(centre, person, letters):
    rautalampi = person("686")
    page = rautalampi.presses(rautalampi.opens("/en/wishes/new/"), **WISH)
    refused = centre.does(centre.opens(page.path), "Answer that it is not", answer_fi="Liian kallis.")
    assert refused.wrong_with("answer_sv")
    centre.presses(refused, answer_fi="Liian kallis.", answer_sv="För dyrt.")
    assert "Liian kallis." in rautalampi.opens(page.path).part("The answer")
    assert "Liian kallis." in letters("kirjaamo@686.example")[0].body
    assert "Answer 1 wish" not in centre.opens("/en/home/").text


@pytest.mark.breaks("procurement.models.wish.WishQuerySet.visible_to")
def test_a_wish_withdrawn_is_its_own_municipalitys_and_no_wish_is_the_publics(centre, person, visitor):
    rautalampi, vaasa = person("686"), person("905")
    page = rautalampi.presses(rautalampi.opens("/en/wishes/new/"), **WISH)
    assert vaasa.opens(page.path).status == 200
    assert visitor.opens(page.path).path != page.path  # to sign in
    assert not vaasa.opens(page.path).offers("Withdraw")
    rautalampi.does(rautalampi.opens(page.path), "Withdraw the wish of Rautalampi")
    assert [who.opens(page.path).status for who in (rautalampi, vaasa, centre)] == [200, 404, 200]


@pytest.mark.breaks("procurement.models.wish.Wish.make")
def test_a_wish_that_came_by_telephone_says_how_and_from_whom(centre):
    rautalampi = Municipality.objects.get(code="686")
    page = centre.opens("/en/wishes/new/")
    half = centre.presses(page, municipality=rautalampi.pk, **WISH)
    assert half.wrong_with("received_from")
    said = {"channel": "phone", "received_from": "Reetta", "received_on": "2.11.2026"}
    page = centre.presses(half, municipality=rautalampi.pk, **WISH, **said)
    assert "telephone" in page.part("The wish")


# --- Questions ------------------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.models.question.Question.ask", "procurement.models.question.Question.answer")
def test_a_question_of_one_is_answered_to_all_without_who_asked(centre, person, visitor, bought, letters):
    rautalampi, vaasa = person("686"), person("905")
    page = rautalampi.opens(rautalampi.opens(at(bought)).link("Ask about this procurement"))
    page = rautalampi.presses(page, text="Saako aineistoa kouluun?")
    assert "Asked by Rautalampi." in page.part("Questions and answers")
    assert "Saako" not in vaasa.opens(at(bought)).text  # waits for its answer
    assert "Answer 1 question: Sähköiset lehdet" in centre.opens("/en/home/").text
    page = centre.opens(centre.opens(at(bought)).link("Answer the question: Saako"))
    assert page.typed("question_fi").strip() == "Saako aineistoa kouluun?"
    said = {"question_sv": "Får materialet användas i skolor?", "answer_fi": "Kyllä saa.", "answer_sv": "Ja."}
    centre.presses(page, **said)
    told = vaasa.opens(at(bought)).part("Questions and answers")
    assert "Kyllä saa." in told
    assert "Rautalampi" not in told
    assert "Får materialet användas i skolor?" in vaasa.opens(at(bought).replace("/en/", "/sv/")).text
    assert "Questions" not in visitor.opens(at(bought)).text
    body = letters("johtaja@686.example")[-1].body
    assert "Kyllä saa." in body


@pytest.mark.breaks("procurement.models.question.Question.correct")
def test_an_answer_is_corrected_and_the_page_says_so(centre, person, bought, letters):
    rautalampi = person("686")
    page = rautalampi.opens(at(bought, "questions/new/"))
    rautalampi.presses(page, text="Saako aineistoa kouluun?")
    page = centre.opens(centre.opens(at(bought)).link("Answer the question: Saako"))
    said = {"question_sv": "Får materialet användas i skolor?", "answer_fi": "Ei.", "answer_sv": "Nej."}
    page = centre.presses(page, **said)
    page = centre.opens(page.link("Correct the answer: Saako"))
    centre.presses(page, answer_fi="Kyllä.", answer_sv="Ja.")
    told = rautalampi.opens(at(bought)).part("Questions and answers")
    assert "Kyllä." in told
    assert "Answer corrected 2.11.2026." in told
    assert len(letters("johtaja@686.example")) == 2


@pytest.mark.breaks("procurement.models.question.QuestionQuerySet.visible_to")
def test_what_is_one_municipalitys_own_matter_is_answered_to_it_alone(centre, person, bought):
    rautalampi, vaasa = person("686"), person("905")
    rautalampi.presses(rautalampi.opens(at(bought, "questions/new/")), text="Voiko laskun jakaa?")
    page = centre.opens(centre.opens(at(bought)).link("Answer the question: Voiko"))
    values = {name: value for name, value in page.form().form_values() if name != "shared"}
    values |= {"question_sv": "Kan fakturan delas?", "answer_fi": "Voi.", "answer_sv": "Ja."}
    centre.browser.post(page.path, values)
    assert "Voi." in rautalampi.opens(at(bought)).part("Questions and answers")
    assert "laskun" not in vaasa.opens(at(bought)).text


# --- Groups ---------------------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.models.group.GroupCall.open", "procurement.models.group.GroupSeat.accept")
def test_members_are_asked_for_a_group_offer_and_are_seated(centre, person, visitor, bought, letters):
    rautalampi, vaasa = person("686", name="Reetta Esimerkki"), person("905", name="Ville Esimerkki")
    page = centre.opens(centre.opens(at(bought)).link("Ask for members: content group"))
    said = {"text_fi": "Valitsee lehdet.", "text_sv": "Väljer tidskrifterna.", "offer_by": "20.11.2026"}
    centre.presses(page, **said)
    assert re.search("content group", letters("johtaja@686.example")[0].subject)
    assert "Offer to take part: content group" in rautalampi.opens("/en/home/686/").text
    page = rautalampi.opens(rautalampi.opens(at(bought)).link("Offer to take part"))
    rautalampi.presses(page, about="Olen koonnut lehtikokoelman.")
    assert "Reetta" not in vaasa.opens(at(bought)).text  # an offer is the person's and the service centre's
    assert "Answer 1 offer to take part" in centre.opens("/en/home/").text
    page = centre.opens(centre.opens(at(bought)).link("Give a seat: Reetta"))
    centre.presses(page)
    assert "Reetta Esimerkki Rautalampi" in vaasa.opens(at(bought)).part("Groups")
    assert "Reetta" not in visitor.opens(at(bought)).text
    assert "you have a seat" in letters("johtaja@686.example")[-1].subject
    page = rautalampi.opens(rautalampi.opens(at(bought)).link("Leave the group"))
    rautalampi.presses(page)
    assert "Reetta" not in vaasa.opens(at(bought)).text
