/** The feed misses nothing, waits when asked, and shows an example of everything; rules alert in the older form. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { companyEvent, writeEvent } from '../../src/events/event.ts';
import { EVENT_TYPES } from '../../src/events/event-types.ts';
import { insertEvents } from '../../src/events/queries.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { uuidv7 } from '../../src/lib/ids.ts';
import { answer, startTestConsumer, type Received } from '../support/webhook-consumer.ts';
import { until, useWebhookApi } from '../support/webhook-api.ts';

const rig = useWebhookApi();

interface Event {
  readonly id: string;
  readonly eventType: string;
  readonly generatedDate: string;
  readonly test?: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface Feed {
  readonly results: Event[];
  readonly cursor: string;
  readonly hasMore: boolean;
  readonly _links: { readonly next: { readonly href: string } };
}

const call = <Body = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
  rig.api().call<Body>(method, path, body === undefined ? {} : { body });
const feed = async (query = '') => (await call<Feed>('GET', `/events${query}`)).body;
const latest = async () => (await feed('?after=latest')).cursor;

const company = (id = uuidv7(systemClock.now().getTime())) => ({
  id,
  name: 'Toft',
  description: undefined,
  tags: {},
  createdAt: systemClock.now(),
  products: [],
});
const telling = () => ({ publicUrl: 'http://127.0.0.1', now: systemClock.now() });
const created = () => companyEvent('company.created', company(), telling());

describe('the feed', () => {
  it('shows a reader who goes on from its cursor every event once, however long the transaction of one took', async () => {
    const { db } = rig.api();
    let cursor = await latest();
    const expected: string[] = [];
    const read: string[] = [];
    const readOn = async () => {
      const page = await feed(`?after=${cursor}&limit=7`);
      cursor = page.cursor;
      read.push(...page.results.map(({ id }) => id));
      return page.results.length;
    };
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // Older by their times and ids than all that follows, and seen only when their transactions are let go.
    const slow = gates.map((gate) =>
      db.transaction(async (tx) => {
        const event = created();
        expected.push(event.id);
        await insertEvents(tx, [event]);
        await gate.promise;
      }),
    );
    await until(() => expect(expected).toHaveLength(2));
    for (let round = 0; round < 20; round += 1) {
      const events = [created(), created()];
      expected.push(...events.map(({ id }) => id));
      await insertEvents(db, events);
      rig.webhooks().wake();
      await readOn();
      if (round === 7) gates[0]?.resolve();
      if (round === 15) gates[1]?.resolve();
    }
    await Promise.all(slow);
    await until(async () => {
      await readOn();
      expect(read).toHaveLength(expected.length);
    });
    expect(read.toSorted()).toEqual(expected.toSorted());
  });

  it('is filtered by type, pattern and company, and its cursor passes over what does not fit', async () => {
    const after = await latest();
    const facts = company();
    const write = writeEvent(
      {
        pushId: uuidv7(1),
        company: facts,
        connectionId: uuidv7(2),
        dataType: 'bills',
        kind: 'create',
        requestedAt: systemClock.now(),
        completedAt: systemClock.now(),
        status: 'TimedOut',
      },
      telling(),
    );
    await insertEvents(rig.api().db, [created(), write, companyEvent('company.deleted', facts, telling())]);
    rig.webhooks().wake();
    await until(async () => expect((await feed(`?after=${after}`)).results).toHaveLength(3));
    const typesFor = async (query: string) =>
      (await feed(`?after=${after}&${query}`)).results.map(({ eventType }) => eventType);
    expect(await typesFor('eventTypes=*.write.*')).toEqual(['bills.write.unsuccessful']);
    expect(await typesFor(`companyId=${facts.id}`)).toEqual(['bills.write.unsuccessful', 'company.deleted']);
    expect(await typesFor(`companyId=${facts.id}&eventTypes=company.*`)).toEqual(['company.deleted']);
    const none = await feed(`?after=${after}&eventTypes=read.completed`);
    expect(none).toMatchObject({ results: [], hasMore: false });
    expect((await feed(`?after=${none.cursor}`)).results).toEqual([]);
    const one = await feed(`?after=${after}&limit=1`);
    expect(one).toMatchObject({ hasMore: true });
    const second = (await call<Feed>('GET', one._links.next.href)).body.results;
    expect([...one.results, ...second]).toEqual((await feed(`?after=${after}&limit=2`)).results);
    expect((await call('GET', `/events/${write.id}`)).body).toMatchObject({ payload: { status: 'TimedOut' } });
    expect((await call('GET', `/events/${randomUUID()}`)).status).toBe(404);
  });

  it('holds its answer back until there is something to tell, or the time is over', async () => {
    const after = await latest();
    expect((await feed(`?after=${after}&wait=0.05`)).results).toEqual([]);
    const waiting = feed(`?after=${after}&wait=60&eventTypes=client.rateLimit.reset`);
    await call('POST', '/events/test', { eventType: 'bills.write.successful' });
    await call('POST', '/events/test', { eventType: 'client.rateLimit.reset' });
    expect((await waiting).results).toMatchObject([{ eventType: 'client.rateLimit.reset', test: true }]);
  });

  it.each(['after=nonsense', `after=${Buffer.from('events 1 999999999').toString('base64url')}`, 'limit=0', 'wait=61'])(
    'refuses %s',
    async (query) => expect((await call('GET', `/events?${query}`)).status).toBe(400),
  );

  it('refuses types that do not exist and ids that are none', async () => {
    expect((await call('GET', '/events?eventTypes=bill.*')).text).toContain('eventTypes');
    expect((await call('GET', '/events?companyId=acme')).status).toBe(404);
    expect((await call('POST', '/events/test', { eventType: 'bills.written' })).status).toBe(400);
    expect((await call('POST', '/events/test', { eventType: 'read.completed', companyId: randomUUID() })).status).toBe(
      404,
    );
  });
});

describe('an example', () => {
  it('of each event type is delivered signed, marked as one, and like the one that the list of types shows', async () => {
    const consumer = await rig.register({ eventTypes: ['bills.write.successful'] });
    const { results } = (
      await call<{ results: { eventType: string; description: string; example: Event }[] }>('GET', '/events/types')
    ).body;
    expect(results.map(({ eventType }) => eventType).toSorted()).toEqual([...EVENT_TYPES].toSorted());
    for (const { eventType } of results) await call('POST', `${consumer.path}/test`, { eventType });
    await until(() => expect(consumer.server.received).toHaveLength(results.length));
    const told = consumer.server.received.map(
      ({ body, headers }) => new Webhook(consumer.secret).verify(body, headers) as Event,
    );
    for (const { eventType, example, description } of results) {
      const event = told.find((each) => each.eventType === eventType);
      expect(event?.test, eventType).toBe(true);
      expect(Object.keys(event?.payload ?? {}), eventType).toEqual(Object.keys(example.payload));
      expect(description).toMatch(/\.$/);
    }
  });

  it('for everybody comes to those who listen to its type and to the feed; one for a consumer to nobody else', async () => {
    const bills = await rig.register({ eventTypes: ['bills.write.*'] });
    const items = await rig.register({ eventTypes: ['items.*'] });
    const after = await latest();
    await call('POST', `${items.path}/test`, { eventType: 'bills.write.successful' });
    const sent = await call('POST', '/events/test', { eventType: 'bills.write.unsuccessful' });
    expect(sent.status).toBe(200);
    await until(() => expect([bills, items].map(({ server }) => server.received.length)).toEqual([1, 1]));
    expect(bills.server.received[0]?.body).toContain(String(sent.body['id']));
    expect((await feed(`?after=${after}`)).results).toMatchObject([{ id: sent.body['id'], test: true }]);
  });

  it('about a company of the own comes only to those who hear of that company', async () => {
    const made = await call('POST', '/companies', { name: 'Tagged', tags: { region: 'uk' } });
    const uk = await rig.register({ eventTypes: ['bills.*'], companyTags: ['region:uk'] });
    const us = await rig.register({ eventTypes: ['bills.*'], companyTags: ['region:us'] });
    const body = { eventType: 'bills.write.successful', companyId: made.body['id'] };
    expect((await call('POST', '/events/test', body)).body).toMatchObject({
      payload: { referenceCompany: { id: made.body['id'], name: 'Tagged' } },
    });
    await until(() => expect(uk.server.received).toHaveLength(1));
    expect(us.server.received).toEqual([]);
  });
});

describe('what happens to a company', () => {
  it('is told: created, enabled for a product and no longer, deleted, each once', async () => {
    const after = await latest();
    const { id } = (await call('POST', '/companies', { name: 'Told' })).body;
    for (const [method, product] of [
      ['PUT', 'bank-feeds'],
      ['PUT', 'bank-feeds'],
      ['PUT', 'lending'],
      ['DELETE', 'bank-feeds'],
      ['DELETE', 'bank-feeds'],
    ] as const) {
      expect((await call(method, `/companies/${String(id)}/products/${product}`)).status).toBe(204);
    }
    expect((await call('GET', `/companies/${String(id)}`)).body).toMatchObject({ products: ['lending'] });
    expect((await call('PUT', `/companies/${randomUUID()}/products/lending`)).status).toBe(404);
    expect((await call('DELETE', `/companies/${String(id)}`)).status).toBe(204);
    await until(async () => expect((await feed(`?after=${after}&companyId=${String(id)}`)).results).toHaveLength(5));
    const { results } = await feed(`?after=${after}&companyId=${String(id)}`);
    expect(results.map(({ eventType, payload }) => [eventType, payload['products']])).toEqual([
      ['company.created', []],
      ['company.product.added', ['bank-feeds']],
      ['company.product.added', ['bank-feeds', 'lending']],
      ['company.product.removed', ['lending']],
      ['company.deleted', ['lending']],
    ]);
    expect(results[1]?.payload).toMatchObject({ id, name: 'Told', productId: 'bank-feeds', productName: 'Bank feeds' });
  });
});

describe('a rule', () => {
  const alertOf = ({ body }: Received) => JSON.parse(body) as Record<string, unknown>;
  const startReceiver = startTestConsumer;

  it('alerts in the older form, with the header of the profile, and its alerts can be read back', async () => {
    const profile = { name: 'Toft Ltd', redirectUrl: 'https://toft.test/done', alertAuthHeader: 'Bearer hidden-alert' };
    const stored = await call('PUT', '/profile', profile);
    expect(stored.status).toBe(200);
    expect(stored.text).not.toContain('hidden-alert');
    const receiver = await startReceiver(answer(200));
    const ruleFor = (type: string) =>
      call('POST', '/rules', { type, notifiers: { webhook: receiver.url, emails: [] } });
    const changed = await ruleFor('Push Operation Status Changed');
    const timedOut = await ruleFor('Push Operation Timed Out');
    expect(changed.status).toBe(200);
    const facts = company();
    const pushId = uuidv7(3);
    const write = {
      pushId,
      company: facts,
      connectionId: uuidv7(4),
      dataType: 'bills' as const,
      kind: 'create' as const,
      requestedAt: systemClock.now(),
      completedAt: systemClock.now(),
      status: 'TimedOut' as const,
    };
    await insertEvents(rig.api().db, [writeEvent(write, telling())]);
    rig.webhooks().wake();
    await until(() => expect(receiver.received).toHaveLength(2));
    const alerts = receiver.received.map(alertOf);
    const common = {
      ClientId: stored.body['clientId'],
      ClientName: 'Toft Ltd',
      CompanyId: facts.id,
      DataConnectionId: write.connectionId,
      Message: expect.stringContaining(pushId) as string,
    };
    expect(alerts.find(({ RuleId }) => RuleId === changed.body['id'])).toMatchObject({
      ...common,
      RuleType: 'Push Operation Status Changed',
      Data: { dataType: 'bills', status: 'TimedOut', pushOperationKey: pushId },
    });
    expect(alerts.find(({ RuleId }) => RuleId === timedOut.body['id'])).toMatchObject({
      ...common,
      RuleType: 'Push Operation Timed Out',
      Data: { dataType: 'bills', pushOperationKey: pushId, pushOperationGuid: pushId },
    });
    for (const { headers } of receiver.received) {
      expect(headers).toMatchObject({
        authorization: 'Bearer hidden-alert',
        'x-codat-clientid': stored.body['clientId'],
      });
    }
    const listed = `/rules/${String(changed.body['id'])}/alerts`;
    await until(async () =>
      expect((await call('GET', listed)).body).toMatchObject({ totalResults: 1, results: [{ status: 'Success' }] }),
    );
    const [alert] = (await call<{ results: { alertId: string }[] }>('GET', listed)).body.results;
    expect((await call('GET', `/rules/alerts/${alert?.alertId}`)).body).toMatchObject({ lastStatusCode: 200 });
    expect((await call('GET', '/rules/alerts')).body).toMatchObject({ totalResults: 2 });
    expect((await call('GET', '/rules')).body).toMatchObject({ totalResults: 2 });
    expect((await call<{ results: { id: string }[] }>('GET', '/webhooks')).text).not.toContain(receiver.url);
    for (const { body } of [changed, timedOut]) {
      expect((await call('DELETE', `/rules/${String(body['id'])}`)).status).toBe(204);
      expect((await call('GET', `/rules/${String(body['id'])}`)).status).toBe(404);
    }
    await receiver.close();
  });

  it('follows a redirect, and sends its Authorization nowhere else', async () => {
    const elsewhere = await startReceiver(answer(200));
    const near = await startReceiver((request, response) => {
      const location = request.path === '/' ? '/moved' : elsewhere.url;
      response.writeHead(307, { location }).end();
    });
    const rule = await call('POST', '/rules', { type: 'Rate Limit Reached', notifiers: { webhook: near.url } });
    await insertEvents(rig.api().db, [
      {
        id: uuidv7(systemClock.now().getTime()),
        companyId: undefined,
        eventType: 'client.rateLimit.reached',
        generatedAt: systemClock.now(),
        payload: { dailyQuota: 1, quotaRemaining: 0, expiryDate: '2026-01-01T00:00:00Z' },
      },
    ]);
    rig.webhooks().wake();
    await until(() => expect(elsewhere.received).toHaveLength(1));
    expect(near.received.map(({ path }) => path)).toEqual(['/', '/moved']);
    expect(near.received[1]?.headers).toHaveProperty('authorization');
    expect(elsewhere.received[0]?.headers).not.toHaveProperty('authorization');
    expect(elsewhere.received[0]?.body).toBe(near.received[0]?.body);
    await call('DELETE', `/rules/${String(rule.body['id'])}`);
    await Promise.all([near.close(), elsewhere.close()]);
  });

  it('is refused without an address, with an odd one, and for a type that there is not', async () => {
    for (const body of [
      { type: 'Push Operation Timed Out', notifiers: { emails: ['a@example.com'] } },
      { type: 'Push Operation Timed Out', notifiers: { webhook: 'ftp://example.com' } },
      { type: 'Something Else', notifiers: { webhook: 'http://127.0.0.1:1' } },
    ]) {
      expect((await call('POST', '/rules', body)).status).toBe(400);
    }
  });
});
