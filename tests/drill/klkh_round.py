"""E-kirjat from the wish to the frozen list: gathered, opened, answered in eight ways, frozen by the clock."""

import re

from tests.browser.reading import both, euros, fi, opens, plain
from tests.browser.test_main_path import press, receipt
from tests.drill.klkh_walk import (
    AINO,
    CLOSED,
    FROZEN,
    GRETA,
    HELSINKI,
    JOENSUU,
    KONTIOLAHTI,
    KUOPIO,
    LAHTI,
    MUSTASAARI,
    OPENED,
    PORVOO,
    RASEBORG,
    ROVANIEMI,
    WISHED,
    begin_counting,
    follow,
    number_in,
    recorded,
    said,
    says,
    taps,
    typed,
    wrong,
)

TITLE = "E-kirjat"
WISH = "E-böcker på svenska och finska"
DECIDED = {"body": "committee", "decided_on": "14.4.2027", "section": "§ 31"}
BY_TELEPHONE = {"channel": "phone", "received_from": "Kirjastonjohtaja", "received_on": "19.4.2027"}
FULL = (
    "The round has all the interested municipalities it takes. You can commit, or say no. Nothing was sent."
)
LATE = "It is kept and marked late. It does not count until the service centre accepts it, with a reason."
MOST_TAPS = 8  # a commitment: the answer, its four fields, two buttons, one to spare


def wishes_for_e_books(walk):
    """Raseborg's representative writes a wish on her phone."""
    greta = walk.on(WISHED).greta
    greta.goto(walk.at("/sv/wishes/"))
    follow(greta, "/wishes/new/")
    typed(
        greta,
        what=WISH,
        why="Kunderna frågar varje dag, och väntetiden till de få titlar vi har är två månader.",
        use="Ungefär 6 000 lån om året",
    )
    both(greta, "01-wish")
    press(greta)
    recorded(greta, "02-wish-sent")
    walk.kept["wish"] = number_in(greta, r"/wishes/(\d+)/")


def is_gathered(walk):
    """The service centre prepares the procurement, gathers the wish into it and tells the members."""
    staff = walk.staff
    staff.goto(walk.at("/procurements/"))
    follow(staff, "/procurements/new/")
    typed(
        staff,
        title_fi=TITLE,
        title_sv="E-böcker",
        summary_fi="Suomen- ja ruotsinkielisiä e-kirjoja lainattavaksi kirjaston tunnuksilla.",
        summary_sv="E-böcker på finska och svenska att låna med bibliotekets koder.",
        cpv="22100000-1",
        months="36",
        options="12",
        maximum="480 000",
        price_weight="60",
        case_number="HEL 2026-013150",
    )
    both(staff, "03-procurement-new")
    press(staff)
    receipt(staff)
    walk.kept["procurement"] = number_in(staff, r"/procurements/(\d+)/")
    both(staff, "04-procurement-draft")
    follow(staff, "/announce/")
    press(staff)
    recorded(staff, "05-announced")
    follow(staff, "/grounds/")
    typed(
        staff,
        price_weight="60",
        requirement_0_text_fi="Asiakas kirjautuu kirjastokortilla ja tunnusluvulla",
        requirement_0_text_sv="Kunden loggar in med bibliotekskort och pinkod",
        criterion_0_text_fi="Valikoima ja saavutettavuus",
        criterion_0_text_sv="Utbud och tillgänglighet",
        criterion_0_weight="40",
    )
    both(staff, "06-grounds")
    press(staff)
    receipt(staff)
    staff.goto(walk.at(f"/wishes/{walk.kept['wish']}/"))
    follow(staff, "/gather/")
    typed(staff, procurement=str(walk.kept["procurement"]))
    both(staff, "07-gather")
    press(staff)
    recorded(staff, "08-gathered")
    assert "E-böcker" in walk.letter(GRETA, "E-böcker", link="/procurements/").inner_text()


