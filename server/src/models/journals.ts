/** Journal: a book that journal entries are kept in. */
import { choices, commonFields, flag, moment, text } from './fields.ts';
import type { PushModel } from './model.ts';

export const journals: PushModel = {
  dataType: 'journals',
  displayName: 'Journal',
  description: 'A book of journal entries. An entry names it in its journal reference.',
  fields: {
    ...commonFields(),
    journalCode: text('Journal code', 'Short code of the journal.', { nullable: true }),
    name: text('Name', 'Name of the journal.', { nullable: true, maxLength: 256 }),
    type: text('Type', 'What kind of entries it is for.', { nullable: true }),
    parentId: text('Parent', 'Id of the journal that this one is part of.', {
      nullable: true,
      references: ['journals'],
    }),
    hasChildren: flag('Has children', 'Whether other journals are part of it.', { readOnly: true }),
    createdOn: moment('Created on', 'When the journal was begun.'),
    status: text('Status', 'Whether entries may be made in it.', { options: choices('Unknown', 'Active', 'Archived') }),
  },
  example: { journalCode: 'PAY', name: 'Payroll', type: 'General', status: 'Active' },
};
