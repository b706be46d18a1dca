/**
 * What hangs on a party: addresses, ways to reach people, numbers. Each is a list in Tryton, of which our data model names
 * single elements; what it does not name is left alone.
 */
import { isMembers } from '../../models/validate.ts';
import { isMark } from './marks.ts';
import type { TrytonSession } from './session.ts';
import { idOf, listOf, type Members } from './values.ts';

type Command = readonly unknown[];

export const detailReads: readonly string[] = [
  ...['street', 'city', 'postal_code', 'country.name', 'subdivision.name', 'invoice', 'delivery'].map(
    (field) => `addresses.${field}`,
  ),
  ...['type', 'value', 'name', 'sequence'].map((field) => `contact_mechanisms.${field}`),
  ...['type', 'code'].map((field) => `identifiers.${field}`),
];

const addressTypes = { Billing: 'invoice', Delivery: 'delivery' } as const;

/** Tryton makes an empty address for every party; it is none to show. */
function isEmpty(address: Members): boolean {
  return ['street', 'city', 'postal_code', 'country', 'subdivision'].every((field) => (address[field] ?? '') === '');
}

export function addressesOf(party: Members): readonly Members[] {
  return listOf(party['addresses'])
    .filter((address) => !isEmpty(address))
    .map((address) => {
      const [line1 = '', ...rest] = textOf(address['street']).split('\n');
      const { city, postal_code: postalCode, invoice, delivery, country, subdivision } = address;
      return present({
        type: invoice === true ? 'Billing' : delivery === true ? 'Delivery' : 'Unknown',
        line1,
        line2: rest.join('\n'),
        city,
        region: nameOf(subdivision),
        country: nameOf(country),
        postalCode,
      });
    });
}

/** In the places of those that there are, one by one; what is left over is taken away. */
export async function addressCommands(
  given: unknown,
  party: Members | undefined,
  session: TrytonSession,
): Promise<readonly Command[]> {
  const wanted: Members[] = [];
  for (const address of listOf(given)) wanted.push(await addressValues(address, session));
  if (party === undefined) return [['create', wanted.length === 0 ? [{}] : wanted]];
  const there = listOf(party['addresses']).map(({ id }) => id);
  const kept = there.slice(0, wanted.length);
  const surplus = there.slice(wanted.length);
  return [
    ...kept.map((id, index) => ['write', [id], wanted[index]]),
    ...(wanted.length > there.length ? [['create', wanted.slice(there.length)]] : []),
    ...(surplus.length > 0 ? [['delete', surplus]] : []),
  ];
}

async function addressValues(address: Members, session: TrytonSession): Promise<Members> {
  const { type, line1, line2, city, region, country, postalCode } = address;
  const countryId = await placeId(session, 'country.country', textOf(country), []);
  const within = countryId === null ? [] : [['country', '=', countryId]];
  const street = [line1, line2].map(textOf).filter((line) => line !== '');
  return {
    street: street.join('\n'),
    city: textOf(city),
    postal_code: textOf(postalCode),
    country: countryId,
    subdivision: await placeId(session, 'country.subdivision', textOf(region), within),
    ...Object.fromEntries(Object.entries(addressTypes).map(([ours, theirs]) => [theirs, type === ours])),
  };
}

/** Tryton keeps countries and regions as records; one that it does not know is not kept, and the answer says so. */
async function placeId(session: TrytonSession, model: string, name: string, within: Command): Promise<number | null> {
  if (name === '') return null;
  return session.known(`${model} ${name} ${JSON.stringify(within)}`, async () => {
    const byName = ['OR', ['name', '=', name], ['code', '=', name]];
    const [id] = await session.ids(model, [byName, ...within], { limit: 1 });
    return id ?? null;
  });
}

/** Ways to reach the main contact come first; those of further people have a higher sequence. */
const MAIN_SEQUENCE = 10;
const FURTHER_SEQUENCE = 100;

interface Contacts {
  readonly main: readonly Members[];
  /** By the name of the person. */
  readonly further: ReadonlyMap<string, readonly Members[]>;
}

function contactsOf(party: Members | undefined): Contacts {
  const all = listOf(party?.['contact_mechanisms']).toSorted(
    (a, b) => sequenceOf(a) - sequenceOf(b) || Number(a['id']) - Number(b['id']),
  );
  const isFurther = (each: Members) => sequenceOf(each) >= FURTHER_SEQUENCE;
  const further = Map.groupBy(all.filter(isFurther), ({ name }) => textOf(name));
  return { main: all.filter((each) => !isFurther(each)), further };
}

function sequenceOf({ sequence }: Members): number {
  return typeof sequence === 'number' ? sequence : MAIN_SEQUENCE;
}

const phoneTypes = { Primary: 'phone', Mobile: 'mobile', Fax: 'fax' } as const;

