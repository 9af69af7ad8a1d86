"""What the dashboard costs beside reckoning live: 308 municipalities, ten years, 200 and 2,000 procurements.

At 200: 61,600 municipalities asked, some 100,000 answers said. CPU time is that of the web process and of its
PostgreSQL backend together, medians. The six live aggregates go once over the same rows, all ten years of them, since
any year can be looked at; beside them, without a limit, the hand-written files of the present year alone.
"""

import datetime as dt
import json
import os
import statistics
from pathlib import Path
from time import process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

import psutil  # noqa: E402  what follows needs the apps
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.urls import reverse  # noqa: E402

from consortium import celery, clock  # noqa: E402
from members.models import Membership, Municipality, Population  # noqa: E402
from procurement.models import Supplier  # noqa: E402
from steering.figures import figures  # noqa: E402
from steering.models import Tally  # noqa: E402
from tests.benchmarks import bench_procurement as bought  # noqa: E402
from tests.benchmarks.bench_money import BILLING, TERMS  # noqa: E402
from tests.benchmarks.bench_pages import asker, queries, scratch_database, session_of  # noqa: E402
from tests.factories import decided_budget, tariff_terms  # noqa: E402
from tests.steering_world import steering_group  # noqa: E402

SIZES = (200, 2_000)
YEARS = 10
ROUNDS, EACH = 9, 8
RATIO, GROWTH = 0.12, 1.2
SQL = Path(__file__).parents[1] / "steering" / "sql"
OF_ONE_YEAR = ("open", "members", "residents", "participation", "use", "procurements")
OF_ALL_YEARS = [  # each in one pass, by year
    """
    SELECT y, count(DISTINCT s.municipality_id), sum(p.count)
    FROM generate_series(%(first)s, %(year)s) AS y
    JOIN members_membership s ON s.period @> make_date(y, 12, 31)
    JOIN LATERAL (SELECT count FROM members_population
        WHERE municipality_id = s.municipality_id AND "on" <= make_date(y, 12, 31) ORDER BY "on" DESC LIMIT 1) p ON true
    GROUP BY y
    """,
    """
    SELECT b.year, b.total, sum(a.amount), max(a.amount) FROM members_annualbudget b
    JOIN members_assessment a ON a.budget_id = b.id GROUP BY b.id
    """,
    """
    SELECT y, sum(i.gross - coalesce(e.paid, 0)) FROM generate_series(%(first)s, %(year)s) AS y
    JOIN members_invoice i ON i.issued_on <= make_date(y, 12, 31)
    LEFT JOIN LATERAL (SELECT DISTINCT ON (from_invoice_id) paid FROM members_ledgerentry
        WHERE from_invoice_id = i.id AND paid_on <= make_date(y, 12, 31)
        ORDER BY from_invoice_id, returned_id DESC) e ON true
    GROUP BY y
    """,
    """
    SELECT extract(year FROM r.closes_at), v.kind, count(*) FROM procurement_round r
    JOIN procurement_answer a ON a.round_id = r.id LEFT JOIN procurement_answerversion v ON v.id = a.standing_id
    GROUP BY 1, 2
    """,
    """
    SELECT extract(year FROM month), contract_id, report, metric, sum(count) FROM (
        SELECT DISTINCT ON (f.contract_id, f.place, f.scope, f.municipality_id, f.network, f.report, f.service,
            f.metric, f.month) f.* FROM procurement_usagefigure f
        JOIN procurement_usagefile u ON u.id = f.file_id WHERE u.state = 'read'
        ORDER BY f.contract_id, f.place, f.scope, f.municipality_id, f.network, f.report, f.service, f.metric, f.month,
            f.file_id DESC
    ) told GROUP BY 1, 2, 3, 4
    """,
    """
    SELECT extract(year FROM s.done_on), count(*) FROM procurement_stage s
    JOIN procurement_procurement p ON p.id = s.procurement_id WHERE s.kind = 'decision' AND p.announced_on IS NOT NULL
    GROUP BY 1
    """,
]

