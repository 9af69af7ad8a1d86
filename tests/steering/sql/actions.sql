-- Actions done in the year by the day, those of a restricted proposal or item left out.
SELECT count(*), NULL FROM steering_action a
LEFT JOIN steering_proposal p ON p.id = a.proposal_id
LEFT JOIN procurement_procurement t ON t.id = p.procurement_id
LEFT JOIN steering_item i ON i.id = a.decided_in_id
WHERE a.state = 'done' AND a.ended_on BETWEEN make_date(%(year)s, 1, 1) AND %(on)s
AND (p.id IS NULL OR (p.restricted_ground = '' OR p.restricted_until < %(today)s)
    AND (t.id IS NULL OR t.state NOT IN ('round', 'tendering') OR p.opened_in_tender))
AND (i.id IS NULL OR i.restricted_ground = '' OR i.restricted_until < %(today)s)