def round_opens(walk):
    """The round opens with its terms; the members are written to."""
    staff = walk.on(OPENED).staff
    staff.goto(walk.ours())
    follow(staff, "/round/")
    typed(
        staff,
        closes_on="21.5.2027",
        cost_rule="per_resident",
        cost_rate="0,05",
        cost_floor="300",
        minimum_volume="40 000",
        minimum_members="3",
        quota_share="50",
        quota_most="3",
    )
    both(staff, "10-round-new")
    press(staff)
    both(staff, "11-round-open")
    assert "21.5.2027" in said(staff)
    for code in (JOENSUU, KONTIOLAHTI):
        staff.goto(walk.at(f"/municipality/{code}/people/"))
        typed(staff, email=AINO, kind="representative")
        opens(staff.locator("main form:has([name=email]) button.btn-main"))
        page = walk.join(AINO, name="Aino Vaara")
        both(page, f"12-joined-{code}")


def raseborg_commits(walk):
    """Raseborg opens the letter on the phone, commits, reads the sum back, gets the receipt and the letter."""
    link = walk.letter(GRETA, "E-böcker", link=f"/procurements/{walk.kept['procurement']}/{RASEBORG}/")
    greta = walk.greta
    greta.goto(link.locator(f"a[href*='/{RASEBORG}/']").first.get_attribute("href"))
    both(greta, "13-raseborg")
    assert greta.locator("html").get_attribute("lang") == "sv"
    height = greta.evaluate(
        "document.querySelector('main form .act').getBoundingClientRect().bottom + scrollY"
    )
    assert height < 2 * greta.viewport_size["height"]  # all four answers and the button, without what opens
    begin_counting(greta)
    greta.locator("[name=kind][value=committed]").click()
    for name, value in {"committed_yearly": "1 400", "decided_on": "14.4.2027", "section": "31"}.items():
        greta.locator(f"[name={name}]").click()
        greta.keyboard.type(value)
    greta.locator("[name=body]").click()
    greta.locator("[name=body]").select_option("committee")
    both(greta, "14-raseborg-typed")
    opens(greta.locator("main form button.btn-main"))
    both(greta, "15-raseborg-check")
    assert "1 400 euro" in said(greta)
    opens(greta.locator("main form button.btn-main"))
    assert taps(greta) <= MOST_TAPS
    text = recorded(greta, "16-raseborg-receipt")
    assert "1 400,00 €" in text
    number = re.search(r"([A-Z0-9]+-?[A-Z0-9-]*\d)\s*, också per e-post", text)[1]
    assert "1 400,00 €" in plain(walk.letter(GRETA, number).inner_text())


def porvoo_commits_if(walk):
    """Porvoo commits with a reservation: it counts as interested until accepted, and is told so."""
    ulla = walk.ulla
    ulla.goto(walk.ours(f"{PORVOO}/"))
    ulla.locator("[name=kind][value=committed]").check()
    typed(ulla, committed_yearly="2 600", **DECIDED)
    ulla.locator("main form .answer:has([value=committed]) details summary").click()
    typed(ulla, reservation="Sitoudumme, jos kolmannes kirjoista on ruotsinkielisiä.")
    both(ulla, "17-porvoo-typed")
    press(ulla)
    counts = fi(
        "An answer with a reservation counts as interested until the service centre accepts the reservation."
    )
    assert counts in plain(ulla.locator("main").inner_text())
    both(ulla, "18-porvoo-check")
    press(ulla)
    recorded(ulla, "19-porvoo-receipt")


def two_commit_by_telephone(walk):
    """What came by telephone is recorded on behalf: two commitments, which make room for interest."""
    for code, volume in ((HELSINKI, "60 000"), (KUOPIO, "6 000")):
        on_behalf(walk, code, "committed", {"committed_yearly": volume} | DECIDED)


def others_answer_otherwise(walk):
    """Two are interested, until the quota of interest is full; one has its meeting to come."""
    for code, kind, more in (
        (LAHTI, "interested", {"interested_yearly": "6 000"}),
        (MUSTASAARI, "interested", {"interested_yearly": "1 000"}),
        (ROVANIEMI, "preparing", {"until": "12.5.2027"}),
    ):
        on_behalf(walk, code, kind, more)


