-- Municipalities that belonged on the day, of those that there were.
SELECT count(*) FILTER (WHERE EXISTS (
    SELECT FROM members_membership s WHERE s.municipality_id = m.id AND s.period @> %(on)s::date
)), count(*)
FROM members_municipality m WHERE m.ended_on IS NULL OR m.ended_on > %(on)s
