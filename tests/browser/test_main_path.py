"""The main job, walked through the running demo: from the invitation to the membership, while the days pass.

Rautalampi in Finnish, Närpes in Swedish on a phone, Vaasa in both languages, side by side in one round.
"""

import io
import re

import pikepdf
import pytest

from tests.browser.journey import journeys
from tests.browser.watch import shot, sign_in, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.story, pytest.mark.drill]
STAFF = "palvelukeskus@konsortio.example"
INVITED, DECIDED, FINAL = "2026-11-09", "2026-12-03", "2027-01-04"
EVE, NEW_YEAR = "2027-12-31", "2028-01-01"  # the day before membership, and its first day
PACKAGES_WITHIN = 90_000  # milliseconds


def test_three_municipalities_from_invitation_to_membership(any_day_demo, new_page):
    """Invited, sent, decided, signed, final, confirmed: and the public list changes on the very day."""
    three = journeys()
    demo = any_day_demo.on(INVITED)
    staff = sign_in(new_page(), demo, STAFF)
    open_round(staff, demo)
    invite(staff, three)
    make_packages(staff)
    for journey in three:
        look_at_the_packages(staff, journey)
    send(staff, three)
    for journey in three:
        the_registry_has_it(new_page(), demo, journey)

    demo.on(DECIDED)
    for journey in three:
        journey.page = new_page(viewport=journey.viewport, locale=f"{journey.language}-FI")
        enter_by_the_letter(journey, demo)
        for number, decision in enumerate(journey.decisions):
            record(journey, decision, number)
        sees_the_last_day(journey)
        sign(journey)

    demo.on(FINAL)
    for journey in three:
        record_finality(staff, journey)
    confirm(staff, three[0])
    confirm_the_rest(staff, demo, three[1:])

    demo.on(EVE)
    visitor = new_page()
    assert not set(listed(visitor, demo)) & {journey.in_finnish for journey in three}
    demo.on(NEW_YEAR)
    before = listed(visitor, demo)
    assert {journey.in_finnish for journey in three} <= set(before)
    assert "Närpes" in listed(visitor, demo, "/sv")
    shot(visitor, "60-public-list")
    for journey in three:
        journey.page.reload()
        assert "1.1.2028" in journey.page.locator(".says").inner_text()
        shot(journey.page, f"61-{journey.code}-member")
        assert journey.page.complaints == []
    assert staff.complaints == visitor.complaints == []


# --- The service centre ------------------------------------------------------------------------------------------


def press(page):
    """Press the main button of the page's form and wait for the answer."""
    with page.expect_navigation():
        page.locator("main form[method=post] button.btn-main").click()


def open_round(staff, demo):
    """Open a round of its own: the approved text, the tariff in force, a deadline."""
    staff.goto(f"{demo.address}/offers/")
    staff.locator("a[href$='/offers/new/']").click()
    for name in ("version", "tariff"):
        choices = staff.locator(f"select[name={name}] option").all()
        wanted = next(
            o for o in choices if re.search(r"\b3\b" if name == "version" else r"2026", o.inner_text())
        )
        staff.locator(f"select[name={name}]").select_option(wanted.get_attribute("value"))
    staff.locator("[name=decide_by]").fill("21.5.2027")
    staff.locator("[name=joins_on]").fill("1.1.2028")
    staff.locator("[name=case_number]").fill("HEL 2026-004117")
    shot(staff, "01-round-new")
    press(staff)
    assert "21.5.2027" in staff.locator(".says").inner_text()


def invite(staff, three):
    """Invite by name in either language, or by code."""
    staff.locator("a[href$='/invite/']").first.click()
    staff.locator("[name=names]").fill("Rautalampi\n545, Vasa")
    shot(staff, "02-invite")
    press(staff)
    assert "3" in staff.locator("main [role=status]").first.inner_text()
    for journey in three:
        link = (
            staff.locator("main")
            .get_by_role("link", name=journey.in_finnish, exact=True)
            .or_(staff.locator("main").get_by_role("link", name=journey.name, exact=True))
        )
        journey.address = link.first.get_attribute("href")


