/** The companies of the long run, and what is written to their books: each push makes one record with a name of its own. */
import { callUntilAnswered } from './calls.ts';
import type { Ground } from './ground.ts';
import { randomOf } from './random.ts';

export interface LinkedBooks {
  readonly companyId: string;
  readonly connectionId: string;
}

export interface AcceptedPush {
  readonly id: string;
  readonly connectionId: string;
  readonly resource: Resource;
  readonly name: string;
}

export const RESOURCES = ['accounts', 'customers', 'suppliers'] as const;
export type Resource = (typeof RESOURCES)[number];

const CLIENTS = 24;
const ENDED_MS_MAX = 300_000;

export async function makeCompanies(ground: Ground, count: number): Promise<LinkedBooks[]> {
  const made: LinkedBooks[] = [];
  for (let index = 0; index < count; index++) {
    const company = await callUntilAnswered<{ id: string }>(ground, 'POST', '/companies', { name: `Torture ${index}` });
    const connections = `/companies/${company.id}/connections`;
    const connection = await callUntilAnswered<{ id: string }>(ground, 'POST', connections, { platformKey: 'mqjo' });
    await callUntilAnswered(ground, 'PUT', `${connections}/${connection.id}/authorization`, {});
    made.push({ companyId: company.id, connectionId: connection.id });
  }
  return made;
}

/** Many clients at once; gives what was accepted once all of it is. */
export async function writeAll(
  ground: Ground,
  linked: readonly LinkedBooks[],
  { pushes, seed }: { readonly pushes: number; readonly seed: number },
): Promise<AcceptedPush[]> {
  const random = randomOf(seed + 1);
  const accepted: AcceptedPush[] = [];
  let next = 0;
  const client = async () => {
    while (next < pushes) {
      const number = next++;
      const books = linked[Math.floor(random() * linked.length)];
      const resource = RESOURCES[Math.floor(random() * RESOURCES.length)];
      if (books === undefined || resource === undefined) throw new Error('There are no companies');
      accepted.push(await write(ground, books, resource, `T-${number}`));
      if (accepted.length % 500 === 0) console.log(`  ${accepted.length} accepted`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return accepted;
}

async function write(ground: Ground, books: LinkedBooks, resource: Resource, name: string): Promise<AcceptedPush> {
  const target = `/companies/${books.companyId}/connections/${books.connectionId}/push/${resource}`;
  const push = await callUntilAnswered<{ pushOperationKey: string }>(ground, 'POST', target, bodyOf(resource, name));
  return { id: push.pushOperationKey, connectionId: books.connectionId, resource, name };
}

function bodyOf(resource: Resource, name: string): object {
  if (resource === 'customers') return { customerName: name, status: 'Active' };
  if (resource === 'suppliers') return { supplierName: name, status: 'Active' };
  return { nominalCode: name, name, fullyQualifiedCategory: 'Asset.Current' };
}

/** Returns as well when some never end: the report counts those. */
export async function untilAllEnded({ db }: Ground, pushes: number): Promise<void> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < ENDED_MS_MAX) {
    const ended = await db
      .query<{ count: number }>('', 'SELECT count(*)::int AS count FROM pushes WHERE completed_at IS NOT NULL')
      .then(([row]) => row?.count ?? 0)
      .catch(() => 0);
    if (ended >= pushes) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
