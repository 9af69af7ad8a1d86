"""What joint procurement costs as it grows: 200 and 2,000 procurements, 300 municipalities asked in each.

At 200: 60,000 answers and five years of monthly use. A page's CPU time is that of one request through the WSGI
handler, medians; at 200 every page must stay below 100 ms. At 2,000 the ratio is to the same page at 200:
limited where the page shows so many rows and no more, told where it shows one row for each open round or contract
(at 2,000 a municipality is asked in 200 rounds at once and takes part in 1,400 contracts, which nobody will see).
"""

import json
import os
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  what follows needs the apps
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import reverse  # noqa: E402

from consortium import clock  # noqa: E402
from members.models import Membership, Municipality, Role, RoleKind  # noqa: E402
from procurement.models import Contract, Offer, Procurement, Supplier, put_grounds  # noqa: E402
from procurement.price_rules import Measure, Price, PriceModel, Tier  # noqa: E402
from tests.benchmarks import bench_pages  # noqa: E402
from tests.benchmarks.bench_pages import asker, cpu, queries, scratch_database, session_of  # noqa: E402

SIZES = (200, 2_000)
ASKED = 300
MOST_MS = 100
GROWTH = 1.5  # a page at ten times the procurements beside itself
A_ROW_EACH = {"a member's home", "the service centre's home", "a municipality's year", "catalogue"}
YEARS = 5

