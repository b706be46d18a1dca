-- A company keeps one set of books: whichever of two links comes first wins, whatever the code does.
CREATE UNIQUE INDEX one_linked_connection_per_company ON connections (company_id)
  WHERE status = 'Linked' AND deleted_at IS NULL;

-- Due messages are claimed consumer by consumer, so that a consumer with a long backlog cannot hide the others' behind
-- it. The index over all consumers at once has no reader left.
DROP INDEX webhook_messages_due;
CREATE INDEX webhook_messages_waiting ON webhook_messages (consumer_id, next_attempt_at, id) WHERE state = 'waiting';
