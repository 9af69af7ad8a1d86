-- Contracts in force on the day in which some municipality took part.
SELECT count(*), NULL FROM procurement_contract c
WHERE c.state <> 'draft' AND c.begins_on <= %(on)s
AND (c.ends_on IS NULL OR c.ends_on >= %(on)s OR c.silence = 'runs_on' AND c.state = 'signed')
AND EXISTS (SELECT FROM procurement_participation p WHERE p.contract_id = c.id AND p.period @> %(on)s::date)