PROCUREMENTS = """
INSERT INTO procurement_procurement (year, serial, title_fi, title_sv, summary_fi, summary_sv, state, kind, setting,
    procedure, cpv, months, one_off, price_weight, case_number, hilma_url, announced_on, volumes_open_to,
    void_reason_fi, void_reason_sv, revision, made_by_id)
SELECT 2000 + n %% 27, n, 'Hankinta ' || n, 'Upphandling ' || n, 'Aineistoa kaikille.', 'Material för alla.',
    CASE WHEN n %% 10 = 0 THEN 'round' WHEN n %% 10 = 1 THEN 'tendering' WHEN n %% 10 = 2 THEN 'awarded'
        ELSE 'contracted' END,
    'goods_services', 'contract', 'open', '{}', 36, 0, 60, '', '', %(today)s, 'staff', '', '', 1, %(staff)s
FROM generate_series(%(first)s, %(last)s) AS n
"""
ROUNDS = """
INSERT INTO procurement_round (procurement_id, opened_at, closes_at, silence, cost_rule, cost_rate, cost_floor, turn)
SELECT p.id, now() - interval '20 days',
    CASE WHEN p.state = 'round' THEN now() + interval '10 days'
        ELSE now() - interval '5 days' - interval '9 days' * (p.serial %% 200) END,
    'not_in', 'per_resident', 0.5, 100, 0
FROM procurement_procurement p LEFT JOIN procurement_round r ON r.procurement_id = p.id WHERE r.id IS NULL
"""
ANSWERS = """
INSERT INTO procurement_answer (round_id, municipality_id)
SELECT r.id, m.id FROM procurement_round r
CROSS JOIN (SELECT id FROM members_municipality ORDER BY id LIMIT %(asked)s) m
WHERE NOT EXISTS (SELECT 1 FROM procurement_answer a WHERE a.round_id = r.id)
"""
VERSIONS = """
INSERT INTO procurement_answerversion (answer_id, number, kind, yearly, by_lot, reservation, until, reason, body,
    body_name, decided_on, section, case_number, contact_name, contact_email, answered_name, answered_title, channel,
    received_from, given_by_id, given_at, late)
SELECT a.id, 1, k.kind, CASE WHEN k.kind IN ('committed', 'interested') THEN 500 + a.id %% 997 END, '{}',
    '', CASE WHEN k.kind = 'preparing' THEN current_date + 5 END, '',
    CASE WHEN k.kind = 'committed' THEN 'board' ELSE '' END, '',
    CASE WHEN k.kind = 'committed' THEN current_date - 9 END, '61', '', '', '', '', '', '', '',
    %(staff)s, now() - interval '9 days', false
FROM procurement_answer a
CROSS JOIN LATERAL (SELECT (ARRAY['committed', 'committed', 'committed', 'committed', 'interested', 'interested',
    'declined', 'preparing', NULL, NULL])[1 + a.id %% 10] AS kind) k
WHERE k.kind IS NOT NULL AND a.standing_id IS NULL
AND NOT EXISTS (SELECT 1 FROM procurement_answerversion v WHERE v.answer_id = a.id)
"""
STANDING = """
UPDATE procurement_answer a SET standing_id = v.id FROM procurement_answerversion v
WHERE v.answer_id = a.id AND a.standing_id IS NULL
"""
CONTRACTS = """
INSERT INTO procurement_contract (supplier_id, procurement_id, title_fi, title_sv, number, state, signed_on, begins_on,
    ends_on, silence, notice_months, our_days, yearly, asks_use, revision)
SELECT %(supplier)s, p.id, p.title_fi, p.title_sv, 'HEL ' || p.id, 'signed', current_date - 700, current_date - 600,
    current_date + 60 + (p.id %% 900)::int, 'ends', 1, 30, 9000, p.id %% 10 = 3, 1
FROM procurement_procurement p LEFT JOIN procurement_contract c ON c.procurement_id = p.id
WHERE p.state = 'contracted' AND c.id IS NULL
"""
PARTICIPATIONS = """
INSERT INTO procurement_participation (contract_id, municipality_id, period, yearly, withdrawn_reason)
SELECT c.id, a.municipality_id, daterange(c.begins_on, NULL), v.yearly, ''
FROM procurement_contract c JOIN procurement_round r ON r.procurement_id = c.procurement_id
JOIN procurement_answer a ON a.round_id = r.id
JOIN procurement_answerversion v ON v.id = a.standing_id AND v.kind = 'committed'
WHERE NOT EXISTS (SELECT 1 FROM procurement_participation x WHERE x.contract_id = c.id)
"""
FILES = """
INSERT INTO procurement_usagefile (contract_id, name, file, sha256, size, state, asked_at, tries, kind, report, said,
    guess, unknown, reason, faults, more_faults, totals, first_month, last_month, uploaded_by_id, uploaded_at, read_at,
    aside_reason)
SELECT c.id, 'kaytto.csv', 'usage/' || c.id, lpad(to_hex(c.id), 64, '0'), 1, 'read', now(), 1, 'sheet', '', '{}', '{}',
    '[]', '', '[]', 0, '{}', date_trunc('month', now())::date - interval '60 months',
    date_trunc('month', now())::date - interval '1 month', %(staff)s, now(), now(), ''
FROM procurement_contract c WHERE c.id %% 10 = 0
AND NOT EXISTS (SELECT 1 FROM procurement_usagefile f WHERE f.contract_id = c.id)
"""
FIGURES = """
INSERT INTO procurement_usagefigure (file_id, contract_id, scope, municipality_id, network, place, report, service,
    metric, month, count, items)
SELECT f.id, f.contract_id, 'municipality', p.municipality_id, '', 'paikka ' || p.municipality_id, '', 'Palvelu',
    'Loans',
    (date_trunc('month', now()) - n * interval '1 month')::date, 100 + n, 1
FROM procurement_usagefile f JOIN LATERAL (
    SELECT municipality_id FROM procurement_participation WHERE contract_id = f.contract_id ORDER BY id LIMIT 60
) p ON true CROSS JOIN generate_series(1, %(months)s) AS n
WHERE NOT EXISTS (SELECT 1 FROM procurement_usagefigure x WHERE x.file_id = f.id)
"""


def people():
    """Return (a member of staff, a representative of the first municipality); all municipalities belong."""
    places = list(Municipality.objects.order_by("pk"))
    since = clock.first_day(clock.today().year)
    Membership.objects.bulk_create(Membership(municipality=place, period=(since, None)) for place in places)
    user = get_user_model().objects
    staff = user.create(email="mittaaja@konsortio.example", name="Mittaaja", is_staff=True, password="!")
    own = user.create(email="kunta@kunta.example", name="Vastaaja", password="!")
    Role.objects.create(user=own, municipality=places[0], kind=RoleKind.REPRESENTATIVE, since=since)
    return staff, own


def grow(first, last, staff, supplier):
    """Bring the procurements from ``first`` to ``last``, each with its round, answers, contract and use."""
    facts = {"first": first, "last": last, "today": clock.today(), "staff": staff.pk, "supplier": supplier.pk}
    facts |= {"asked": ASKED, "months": 12 * YEARS}
    acts = [PROCUREMENTS, ROUNDS, ANSWERS, VERSIONS, STANDING, CONTRACTS, PARTICIPATIONS, FILES, FIGURES]
    with connections["owner"].cursor() as cursor:
        for act in acts:
            cursor.execute(act, facts)
        cursor.execute("ANALYZE")


