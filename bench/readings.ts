/** Readings of one company's books through a server, as its callers ask for them, and how long each took. */
import type pg from 'pg';

export type Call = <Answer>(method: string, target: string, body?: object) => Promise<Answer>;

export function caller(url: string, authorization: string): Call {
  return async <Answer>(method: string, target: string, body?: object) => {
    const answer = await fetch(url + target, {
      method,
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
}

export interface LinkedBooks {
  readonly companyId: string;
  readonly connectionId: string;
}

/** A company with a connection that is linked once `prepare` has made its books. */
export async function linkBooks(
  call: Call,
  platformKey: string,
  prepare: (connectionId: string) => Promise<object>,
): Promise<LinkedBooks> {
  const { id: companyId } = await call<{ id: string }>('POST', '/companies', { name: 'Bench' });
  const connections = `/companies/${companyId}/connections`;
  const { id: connectionId } = await call<{ id: string }>('POST', connections, { platformKey });
  await call('PUT', `${connections}/${connectionId}/authorization`, await prepare(connectionId));
  return { companyId, connectionId };
}

const FIRST_LOOK_MS = 500;

/** Until all that is read after a link has been read. */
export async function untilFirstRead(call: Call, { companyId }: LinkedBooks): Promise<void> {
  for (;;) {
    const statuses = Object.values(
      await call<Record<string, { currentStatus: string }>>('GET', `/companies/${companyId}/dataStatus`),
    );
    const isBusy = statuses.some(({ currentStatus }) => /^(Queued|Fetching|Processing)$/.test(currentStatus));
    if (!isBusy && statuses.some(({ currentStatus }) => currentStatus === 'Complete')) return;
    await new Promise((resolve) => setTimeout(resolve, FIRST_LOOK_MS));
  }
}

/**
 * From the request until the end is told, in milliseconds. Nobody asks meanwhile: each look would take the time of what is
 * measured, and the interval between two would be counted with it.
 */
export async function readOnce(
  call: Call,
  { companyId }: LinkedBooks,
  { client, dataType }: { readonly client: pg.Client; readonly dataType: string },
): Promise<number> {
  const told = Promise.withResolvers<number>();
  const onNotification = () => told.resolve(performance.now());
  await client.query('LISTEN ledgerpost_events');
  client.on('notification', onNotification);
  try {
    const began = performance.now();
    const { id } = await call<{ id: string }>('POST', `/companies/${companyId}/data/queue/${dataType}`);
    const ended = await told.promise;
    const { status } = await call<{ status: string }>('GET', `/companies/${companyId}/data/history/${id}`);
    if (status !== 'Complete') throw new Error(`The reading stands at ${status}`);
    return ended - began;
  } finally {
    client.off('notification', onNotification);
  }
}
