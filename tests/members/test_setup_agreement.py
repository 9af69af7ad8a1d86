"""The commands that begin a real copy: a draft of the agreement and a tariff; each may be run again."""

import datetime as dt
import io
import sys
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from consortium.models import AuditEvent
from members.models import AgreementVersion, Scheme
from members.package import TEXTS
from tests.factories import AgreementVersionFactory

pytestmark = pytest.mark.django_db
EXAMPLE = TEXTS / "agreement.toml"


@pytest.fixture(autouse=True)
def november(today_is):
    """It is 24.11.2026."""
    today_is("2026-11-24")


def run(*words):
    """Run a command as it is typed; return what it says."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def refused(*words):
    """Run a command, which must refuse with exit code 1; return its sentence and the lines on stderr."""
    err = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(*words, stdout=io.StringIO(), stderr=err)
    assert refusal.value.returncode == 1
    return (str(refusal.value), *err.getvalue().splitlines())


def acts():
    """Return the acts on record: verb, record, who, details."""
    return [(act.verb, act.subject, act.by, act.details) for act in AuditEvent.objects.order_by("pk")]


# --- The agreement ------------------------------------------------------------------------------------------------

CLAUSE = """
[[clauses]]
number = "1"
title_fi = "Osapuolet"
title_sv = "Parter"
text_fi = \"\"\"
1.1 Kunta.

1.2 Helsinki.
\"\"\"
text_sv = \"\"\"
1.1 Kommunen.

1.2 Helsingfors.
\"\"\"
"""


@pytest.fixture
def file(tmp_path):
    """Write an agreement's file: ``file(text)``."""

    def write(text):
        path = tmp_path / "agreement.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.breaks("members.management.commands.load_agreement.Command.handle")
def test_the_agreement_arrives_as_a_draft_once(client_of, staff, settings):
    settings.ADDRESS = "https://portal.example"
    typed = ("load_agreement", str(EXAMPLE), "--number", "4", "--example")
    assert run(*typed) == (
        "Version 4: 15 clauses, a draft of example text. "
        "Record Helsinki's decision here: https://portal.example/agreement/4/\n"
    )
    assert run(*typed) == "Version 4 is already there with this text. Nothing was changed.\n"
    version = AgreementVersion.objects.get()
    assert (version.number, version.state, version.is_example, version.decided_on) == (
        "4",
        "draft",
        True,
        None,
    )
    numbers = list(version.clauses.values_list("number", flat=True))
    assert numbers == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
    last = version.clauses.last()
    assert (last.title_fi, last.title_sv) == (
        "Sopimuskappaleet ja allekirjoitus",
        "Avtalsexemplar och underskrift",
    )
    assert last.text_sv.startswith("Avtalet har upprättats på finska och svenska.")
    assert last.text_sv.endswith("bekräftat anslutningen.")
    assert acts() == [("load_agreement", version, None, {"clauses": 15, "command": True})]
    assert client_of(staff).get("/agreement/4/").status_code == 200


def test_the_agreement_may_come_by_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CLAUSE.encode())))
    assert run("load_agreement", "-", "--number", "4.1").startswith("Version 4.1: 1 clause, a draft. Record ")
    version = AgreementVersion.objects.get()
    assert version.is_example is False
    assert version.clauses.get().text_fi == "1.1 Kunta.\n\n1.2 Helsinki."


