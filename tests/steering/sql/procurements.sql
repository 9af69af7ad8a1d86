-- Award decisions made in the year by the day, and those planned for the year, of procurements told by the day.
SELECT count(*) FILTER (WHERE s.done_on BETWEEN make_date(%(year)s, 1, 1) AND %(on)s),
       count(*) FILTER (WHERE extract(year FROM s.planned_on) = %(year)s)
FROM procurement_stage s JOIN procurement_procurement p ON p.id = s.procurement_id
WHERE s.kind = 'decision' AND p.announced_on <= %(on)s
