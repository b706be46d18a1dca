/** Journals of the sandbox: books that journal entries name. */
import { choices } from '../../models/fields.ts';
import { journals as journalModel } from '../../models/journals.ts';
import { refine } from '../../models/model.ts';
import { date, derived, same, word } from '../mapping.ts';
import { commonPairs, type SandboxResource } from './resource.ts';

export const journals: SandboxResource = {
  path: 'journals',
  model: refine(journalModel, {
    journalCode: { maxLength: 50, unique: true },
    name: { required: true },
    type: { maxLength: 100 },
    status: { options: choices('Active', 'Archived') },
  }),
  pairs: [
    ...commonPairs,
    same('journalCode', 'code'),
    same('name'),
    same('type'),
    same('parentId'),
    derived(same('hasChildren')),
    date('createdOn'),
    word('status', 'status', { Active: 'active', Archived: 'archived' }),
  ],
};
