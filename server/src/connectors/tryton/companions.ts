/** What is read from Tryton and never written: tax rates, analytic accounts, payment methods, the company itself. */
import { multiply, parseDecimal, toNumber } from '../../lib/decimal.ts';
import { isMembers } from '../../models/validate.ts';
import type { PlatformRecord, ReadOutcome } from '../contract.ts';
import { midnightOf, same, type Codec } from '../mapping.ts';
import { activeStatus } from './journals.ts';
import { reading } from './outcomes.ts';
import { idPair } from './pairs.ts';
import { knownFields, propertiesIn } from './platform-properties.ts';
import { addressesOf, detailReads, numbersOf } from './party-details.ts';
import type { TrytonReading } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { dayOf, decimalOf, listOf, momentOf, type Members } from './values.ts';

const hundred = { units: 100n, scale: 0 };

/** A fraction there, percent here. */
function percentOf(rate: unknown): number | undefined {
  const exact = parseDecimal(decimalOf(rate) ?? '');
  return exact === undefined ? undefined : toNumber(multiply(exact, hundred));
}

const percent: Codec = { toTheirs: (value) => value, toOurs: percentOf };

export const taxRates: TrytonReading = {
  dataType: 'taxRates',
  theirs: 'account.tax',
  pairs: [
    same('name'),
    same('code', 'description'),
    { ours: 'effectiveTaxRate', theirs: 'rate', codec: percent },
    { ours: 'totalTaxRate', theirs: 'rate', codec: percent },
    activeStatus('status'),
  ],
  reads: ['name', 'description', 'rate', 'type', 'active', 'childs.name', 'childs.rate', 'childs.type'],
  scope: (session) => [
    ['company', '=', session.link.company],
    ['parent', '=', null],
  ],
  complete(record, theirs) {
    const parts = listOf(theirs['childs']);
    const components = (parts.length > 0 ? parts : [theirs]).map((part) => {
      const rate = percentOf(part['rate']);
      return { name: part['name'], ...(rate === undefined ? {} : { rate }), isCompound: false };
    });
    return { ...record, components };
  },
};

export const trackingCategories: TrytonReading = {
  dataType: 'trackingCategories',
  theirs: 'analytic_account.account',
  pairs: [same('name'), idPair('parentId', 'parent'), activeStatus('status')],
  reads: ['name', 'parent', 'active', 'childs'],
  scope: (session) => [['company', '=', session.link.company]],
  complete: (record, { childs }) => ({ ...record, hasChildren: Array.isArray(childs) && childs.length > 0 }),
};

export const paymentMethods: TrytonReading = {
  dataType: 'paymentMethods',
  theirs: 'account.invoice.payment.method',
  pairs: [same('name'), activeStatus('status')],
  reads: ['name', 'active', 'journal.type'],
  scope: (session) => [['company', '=', session.link.company]],
  complete(record, { journal }) {
    const isCash = isMembers(journal) && journal['type'] === 'cash';
    return { ...record, type: isCash ? 'Cash' : 'Other' };
  },
};

const COMPANY = 'company.company';

export function companyInfo(
  session: TrytonSession,
  properties?: readonly string[],
): Promise<ReadOutcome<PlatformRecord>> {
  return reading(async () => {
    const own = [['id', '=', session.link.company]];
    const further = await knownFields(session, COMPANY, properties);
    const fields = [...new Set(['party.name', 'currency.code', 'create_date', ...further])];
    const [found] = await session.find(COMPANY, own, fields);
    const party = isMembers(found?.['party']) ? found['party'] : {};
    const wanted = [['id', '=', party['id'] ?? 0]];
    const [details = {}] = await session.find('party.party', wanted, ['name', 'phone', ...detailReads]);
    const currency = isMembers(found?.['currency']) ? found['currency']['code'] : undefined;
    const year = await fiscalYear(session);
    const addresses = addressesOf(details);
    const { phone } = details;
    return {
      companyName: party['name'],
      companyLegalName: party['name'],
      accountingPlatformRef: String(session.link.company),
      ...(typeof currency === 'string' ? { baseCurrency: currency } : {}),
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(typeof phone === 'string' && phone !== '' ? { phoneNumbers: [{ number: phone, type: 'Primary' }] } : {}),
      ...numbersOf(details),
      ...(year === undefined ? {} : { financialYearStartDate: midnightOf(year) }),
      createdDate: momentOf(found?.['create_date']),
      ...(properties === undefined ? {} : { platformProperties: propertiesIn(found ?? {}, further) }),
    };
  });
}

async function fiscalYear(session: TrytonSession): Promise<string | undefined> {
  const domain = [
    ['company', '=', session.link.company],
    ['state', '=', 'open'],
  ];
  const years: readonly Members[] = await session.find('account.fiscalyear', domain, ['start_date']);
  const today = session.io.now().toISOString().slice(0, 10);
  return years
    .map(({ start_date: start }) => dayOf(start) ?? '')
    .filter((start) => start <= today)
    .toSorted()
    .at(-1);
}
