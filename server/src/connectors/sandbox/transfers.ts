/** Transfers of the sandbox. */
import { choices } from '../../models/fields.ts';
import { refine, type PushModel, type Refinements } from '../../models/model.ts';
import { transfers as transferModel } from '../../models/transfers.ts';
import { isMembers } from '../../models/validate.ts';
import { amount, date, ids, list, same, word, type Pair } from '../mapping.ts';
import { withAccountType, withContactType } from './contact-kinds.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

const statuses = { Unreconciled: 'unreconciled', Reconciled: 'reconciled', Void: 'void' };

const sidePairs = (side: 'from' | 'to'): readonly Pair[] => [
  same(`${side}.accountRef.id`, `${side}.accountId`),
  same(`${side}.currency`),
  amount(`${side}.amount`),
];

const sideLimits = (side: 'from' | 'to'): Refinements => ({
  [side]: { required: true },
  [`${side}.accountRef`]: { required: true },
  [`${side}.accountRef.id`]: { required: true },
  [`${side}.amount`]: { required: true, decimalPlacesMax: 2 },
});

export const transfers: SandboxResource = {
  path: 'transfers',
  model: withNumberLimits(
    refine(transferModel, {
      ...sideLimits('from'),
      ...sideLimits('to'),
      description: { maxLength: 4_000 },
      date: { required: true },
      status: { options: choices('Unreconciled', 'Reconciled') },
      trackingCategoryRefs: { itemsMax: 2 },
      depositedRecordRefs: { itemsMax: 50 },
      'depositedRecordRefs.id': { maxLength: 255 },
      'depositedRecordRefs.dataType': { maxLength: 50 },
    }),
  ),
  pairs: [
    ...commonPairs,
    same('description'),
    same('contactRef.id', 'contactId'),
    date('date'),
    ...sidePairs('from'),
    ...sidePairs('to'),
    word('status', 'status', statuses),
    ids('trackingCategoryRefs', 'trackingCategoryIds'),
    list('depositedRecordRefs', 'depositedRecords', [same('id'), same('dataType', 'type')]),
  ],
  offer: withAnotherAccountFirst,
  complete(record) {
    const { from, to } = record;
    const sides = {
      from: isMembers(from) ? withAccountType(from) : from,
      to: isMembers(to) ? withAccountType(to) : to,
    };
    return { ...withContactType(record), ...sides };
  },
};

/** Whoever takes the first choice on both sides should not move money from an account to itself. */
function withAnotherAccountFirst(live: PushModel): PushModel {
  const [first, ...others] = live.fields['from']?.fields?.['accountRef']?.fields?.['id']?.options ?? [];
  if (first === undefined || others.length === 0) return live;
  return refine(live, { 'to.accountRef.id': { options: [...others, first] } });
}