def on_behalf(walk, code, kind, more):
    """Record one answer that came by telephone."""
    staff = walk.staff
    staff.goto(walk.ours("answers/"))
    opens(staff.locator(f"main table a[href$='/{code}/']").first)
    follow(staff, "/record/")
    staff.locator(f"[name=kind][value={kind}]").check()
    typed(staff, **more, **BY_TELEPHONE)
    both(staff, f"20-on-behalf-{code}")
    press(staff)
    if kind != "preparing":
        assert fi("Check and send") in staff.locator("main").inner_text()
        press(staff)
    text = recorded(staff, f"21-on-behalf-{code}-recorded")
    assert "Kirjastonjohtaja" in text


def joensuu_finds_the_quota_full(walk):
    """One more interest is refused in words, with everything that was typed; the same person then prepares."""
    aino = walk.aino
    aino.goto(walk.ours(f"{JOENSUU}/"))
    aino.locator("[name=kind][value=interested]").check()
    typed(aino, interested_yearly="3 800,50", interested_name="Aino Vaara", interested_email=AINO)
    press(aino)
    press(aino)
    both(aino, "22-quota-full")
    assert says(FULL) in wrong(aino)
    assert aino.locator("[name=kind][value=interested]").is_checked()
    kept = {
        name: aino.locator(f"[name={name}]").input_value() for name in ("interested_name", "interested_email")
    }
    assert kept == {"interested_name": "Aino Vaara", "interested_email": AINO}
    assert euros(aino.locator("[name=interested_yearly]").input_value()) == euros("3 800,50")
    aino.locator("[name=kind][value=preparing]").check()
    typed(aino, until="20.5.2027")
    press(aino)
    assert "20.5.2027" in recorded(aino, "23-joensuu-prepares")


def kontiolahti_says_no(walk):
    """A no is taken at once; nothing more is asked."""
    aino = walk.aino
    aino.goto(walk.ours(f"{KONTIOLAHTI}/"))
    aino.locator("[name=kind][value=declined]").check()
    press(aino)
    recorded(aino, "24-kontiolahti-no")
    no = "%(name)s has answered: not this time. Nothing more is asked in this round."
    assert says(no, name="Kontiolahti") == said(aino)
    assert aino.locator("main form[method=post]").count() == 0


def round_stands(walk):
    """The list of answers and its gauge say where the round is; what each has said is for the service centre alone."""
    staff = walk.staff
    staff.goto(walk.ours("answers/"))
    both(staff, "25-answers")
    gauge = plain(staff.locator("main .figures").first.inner_text())
    assert "67 400,00 €" in gauge
    assert "40 000,00 €" in gauge
    walk.visitor.goto(walk.ours())
    both(walk.visitor, "26-public-before")
    shown = plain(walk.visitor.locator("main").inner_text())
    assert "Helsinki" not in shown
    assert "480 000" not in shown


def joensuu_is_late(walk):
    """At 16.20 on the day of the deadline Joensuu commits: it is kept, marked late and does not count."""
    aino = walk.on(CLOSED).aino
    aino.goto(walk.ours(f"{JOENSUU}/"))
    both(aino, "27-late-page")
    assert "17.00" in said(aino)
    aino.locator("[name=kind][value=committed]").check()
    typed(aino, committed_yearly="3 800", body="committee", decided_on="20.5.2027", section="44")
    press(aino)
    both(aino, "28-late-check")
    press(aino)
    text = recorded(aino, "29-late-receipt")
    assert "16.2" in text
    assert says(LATE) in text


def list_freezes(walk):
    """The clock has frozen the list; the late answer is accepted with a reason."""
    staff = walk.on(FROZEN).staff
    staff.goto(walk.at("/home/"))
    both(staff, "30-staff-home")
    staff.goto(walk.ours("answers/"))
    assert says("The list is frozen as it was on %(when)s.", when="").rstrip(".") in said(staff)
    both(staff, "31-frozen")
    opens(staff.locator(f"main table a[href$='/{JOENSUU}/']").first)
    both(staff, "32-late-one")
    follow(staff, "/rule/lateness/")
    typed(
        staff, accepted="yes", reason="Kunnan verkko oli poikki puoli viidestä asti; päätös on tehty ajoissa."
    )
    both(staff, "33-rule")
    press(staff)
    both(staff, "34-ruled")
    assert "oli poikki puoli viidestä" in plain(staff.locator("main").inner_text())
    walk.letter(AINO, "oli poikki puoli viidestä")