export function mainContactOf(party: Members): Members {
  const { main } = contactsOf(party);
  const value = (type: string) => main.find((each) => each['type'] === type)?.['value'];
  const name = main.find((each) => textOf(each['name']) !== '')?.['name'];
  return present({ contactName: name, emailAddress: value('email'), phone: value('phone') ?? value('mobile') });
}

export function furtherContactsOf(party: Members): readonly Members[] {
  return [...contactsOf(party).further].map(([name, ways]) => {
    const phones = Object.entries(phoneTypes).flatMap(([type, theirs]) =>
      ways.filter((way) => way['type'] === theirs).map(({ value }) => ({ number: value, type })),
    );
    const email = ways.find(({ type }) => type === 'email')?.['value'];
    return { ...present({ name, email }), ...(phones.length > 0 ? { phone: phones } : {}), status: 'Active' };
  });
}

export function contactCommands(body: Members, party: Members | undefined): readonly Command[] {
  const { main, further } = contactsOf(party);
  const name = Object.hasOwn(body, 'contactName') ? textOf(body['contactName']) : textOf(main[0]?.['name']);
  const isRenamed = Object.hasOwn(body, 'contactName') && main.length > 0;
  const ways = [
    ...wayCommands(body, 'emailAddress', 'email', { main, name }),
    ...wayCommands(body, 'phone', 'phone', { main, name }),
  ];
  const hasWay = main.length > 0 || ways.length > 0;
  // A name needs something to hang on.
  const bare = !hasWay && name !== '' ? [created({ type: 'other', value: name, name, sequence: MAIN_SEQUENCE })] : [];
  const replaced = Object.hasOwn(body, 'contacts')
    ? [
        ...[...further.values()].map((each) => ['delete', each.map(({ id }) => id)]),
        ...listOf(body['contacts']).flatMap(furtherCommands),
      ]
    : [];
  const renamed = isRenamed ? [['write', main.map(({ id }) => id), { name }]] : [];
  return [...renamed, ...ways, ...bare, ...replaced];
}

function wayCommands(
  body: Members,
  ours: string,
  type: string,
  { main, name }: { readonly main: readonly Members[]; readonly name: string },
): readonly Command[] {
  if (!Object.hasOwn(body, ours)) return [];
  const value = textOf(body[ours]);
  const there = main.find((each) => each['type'] === type);
  if (there === undefined) return value === '' ? [] : [created({ type, value, name, sequence: MAIN_SEQUENCE })];
  return [value === '' ? ['delete', [there['id']]] : ['write', [there['id']], { value }]];
}

function furtherCommands(contact: Members, index: number): readonly Command[] {
  const { name, email, phone } = contact;
  const shared = { name: textOf(name), sequence: FURTHER_SEQUENCE + index };
  const phones = listOf(phone).filter(({ number }) => textOf(number) !== '');
  return [
    ...(textOf(email) === '' ? [] : [created({ ...shared, type: 'email', value: email })]),
    ...phones.map(({ number, type }) => created({ ...shared, type: phoneTypeOf(type), value: number })),
  ];
}

function phoneTypeOf(type: unknown): string {
  return type === 'Mobile' || type === 'Fax' ? phoneTypes[type] : phoneTypes.Primary;
}

function created(values: Members): Command {
  return ['create', [values]];
}

/** The number in a register of companies has no type in Tryton: it is known by how it begins. */
const REGISTRATION = 'Reg. ';

export function numbersOf(party: Members): Members {
  const { registration, tax } = identifiersOf(party);
  const code = textOf(registration?.['code']);
  return present({ registrationNumber: code.slice(REGISTRATION.length), taxNumber: tax?.['code'] });
}

function identifiersOf(party: Members | undefined) {
  const all = listOf(party?.['identifiers']).filter(({ code }) => !isMark(code));
  const isRegistration = ({ code, type }: Members) => type === null && textOf(code).startsWith(REGISTRATION);
  return { registration: all.find(isRegistration), tax: all.find((each) => !isRegistration(each)) };
}

export function numberCommands(body: Members, party: Members | undefined): readonly Command[] {
  const { registration, tax } = identifiersOf(party);
  const commands = (ours: string, there: Members | undefined, prefix: string): readonly Command[] => {
    if (!Object.hasOwn(body, ours)) return [];
    const code = textOf(body[ours]);
    if (there === undefined) return code === '' ? [] : [created({ type: null, code: prefix + code })];
    return [code === '' ? ['delete', [there['id']]] : ['write', [there['id']], { code: prefix + code }]];
  };
  return [...commands('registrationNumber', registration, REGISTRATION), ...commands('taxNumber', tax, '')];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function nameOf(record: unknown): unknown {
  return isMembers(record) && idOf(record) !== undefined ? record['name'] : undefined;
}

/** Without what is empty. */
function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => typeof value === 'string' && value !== ''));
}