def test_a_number_that_is_taken_keeps_its_text(file):
    run("load_agreement", file(CLAUSE), "--number", "4")
    assert refused("load_agreement", file(CLAUSE), "--number", "4", "--example") == (
        "Version 4 is there already and is no example. Nothing was changed.",
    )
    AgreementVersion.objects.get().approve(
        **{
            "by": None,
            "body_fi": "Lautakunta",
            "body_sv": "Nämnden",
            "section": "§ 1",
            "case_number": "HEL 1",
        },
        decided_on=dt.date(2026, 11, 3),
    )
    assert run("load_agreement", file(CLAUSE), "--number", "4").startswith("Version 4 is already there")
    assert refused("load_agreement", file(CLAUSE.replace("Kunta", "Kaupunki")), "--number", "4") == (
        "Version 4 is there already with another text. Take the next number. Nothing was changed.",
    )
    AgreementVersionFactory(number="5", approved=False)
    assert refused("load_agreement", file(CLAUSE), "--number", "5") == (
        "Version 5 is there already and is example text. Nothing was changed.",
    )
    version = AgreementVersion.objects.get(number="4")
    assert (version.state, version.clauses.get().text_fi) == ("approved", "1.1 Kunta.\n\n1.2 Helsinki.")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('number = "2"\n', "", "line 17, the clause at place 2: number is missing"),
        (
            'number = "2"',
            "number = 2",
            "line 17, the clause at place 2: number is no text: put it in quotation marks",
        ),
        ('number = "2"', 'number = "1"', "line 17, clause 1: the number stands already on an earlier clause"),
        (
            'number = "2"',
            f'number = "{"2" * 11}"',
            f"line 17, clause {'2' * 11}: number is longer than 10 signs",
        ),
        ('title_sv = "Parter"', 'title_sv = " "', "line 17, clause 2: title_sv is empty"),
        ('title_sv = "Parter"', 'titel_sv = ""\ntitle_sv = "P"', "line 17, clause 2: titel_sv is unknown"),
        ('"Osapuolet"', f'"{"O" * 121}"', "line 17, clause 2: title_fi is longer than 120 signs"),
        (
            "2.2 Helsingfors.",
            "Helsingfors.",
            "line 17, clause 2: the numbered points differ: 2.1, 2.2 in Finnish; 2.1 in Swedish",
        ),
    ],
)
def test_a_bad_clause_is_named_and_nothing_is_stored(file, before, after, reason):
    second = CLAUSE.replace('"1"', '"2"').replace("1.1 ", "2.1 ").replace("1.2 ", "2.2 ")
    assert before in second
    said = refused("load_agreement", file(CLAUSE + second.replace(before, after)), "--number", "4")
    assert said == ("1 thing is wrong. Nothing was changed.", reason)
    assert (AgreementVersion.objects.exists(), acts()) == (False, [])


def test_everything_wrong_is_told_at_once(file):
    talk = CLAUSE.replace("1.1 Kunta.", "[[clauses]]").replace('"Parter"', '""').replace('"Osapuolet"', '""')
    assert refused("load_agreement", file(talk), "--number", "4") == (
        "2 things are wrong. Nothing was changed.",
        "clause 1: title_fi is empty",
        "clause 1: title_sv is empty",
    )


def test_what_is_no_agreement_is_refused(file, tmp_path):
    def sentence(text):
        path = file(text)
        (said,) = refused("load_agreement", path, "--number", "4")
        return said.removeprefix(path)

    assert sentence("") == " has no [[clauses]]. Nothing was changed."
    assert sentence("clauses = []") == " has no [[clauses]]. Nothing was changed."
    assert sentence("clauses = [1]") == " has no [[clauses]]. Nothing was changed."
    assert sentence(f"version = 4\n{CLAUSE}") == " has more than clauses: version. Nothing was changed."
    assert sentence("[[clauses]]\nnumber = 1\nnumber = 2") == (
        " is not TOML: Cannot overwrite a value (at end of document). Nothing was changed."
    )
    (tmp_path / "latin.toml").write_bytes("[[clauses]] # ä".encode("latin-1"))
    latin, none = str(tmp_path / "latin.toml"), str(tmp_path / "none.toml")
    assert refused("load_agreement", latin, "--number", "4") == (
        f"{latin} is not text in UTF-8. Nothing was changed.",
    )
    assert refused("load_agreement", none, "--number", "4") == (
        f"There is no file {none}. Nothing was changed.",
    )
    assert refused("load_agreement", str(tmp_path), "--number", "4") == (
        f"{tmp_path} cannot be read: Is a directory. Nothing was changed.",
    )
    assert refused("load_agreement", file(CLAUSE), "--number", "4/2") == (
        "“4/2” is not a version's number like 4 or 4.1. Nothing was changed.",
    )
    assert refused("load_agreement", str(EXAMPLE), "--number", "4") == (
        "This is the example text. Give --example. Nothing was changed.",
    )
    assert not AgreementVersion.objects.exists()


