"""A CHECK that does not know lets the row pass: each must say yes or no for any row, whatever is NULL in it."""

import re

import pytest

from tests.by_hand import run

pytestmark = pytest.mark.django_db

APPS = ("consortium", "members", "procurement")
CHECKS = """
SELECT c.conname, pg_get_expr(c.conbin, c.conrelid), array_agg(a.attname::text ORDER BY a.attnum),
    array_agg(format_type(a.atttypid, NULL) ORDER BY a.attnum), array_agg(a.attnotnull ORDER BY a.attnum)
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype = 'c' AND split_part(c.conrelid::regclass::text, '_', 1) = ANY (%s)
GROUP BY c.conname, c.conbin, c.conrelid ORDER BY c.conname
"""
DAYS = ["2027-01-01", "2027-02-02"]
SAMPLES = {  # values that between them make a condition true and false
    "boolean": ["true", "false"],
    "date": DAYS,
    "timestamp with time zone": DAYS,
    "daterange": ["empty", "(,)", "(,2027-01-01)", "[2027-01-01,)", "[2027-01-01,2028-01-01)"],
    "jsonb": ["{}", "[]", '{"a": 1}'],
}
NUMBERS = {"smallint", "integer", "bigint", "numeric"}


def _samples(kind, said):
    """Return values of a type to try, besides NULL; ``said``: the texts that the condition itself names."""
    if kind in SAMPLES:
        return SAMPLES[kind]
    if kind in NUMBERS:
        return ["-1", "0", "1"]
    return ["{}", "{a}"] if kind.endswith("[]") else ["", "a", *said]


def _undecided(condition, names, kinds, required):
    """Return a row, as {column: value}, of which the condition is neither true nor false; None when there is none."""
    said = sorted(set(re.findall(r"'(\w+)'::", condition)))
    tables, values = [], []
    for name, kind, never_null in zip(names, kinds, required, strict=True):
        tried = _samples(kind, said) + ([] if never_null else [None])
        tables.append(f'unnest(%s::text[]::{kind.removesuffix("[]")}[]) AS "of_{name}"("{name}")')
        if kind.endswith("[]"):  # an array of arrays would be one flat list
            tables[-1] = f'(SELECT v::{kind} FROM unnest(%s::text[]) AS t(v)) AS "of_{name}"("{name}")'
        values.append(tried)
    condition = condition.replace("%", "%%")
    found = run(f"SELECT * FROM {' CROSS JOIN '.join(tables)} WHERE ({condition}) IS NULL LIMIT 1", *values)
    return dict(zip(names, found[0], strict=True)) if found else None


def test_every_check_says_yes_or_no_whatever_is_missing():
    checks = run(CHECKS, list(APPS))
    assert len(checks) > 100
    many = [
        check for check in checks if len(check[2]) > 1 or check[4] == [True]
    ]  # one column alone may be empty
    undecided = {name: row for name, *rest in many if (row := _undecided(*rest))}
    assert undecided == {}


def test_a_check_that_does_not_know_is_found():
    """The guard of this file: the plain comparison of two days, one of which may be missing."""
    days = (["used_from", "used_to"], ["date", "date"], [False, False])
    assert _undecided("used_to >= used_from", *days)["used_to"] is None
    known = "used_to IS NOT NULL AND used_from IS NOT NULL AND used_to >= used_from"
    assert _undecided(known, *days) is None
