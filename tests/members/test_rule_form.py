"""The form of how fees are reckoned: whatever is typed is understood or answered beside its field, and stays."""

from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import translation

from consortium.fees import Band, Payer, Rule, refusals
from consortium.forms import PortalForm
from members.forms.fees import RuleForm

D = Decimal
LARGEST = D(7500)
TARIFF = {
    "kind": "tariff",
    "rate": "0,021",
    "floor": "150",
    "cap": "7 500,00",
    "prorated": "on",
    "unit": "0.01",
}
BANDS = "2 000: 150\n10.000: 400,50 €\n\nover: 900"


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


def typed(largest=LARGEST, **data):
    return RuleForm(TARIFF | data, largest=largest)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def said(form):
    return {name: [plain(words) for words in errors] for name, errors in form.errors.items()}


def test_a_tariff_as_people_write_it():
    form = typed(floor="150 €", cap="7.500,00", free_years="2028, 2027", free_first_year="on")
    assert form.is_valid(), form.errors
    assert form.rule(vat_rate=D("25.5"), cap_with_vat=True) == Rule(
        "tariff",
        rate=D("0.021"),
        floor=D(150),
        cap=LARGEST,
        free_years=(2027, 2028),
        free_first_year=True,
        vat_rate=D("25.5"),
        cap_with_vat=True,
    )


def test_what_is_left_empty_has_its_usual_meaning():
    form = RuleForm({"kind": "population", "floor": "", "cap": " "}, largest=LARGEST)
    assert form.is_valid(), form.errors
    assert form.rule() == Rule("population", cap=LARGEST, prorated=False)
    assert RuleForm({"kind": "equal"}).is_valid()


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("tariff", "rate", "Give the euros a resident, for example 0,021."),
        ("mixed", "equal_part", "Give the part that is shared equally in per cent, for example 40."),
        (
            "bands",
            "bands",
            "Give the classes of population, one on each line, for example “2 000: 150”, the last one “over: 900”.",
        ),
    ],
)
def test_only_what_the_kind_needs_is_demanded(kind, field, words):
    assert said(RuleForm({"kind": kind})) == {field: [words]}
    for other in {"tariff", "mixed", "bands", "equal", "population"} - {kind}:
        assert field not in RuleForm({"kind": other}).errors


def test_what_another_kind_needs_is_kept_and_not_judged():
    form = typed(kind="equal", rate="abc", bands="nonsense", equal_part="1000")
    assert form.is_valid(), form.errors
    assert form.rule() == Rule("equal", floor=D(150), cap=LARGEST)
    assert (form["rate"].value(), form["bands"].value()) == ("abc", "nonsense")
    assert form.terms["bands"] == [] and form.terms["rate"] is None


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("kind", "lottery", "Select a valid choice. lottery is not one of the available choices."),
        ("rate", "abc", "“abc” is not euros a resident: use digits, for example 0,021."),
        ("rate", "1e9", "“1e9” is not euros a resident: use digits, for example 0,021."),
        ("rate", "", "Give the euros a resident, for example 0,021."),
        ("floor", "letters", "“letters” is not a sum in euros: use digits, for example 7 500,00."),
        ("floor", "1,200", "“1,200” can be read in two ways: write 1200 or 1,20, whichever you mean."),
        ("floor", "1e9", "“1e9” is not a sum in euros: use digits, for example 7 500,00."),
        ("floor", "7 500,01", "No fee may be above 7 500,00 €."),
        ("cap", "7500,01", "No fee may be above 7 500,00 €."),
        ("cap", "-1", "“-1” is below zero: give a sum of 0 € or more."),
        ("free_years", "0", "“0” is not a year from 2000 to 2099. Write for example 2027, 2028."),
        ("free_years", "2027, soon", "“soon” is not a year from 2000 to 2099. Write for example 2027, 2028."),
        (
            "free_years",
            "2028-2027",
            "“2028–2027” is not a year from 2000 to 2099. Write for example 2027, 2028.",
        ),
        ("unit", "5", "Select a valid choice. 5 is not one of the available choices."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_stays(field, text, words):
    form = typed(**{field: text})
    assert said(form) == {field: [words]}
    assert form[field].value() == text
    sent = TARIFF | {field: text}
    assert {name: form[name].value() or form[name].data for name in sent} == sent | {"prorated": True}


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("", ()),
        ("2027", (2027,)),
        ("2027 2028;2028", (2027, 2028)),
        ("2027 – 2029, 2031", (2027, 2028, 2029, 2031)),
    ],
)
def test_years_as_people_write_them(text, years):
    form = typed(free_years=text)
    assert form.is_valid() and form.rule().free_years == years


