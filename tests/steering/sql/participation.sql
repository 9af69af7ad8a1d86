-- Of the answers asked for in rounds that closed in the year, and before today: those that commit or are interested.
SELECT count(*) FILTER (WHERE v.kind IN ('committed', 'interested')), count(*)
FROM procurement_round r JOIN procurement_answer a ON a.round_id = r.id
LEFT JOIN procurement_answerversion v ON v.id = a.standing_id
WHERE extract(year FROM r.closes_at AT TIME ZONE 'Europe/Helsinki') = %(year)s
AND (r.closes_at AT TIME ZONE 'Europe/Helsinki')::date < %(today)s
