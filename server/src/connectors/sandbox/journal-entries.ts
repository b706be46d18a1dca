/** Journal entries of the sandbox. */
import { journalEntries as journalEntryModel } from '../../models/journal-entries.ts';
import { refine } from '../../models/model.ts';
import { amount, date, derived, list, same, word, type Pair } from '../mapping.ts';
import { withContactType } from './contact-kinds.ts';
import { withLines } from './documents.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

export const trackedTypes = {
  customers: 'customers',
  suppliers: 'suppliers',
  trackingCategories: 'tracking-categories',
};

const linePairs: readonly Pair[] = [
  same('description'),
  amount('netAmount', 'amount'),
  amount('transactionAmount'),
  same('currency'),
  same('transactionCurrency'),
  same('accountRef.id', 'accountId'),
  list('tracking.recordRefs', 'trackedRecords', [same('id'), word('dataType', 'type', trackedTypes)]),
  same('contactRef.id', 'contactId'),
];

export const journalEntries: SandboxResource = {
  path: 'journal-entries',
  model: withNumberLimits(
    refine(journalEntryModel, {
      description: { maxLength: 4_000 },
      postedOn: { required: true },
      journalLines: { required: true, itemsMax: 1_000 },
      'journalLines.description': { maxLength: 4_000 },
      'journalLines.netAmount': { required: true, decimalPlacesMax: 2 },
      'journalLines.accountRef': { required: true },
      'journalLines.accountRef.id': { required: true },
      'journalLines.tracking.recordRefs.id': { required: true },
      'journalLines.tracking.recordRefs.dataType': { required: true },
      'recordRef.id': { maxLength: 255 },
      'recordRef.dataType': { maxLength: 50 },
    }),
  ),
  pairs: [
    ...commonPairs,
    same('description'),
    date('postedOn'),
    derived(same('createdOn', 'createdAt')),
    derived(same('updatedOn', 'updatedAt')),
    same('journalRef.id', 'journalId'),
    same('journalRef.name', 'journalName'),
    list('journalLines', 'lines', linePairs),
    same('recordRef.id', 'sourceRecord.id'),
    same('recordRef.dataType', 'sourceRecord.type'),
  ],
  complete: (record) => withLines(record, 'journalLines', withContactType),
};