PROCUREMENTS = bought.PROCUREMENTS.replace("2000 + n %% 27", "2010 + n %% 17").replace(
    "%(today)s, 'staff'", "%(today)s::date - 90 - 18 * (n %% 200)::int, 'staff'"
)
ROUND_CLOSES = "interval '9 days' * (p.serial %% 200)"
ANSWERS_SAID = """
INSERT INTO procurement_answerversion (answer_id, number, kind, yearly, by_lot, reservation, until, reason, body,
    body_name, decided_on, section, case_number, contact_name, contact_email, answered_name, answered_title, channel,
    received_from, given_by_id, given_at, late)
SELECT answer_id, 2, kind, yearly, by_lot, reservation, until, reason, body, body_name, decided_on, section,
    case_number, contact_name, contact_email, answered_name, answered_title, channel, received_from, given_by_id,
    given_at + interval '1 hour', late
FROM procurement_answerversion v WHERE number = 1 AND answer_id %% 16 <> 15
AND NOT EXISTS (SELECT FROM procurement_answerversion w WHERE w.answer_id = v.answer_id AND w.number = 2)
"""
LISTS = """
INSERT INTO members_ledgerreturn (budget_id, name, sha256, file, problems, read_by_id, read_at, set_aside_reason)
SELECT id, 'lista.csv', md5(id::text), 'ledger/' || id, '[]', %(staff)s, now(), '' FROM members_annualbudget
"""
PAYMENTS = """
INSERT INTO members_ledgerentry (returned_id, from_invoice_id, doubt, line, invoice, reference, agreement, business_id,
    customer, invoiced, paid, paid_on, status, reason, said)
SELECT r.id, i.id, '', row_number() OVER (ORDER BY i.id), coalesce(i.number, ''), i.reference, i.agreement, '', '',
    i.gross, CASE WHEN i.id %% 7 > 0 THEN i.gross END, CASE WHEN i.id %% 7 > 0 THEN i.due_on END, '', '', ''
FROM members_invoice i JOIN members_ledgerreturn r ON r.budget_id = i.budget_id
"""
STAGES = """
INSERT INTO procurement_stage (procurement_id, kind, planned_on, typed, source, done_on)
SELECT id, 'decision', announced_on + 60, false, '', CASE WHEN state IN ('awarded', 'contracted')
    THEN announced_on + 75 END
FROM procurement_procurement p
WHERE NOT EXISTS (SELECT FROM procurement_stage s WHERE s.procurement_id = p.id)
"""
PROPOSALS = """
INSERT INTO steering_proposal (year, serial, municipality_id, title, text, language, state, made_by_id, made_at,
    channel, received_from, received_on, restricted_ground, answer, reason_fi, reason_sv, result_fi, result_sv,
    revision, opened_in_tender)
SELECT 2000 + n %% 26, n, (SELECT min(id) FROM members_municipality), 'Esitys ' || n, 'Näin.', 'fi', 'received',
    %(staff)s, now(), '', '', %(today)s::date - 11 * (n %% 300)::int, '', '', '', '', '', '', 1, false
FROM generate_series(%(first)s, %(last)s) AS n
"""


def ten_years(staff):
    """Let the municipalities join over ten years, with figures of residents, fees and invoices of each year."""
    places, this_year = list(Municipality.objects.order_by("pk")), clock.today().year
    years = range(this_year - YEARS + 1, this_year + 1)
    Membership.objects.bulk_create(
        Membership(municipality=place, period=(dt.date(years[at % YEARS], 1, 1), None))
        for at, place in enumerate(places)
    )
    Population.objects.bulk_create(
        Population(municipality=place, on=dt.date(year - 2, 12, 31), count=500 + at * 97 % 40_000, source="-")
        for year in years
        for at, place in enumerate(places)
        if year - 2 != 2022  # the register has those
    )
    Municipality.objects.update(**BILLING)
    for year in years:
        budget = decided_budget(year, by=staff, terms=tariff_terms(**TERMS))
        with clock.moved_to(dt.date(year, 2, 4)):
            budget.bill(by=staff)
    with connections["owner"].cursor() as cursor:
        for act in (LISTS, PAYMENTS):
            cursor.execute(act, {"staff": staff.pk})


def grow(first, last, staff, supplier):
    """Bring the procurements from ``first`` to ``last``, each with its round, answers, contract and use."""
    facts = {"first": first, "last": last, "today": clock.today(), "staff": staff.pk, "supplier": supplier.pk}
    facts |= {"asked": 308, "months": 12 * YEARS}
    rounds = bought.ROUNDS.replace(ROUND_CLOSES, ROUND_CLOSES.replace("9 days", "18 days"))
    figures_of_use = bought.FIGURES.replace("LIMIT 60", "LIMIT 308")  # of all who take part
    acts = [PROCUREMENTS, rounds, bought.ANSWERS, bought.VERSIONS, ANSWERS_SAID, bought.STANDING, STAGES]
    acts += [bought.CONTRACTS, bought.PARTICIPATIONS, bought.FILES, figures_of_use, PROPOSALS]
    with connections["owner"].cursor() as cursor:
        for act in acts:
            cursor.execute(act, facts)
        cursor.execute("ANALYZE")


