-- Fees of the year less credits, as written by the end of the day in Helsinki.
SELECT sum(a.amount), NULL
FROM members_assessment a JOIN members_annualbudget b ON b.id = a.budget_id
WHERE b.year = %(year)s AND (a.made_at AT TIME ZONE 'Europe/Helsinki')::date <= %(on)s
