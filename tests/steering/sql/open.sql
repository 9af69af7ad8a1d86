-- Invoices dated by the day, less what the newest standing list that names each says was paid by then (with VAT).
SELECT sum(i.gross - coalesce(paid.sum, 0)), NULL
FROM members_invoice i
LEFT JOIN LATERAL (
    SELECT sum(e.paid) AS sum FROM members_ledgerentry e
    WHERE e.from_invoice_id = i.id AND (e.paid_on IS NULL OR e.paid_on <= %(on)s)
    AND e.returned_id = (
        SELECT max(n.returned_id) FROM members_ledgerentry n JOIN members_ledgerreturn r ON r.id = n.returned_id
        WHERE n.from_invoice_id = i.id AND r.set_aside_at IS NULL
    )
) paid ON true
WHERE i.issued_on <= %(on)s
