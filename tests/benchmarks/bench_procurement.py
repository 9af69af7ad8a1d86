"""What joint procurement costs as it grows: 20, 200 and 2,000 procurements, 300 municipalities asked in each.

At 200: 60,000 answers and five years of monthly use. A page's CPU time is that of one request through the WSGI
handler, medians; the ratio is to the same page at the size before, and every page must stay below 100 ms.
"""

import datetime as dt
import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  what follows needs the apps
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import reverse  # noqa: E402

from consortium import clock  # noqa: E402
from members.models import Membership, Municipality, Population, Role, RoleKind  # noqa: E402
from procurement.models import Contract, Procurement, Round  # noqa: E402
from tests.benchmarks import bench_pages  # noqa: E402
from tests.benchmarks.bench_pages import asker, cpu, queries, scratch_database, session_of  # noqa: E402

SIZES = (20, 200, 2_000)
ASKED = 300
MOST_MS = 100
GROWTH = 1.5  # a page at ten times the rows beside itself
YEARS = 5

PROCUREMENTS = """
INSERT INTO procurement_procurement (year, serial, title_fi, title_sv, summary_fi, summary_sv, state, kind, setting,
    procedure, cpv, months, one_off, price_weight, case_number, hilma_url, announced_on, volumes_open_to,
    void_reason_fi, void_reason_sv, revision, made_by_id)
SELECT 2000 + n % 27, n, 'Hankinta ' || n, 'Upphandling ' || n, 'Aineistoa kaikille.', 'Material för alla.',
    CASE WHEN n % 10 = 0 THEN 'round' WHEN n % 10 = 1 THEN 'tendering' WHEN n % 10 = 2 THEN 'awarded'
        ELSE 'contracted' END,
    'goods_services', 'contract', 'open', '{}', 36, 0, 60, '', '', %(today)s, 'staff', '', '', 1, %(staff)s
FROM generate_series(%(first)s, %(last)s) AS n
"""
ROUNDS = """
INSERT INTO procurement_round (procurement_id, opened_at, closes_at, silence, cost_rule, cost_rate, cost_floor)
SELECT p.id, now() - interval '20 days',
    CASE WHEN p.state = 'round' THEN now() + interval '10 days' ELSE now() - interval '5 days' END,
    'not_in', 'per_resident', 0.5, 100
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
    body_name, decided_on, section, case_number, extract, contact_name, contact_email, answered_name,
    answered_title, channel, received_from, given_by_id, given_at, late)
SELECT a.id, 1, k.kind, CASE WHEN k.kind IN ('committed', 'interested') THEN 500 + a.id %% 997 END, '{}',
    '', CASE WHEN k.kind = 'preparing' THEN current_date + 5 END, '',
    CASE WHEN k.kind = 'committed' THEN 'board' ELSE '' END, '',
    CASE WHEN k.kind = 'committed' THEN current_date - 9 END, '61', '', '', '', '', '', '', '', '',
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
