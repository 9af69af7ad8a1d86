"""The joining package: what it says to whom, where it goes, and what keeps it back."""

import io
import re
import zipfile

import docx
import outloud
import pymupdf
import pytest

from consortium import mailbox
from members.models import Clause

# Residents at the end of 2022 × 0.009 €, at least 150 €.
PACKAGES = {
    "009-fi": ("Alavieskan kunta", "2 447", "22,02 €", "150,00 €"),
    "905-fi": ("Vaasan kaupunki", "67 988", "611,89 €", "611,89 €"),
    "905-sv": ("Vasa stad", "67 988", "611,89 €", "611,89 €"),
    "280-sv": ("Korsnäs kommun", "2 024", "18,21 €", "150,00 €"),
    "280-fi": ("Korsnäsin kunta", "2 024", "18,21 €", "150,00 €"),
    "766-sv": ("Sottunga kommun", "111", "0,99 €", "150,00 €"),
}
WORDS = {
    "fi": (
        "Yhteistyösopimus, versio 3",
        "viimeistään perjantaina 21.5.2027",
        "Oletus: maksut on laskettu taksalla",
    ),
    "sv": (
        "Samarbetsavtal, version 3",
        "senast fredag 21.5.2027",
        "Antagande: avgifterna är beräknade enligt",
    ),
}


def flat(text):
    """Return a text on one line, every space a plain one."""
    return " ".join(text.split())


@pytest.mark.breaks("members.package.costs", "members.package.proposal", "members.models.package.figures_of")
def test_a2_each_municipality_gets_its_own_package_in_its_languages(clerk, municipalities, tmp_path):
    municipalities("009", "905", "280", "766")
    clerk.opens_round("Alavieska", "Vaasa", "Korsnäs", "Sottunga")
    page = clerk.presses(clerk.opens(clerk.round), "Make the packages")
    assert "0 of 12 files made." in page.text
    clerk.run_worker()
    page = clerk.opens(clerk.round)
    assert "All 12 files are ready." in page.text
    archive = zipfile.ZipFile(io.BytesIO(clerk.opens(page.link("Download all as one ZIP")).content))
    assert sorted(archive.namelist()) == sorted(
        f"{name}.{kind}" for name in PACKAGES for kind in ("pdf", "docx")
    )

    for name, (own, residents, by_population, fee) in PACKAGES.items():
        version, deadline, assumption = WORDS[name[4:]]
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(archive.read(f"{name}.pdf"))
        result = outloud.check(str(file))
        assert (name, result.verdict, result.errors, result.warnings) == (name, "pass", 0, 0)
        with pymupdf.open(file) as pdf:
            text = flat(" ".join(sheet.get_text() for sheet in pdf))
        document = docx.Document(io.BytesIO(archive.read(f"{name}.docx")))
        written = flat("\n".join(part.text for part in document.paragraphs))
        headings = [part.style.name for part in document.paragraphs if part.style.name.startswith("Heading")]
        assert headings[0] == "Heading 1"
        assert headings.count("Heading 2") >= 6
        for said in (text, written):
            assert own in said
            assert f"{residents} (31.12.2022" in said
            assert f" = {by_population}" in said
            assert re.findall(r"(20\d\d): ([\d ]+,\d\d €)", said) == [
                ("2028", fee),
                ("2029", fee),
                ("2030", fee),
            ]
            assert assumption in said
            assert version in said
        assert deadline in text
        others = {names[0] for names in PACKAGES.values()} - {own}
        assert not [other for other in others if other in text]


@pytest.mark.breaks("members.package.timetable", "consortium.deadlines.latest_publication_on")
def test_a9_the_timetable_is_counted_back_from_the_deadline(clerk, municipalities, paper, visitor, letters):
    municipalities("686")
    clerk.opens_round("Rautalampi", decide_by="21.5.2027")
    clerk.sends_packages()
    page = visitor.opens(link_of(letters("kirjaamo@686.example")[0]))
    days = {row[0]: row[1:] for row in page.rows("")}
    assert days["Pöytäkirja verkossa viimeistään"] == ["to 29.4.2027", "ti 13.4.2027"]
    assert days["Muutoksenhakuaika päättyy"] == ["to 20.5.2027", "to 20.5.2027"]
    assert days["Lainvoimainen aikaisintaan"] == ["pe 21.5.2027", "pe 21.5.2027"]


def link_of(letter):
    """Return the address that a letter gives."""
    return next(word for word in letter.body.split() if word.startswith("http"))


