// Queries of the files kept with records.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

export interface AttachmentRow {
  readonly seq: number;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly createdAt: string;
}

export function attachmentQueries(database: DatabaseSync) {
  const insert = database.prepare(
    'INSERT INTO attachments (record, name, content_type, size, created_at, content) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq',
  );
  const columns = 'seq, name, content_type, size, created_at';
  const list = database.prepare(`SELECT ${columns} FROM attachments WHERE record = ? ORDER BY seq LIMIT ? OFFSET ?`);
  const count = database.prepare('SELECT count(*) AS count FROM attachments WHERE record = ?');
  const one = database.prepare(`SELECT ${columns} FROM attachments WHERE record = ? AND seq = ?`);
  const content = database.prepare('SELECT content FROM attachments WHERE seq = ?');
  const remove = database.prepare('DELETE FROM attachments WHERE record = ?');
  return {
    insertAttachment: (record: number, file: Omit<AttachmentRow, 'seq'>, bytes: Uint8Array): number =>
      Number(insert.get(record, file.name, file.contentType, file.size, file.createdAt, bytes)?.['seq']),
    listAttachments: (record: number, limit: number, offset: number) =>
      list.all(record, limit, offset).map(attachmentRow),
    countAttachments: (record: number) => Number(count.get(record)?.['count']),
    attachment(record: number, seq: number): AttachmentRow | undefined {
      const row = one.get(record, seq);
      return row && attachmentRow(row);
    },
    attachmentContent(seq: number): Uint8Array {
      const bytes = content.get(seq)?.['content'];
      return bytes instanceof Uint8Array ? bytes : new Uint8Array();
    },
    deleteAttachments: (record: number) => void remove.run(record),
  };
}

function attachmentRow(row: Record<string, SQLOutputValue>): AttachmentRow {
  return {
    seq: Number(row['seq']),
    name: String(row['name']),
    contentType: String(row['content_type']),
    size: Number(row['size']),
    createdAt: String(row['created_at']),
  };
}