def spent(backend):
    """Return the CPU seconds that this process and its backend have used."""
    times = backend.cpu_times()
    return process_time() + times.user + times.system


def cpu(acts):
    """Return {name: median CPU ms of one go}, this process and its backend together, in turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # what they use would not be counted
    found = {name: [] for name in acts}
    for turn in range(ROUNDS + 1):
        for name, act in acts.items():
            start = spent(backend)
            for _go in range(EACH):
                act()
            if turn:
                found[name].append((spent(backend) - start) / EACH * 1000)
    return {name: statistics.median(times) for name, times in found.items()}


def of_all_years():
    """Ask the six aggregates of the tables themselves, as the page would without stored totals."""
    year = clock.today().year
    with connection.cursor() as cursor:
        for text in OF_ALL_YEARS:
            cursor.execute(text, {"year": year, "first": year - YEARS + 1})
            cursor.fetchall()


def of_one_year():
    """Ask six of the hand-written files of this year."""
    today = clock.today()
    with connection.cursor() as cursor:
        for key in OF_ONE_YEAR:
            text = (SQL / f"{key}.sql").read_text(encoding="utf-8")
            cursor.execute(text, {"year": today.year, "on": today, "today": today})
            cursor.fetchone()


def count(table):
    """Return how many rows a table has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def run():
    """Yield the dashboard's cost beside six live aggregates at each size, what growth adds, and a reckoning anew."""
    celery.app.send_task = lambda *args, **kwargs: None  # nobody works here
    with scratch_database():
        connection.close()
        connection.settings_dict["CONN_MAX_AGE"] = None  # one backend throughout: its time is what is counted
        staff = get_user_model().objects.create(
            email="mittaaja@konsortio.example", is_staff=True, password="!"
        )
        ten_years(staff)
        group = steering_group(by=staff, places=list(Municipality.objects.order_by("pk")[:11]))
        supplier = Supplier.begin(by=staff, name="Toimittaja Esimerkki Oy", email="a@toimittaja.example")
        portal, cookie, before = get_wsgi_application(), session_of(group.chair), None
        for first, last in zip((1, *(size + 1 for size in SIZES)), SIZES, strict=False):
            grow(first, last, staff, supplier)
            start = process_time()
            known = sum(figure.value is not None for figure in figures(clock.today().year))
            anew = (process_time() - start) * 1000
            ask = asker(portal, reverse("steering:dashboard"), cookie)
            acts = {"page": ask, "barest": asker(portal, reverse("search"), cookie)}
            ms, asked = cpu(acts), queries(ask)
            ms |= cpu({"all years": of_all_years, "one year": of_one_year})
            said, used = count("procurement_answerversion"), count("procurement_usagefigure")
            name = f"dashboard at 308 × {YEARS} years × {last} procurements, {said} answers, {used} figures of use"
            for what, limit in (("all years", RATIO), ("one year", None)):
                yield {
                    "name": f"{name} / six live aggregates of {what}",
                    "value": round(ms["page"], 2),
                    "unit": "ms",
                    "ratio": round(ms["page"] / ms[what], 3),
                    "limit": limit,
                    "live": round(ms[what], 2),
                    "barest page": round(ms["barest"], 2),
                    "queries": asked,
                    "figures": known,
                }
            share = ms["page"] / ms["barest"]  # the machine's other work slows both alike
            if before:
                yield {
                    "name": f"{name} / at a tenth of the procurements, each beside the barest page",
                    "value": round(ms["page"], 2),
                    "unit": "ms",
                    "ratio": round(share / before[0], 2),
                    "limit": GROWTH,
                    "more_queries": asked - before[1],
                }
            before = share, asked
            Tally.objects.all().delete()
            start = process_time()
            figures(clock.today().year)
            yield {
                "name": f"all totals of two years anew, {last} procurements, this process alone",
                "value": round(max(anew, (process_time() - start) * 1000)),
                "unit": "ms",
            }


if __name__ == "__main__":
    for found in run():
        print(json.dumps(found, ensure_ascii=False), flush=True)