def add_offers(staff, supplier):
    """Write three offers to one procurement in tendering and one whose round is open. Returns their ids."""
    tendering = Procurement.objects.filter(state="tendering").earliest("pk")
    put_grounds(
        tendering,
        by=staff,
        price_weight=100,
        basis="both",
        shared_by="residents",
        requirements=[],
        criteria=[],
    )
    for number in range(3):
        steps = ((Decimal(100), "0.8"), (Decimal(200), "0.7"), (None, "0.5"))
        tiers = tuple(Tier(up_to, Decimal(price)) for up_to, price in steps)
        model = PriceModel((Price(Measure.RESIDENTS, None, tiers, Measure.PARTICIPANTS),), Decimal(number))
        Offer.receive(
            tendering,
            by=staff,
            supplier=supplier,
            received_on=clock.today(),
            model=model,
            variant=str(number),
        )
    return tendering.pk, Procurement.objects.filter(state="round").earliest("pk").pk


def pages(staff, own, tendering, open_one):
    """Return {name: asker} of the pages that grow with procurements, answers, contracts and use."""
    portal, desk, desk_of_own = get_wsgi_application(), session_of(staff), session_of(own)
    code = own.roles.get().municipality.code
    contract = Contract.objects.filter(usage_files__isnull=False).earliest("pk")
    year = clock.today().year - 1
    addresses = {
        "list of procurements": (reverse("procurement:procurement_list"), desk),
        "page of a procurement": (reverse("procurement:procurement", args=[open_one]), desk),
        "list of the answers": (reverse("procurement:answer_list", args=[open_one]), desk),
        "a municipality in a round": (reverse("procurement:ours", args=[open_one, code]), desk_of_own),
        "a member's home": (reverse("member_home", args=[code]), desk_of_own),
        "the service centre's home": (reverse("home"), desk),
        "exit calendar": (reverse("procurement:exit_calendar"), desk),
        "comparison of three offers": (reverse("procurement:comparison", args=[tendering]), desk),
        "list of contracts": (reverse("procurement:contract_list"), desk),
        "use of a contract": (reverse("procurement:contract_use", args=[contract.pk]), desk),
        "a municipality's year": (reverse("procurement:value", args=[code, year]), desk_of_own),
        "catalogue": (reverse("procurement:resource_list"), desk),
    }
    return {name: asker(portal, path, cookie) for name, (path, cookie) in addresses.items()}


def run():
    """Yield a figure a page and size: CPU ms, its queries, and the ratio to the size before."""
    with scratch_database():
        staff, own = people()
        supplier = Supplier.begin(by=staff, name="Toimittaja Esimerkki Oy", email="a@toimittaja.example")
        before, asked = {}, None
        for first, last in zip((1, *(size + 1 for size in SIZES)), SIZES, strict=False):
            grow(first, last, staff, supplier)
            if asked is None:
                asked = pages(staff, own, *add_offers(staff, supplier))
            ms, counts = cpu(asked), {name: queries(ask) for name, ask in asked.items()}
            for name, value in ms.items():
                figure = {"name": f"{name}, {last} procurements", "value": round(value, 2), "unit": "ms"}
                figure |= {"queries": counts[name]}
                if name in before:
                    figure |= {
                        "ratio": round(value / before[name][0], 2),
                        "limit": None if name in A_ROW_EACH else GROWTH,
                    }
                    figure |= {"more_queries": counts[name] - before[name][1]}
                else:
                    figure |= {"ratio": round(value / MOST_MS, 2), "limit": 1}
                yield figure
            answers = last * ASKED
            before = {name: (ms[name], counts[name]) for name in ms}
            worst = max(ms.values())
            yield {
                "name": f"dearest page at {answers} answers / 100 ms",
                "value": round(worst, 2),
                "unit": "ms",
                "ratio": round(worst / MOST_MS, 2),
                "limit": 1 if last == SIZES[0] else None,
            }


if __name__ == "__main__":
    bench_pages.ROUNDS, bench_pages.EACH, bench_pages.WARM = 7, 3, 2
    for figure in run():
        print(json.dumps(figure, ensure_ascii=False), flush=True)
