/** What is read from the sandbox and never written: tax rates, tracking categories, the company itself. */
import { isMembers } from '../../models/validate.ts';
import type { PlatformRecord, ReadOutcome } from '../contract.ts';
import { amount, list, same, toOurs, word, type Pair } from '../mapping.ts';
import { addressPairs } from './contacts.ts';
import { callSandbox, type SandboxSession } from './http.ts';
import { readOutcome } from './outcomes.ts';
import { booksPath } from './requests.ts';
import { commonPairs, type SandboxSource } from './resource.ts';

const statuses = { Active: 'active', Archived: 'archived' };
const pairsWithoutSupplement = commonPairs.filter(({ ours }) => !ours.startsWith('supplementalData'));

export const taxRates: SandboxSource = {
  path: 'tax-rates',
  pairs: [
    ...commonPairs,
    same('name'),
    same('code'),
    amount('effectiveTaxRate', 'rate'),
    amount('totalTaxRate', 'rate'),
    list('components', 'components', [same('name'), amount('rate'), same('isCompound')]),
    word('status', 'status', statuses),
  ],
  complete(record) {
    const { components } = record;
    if (!Array.isArray(components)) return record;
    const whole = components.map((one: unknown) => (isMembers(one) ? { isCompound: false, ...one } : one));
    return { ...record, components: whole };
  },
};

export const trackingCategories: SandboxSource = {
  path: 'tracking-categories',
  pairs: [
    ...pairsWithoutSupplement,
    same('name'),
    same('parentId'),
    same('hasChildren'),
    word('status', 'status', statuses),
  ],
  complete: (record) => ({ hasChildren: false, ...record }),
};

const phoneTypes = { Primary: 'primary', Landline: 'landline', Mobile: 'mobile', Fax: 'fax', Unknown: 'other' };

const companyPairs: readonly Pair[] = [
  same('companyName', 'name'),
  same('accountingPlatformRef', 'id'),
  same('companyLegalName', 'legalName'),
  list('addresses', 'addresses', addressPairs),
  list('phoneNumbers', 'phones', [same('number'), word('type', 'type', phoneTypes)]),
  list('webLinks', 'webLinks', [word('type', 'type', { Website: 'website', Social: 'social' }), same('url')]),
  same('ledgerLockDate', 'lockDate'),
  same('registrationNumber'),
  same('taxNumber'),
  same('financialYearStartDate', 'financialYearStart'),
  same('baseCurrency'),
  same('createdDate', 'createdAt'),
  same('supplementalData.content', 'customFields'),
];

export async function readCompanyInfo(session: SandboxSession): Promise<ReadOutcome<PlatformRecord>> {
  const answer = await callSandbox(session, { method: 'GET', path: `${booksPath(session)}/company` });
  return readOutcome(answer, ({ status, json }) =>
    status === 200 && json !== undefined ? { value: toOurs(companyPairs, json) } : undefined,
  );
}