# --- The tariff ---------------------------------------------------------------------------------------------------

TARIFF = {
    "--valid-from": "2027-01-01",
    "--rate": "0.009",
    "--floor": "150",
    "--cap": "7500",
    "--body-fi": "Kulttuurin ja vapaa-ajan lautakunta",
    "--body-sv": "Kultur- och fritidsnämnden",
    "--decided-on": "2026-08-25",
    "--section": "§ 112",
    "--case-number": "HEL 2026-004117",
}


def tariff(*more, **changed):
    """Return the words of the command, with some values changed: ``tariff(rate="0.008")``."""
    changed = {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    return ("add_tariff", *(f"{name}={value}" for name, value in (TARIFF | changed).items()), *more)


@pytest.mark.breaks("members.management.commands.add_tariff.Command.handle")
def test_a_tariff_is_added_once():
    free = ("--free-years", "2028", "2027", "2028")
    assert run(*tariff(*free)) == (
        "Tariff from 2027-01-01: 0.009 € a resident, at least 150.00 €, at most 7500.00 €; free years: 2027, 2028.\n"
    )
    again = "The tariff from 2027-01-01 is already there. Nothing was changed.\n"
    assert run(*tariff(*free)) == again
    assert run(*tariff(*free, rate="0,00900", floor="150,00")) == again
    row = Scheme.objects.get()
    assert (row.rate, row.floor, row.cap) == (Decimal("0.009"), Decimal("150"), Decimal("7500"))
    assert (row.free_years, row.decided_on) == ([2027, 2028], dt.date(2026, 8, 25))
    assert (row.body_fi, row.body_sv) == ("Kulttuurin ja vapaa-ajan lautakunta", "Kultur- och fritidsnämnden")
    assert (row.section, row.case_number) == ("§ 112", "HEL 2026-004117")
    assert [row.fee(122_594, year) for year in (2028, 2029)] == [Decimal("0.00"), Decimal("1103.34")]
    assert acts() == [("add_tariff", row, None, {"valid_from": "2027-01-01", "command": True})]


def test_a_tariff_that_is_there_is_not_changed():
    run(*tariff())
    assert refused(*tariff("--free-years", "2027", rate="0.008")) == (
        "From 2027-01-01 there is another tariff: rate is 0.009, not 0.008; free_years is [], not [2027]. "
        "Nothing was changed.",
    )
    assert (Scheme.objects.get().rate, len(acts())) == (Decimal("0.009"), 1)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"cap": "7500.01"},
            "--cap: The fee is at most 7\u202f500,00\xa0€ a municipality. Nothing was changed.",
        ),
        ({"cap": "149"}, "The smallest fee cannot exceed the largest. Nothing was changed."),
        (
            {"rate": "0.0000001"},
            "--rate: Ensure that there are no more than 6 decimal places. Nothing was changed.",
        ),
        (
            {"floor": "150.001"},
            "--floor: Ensure that there are no more than 2 decimal places. Nothing was changed.",
        ),
        (
            {"section": "§" * 21},
            "--section: Ensure this value has at most 20 characters (it has 21). Nothing was changed.",
        ),
        ({"decided_on": "2026-11-25"}, "--decided-on: 2026-11-25 is still to come. Nothing was changed."),
        (
            {"free_years": "2026"},
            "--free-years: 2026 does not lie within twenty years from 2027-01-01. Nothing was changed.",
        ),
        ({"rate": "-0.009"}, "Error: argument --rate: “-0.009” is not an amount like 0.009"),
        ({"rate": "NaN"}, "Error: argument --rate: “NaN” is not an amount like 0.009"),
        ({"floor": "1 500"}, "Error: argument --floor: “1 500” is not an amount like 0.009"),
        ({"body_sv": " "}, "Error: argument --body-sv: is empty"),
        ({"valid_from": "1.1.2027"}, "Error: argument --valid-from: “1.1.2027” is not a day like 2027-01-01"),
    ],
)
def test_a_tariff_that_cannot_be_is_refused(changed, sentence):
    assert refused(*tariff(**changed)) == (sentence,)
    assert (Scheme.objects.exists(), acts()) == (False, [])
