"""Loading population figures: what they mean beside what is known, by page and by command."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from consortium.models import AuditEvent, Post
from consortium.uploads import TABLE_LIMIT_MB
from members.forms import population as forms
from members.models import Municipality, Population
from members.models.population import compare_figures, store_figures
from members.views import population as views
from tests.factories import MunicipalityFactory, PopulationFactory, UserFactory
from tests.stories.people import Person, file_called

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 2)
END_2024, END_2025 = dt.date(2024, 12, 31), dt.date(2025, 12, 31)
QUERIES = 7  # of the list's page
TABLE = "Alue;2025\nKU009 Alavieska;2400\nKU686 Rautalampi;3000\n"


@pytest.fixture(autouse=True)
def begins(today_is, settings):
    """A day in November 2026, in the language of the source."""
    settings.LANGUAGE_CODE = "en"
    today_is(TODAY)


@pytest.fixture
def two():
    """Alavieska and Rautalampi with their figures of 2022."""
    alavieska = MunicipalityFactory(code="009", name_fi="Alavieska", population=2447)
    return alavieska, MunicipalityFactory(code="686", name_fi="Rautalampi", population=2964)


@pytest.fixture
def clerk(client_of, staff):
    """Somebody of the service centre."""
    return Person(client_of(staff))


def merged(code, into, ended_on=dt.date(2025, 1, 1), **fields):
    return MunicipalityFactory(code=code, ended_on=ended_on, successor=into, population=False, **fields)


def stored(on=END_2025):
    return dict(Population.objects.filter(on=on).values_list("municipality__code", "count"))


def shown(clerk, content=TABLE, name="vaki.csv", **typed):
    content = content.encode() if isinstance(content, str) else content
    page = clerk.opens(reverse("members:population_load"))
    return clerk.presses(page, "Show", file=file_called(name, content, "text/csv"), **typed)


# --- What figures mean ---------------------------------------------------------------------------------------------


@pytest.mark.breaks("members.models.population.compare_figures")
def test_a_chain_of_mergers_ends_in_the_last_successor(two):
    alavieska, _rautalampi = two
    middle = merged("501", alavieska)
    merged("502", middle, dt.date(2020, 1, 1))
    found = compare_figures(END_2025, {"009": 2000, "501": 300, "502": 40}, TODAY)
    assert found.residents == {alavieska: 2340}
    [sum_] = found.merged
    assert [m.code for m, _n in sum_.parts] == ["009", "501", "502"]
    assert [m.code for m in found.absent] == ["686"]


@pytest.mark.breaks("members.models.population.compare_figures")
def test_who_is_still_to_be_merged_keeps_its_own_figure(two):
    alavieska, _rautalampi = two
    leaving = merged("501", alavieska, dt.date(2027, 1, 1))
    assert compare_figures(END_2025, {"009": 2000, "501": 300}, TODAY).residents == {
        alavieska: 2000,
        leaving: 300,
    }


@pytest.mark.breaks("members.models.population.compare_figures")
@pytest.mark.parametrize(("residents", "notable"), [(105, False), (106, True), (95, False), (94, True)])
def test_only_a_difference_of_more_than_five_per_cent_from_the_newest_earlier_figure_is_notable(
    residents, notable
):
    place = MunicipalityFactory(code="009", population=5000)
    PopulationFactory(municipality=place, on=END_2024, count=100)
    PopulationFactory(municipality=place, on=dt.date(2026, 6, 30), count=7)  # later: nothing to compare with
    found = compare_figures(END_2025, {"009": residents}, TODAY)
    assert [(d.before, d.before_on) for d in found.notable] == [(100, END_2024)] * notable


@pytest.mark.breaks("members.models.population.Difference.per_cent")
def test_a_change_is_told_in_per_cent_with_one_decimal():
    place = MunicipalityFactory(population=False)
    PopulationFactory(municipality=place, on=END_2024, count=8)
    [difference] = compare_figures(END_2025, {place.code: 9}, TODAY).notable
    assert str(difference.per_cent) == "12.5"


@pytest.mark.breaks("members.models.population.store_figures")
def test_nothing_at_all_is_stored_when_one_thing_is_refused(two, staff):
    PopulationFactory(municipality=two[0], on=END_2025, count=1)
    for given, expected in (({"reason": ""}, {"009": 1}), ({"reason": "x"}, {"009": 2})):
        with pytest.raises(ValidationError):
            store_figures(
                END_2025, {"009": 5, "686": 6}, "x", by=staff, today=TODAY, expected=expected, **given
            )
    merged("501", two[1])
    with pytest.raises(ValidationError, match="the sum would be too small"):
        store_figures(END_2025, {"501": 6}, "x", by=staff, today=TODAY)
    assert stored() == {"009": 1}
    assert not AuditEvent.objects.exists()


# --- The pages -----------------------------------------------------------------------------------------------------


@pytest.mark.breaks("members.views.population._load")
def test_a_preview_that_was_overtaken_shows_how_things_now_stand(two, clerk):
    page = shown(clerk)
    PopulationFactory(municipality=two[0], on=END_2025, count=2401)
    page = clerk.presses(page, "Load")
    assert page.wrong_with("reason").endswith("Say why figures that are there already are changed.")
    assert page.rows("Figures of the same day that would change")[0][:2] == ["Alavieska", "2 401"]
    Population.objects.filter(on=END_2025).update(count=2402)
    page = clerk.presses(page, "Load", reason="Newer count.")
    assert "Figures of this day have changed meanwhile. Look at the differences again." in page.text
    assert page.rows("Figures of the same day that would change")[0][:2] == ["Alavieska", "2 402"]
    clerk.presses(page, "Load", reason="Newer count.")
    assert stored() == {"009": 2400, "686": 3000}


@pytest.mark.breaks("members.forms.population.unpacked")
def test_a_preview_that_is_changed_old_or_somebody_elses_loads_nothing(two, clerk, client_of, monkeypatch):
    page = shown(clerk)
    other = Person(client_of(UserFactory(is_staff=True)))
    assert "Choose the file again." in other.presses(page, "Load").text
    assert "Choose the file again." in clerk.presses(page, "Load", rows=page.typed("rows")[:-1] + "x").text
    with monkeypatch.context() as patch:
        patch.setattr(forms, "HOLDS", -1)
        assert "Choose the file again." in clerk.presses(page, "Load").text
    assert stored() == {}
    clerk.presses(page, "Load")
    assert stored() == {"009": 2400, "686": 3000}


def test_who_merely_reads_sees_the_days_but_no_way_to_load(two, client_of, staff):
    auditor = UserFactory()
    Post.give(auditor, "auditor", by=staff)
    page = Person(client_of(auditor)).opens(reverse("members:population_list"))
    assert page.rows("Figures by day and source") == [
        ["31.12.2022", "Statistics Finland", "2", "5 411", "with the register"]
    ]
    assert not page.offers("Load")
    assert client_of(auditor).get(reverse("members:population_load")).status_code == 403


def test_the_page_without_figures_says_what_to_do(clerk):
    page = clerk.opens(reverse("members:population_list"))
    assert page.says.startswith("No population figures yet.")
    assert "Download the table 11ra from Statistics Finland" in page.text


@pytest.mark.breaks("members.views.population.population_list")
def test_a_merged_municipalitys_own_figure_is_not_counted_twice(two, clerk):
    gone = merged("501", two[0])
    PopulationFactory(municipality=gone, on=dt.date(2022, 12, 31), count=999)
    page = clerk.opens(reverse("members:population_list"))
    assert "2 of 2 municipalities, 5 411 residents" in page.says


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_length(client_of, staff, count, django_assert_num_queries):
    for year in range(count):
        place = MunicipalityFactory(population=False)
        store_figures(
            dt.date(2020 + year, 12, 31), {place.code: 7}, f"S{year}", by=UserFactory(), today=TODAY
        )
    browser = client_of(staff)
    browser.get(reverse("members:population_list"))
    with django_assert_num_queries(QUERIES):
        browser.get(reverse("members:population_list"))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("vaki.csv", b"", "The file is empty (0 bytes)."),
        ("vaki.csv", b"%PDF-1.7", "“vaki.csv” is neither CSV nor an .xlsx spreadsheet."),
        ("vaki.xlsx", b"PK\x03\x04", "The spreadsheet is broken or locked."),
        (
            "vaki.csv",
            b"Kunta;Summa\nAlavieska;5",
            "No table of municipalities and their residents was found.",
        ),
        ("vaki.csv", b"x" * (TABLE_LIMIT_MB * 1024 * 1024 + 1), "at most 10 MB is accepted."),
    ],
)
def test_what_is_no_population_file_is_refused_beside_the_field(two, clerk, name, content, sentence):
    page = shown(clerk, content, name)
    assert sentence in page.wrong_with("file")
    assert page.typed("source") == "Statistics Finland"


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("31.12.2024", "The file has no figures of 2024. It has 2025."),
        ("31.12.2026", "31.12.2026 has not come yet."),
        ("soon", "Write the date as day.month.year"),
    ],
)
def test_a_day_that_cannot_be_is_refused_beside_the_day(two, clerk, day, sentence):
    assert sentence in shown(clerk, on=day).wrong_with("on")


@pytest.mark.breaks("consortium.uploads.TableField.to_python")
def test_of_many_wrong_lines_the_first_hundred_are_listed(two, clerk):
    table = TABLE + "".join(f"KU009 Alavieska;{n}\n" for n in range(1, 105))
    page = shown(clerk, table)
    assert len(page.rows("Lines of the file")) == views.LISTED_PROBLEMS
    assert "4 more are not listed." in page.text


# --- The command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def load(tmp_path):
    """Run the command on a table; returns what it said."""

    def run(table=TABLE, **options):
        path, said = tmp_path / "vaki.csv", io.StringIO()
        path.write_text(table, encoding="utf-8")
        call_command("load_population", path, stdout=said, stderr=said, **options)
        return said.getvalue()

    return run


@pytest.mark.breaks("members.models.population.store_figures")
def test_the_command_loads_once_and_a_dry_run_only_tells(two, load):
    counted = "31.12.2025: 2 new, 0 changed, 0 unchanged; 5400 residents in all."
    assert load(dry_run=True) == f"Would be: {counted}\n"
    assert stored() == {}
    assert load(source="Statistics Finland, 11ra") == f"{counted}\n"
    assert stored() == {"009": 2400, "686": 3000}
    assert load().endswith("0 new, 0 changed, 2 unchanged; 5400 residents in all. Nothing was changed.\n")
    act = AuditEvent.objects.get(verb="load_population")
    assert (act.by, act.details["command"]) == (None, True)


@pytest.mark.breaks("members.management.commands.load_population.told")
def test_the_command_tells_what_to_look_at_and_asks_for_a_reason(two, load):
    merged("501", two[0], name_fi="Osa")
    MunicipalityFactory(code="504", name_fi="Puuttuva", population=False)
    PopulationFactory(municipality=two[1], on=END_2025, count=2999)
    table = f"{TABLE}501;500\n"
    with pytest.raises(CommandError, match=r"Figures of 31\.12\.2025 would change: give --reason\."):
        load(table)
    assert stored() == {"686": 2999}
    assert load(table, reason="New count").splitlines()[:-1] == [
        "summed: 009 Alavieska 2400 + 501 Osa 500 = 2900",
        "of the same day: 686 Rautalampi 2999 → 3000",
        "over 5 %: 009 Alavieska 2447 (31.12.2022) → 2900, +18.5 %",
        "no figure: 504 Puuttuva",
    ]
    assert stored() == {"009": 2900, "686": 3000}


@pytest.mark.breaks("members.management.commands.load_population.Command.refuse")
def test_the_command_names_wrong_lines_and_loads_nothing(two, load, tmp_path):
    with pytest.raises(CommandError, match=r"1 line is wrong\. Nothing was changed\."):
        load(f"{TABLE}999;5\n")
    with pytest.raises(CommandError, match=r"The file has no figures of 2024\."):
        load(on=END_2024)
    with pytest.raises(CommandError, match="There is no file"):
        call_command("load_population", tmp_path / "none.csv")
    with pytest.raises(CommandError, match="--source takes 1 to 120 signs"):
        load(source=" ")
    assert stored() == {}


def test_the_command_needs_the_register(load):
    Municipality.objects.all().delete()
    with pytest.raises(CommandError, match=r"Type: python manage\.py load_municipalities"):
        load()
