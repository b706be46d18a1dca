/** The mark of a document, in the note of its first line: unlike the document's own texts, Tryton does not print it. */
import { markText, withoutMark, type Mark } from './marks.ts';
import { listOf, type Members } from './values.ts';

type Operation = readonly unknown[];

export const lineMark: Mark = {
  reads: ['lines.note'],
  domain: (key) => [['lines.note', 'ilike', `%${markText(key)}%`]],
  put(values, key, present) {
    const given: unknown = values['lines'];
    const operations = Array.isArray(given) ? (given as readonly Operation[]) : [];
    const created = operations.findIndex((operation) => createdIn(operation).length > 0);
    if (created < 0) {
      const lines = [...operations, ...onPresent(present, key)];
      return lines.length === 0 ? values : { ...values, lines };
    }
    const [first, ...others] = createdIn(operations[created] ?? []);
    const marked = ['create', [{ ...first, note: markText(key) }, ...others]];
    return { ...values, lines: operations.with(created, marked) };
  },
};

/** The elements of `['create', […]]`. */
export function createdIn([name, elements]: Operation): readonly Members[] {
  return name === 'create' ? listOf(elements) : [];
}

function onPresent(present: Members | undefined, key: string): readonly Operation[] {
  const [first] = listOf(present?.['lines']);
  if (first === undefined) return [];
  const note = typeof first['note'] === 'string' ? withoutMark(first['note']) : '';
  return [['write', [first['id']], { note: note === '' ? markText(key) : `${note}\n${markText(key)}` }]];
}

/** The same operations on a list, with every new element changed. */
export function withEachCreated(operations: unknown, changed: (element: Members) => Members): unknown {
  if (!Array.isArray(operations)) return operations;
  return (operations as readonly Operation[]).map((operation) =>
    operation[0] === 'create' ? ['create', createdIn(operation).map(changed)] : operation,
  );
}
