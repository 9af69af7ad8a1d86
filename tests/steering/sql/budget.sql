-- The decided budget of the year, at most what Helsinki has decided for a year (EUR without VAT).
SELECT total, ceiling FROM members_annualbudget
WHERE year = %(year)s AND state IN ('decided', 'invoiced', 'closed')
