"""What everyone finds without an account: who belongs, by which decision, at what fee; and how to complain."""

import pytest

BOARD = {"body": "board", "outcome": "approved", "section": "15", "case_number": "RauDno-2027-62"}
HELSINKI = {
    "confirmed_body": "Kirjastopalvelujen johtaja",
    "confirmed_section": "44",
    "confirmed_case_number": "HEL 2027-006001",
}
TOLD = {
    "fi": {
        "address": "/",
        "words": "rautalammin",
        "no": "Rautalampi ei ole jäsen.",
        "since": "Rautalampi on ollut jäsen 1.1.2028 alkaen.",
        "share": ("Suomen 2 kunnasta mukana on 1.", "asuu 55 % Suomen asukkaista"),
        "decision": "Päätös",
        "body": "Kunnanhallitus § 15",
        "meeting": "ti 20.4.2027",
        "confirmed_on": "ma 24.5.2027",
        "fee": ("Vuosimaksu", "vuosimaksu 2028 on 150,00 €", "26,67 € (0,009 € × 2 964 asukasta)"),
        "services": (
            "Palvelut",
            "0 palvelua käytössä",
            "Yhdessä hankittuja palveluja ei ole vielä käytössä.",
        ),
        "decided": ("Ajankohtaista", "Helsinki vahvisti Rautalammin liittymisen"),
    },
    "sv": {
        "address": "/sv/",
        "words": "rautalampi",
        "no": "Rautalampi är inte medlem.",
        "since": "Rautalampi är medlem sedan 1.1.2028.",
        "share": ("1 av 2 kommuner", "55 % av Finlands invånare"),
        "decision": "Beslut",
        "body": "Kommunstyrelsen § 15",
        "meeting": "tis 20.4.2027",
        "confirmed_on": "mån 24.5.2027",
        "fee": ("Årsavgift", "150,00 €", "26,67 € (0,009 € × 2 964 invånare)"),
        "services": ("Tjänster", "0 tjänster i bruk", "Inga gemensamt upphandlade tjänster är i bruk ännu."),
        "decided": ("Aktuellt", "Helsingfors bekräftade anslutningen: Rautalampi"),
    },
}


@pytest.mark.breaks(
    "members.pages.municipality._decided",
    "members.pages.standing.sentence",
    "members.pages.front._share",
    "consortium.public.services",
    "members.pages.home.fee_sentence",
)
def test_a48_who_is_in_since_when_by_which_decision_at_what_fee(
    clerk, municipalities, paper, visitor, today_is
):
    municipalities("686", "009")
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    today_is("2027-04-21")
    page = clerk.records("Rautalampi", **BOARD, meeting_on="20.4.2027")
    for told in TOLD.values():  # decided, but the minutes are not public: neither is the decision
        public = visitor.opens(visitor.opens(told["address"], q=told["words"]).link("Rautalampi"))
        assert public.says == told["no"] and "§ 15" not in public.text and "RauDno" not in public.text

    today_is("2027-04-27")
    public_from = {"published_on": "27.4.2027", "correction_reason": "The minutes came out."}
    told_by = {"channel": "mail", "received_from": "registry"}
    page = clerk.does(page, "Add the date of publication", **public_from, **told_by)
    for told in TOLD.values():
        public = visitor.opens(visitor.opens(told["address"], q=told["words"]).link("Rautalampi"))
        assert public.says == told["no"] and told["body"] in public.part(told["decision"])
        assert "HEL 2027" not in public.text

    today_is("2027-05-24")
    page = clerk.does(page, "Record the signature", signed_on="3.5.2027", signatory="Municipal Manager")
    ground = {"finality_ground": "certificate", "finality_note": "registry, 21.5.2027"}
    page = clerk.does(page, "Record finality", **ground)
    clerk.does(page, "Confirm the joining", **HELSINKI, confirmed_on="24.5.2027", joins_on="1.1.2028")
    today_is("2028-01-01")
    for told in TOLD.values():
        front = visitor.opens(told["address"])
        for words in told["share"]:
            assert words in front.text
        heading, words = told["decided"]
        assert words in front.part(heading) and "§ 44, HEL 2027-006001" in front.part(heading)

        answer = visitor.opens(told["address"], q=told["words"])
        assert told["since"] in answer.text
        public = visitor.opens(answer.link("Rautalampi"))
        assert public.says == told["since"]
        decision = public.part(told["decision"])
        for words in (
            told["body"],
            told["meeting"],
            "RauDno-2027-62",
            told["confirmed_on"],
            "HEL 2027-006001",
        ):
            assert words in decision
        for heading, *facts in (told["fee"], told["services"]):
            for words in facts:
                assert words in public.part(heading)


STATEMENT = {
    "/accessibility/": (
        "Saavutettavuusseloste",
        "lain (306/2019) vaatimukset osittain",
        "WCAG 2.1",
        "kriteeri 1.1.1",
        "Laadittu",
        "14 päivän kuluessa",
        "Liikenne- ja viestintävirasto Traficom",
        "Digitaalisen esteettömyyden ja saavutettavuuden valvontayksikkö",
        "saavutettavuus@traficom.fi",
        "029 534 5000",
    ),
    "/sv/accessibility/": (
        "Tillgänglighetsutlåtande",
        "(306/2019) delvis",
        "WCAG",
        "kriterium 1.1.1",
        "Utlåtandet gjordes",
        "inom 14 dagar",
        "Transport- och kommunikationsverket Traficom",
        "Enheten för tillsyn över digital tillgänglighet",
        "tillganglighet@traficom.fi",
        "029 534 5000",
    ),
}
FORMS = {
    "/accessibility/": (
        "Anna palautetta saavutettavuudesta",
        "Lähetä palaute",
        "Vastaamme viimeistään ke 28.4.2027.",
    ),
    "/sv/accessibility/": (
        "Ge respons om tillgängligheten",
        "Sänd responsen",
        "Vi svarar senast ons 28.4.2027.",
    ),
}


@pytest.mark.breaks(
    "consortium.feedback.tasks",
    "consortium.feedback.feedback",
    "consortium.models.feedback.Feedback.reply",
    "consortium.models.feedback.Feedback.answer_by",
    "consortium.views._text_page",
)
def test_a51_the_statement_is_whole_and_a_complaint_waits_for_its_answer_until_the_14th_day(
    clerk, visitor, letters, today_is
):
    for address, contents in STATEMENT.items():
        text = visitor.opens(address).text.replace("\u00ad", "")
        for words in contents:
            assert words in text
    today_is("2027-04-14")
    for address, (give, send, answered_by) in FORMS.items():
        form = visitor.opens(visitor.opens(address).link(give), page="/search/")
        assert form.form(send).fields["page"] == "/search/"
        receipt = visitor.presses(form, send, text="Hakukentän nimi puuttuu.", email="reader@library.example")
        assert answered_by in receipt.text and "2027-" in receipt.text
    assert len(letters("reader@library.example")) == 2

    home = clerk.opens("/en/home/")
    waiting = home.part("Waits for us")
    assert waiting.count("Answer the feedback on accessibility") == 2
    assert "Wed 28.4.2027 the 14th day of the feedback, 14 days" in waiting
    clerk.presses(
        clerk.opens(home.link("Answer the feedback on accessibility")),
        "Record the answer",
        answer="Korjattu.",
    )
    waiting = clerk.opens("/en/home/").part("Waits for us")
    assert waiting.count("Answer the feedback on accessibility") == 1
    assert "Korjattu." in letters("reader@library.example")[-1].body
    assert "Answered within 14 days: 1" in clerk.opens("/en/accessibility/feedback/all/").says
