/** The model with choices from the company's own books for every field that refers to something in them. */
import type { DataType } from '../../models/data-types.ts';
import { eachField, refineEach, type Choice, type PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import { callSandbox, type SandboxSession } from './http.ts';

/** Choices are there to pick from by eye; more than this is a search, not a choice. */
const choicesMax = 100;

/** Where the records stand that fields may refer to. */
const paths = {
  bankAccounts: 'bank-accounts',
  chartOfAccounts: 'accounts',
  customers: 'customers',
  items: 'items',
  journals: 'journals',
  suppliers: 'suppliers',
  taxRates: 'tax-rates',
  trackingCategories: 'tracking-categories',
} as const satisfies { readonly [D in DataType]?: string };

export async function liveModel(session: SandboxSession, model: PushModel): Promise<PushModel> {
  const referenced = new Set([...eachField(model.fields)].flatMap(({ field }) => field.references ?? []));
  const wanted = Object.entries(paths).filter(([dataType]) => referenced.has(dataType as keyof typeof paths));
  const found = await Promise.all(
    wanted.map(async ([dataType, path]) => [dataType, await choicesFrom(session, path)] as const),
  );
  const choices = new Map<string, readonly Choice[]>(found);
  return refineEach(model, ({ references, readOnly }) => {
    const options = readOnly === true ? [] : (references ?? []).flatMap((dataType) => choices.get(dataType) ?? []);
    return options.length === 0 ? {} : { options, optionsAreExamples: true };
  });
}

/** Empty when the sandbox does not answer: the model stands without choices too. */
async function choicesFrom(session: SandboxSession, path: string): Promise<readonly Choice[]> {
  const list = `/books/${encodeURIComponent(session.books)}/${path}?status=active&pageSize=${choicesMax}`;
  const answer = await callSandbox(session, { method: 'GET', path: list });
  const items: unknown = answer.kind === 'answer' && answer.status === 200 ? answer.json?.['items'] : undefined;
  return Array.isArray(items) ? items.filter(isMembers).flatMap(choiceOf) : [];
}

function choiceOf(record: Readonly<Record<string, unknown>>): readonly Choice[] {
  const { id, code, name } = record;
  if (typeof id !== 'string') return [];
  const label = [code, name].filter((part) => typeof part === 'string').join(' ');
  return [{ value: id, displayName: label === '' ? id : label }];
}