def make_packages(staff):
    """Ask for all of them; the page tells how far they are, and that they are ready, without being loaded again."""
    press(staff)
    assert staff.locator("#packages[data-poll] progress").count() == 1
    first = staff.locator("#packages").inner_text()
    shot(staff, "03-packages-being-made")
    staff.evaluate("window.loadedOnce = true")
    staff.locator("#packages:not([data-poll])").wait_for(timeout=PACKAGES_WITHIN)
    assert staff.evaluate("window.loadedOnce") is True
    last = staff.locator("#packages").inner_text()
    assert last != first
    assert "10" in last  # Rautalampi 2 files; Närpes and Vaasa 4 each
    shot(staff, "04-packages-ready")
    staff.locator("#packages a").click()  # on to sending
    staff.locator("main .act button.btn-main").wait_for()
    assert staff.locator("#packages a[href$='/zip/']").count() == 1


def look_at_the_packages(staff, journey):
    """Open each PDF as the receiver will."""
    staff.goto(site(staff) + journey.address)
    shot(staff, f"05-{journey.code}-accession-prepared")
    files = staff.locator("main a[href*='/packages/']")
    assert files.count() == 2 * len(journey.files)
    found = {}
    for link in files.all():
        answer = staff.request.get(site(staff) + link.get_attribute("href"))
        name = re.search(r'filename="([^"]+)"', answer.headers["content-disposition"])[1]
        found[name] = answer.body()
    for name in journey.files:
        assert found[name].startswith(b"%PDF")
        with pikepdf.open(io.BytesIO(found[name])) as pdf:
            assert len(pdf.pages) >= 6
            assert str(pdf.Root.Lang)[:2] == name[4:6]
    assert sum(content.startswith(b"PK") for content in found.values()) == len(journey.files)


def send(staff, three):
    """Send Rautalampi's from its own page after seeing what leaves; the other two from the round's page."""
    first = three[0]
    staff.goto(site(staff) + first.address)
    staff.locator("[data-verb=send]").click()
    assert first.registry in staff.locator("main").inner_text()
    assert "pe 21.5.2027" in staff.locator("main").inner_text()
    shot(staff, "06-686-send")
    press(staff)
    receipt(staff)
    shot(staff, "07-686-sent")
    staff.goto(f"{site(staff)}/offers/")
    staff.locator("main .rows a[href*='/offers/']").first.click()
    press(staff)
    assert "2" in staff.locator("main [role=status]").first.inner_text()
    shot(staff, "08-round-sent")


def receipt(page):
    """Return the receipt's text; it has taken the focus."""
    box = page.locator("main .receipt")
    box.wait_for()
    assert box.evaluate("e => e === document.activeElement")
    return box.inner_text()


def site(page):
    """Return the scheme, host and port of the page."""
    return re.match(r"https?://[^/]+", page.url)[0]


def letters(page, demo, to, *, count):
    """Open a person's letters about a package in the mailbox, waiting until the worker has delivered them all."""
    for _try in range(60):
        page.goto(f"{demo.address}/mailbox/?to={to}")
        found = page.locator("main article").filter(has=page.locator("a[href*='/p/']"))
        if found.count() >= count:
            break
        page.wait_for_timeout(500)
    assert found.count() == count
    return found


def the_registry_has_it(page, demo, journey):
    """The registry has a letter in each of the municipality's languages, each with the PDF of that language."""
    found = letters(page, demo, journey.registry, count=len(journey.files))
    shot(page, f"09-{journey.code}-mailbox")
    names = set()
    for letter in found.all():
        text = letter.inner_text()
        assert "21.5.2027" in text
        assert "HEL 2026-004117" in text
        link = letter.locator("a[href*='/mailbox/']")
        names.add(link.inner_text())
        content = page.request.get(demo.address + link.get_attribute("href")).body()
        assert content.startswith(b"%PDF")
    assert names == set(journey.files)


def record_finality(staff, journey):
    """Record who said that nobody has appealed."""
    staff.goto(site(staff) + journey.address)
    shot(staff, f"40-{journey.code}-time-is-over")
    staff.locator("[data-verb=finalise]").click()
    assert journey.last_day.split()[1] in staff.locator(".reckon").inner_text()
    staff.locator("[name=finality_ground][value=certificate]").check()
    staff.locator("[name=finality_note]").fill("Kirjaamo, todistus 4.1.2027")
    shot(staff, f"41-{journey.code}-finality")
    press(staff)
    receipt(staff)


def confirm(staff, journey):
    """Record Helsinki's decision on one joining."""
    staff.goto(site(staff) + journey.address)
    staff.locator("[data-verb=confirm]").click()
    fill_helsinki(staff, "44")
    shot(staff, "42-686-confirm")
    press(staff)
    assert "1.1.2028" in receipt(staff)
    shot(staff, "43-686-confirmed")


