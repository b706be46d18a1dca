/**
 * An example of each event type, made by the functions that make the real ones, so that examples cannot differ from
 * them. Their ids name nothing that exists.
 */
import { uuidv7 } from '../lib/ids.ts';
import type { DataType } from '../models/data-types.ts';
import {
  companyEvent,
  connectionEvent,
  consumerDisabledEvent,
  productEvent,
  rateLimitEvent,
  writeEvent,
  type LedgerpostEvent,
  type Telling,
} from './event.ts';
import type { EventType } from './event-types.ts';
import { readEvent } from './read-completed.ts';
import type { CompanyFacts, ConnectionStatus } from './wire.ts';

const DAY_MS = 86_400_000;

/** `company`: whom the example is about; a made-up one without it. */
export function exampleEvent(
  eventType: EventType,
  telling: Telling,
  about?: Omit<CompanyFacts, 'products'>,
): LedgerpostEvent {
  const { now } = telling;
  const company: CompanyFacts = { products: ['bank-feeds'], ...(about ?? madeUpCompany(now)) };
  const event = { ...eventAbout(eventType, telling, company), isTest: true };
  // Nobody would be found by the tags of a company that does not exist: as a fact of the installation all hear of it.
  return about === undefined ? { ...event, companyId: undefined } : event;
}

function madeUpCompany(now: Date): Omit<CompanyFacts, 'products'> {
  return { id: uuidv7(now.getTime()), name: 'Example Ltd', description: undefined, tags: {}, createdAt: now };
}

function eventAbout(eventType: EventType, telling: Telling, company: CompanyFacts): LedgerpostEvent {
  const { now } = telling;
  switch (eventType) {
    case 'company.created':
    case 'company.deleted':
      return companyEvent(eventType, company, telling);
    case 'company.product.added':
    case 'company.product.removed':
      return productEvent(eventType, { company, productId: 'bank-feeds' }, now);
    case 'connection.created':
      return connectionExample(eventType, 'PendingAuth', company, telling);
    case 'connection.connected':
    case 'connection.reconnected':
      return connectionExample(eventType, 'Linked', company, telling);
    case 'connection.failed':
      return connectionExample(eventType, 'PendingAuth', company, telling);
    case 'connection.disconnected':
    case 'connection.deleted':
      return connectionExample(eventType, 'Unlinked', company, telling);
    case 'read.completed':
    case 'read.completed.initial':
      return readExample(eventType, company, telling);
    case 'client.rateLimit.reached':
    case 'client.rateLimit.reset':
      return rateLimitEvent(
        eventType,
        {
          dailyQuota: 10_000_000,
          quotaRemaining: eventType === 'client.rateLimit.reached' ? 0 : 10_000_000,
          expiresAt: new Date(Math.ceil(now.getTime() / DAY_MS) * DAY_MS),
        },
        now,
      );
    case 'webhook.consumer.disabled':
      return consumerDisabledEvent(
        { id: uuidv7(now.getTime()), name: undefined, description: 'An example' },
        { failingSince: new Date(now.getTime() - 5 * DAY_MS), now },
      );
    default:
      return writeExample(eventType, company, telling);
  }
}

function connectionExample(
  eventType: Parameters<typeof connectionEvent>[0]['eventType'],
  status: ConnectionStatus,
  company: CompanyFacts,
  telling: Telling,
): LedgerpostEvent {
  const { now } = telling;
  const error = {
    statusCode: '401',
    statusText: 'Unauthorized',
    errorMessage: 'The platform refused the credentials.',
    erroredAt: now.toISOString(),
  };
  return connectionEvent(
    {
      eventType,
      company,
      connection: {
        id: uuidv7(now.getTime()),
        status,
        linkToken: 'example',
        info: {},
        errors: eventType === 'connection.failed' ? [error] : [],
        createdAt: now,
      },
      platform: {
        key: 'mqjo',
        integrationId: uuidv7(now.getTime()),
        sourceId: uuidv7(now.getTime()),
        name: 'Sandbox',
        sourceType: 'Accounting',
      },
    },
    telling,
  );
}

function readExample(
  eventType: 'read.completed' | 'read.completed.initial',
  company: CompanyFacts,
  telling: Telling,
): LedgerpostEvent {
  const newId = () => uuidv7(telling.now.getTime());
  const read = {
    connectionId: newId(),
    dataType: 'invoices',
    recordsModified: true,
    status: 'Complete',
    datasetId: newId(),
    warnings: [],
  };
  return readEvent(eventType, { company, modifiedFrom: undefined, reads: [read] }, telling);
}

function writeExample(eventType: EventType, company: CompanyFacts, telling: Telling): LedgerpostEvent {
  const { now } = telling;
  const [dataType = '', , outcome] = eventType.split('.');
  return writeEvent(
    {
      pushId: uuidv7(now.getTime()),
      company,
      connectionId: uuidv7(now.getTime()),
      dataType: dataType as DataType,
      kind: 'create',
      requestedAt: new Date(now.getTime() - 500),
      completedAt: now,
      status: outcome === 'successful' ? 'Success' : 'Failed',
      recordId: 'example-1',
    },
    telling,
  );
}
