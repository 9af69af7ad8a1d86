"""CPV codes: the table, its search, and codes typed by hand."""

import pytest

from procurement import cpv

NAMED = {  # read in the vocabulary
    "22100000-1": "Printed books, brochures and leaflets",
    "22113000-5": "Library books",
    "22200000-2": "Newspapers, journals, periodicals and magazines",
    "22213000-6": "Magazines",
    "48000000-8": "Software package and information systems",
    "79980000-7": "Subscription services",
    "92225100-7": "Film-on-demand television",
    "92500000-6": "Library, archives, museums and other cultural services",
}


@pytest.mark.parametrize("code", NAMED)
def test_a_code_that_the_consortium_uses_is_there_in_three_languages(code):
    entry = cpv.TABLE[code]
    assert entry.en == NAMED[code]
    assert entry.fi and entry.sv and len({entry.en, entry.fi, entry.sv}) == 3


def test_names_are_those_of_the_vocabulary():
    assert cpv.name("22113000-5", "fi") == "Kirjastokirjat"
    assert cpv.name("22113000-5", "sv") == "Biblioteksböcker"
    assert cpv.name("79980000-7", "sv") == "Prenumerationstjänster"
    assert cpv.name("92225100-7", "fi") == "Television tilausvideopalvelut"
    assert cpv.name("22113000-5", "de") == "Library books"
    assert cpv.name("99999999-9", "fi") == ""


def test_the_table_is_whole_and_in_order():
    assert list(cpv.TABLE) == sorted(cpv.TABLE)
    assert len(cpv.BY_STEM) == len(cpv.TABLE) > 60
    for code, entry in cpv.TABLE.items():
        assert cpv.TYPED.fullmatch(code) and code[8] == "-"
        assert all(part == part.strip() and part for part in entry)


def test_the_rule_gives_every_check_digit_of_the_table_but_the_one_known_to_differ():
    differing = [code for code in cpv.TABLE if cpv.check_digit(code[:8]) != int(code[-1])]
    assert differing == ["92225100-7"]


@pytest.mark.parametrize(
    "code",
    [
        *("03113100-7", "03222321-9", "18451000-5", "24311470-2", "33651650-9", "39227200-1"),
        *("45442110-1", "71355200-3", "80000000-4", "90731210-5", "92312230-2"),
    ],
)
def test_the_rule_gives_check_digits_of_other_divisions(code):
    assert cpv.check_digit(code[:8]) == int(code[-1])


@pytest.mark.parametrize("typed", ["22113000-5", " 22113000-5 ", "22113000", "221130005", "22113000 – 5"])
def test_a_code_of_the_table_is_read_however_it_is_typed(typed):
    assert cpv.read(typed) == "22113000-5"


@pytest.mark.parametrize(
    "typed", ["", "books", "2211300-5", "22113000-55", "22113000-", "22113000-x", "72320000"]
)
def test_what_has_not_the_form_is_no_code(typed):
    with pytest.raises(cpv.NotACode):
        cpv.read(typed)


def test_a_code_outside_the_table_is_taken_when_its_last_digit_fits():
    assert "72320000-4" not in cpv.TABLE
    assert cpv.read("72320000-4") == "72320000-4"


def test_a_last_digit_that_does_not_fit_is_a_doubt_until_seen_in_the_vocabulary():
    with pytest.raises(cpv.DoubtfulDigit) as doubt:
        cpv.read("03300000-2")
    assert (doubt.value.code, doubt.value.expected) == ("03300000-2", 4)
    assert cpv.read("03300000-2", as_printed=True) == "03300000-2"


def test_a_wrong_last_digit_of_a_code_in_the_table_is_refused_whatever_is_said():
    with pytest.raises(cpv.DoubtfulDigit) as doubt:
        cpv.read("22113000-6", as_printed=True)
    assert doubt.value.expected == 5
    with pytest.raises(cpv.DoubtfulDigit):
        cpv.read("92225100-5")  # what the rule gives, but not what the vocabulary has


def found(asked):
    return [entry.code for entry in cpv.search(asked)]


def test_search_by_the_beginning_of_a_code():
    assert found("2211300") == ["22113000-5"]
    assert found("22113000-5") == ["22113000-5"]
    assert found("2221")[0] == "22210000-5"
    assert found("9999") == []


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("library books", "22113000-5"),
        ("kirjastokirjat", "22113000-5"),
        ("BIBLIOTEKSBÖCKER", "22113000-5"),
        ("aikakauslehdet", "22213000-6"),
        ("veckotidn", "22200000-2"),
        ("prenumeration", "79980000-7"),
        ("tilausvideo", "92225100-7"),
        ("film demand", "92225100-7"),
        ("kirjastonhallinta", "48161000-4"),
    ],
)
def test_search_by_word_in_three_languages(asked, first):
    assert found(asked)[0] == first


def test_search_inside_a_compound_word_needs_four_letters():
    assert "22113000-5" in found("kirjat")
    assert "48911000-7" in found("peli") or "48911000-7" in found("peliohjelma")
    assert found("jat") == []
    assert found("   ") == []
    assert found("-") == []


def test_search_gives_no_more_than_asked():
    assert len(cpv.search("services", limit=3)) == 3


def test_what_a_code_is_as_a_rule():
    assert cpv.nature("22113000-5") == "supplies"
    assert cpv.nature("48161000-4") == "supplies"
    assert cpv.nature("45000000-7") == "works"
    assert cpv.nature("79980000-7") == "services"
