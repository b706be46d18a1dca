/**
 * What any client of the wire must be able to do, told once. Each scenario gives what came of it in plain words, so that
 * what two clients make of the same server can be compared.
 */

export interface Place {
  readonly companyId: string;
  readonly connectionId: string;
}

export interface Ended {
  readonly status: string;
  readonly statusCode: number;
  readonly errorMessage?: string | null | undefined;
  readonly validation?: { readonly errors?: readonly object[] | null | undefined } | undefined;
  readonly changes?: readonly ScenarioChange[] | null | undefined;
}

interface ScenarioChange {
  readonly type?: string | undefined;
  readonly recordRef?: { readonly id?: string | undefined; readonly dataType?: string | undefined } | undefined;
}

/** The few verbs that the scenarios are written in; each client has its own way to say them. */
export interface ScenarioClient {
  readonly createAccount: (place: Place, account: Account) => Promise<Asked>;
  readonly createCustomer: (place: Place, customer: { customerName: string; status: 'Active' }) => Promise<Asked>;
  readonly updateCustomer: (place: Place, customerId: string, customerName: string) => Promise<Asked>;
  readonly untilEnded: (asked: Asked) => Promise<Ended>;
  readonly customerName: (companyId: string, customerId: string) => Promise<unknown>;
  readonly customerNames: (companyId: string, query: string) => Promise<readonly unknown[]>;
  readonly pushes: (
    companyId: string,
    query: string,
  ) => Promise<readonly { status: string; dataType?: string | undefined }[]>;
  readonly requiredFields: (place: Place) => Promise<readonly string[]>;
  /** The HTTP status of the refusal; undefined where it was none. */
  readonly refusalOf: (call: () => Promise<unknown>) => Promise<number | undefined>;
  readonly registerConsumer: (url: string) => Promise<readonly string[]>;
  readonly linkStatus: (place: Place) => Promise<string>;
}

export interface Account {
  readonly nominalCode: string;
  readonly name: string;
  readonly fullyQualifiedCategory: string;
}

export interface Asked {
  readonly companyId: string;
  readonly pushOperationKey: string;
  readonly status: string;
}

const account: Account = { nominalCode: '4200123456', name: 'Assets', fullyQualifiedCategory: 'Asset.Current' };
const tooLong: Account = { ...account, nominalCode: '350045006500' };
const nobody = '00000000-0000-4000-8000-000000000000';

function summary({ status, statusCode, validation, changes }: Ended) {
  const told = changes?.map(({ type, recordRef }) => ({
    type,
    dataType: recordRef?.dataType,
    hasId: recordRef?.id !== undefined,
  }));
  return { status, statusCode, errors: validation?.errors, changes: told };
}

const idOf = ({ changes }: Ended) => changes?.[0]?.recordRef?.id ?? '';

/** The guarantee, and what is seen of it. They are played one after the other over the books of one company. */
export const scenarios: Readonly<Record<string, (client: ScenarioClient, place: Place) => Promise<unknown>>> = {
  'an account is created': async (client, place) => {
    const asked = await client.createAccount(place, account);
    return [asked.status, summary(await client.untilEnded(asked))];
  },
  'an account with a code of too many characters is refused by name': async (client, place) => {
    const ended = await client.untilEnded(await client.createAccount(place, tooLong));
    return [summary(ended), ended.errorMessage?.replace(/[0-9a-f]{32}/, 'ID')];
  },
  'a customer is created, changed and read back': async (client, place) => {
    const customer = { customerName: 'Harbour Lane Bakery', status: 'Active' } as const;
    const created = await client.untilEnded(await client.createCustomer(place, customer));
    const changed = await client.untilEnded(await client.updateCustomer(place, idOf(created), 'Harbour Lane'));
    return [summary(created), summary(changed), await client.customerName(place.companyId, idOf(created))];
  },
  'customers are found by a query': async (client, place) => {
    const customer = { customerName: 'A "quoted" & b', status: 'Active' } as const;
    await client.untilEnded(await client.createCustomer(place, customer));
    return client.customerNames(place.companyId, String.raw`customerName="A \"quoted\" & b"`);
  },
  'pushes are listed by status and type': async (client, place) => {
    await client.untilEnded(await client.createAccount(place, tooLong));
    const pushes = await client.pushes(place.companyId, 'status=Failed&&dataType=chartOfAccounts');
    return pushes.map(({ status, dataType }) => ({ status, dataType }));
  },
  'the model names what is required': (client, place) => client.requiredFields(place),
  'a connection tells its status': (client, place) => client.linkStatus(place),
  'a consumer is registered': (client) => client.registerConsumer('http://127.0.0.1:9/hook'),
  'refusals are told by their status': async (client, place) => [
    await client.refusalOf(() => client.createAccount({ ...place, connectionId: nobody }, account)),
    await client.refusalOf(() => client.customerName(place.companyId, 'nobody')),
    await client.refusalOf(() => client.pushes(place.companyId, 'status=&&')),
    await client.refusalOf(() => client.pushes(nobody, 'status=Failed')),
  ],
};
