/**
 * Journals of Tryton. They have no field to write a mark into, so each gets a sequence of its own, whose name bears it: a
 * journal is found by the name of its sequence.
 */
import { choices } from '../../models/fields.ts';
import { journals as journalModel } from '../../models/journals.ts';
import { refine } from '../../models/model.ts';
import type { Codec, Pair } from '../mapping.ts';
import { derived, same, word } from '../mapping.ts';
import { markText } from './marks.ts';
import type { TrytonResource } from './resource.ts';
import { resultOf } from './session.ts';
import { momentOf } from './values.ts';

const types = {
  General: 'general',
  Revenue: 'revenue',
  Expense: 'expense',
  Cash: 'cash',
  Situation: 'situation',
  WriteOff: 'write-off',
  Statement: 'statement',
};

const activity: Codec = {
  toTheirs: (value) => value !== 'Archived',
  toOurs: (value) => (value === false ? 'Archived' : 'Active'),
};
export const activeStatus = (ours: string): Pair => ({ ours, theirs: 'active', codec: activity });

const created: Codec = { toTheirs: (value) => value, toOurs: momentOf };

export const journals: TrytonResource = {
  dataType: 'journals',
  theirs: 'account.journal',
  model: refine(journalModel, {
    name: { required: true },
    type: { options: choices(...Object.keys(types)), description: 'General if absent.' },
    parentId: { readOnly: true },
    createdOn: { readOnly: true },
    status: { options: choices('Active', 'Archived') },
  }),
  pairs: [
    same('journalCode', 'code'),
    same('name'),
    word('type', 'type', types),
    activeStatus('status'),
    derived({ ours: 'createdOn', theirs: 'create_date', codec: created }),
  ],
  reads: ['code', 'name', 'type', 'active'],
  scope: () => [],
  fills: ['type', 'sequence'],
  isMarkedOnCreateOnly: true,
  mark: {
    reads: [],
    domain: (key) => [['sequences.sequence.name', 'ilike', `%${markText(key)}`]],
    put: (values) => values,
  },
  prepare: (values, _, { present }) => (present === undefined ? { type: 'general', ...values } : values),
  async first(values, { pushOperationKey }, { session, present }) {
    if (present !== undefined) return {};
    const mark = markText(pushOperationKey);
    // From an earlier send that ended between the two.
    const [standing] = await session.ids('ir.sequence', [['name', 'ilike', `%${mark}`]], { limit: 1 });
    if (standing !== undefined) return { sequence: standing };
    const type = await session.known('journal sequence type', async () => {
      const [id] = await session.ids('ir.sequence.type', [['name', '=', 'Account Journal']], { limit: 1 });
      return id;
    });
    const sequence = { name: `${String(values['name'])} ${mark}`, sequence_type: type, company: session.link.company };
    const made = resultOf(await session.call('ir.sequence', 'create', [[sequence]]));
    return { sequence: Array.isArray(made) ? (made as readonly unknown[])[0] : undefined };
  },
  complete: (record) => ({ ...record, hasChildren: false }),
};