@pytest.mark.breaks("members.models.municipality.Municipality.is_aland", "members.emails.package_sent")
def test_c20_aland_gets_swedish_only_and_no_reckoning(
    clerk, municipalities, person, visitor, letters, today_is
):
    municipalities("736")
    clerk.opens_round("Saltvik")
    clerk.sends_packages()
    today_is("2027-01-20")
    director = person("736")
    page = director.opens(
        director.opens(clerk.matter_of("Saltvik").path).link("Record the decision for Saltvik")
    )
    assert not page.main.xpath("//input[@name='published_on' or @name='minutes_published']")
    page = director.presses(
        page, body="board", outcome="approved", meeting_on="11.1.2027", stated_final_on="3.2.2027"
    )
    assert page.says == (
        "Approved. By the municipality's word final on Wednesday 3.2.2027; finality is not yet confirmed."
    )
    assert page.rows("The chain of decisions")[0][4:6] == [
        "not reckoned",
        "final 3.2.2027, by the municipality's word",
    ]
    assert not re.search("Local Government Act|Deemed known|Kuntalaki", page.text)

    official = letters("kirjaamo@736.example")
    assert [letter.language for letter in official] == ["sv"]
    assert [file["name"] for letter in official for file in letter.attachments] == ["736-sv.pdf"]
    page = visitor.opens(link_of(official[0]))
    assert page.response.headers["Content-Language"] == "sv"
    assert not re.search(r"kuntalaki|kommunallag|410/2015", page.text, re.I)
    pdf = next(visitor.opens(a.get("href")).content for a in page.main.iter("a") if "PDF" in a.text_content())
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        text = flat(" ".join(sheet.get_text() for sheet in document))
    assert "Saltviks kommun" in text
    assert not re.search(r"kuntalaki|kommunallag|410/2015|150/1930|upphandlingslag", text, re.I)


@pytest.mark.breaks("members.models.accession.Accession.hindrance")
def test_c21_without_the_swedish_text_nothing_leaves_to_those_who_read_swedish(
    clerk, municipalities, paper, letters
):
    municipalities("686", "905", "766")
    Clause.objects.filter(number="7").update(text_sv="")
    clerk.opens_round("Rautalampi", "Vaasa", "Sottunga")
    page = clerk.sends_packages()
    assert "1 package was sent." in page.text
    for name in ("Vaasa", "Sottunga"):
        assert f"{name}: The agreement's Swedish text is missing." in page.text
        matter = clerk.matter_of(name)
        assert matter.says == "The joining package has not been sent yet. The service centre sends it."
        assert "The agreement's Swedish text is missing." in matter.text
        assert not matter.offers("Send")
        refused = clerk.presses(clerk.opens(f"{matter.path}send/"))
        assert "The agreement's Swedish text is missing." in refused.text
    assert clerk.matter_of("Rautalampi").says.startswith("The package has been sent.")
    assert [letter.to for letter in letters()] == ["kirjaamo@686.example"]


@pytest.mark.breaks("members.views.package.package", "members.views.accession.accession")
def test_c27_opening_every_link_does_nothing(clerk, municipalities, paper, person, visitor, letters):
    municipalities("686")
    clerk.opens_round("Rautalampi")
    director = person("686")
    clerk.sends_packages()
    matter = clerk.matter_of("Rautalampi")
    before = {part: matter.part(part) for part in ("Decisions", "Agreement", "Correspondence", "History")}
    links = {link_of(letter) for letter in letters()}
    page = visitor.opens(links.pop())
    assert not links
    assert "2 964" in page.text
    inside = {a.get("href").partition("?")[0] for a in page.main.iter("a") if a.get("href").startswith("/")}
    acts = {
        a.get("href") for a in director.opens(matter.path).main.iter("a") if a.get("href").startswith("/")
    }
    assert f"{matter.path}decide/" in acts
    for scanner in (visitor, director):
        for address in sorted(inside | acts | {page.path}):
            assert scanner.browser.get(address).status_code in (200, 302)
            assert scanner.browser.head(address).status_code in (200, 302, 405)
        assert scanner.browser.post(page.path).status_code == 405
    matter = clerk.matter_of("Rautalampi")
    assert matter.says == (
        "The package has been sent. The municipality decides; "
        "the decision should be legally final by Friday 21.5.2027."
    )
    assert {part: matter.part(part) for part in before} == before


@pytest.mark.breaks("consortium.models.mail.OutgoingEmail.may_leave")
def test_c52_a_practice_copy_cannot_write_to_a_real_municipality(clerk, municipalities, paper):
    municipalities("686", "009")
    page = clerk.opens("/en/municipality/686/edit/")
    clerk.presses(page, registry_email="kirjaamo@rautalampi.fi")
    clerk.opens_round("Rautalampi", "Alavieska")
    clerk.sends_packages()
    refusal = "Refused. 550 a practice copy writes only to addresses that end in .example or .invalid"
    assert f"kirjaamo@rautalampi.fi. {refusal}" in clerk.matter_of("Rautalampi").part("Correspondence")
    assert [letter.to for letter in mailbox.letters()] == ["kirjaamo@009.example"]