def fill_helsinki(staff, section):
    """Type Helsinki's decision."""
    staff.locator("[name=confirmed_on]").fill("4.1.2027")
    staff.locator("[name=confirmed_body]").fill("Kirjastopalvelujen johtaja")
    staff.locator("[name=confirmed_section]").fill(section)
    staff.locator("[name=confirmed_case_number]").fill("HEL 2027-000112")


def confirm_the_rest(staff, demo, rest):
    """Record one decision of Helsinki for the others on the signing list."""
    staff.goto(f"{demo.address}/offers/signing/")
    for box in staff.locator("input[name=chosen]").all():
        line = box.evaluate("e => e.closest('label').innerText")
        box.set_checked(any(j.in_finnish in line or j.name in line for j in rest))
    assert staff.locator("input[name=chosen]:checked").count() == len(rest)
    fill_helsinki(staff, "45")
    staff.locator("[name=joins_on]").fill("1.1.2028")
    shot(staff, "44-signing-list")
    press(staff)


# --- The municipality --------------------------------------------------------------------------------------------


def fits(journey):
    """Ask that the page does not scroll sideways at 390 px, in the municipality's language."""
    page = journey.page
    assert page.locator("html").get_attribute("lang") == journey.language
    before = page.viewport_size
    assert too_wide(page) == []
    page.set_viewport_size(before)


def enter_by_the_letter(journey, demo):
    """Open the package by the letter's link without an account, take the file along, sign in to answer."""
    page = journey.page
    letter = letters(page, demo, journey.person, count=1)
    assert ("Anslutning" if journey.language == "sv" else "Liittymi").lower() in letter.inner_text().lower()
    letter.locator("a[href*='/p/']").click()
    page.wait_for_url(f"{demo.address}{journey.prefix}/p/*/")
    assert page.locator("h1").inner_text() == journey.name
    fits(journey)
    shot(page, f"20-{journey.code}-package")
    with page.expect_download() as download:
        page.locator("main .act a.btn-main").first.click()
    assert download.value.suggested_filename == f"{journey.code}-{journey.language}.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.locator(f"main a[href$='{journey.address}']").click()
    page.wait_for_url("**/account/login/**")
    fits(journey)
    shot(page, f"21-{journey.code}-sign-in")
    sign_in(page, demo, journey.person, path=page.url)
    assert page.url == f"{demo.address}{journey.prefix}{journey.address}"
    fits(journey)
    shot(page, f"22-{journey.code}-signed-in")


def record(journey, decision, number):
    """Record one handling with its extract, on the page that the main button opens."""
    page = journey.page
    page.locator("[data-verb=decide]").click()
    fits(journey)
    if "body_name" in decision:
        page.locator("main form details summary").click()
    for name, value in decision.items():
        if name in {"body", "outcome"}:
            page.locator(f"[name={name}][value={value}]").check()
        else:
            page.locator(f"[name={name}]").fill(value)
    page.locator("[name=extract]").set_input_files(journey.extract)
    shot(page, f"23-{journey.code}-decision-{number}")
    press(page)
    assert journey.name in receipt(page)
    fits(journey)
    shot(page, f"24-{journey.code}-decision-{number}-recorded")


def sees_the_last_day(journey):
    """The day stands in the sentence, in the reckoning and in the table, the same; the extract can be opened."""
    page = journey.page
    assert journey.last_day_in_words in page.locator(".says").inner_text().replace("\u00a0", " ")
    assert journey.last_day in page.locator(".reckon").inner_text()
    assert journey.last_day in page.locator("table").inner_text()
    extracts = page.locator("main a[href*='/extracts/']")
    assert extracts.count() == len(journey.decisions)
    kept = page.request.get(site(page) + extracts.last.get_attribute("href"))
    kind = "image/jpeg" if journey.extract["mimeType"] == "image/jpeg" else "application/pdf"
    assert kept.headers["content-type"] == kind


def sign(journey):
    """Record the signature, which may come before finality."""
    page = journey.page
    page.locator("[data-verb=sign]").click()
    page.locator("[name=signatory]").fill("Stadsdirektören" if journey.language == "sv" else "Kunnanjohtaja")
    fits(journey)
    shot(page, f"25-{journey.code}-sign")
    press(page)
    receipt(page)
    shot(page, f"26-{journey.code}-signed")


def listed(page, demo, prefix=""):
    """Return the names on the public list of members."""
    page.goto(f"{demo.address}{prefix}/members/")
    return [name.strip() for name in page.locator("main tbody th").all_inner_texts()]