@pytest.mark.parametrize(
    "last", ["over: 900", "yli: 900", "ÖVER: 900", ": 900", "over 10 000: 900", "yli 10.000\t900"]
)
def test_classes_as_people_write_them(last):
    form = typed(kind="bands", floor="", bands=f"2 000: 150\r\n10.000: 400,50 €\r\n\r\n{last}")
    assert form.is_valid(), form.errors
    assert form.rule().bands == (Band(2_000, D(150)), Band(10_000, D("400.50")), Band(None, D(900)))
    assert form.terms["bands"] == [[2_000, "150.00"], [10_000, "400.50"], [None, "900.00"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "2 000 150\nover: 900",
            "Line 1: “2 000 150” lacks a colon between the residents and the fee, as in 2 000: 150.",
        ),
        (
            "many: 150\nover: 900",
            "Line 1: “many: 150” does not begin with a number of residents, as in 2 000: 150.",
        ),
        (
            "1e9: 150\nover: 900",
            "Line 1: “1e9: 150” does not begin with a number of residents, as in 2 000: 150.",
        ),
        (
            "-5: 150\nover: 900",
            "Line 1: “-5: 150” does not begin with a number of residents, as in 2 000: 150.",
        ),
        (
            "2 000: 1,200\nover: 900",
            "Line 1: “1,200” can be read in two ways: write 1200 or 1,20, whichever you mean.",
        ),
        ("2 000: 150\nover: ", "Line 2: Give a sum in euros, for example 7 500,00."),
        (
            "2 000: 150\nover 3 000: 900",
            "Line 2: “over 3 000: 900” does not go on where the class before it ends.",
        ),
        (
            "2 000: 150",
            "The last class ends at 2 000 residents, and a larger municipality would have no fee. "
            "Begin the last line with “over:”.",
        ),
        (
            "2 000: 150\n1 000: 200\nover: 900",
            "The class up to 1 000 residents comes after the one up to 2 000. "
            "Write the classes from the smallest to the largest, each end once.",
        ),
        (
            "2 000: 150\nover: 100",
            "In the class over 2 000 the fee 100,00 € is below the fee of the class before it, 150,00 €. "
            "Raise it to 150,00 € or more.",
        ),
        ("0: 1\nover: 2", "The first class ends at 0 residents. Give it an end above 0."),
        ("over: 7 500,01", "The fee of a class, 7 500,01 €, is above 7 500,00 €, which no fee may be."),
        ("\n".join(f"{n}: {n}" for n in range(1, 40)), "Give at most 30 classes."),
    ],
)
def test_classes_that_cannot_be_are_said_with_their_line_and_stay(text, words):
    form = typed(kind="bands", floor="", bands=text)
    assert said(form) == {"bands": [words]}
    assert form["bands"].value() == text


def test_every_wrong_line_is_said_at_once():
    form = typed(kind="bands", bands="abc\n2 000: x\nover: 900")
    assert [words.split(":")[0] for words in said(form)["bands"]] == ["Line 1", "Line 2"]


def test_a_rule_that_contradicts_itself_is_refused_with_the_ways_out():
    form = typed(floor="200", cap="150,50", unit="1")
    assert said(form) == {
        "cap": [
            "The largest fee 150,50 € is not a multiple of 1,00 €, the unit of rounding. "
            "Lower it to 150,00 € or raise it to 151,00 €."
        ],
        "floor": [
            "The smallest fee 200,00 € is above the largest fee, which is 150,50 € without VAT. "
            "Lower the smallest fee to 150,50 € or raise the largest fee to 200,00 €."
        ],
    }


def test_what_the_arithmetic_refuses_stands_beside_the_fields_or_above_them():
    form = typed(kind="population", floor="500")
    assert form.is_valid()
    form.refuse(refusals(form.rule(), [Payer(n, 10) for n in range(220)], D(67_000), year=2027))
    assert list(said(form)) == ["floor"]
    assert "Lower the smallest fee to 304,54 € or raise the amount by 43 000,00 €." in said(form)["floor"][0]
    assert not form.is_valid() and form["floor"].value() == "500"

    form = typed()
    assert form.is_valid()
    form.refuse(refusals(form.rule(), [Payer("a", None)], D(-1), year=0), {"a": "Akaa"})
    assert said(form) == {
        "__all__": [
            "The amount to be shared is below zero. Give 0 or more.",
            "1 municipality has no population figure: Akaa. Load the figures or leave it out.",
            "“0” is no year that fees are reckoned for. Choose one from 2000 to 2099.",
        ]
    }


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
@pytest.mark.parametrize(
    "rule",
    [
        Rule("tariff", rate=D("0.021"), floor=D(150), cap=LARGEST, free_years=(2027, 2028), prorated=False),
        Rule("bands", bands=(Band(2_000, D(150)), Band(None, D("900.5"))), cap=LARGEST, free_first_year=True),
        Rule("mixed", equal_part=D("0.125"), floor=D(1), cap=D(5), unit=D("1.00")),
    ],
)
def test_a_rule_goes_into_the_form_and_comes_back(rule, language):
    with translation.override(language):
        shown = RuleForm(initial=RuleForm.initial_of(rule))
        sent = {name: shown[name].value() for name in shown.fields}
        sent = {name: value for name, value in sent.items() if value not in (None, False)}
        form = RuleForm(sent, largest=LARGEST)
        assert form.is_valid(), form.errors
    assert form.rule() == rule


def test_the_form_works_from_an_address_and_with_the_key_of_a_step():
    address = QueryDict("kind=tariff&rate=0%2C021&floor=150&cap=7+500%2C00&prorated=on&unit=0.01")
    assert RuleForm(address, largest=LARGEST).is_valid()

    class SaveForm(RuleForm, PortalForm):
        """Saved by a step."""

    form = SaveForm(TARIFF, largest=LARGEST)
    assert form.is_valid() and "form_key" in form.fields and form.rule().rate == D("0.021")


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_the_form_is_in_both_languages(language):
    with translation.override(language):
        form = typed(kind="bands", bands="x\n1: y", floor="abc", free_years="0", cap="9 999")
        words = {text for errors in form.errors.values() for text in errors} | {
            str(text) for field in form.fields.values() for text in (field.label, field.help_text) if text
        }
    with translation.override("en"):
        form = typed(kind="bands", bands="x\n1: y", floor="abc", free_years="0", cap="9 999")
        english = {text for errors in form.errors.values() for text in errors} | {
            str(text) for field in form.fields.values() for text in (field.label, field.help_text) if text
        }
    assert len(words) == len(english) > 12 and not words & english
