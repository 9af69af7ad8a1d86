-- The largest fee that no credit had taken back by the end of the day.
SELECT a.amount, b.fee_cap
FROM members_assessment a JOIN members_annualbudget b ON b.id = a.budget_id
WHERE b.year = %(year)s AND a.credits_id IS NULL AND (a.made_at AT TIME ZONE 'Europe/Helsinki')::date <= %(on)s
AND a.id NOT IN (
    SELECT c.credits_id FROM members_assessment c
    WHERE c.credits_id IS NOT NULL AND (c.made_at AT TIME ZONE 'Europe/Helsinki')::date <= %(on)s
)
ORDER BY a.amount DESC LIMIT 1
