-- Residents by the newest figure of the day or earlier: of the members, and of all.
WITH newest AS (
    SELECT DISTINCT ON (municipality_id) municipality_id, count
    FROM members_population WHERE "on" <= %(on)s ORDER BY municipality_id, "on" DESC
)
SELECT sum(n.count) FILTER (WHERE s.id IS NOT NULL), sum(n.count)
FROM members_municipality m JOIN newest n ON n.municipality_id = m.id
LEFT JOIN members_membership s ON s.municipality_id = m.id AND s.period @> %(on)s::date
WHERE m.ended_on IS NULL OR m.ended_on > %(on)s
