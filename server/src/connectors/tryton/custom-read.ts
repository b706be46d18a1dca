/**
 * Reading any of Tryton's models by its name: what callers have configured beside the data model. Tryton itself decides what
 * the link's user may see; here it is made sure that the model is one of the books, that its fields are there, and that
 * only records of the linked company are read.
 */
import type { CustomRead, CustomSource, ReadOutcome, RecordPage } from '../contract.ts';
import { describeModel, innerModels, missingField, modelLabels } from './described-fields.ts';
import { reading } from './outcomes.ts';
import { RECORDS_A_PAGE_MAX } from './reads.ts';
import { ACTIVE_OR_NOT } from './resource.ts';
import type { Domain, TrytonSession } from './session.ts';
import { encodeId, idOf, plainMembers } from './values.ts';

const modelForm = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$/;
const MODEL_LENGTH_MAX = 100;

export function trytonCustomRead({ dataSource: model, members }: CustomSource): CustomRead<TrytonSession> {
  if (!modelForm.test(model) || model.length > MODEL_LENGTH_MAX) {
    return { kind: 'refused', reason: "it must be the name of a model of Tryton's, such as product.template" };
  }
  if (innerModels.test(model))
    return { kind: 'refused', reason: `${model} belongs to Tryton itself, not to the books` };
  return {
    kind: 'readable',
    async page(session, { after, pageSize }) {
      return pageOf(
        await reading(async () => {
          const missing = await missingIn(session, model, members);
          if (missing !== undefined) return missing;
          const limit = Math.min(pageSize, RECORDS_A_PAGE_MAX);
          const from = after === undefined ? undefined : encodeId(after);
          const domain = [...(from === undefined ? [] : [['id', '>', from]]), ...(await ofCompany(session, model))];
          const fields = [...new Set(members.map((names) => names.join('.')))];
          const found = await session.find(model, domain, fields, { limit, ...ACTIVE_OR_NOT });
          const last = idOf(found.at(-1));
          const isLast = found.length < limit || last === undefined;
          return { records: found.map(plainMembers), ...(isLast ? {} : { next: String(last) }) };
        }),
      );
    },
  };
}

function pageOf(outcome: ReadOutcome<RecordPage | string>): ReadOutcome<RecordPage> {
  if (outcome.kind !== 'read') return outcome;
  const { value } = outcome;
  return typeof value === 'string'
    ? { kind: 'unreachable', why: 'not-set-up', reason: value }
    : { kind: 'read', value };
}

/** What this Tryton lacks of all that is wanted, in words. */
async function missingIn(
  session: TrytonSession,
  model: string,
  members: CustomSource['members'],
): Promise<string | undefined> {
  const known = await modelLabels(session, [model]);
  if (!known.has(model)) return `Tryton has no model ${model}.`;
  for (const names of members) {
    const missing = await missingField(session, model, names);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** One database may hold several companies. What does not know companies belongs to all of them. */
async function ofCompany(session: TrytonSession, model: string): Promise<Domain> {
  const { company } = session.link;
  if (model === 'company.company') return [['id', '=', company]];
  const field = (await describeModel(session, model)).get('company');
  return field?.relation === 'company.company' ? [['company', '=', company]] : [];
}
