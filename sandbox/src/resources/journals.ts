// Journals: books of entries, such as a sales or a cash book, that journal entries are kept in.
import { choice, date, name, readOnly, reference, report, text } from '../fields.ts';
import { textAt } from '../json.ts';
import { defineResource } from '../resource.ts';

export const journals = defineResource({
  path: 'journals',
  prefix: 'jbk',
  fields: {
    name: name(256),
    code: text(50),
    type: text(100),
    parentId: reference('journals'),
    createdOn: date(),
    status: choice('active', 'archived'),
    hasChildren: readOnly(),
  },
  complete(input, writing, before) {
    const status = input.status ?? 'active';
    if (input.parentId !== undefined && input.parentId === textAt(before?.body, 'id'))
      report(writing, 'parentId', 'not_allowed', 'a journal is not its own parent');
    return {
      members: { ...input, createdOn: input.createdOn ?? writing.now.slice(0, 10), status },
      number: input.code === undefined || input.code === '' ? undefined : { field: 'code', value: input.code },
      reference: input.parentId,
      status,
    };
  },
  present: (body, reading) => ({
    ...body,
    hasChildren: reading.isReferredTo('journals', textAt(body, 'id') ?? ''),
  }),
});
