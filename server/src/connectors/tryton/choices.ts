/** Choices from the company's records in Tryton, for every field of a model that refers to something in the books. */
import type { DataType } from '../../models/data-types.ts';
import { eachField, type Choice, type Field, type PushModel, type Refinements } from '../../models/model.ts';
import { describeModel } from './described-fields.ts';
import { REFERENCE_MODELS } from './references.ts';
import type { Domain, TrytonSession } from './session.ts';
import { TRACKED_TYPES } from './tracking.ts';

/** Choices are there to pick from by eye; more than this is a search, not a choice. */
const CHOICES_MAX = 100;

/** The records that a field may refer to. */
export interface Offer {
  /** `account.account` */
  readonly model: string;
  readonly domain: Domain;
}

/** `offers` by path; a field without one is offered what there is of the types that it refers to. Throws a NoResult. */
export async function choicesFor(
  session: TrytonSession,
  model: PushModel,
  offers: ReadonlyMap<string, Offer>,
): Promise<Refinements> {
  const asked = new Map<string, Promise<readonly Choice[]>>();
  const ask = (offer: Offer) => {
    const key = JSON.stringify(offer);
    const answer = asked.get(key) ?? choicesIn(session, offer);
    asked.set(key, answer);
    return answer;
  };
  const fields = [...eachField(model.fields)].filter(({ field }) => field.readOnly !== true);
  const found = await Promise.all(
    fields.map(async ({ path, field }) => {
      const options = await optionsOf(session, field, offers.get(path), ask);
      return options.length === 0
        ? []
        : [[path, { options, optionsAreExamples: true } satisfies Partial<Field>] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

async function optionsOf(
  session: TrytonSession,
  { references, format }: Field,
  offer: Offer | undefined,
  ask: (offer: Offer) => Promise<readonly Choice[]>,
): Promise<readonly Choice[]> {
  if (format === 'currency') return currencies(session);
  if (references === undefined) return [];
  if (offer !== undefined) return ask({ ...offer, domain: [...offer.domain, ...(await usable(session, offer.model))] });
  const models = new Set(references.flatMap((dataType: DataType) => REFERENCE_MODELS[dataType] ?? []));
  const lists = await Promise.all(
    [...models].map(async (each) => ask({ model: each, domain: await usable(session, each) })),
  );
  return lists.flat();
}

/** Of this company or of all, and not only there to group others. */
async function usable(session: TrytonSession, model: string): Promise<Domain> {
  const fields = await describeModel(session, model);
  const isAccount = model === 'account.account';
  return [
    ...(fields.has('company') ? [['company', 'in', [session.link.company, null]]] : []),
    ...(isAccount
      ? [
          ['closed', '!=', true],
          ['type', '!=', null],
        ]
      : []),
    ...(model === REFERENCE_MODELS.trackingCategories ? [['type', 'in', TRACKED_TYPES]] : []),
  ];
}

async function choicesIn(session: TrytonSession, { model, domain }: Offer): Promise<readonly Choice[]> {
  const records = await session.find(model, domain, ['rec_name'], { limit: CHOICES_MAX });
  return records.map(({ id, rec_name: name }) => ({
    value: String(id),
    displayName: typeof name === 'string' && name !== '' ? name : String(id),
  }));
}

function currencies(session: TrytonSession): Promise<readonly Choice[]> {
  return session.recent('currencies', async () => {
    const records = await session.find('currency.currency', [], ['code', 'name'], { limit: CHOICES_MAX });
    return records.flatMap(({ code, name }) =>
      typeof code === 'string' && code !== ''
        ? [{ value: code, displayName: typeof name === 'string' ? name : code }]
        : [],
    );
  });
}
