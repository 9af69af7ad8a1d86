-- What the cost lines came to, of the budget.
SELECT sum(l.actual), b.total
FROM members_annualbudget b JOIN members_costline l ON l.budget_id = b.id
WHERE b.year = %(year)s AND b.state IN ('decided', 'invoiced', 'closed') GROUP BY b.id
