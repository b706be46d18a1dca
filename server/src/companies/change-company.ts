/** Creating, reading, changing and deleting companies. Refusals are PublicErrors that name the field or the id. */
import { PublicError } from '../errors.ts';
import { companyEvent, connectionEvent } from '../events/event.ts';
import { insertEvents } from '../events/queries.ts';
import { uuidv7 } from '../lib/ids.ts';
import {
  companyFields,
  updatedFields,
  type Company,
  type CompanyFields,
  type CompanyInput,
  type CompanyUpdate,
} from './company.ts';
import { requireConnector, telling, type CompaniesContext } from './context.ts';
import type { Listed, ListRequest } from './list.ts';
import {
  findCompany,
  findCompanyForUpdate,
  insertCompany,
  markCompanyDeleted,
  markConnectionsOfCompanyDeleted,
  selectCompanies,
  updateCompanyFields,
} from './queries.ts';

export async function createCompany(context: CompaniesContext, input: CompanyInput): Promise<Company> {
  const fields = companyFields(input);
  const told = telling(context);
  const company = { id: uuidv7(told.now.getTime()), ...fields, createdAt: told.now, products: [] };
  await context.db.transaction(async (tx) => {
    await insertCompany(tx, company);
    await insertEvents(tx, [companyEvent('company.created', company, told)]);
  });
  context.eventsStored();
  return company;
}

export async function getCompany(context: CompaniesContext, id: string): Promise<Company> {
  const company = await findCompany(context.db, id);
  if (company === undefined) throw new PublicError('company_not_found', id);
  return company;
}

export function listCompanies(context: CompaniesContext, request: ListRequest): Promise<Listed<Company>> {
  return selectCompanies(context.db, request);
}

/** What is left out is wiped. */
export function replaceCompany(context: CompaniesContext, id: string, input: CompanyInput): Promise<Company> {
  const fields = companyFields(input);
  return changeFields(context, id, () => fields);
}

export function updateCompany(context: CompaniesContext, id: string, update: CompanyUpdate): Promise<Company> {
  return changeFields(context, id, (before) => updatedFields(before, update));
}

function changeFields(
  context: CompaniesContext,
  id: string,
  change: (before: CompanyFields) => CompanyFields,
): Promise<Company> {
  return context.db.transaction(async (tx) => {
    const before = await findCompanyForUpdate(tx, id);
    if (before === undefined) throw new PublicError('company_not_found', id);
    const after = { ...before, ...change(before) };
    await updateCompanyFields(tx, id, after);
    return after;
  });
}

/** Its connections go with it. Pushes outlive their company: what was accepted must still be told. */
export async function deleteCompany(context: CompaniesContext, id: string): Promise<void> {
  const told = telling(context);
  await context.db.transaction(async (tx) => {
    const company = await findCompanyForUpdate(tx, id);
    if (company === undefined) throw new PublicError('company_not_found', id);
    const connections = await markConnectionsOfCompanyDeleted(tx, id, told.now);
    await markCompanyDeleted(tx, id, told.now);
    await insertEvents(tx, [
      ...connections.map((connection) => {
        const { platform } = requireConnector(context, connection.platformKey);
        return connectionEvent({ eventType: 'connection.deleted', company, connection, platform }, told);
      }),
      companyEvent('company.deleted', company, told),
    ]);
  });
  context.eventsStored();
}
