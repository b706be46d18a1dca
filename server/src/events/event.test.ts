/** The payloads of events as the wire documents them, and the catalogue of event types. */
import { describe, expect, it } from 'vitest';
import { isKnownEventType, WRITE_EVENT_TYPES } from './event-types.ts';
import { companyEvent, connectionEvent, writeEvent, type EndedWrite } from './event.ts';

const told = { publicUrl: 'https://ledgerpost.test', now: new Date('2026-03-01T12:00:02.000Z') };
const company = {
  id: 'c1',
  name: 'Toft',
  description: undefined,
  tags: { region: 'uk' },
  createdAt: new Date('2026-03-01T11:00:00.000Z'),
  products: [],
};
const referenceCompany = {
  id: 'c1',
  name: 'Toft',
  links: { portal: 'https://ledgerpost.test/portal/companies/c1' },
  tags: { region: 'uk' },
};
const written: EndedWrite = {
  pushId: 'p1',
  company,
  connectionId: 'n1',
  dataType: 'invoices',
  kind: 'create',
  requestedAt: new Date('2026-03-01T12:00:00.000Z'),
  completedAt: new Date('2026-03-01T12:00:01.500Z'),
  status: 'Success',
  recordId: 'inv-1',
};

describe('the event of a write', () => {
  it('tells of a success with the record', () => {
    const event = writeEvent(written, told);
    expect(event).toMatchObject({ companyId: 'c1', eventType: 'invoices.write.successful', generatedAt: told.now });
    expect(event.payload).toEqual({
      id: 'p1',
      type: 'Create',
      referenceCompany,
      connectionId: 'n1',
      requestedOnDate: '2026-03-01T12:00:00.000Z',
      completedOnDate: '2026-03-01T12:00:01.500Z',
      status: 'Success',
      record: { id: 'inv-1' },
    });
  });

  it.each(['Failed', 'TimedOut'] as const)('tells of %s without a record', (status) => {
    const { eventType, payload } = writeEvent({ ...written, kind: 'update', status }, told);
    expect(eventType).toBe('invoices.write.unsuccessful');
    expect(payload).toMatchObject({ type: 'Update', status });
    expect(payload).not.toHaveProperty('record');
  });

  it('names the record of an attachment even when that failed', () => {
    const attached: EndedWrite = { ...written, kind: 'attach', attachmentId: 'a1' };
    expect(writeEvent(attached, told).payload).toMatchObject({
      type: 'UploadAttachment',
      record: { id: 'inv-1' },
      attachmentId: 'a1',
    });
    const failed = writeEvent({ ...attached, status: 'Failed', attachmentId: undefined }, told).payload;
    expect(failed).toMatchObject({ record: { id: 'inv-1' }, status: 'Failed' });
    expect(failed).not.toHaveProperty('attachmentId');
  });

  it('names the account of bank transactions', () => {
    const batch: EndedWrite = { ...written, dataType: 'bankTransactions', recordId: undefined, parentId: 'acc-1' };
    expect(writeEvent(batch, told).payload).toMatchObject({ record: { id: 'acc-1' } });
  });

  it('leaves no member null, which official clients would refuse', () => {
    const text = JSON.stringify(writeEvent({ ...written, recordId: undefined }, told).payload);
    expect(text).not.toContain('null');
  });
});

describe('other events', () => {
  const connection = {
    id: 'n1',
    status: 'PendingAuth' as const,
    linkToken: 'token',
    info: {},
    errors: [
      { statusCode: '400', statusText: 'Bad Request', errorMessage: 'No', erroredAt: '2026-03-01T11:30:00.000Z' },
    ],
    createdAt: company.createdAt,
  };
  const platform = { key: 'mqjo', integrationId: 'i1', sourceId: 's1', name: 'Sandbox', sourceType: 'Accounting' };

  it('show a connection in full', () => {
    const event = connectionEvent({ eventType: 'connection.failed', company, connection, platform }, told);
    expect(event.payload).toEqual({
      referenceCompany,
      connection: {
        id: 'n1',
        integrationId: 'i1',
        integrationKey: 'mqjo',
        sourceId: 's1',
        sourceType: 'Accounting',
        platformName: 'Sandbox',
        linkUrl: 'https://ledgerpost.test/link/token',
        status: 'PendingAuth',
        created: '2026-03-01T11:00:00.000Z',
        dataConnectionErrors: [
          {
            statusCode: '400',
            statusText: 'Bad Request',
            errorMessage: 'No',
            erroredOnUtc: '2026-03-01T11:30:00.000Z',
            status: 'Active',
          },
        ],
        connectionInfo: {},
      },
    });
  });

  it('show a company without its connections', () => {
    expect(companyEvent('company.created', company, told).payload).toEqual({
      id: 'c1',
      name: 'Toft',
      redirect: 'https://ledgerpost.test/portal/companies/c1',
      created: '2026-03-01T11:00:00.000Z',
      products: [],
      tags: { region: 'uk' },
      referenceSubsidiaryCompanies: [],
    });
  });
});

describe('the catalogue', () => {
  it('has the 36 write events of the 18 data types that can be written', () => {
    expect(WRITE_EVENT_TYPES).toHaveLength(36);
    expect(WRITE_EVENT_TYPES.every(isKnownEventType)).toBe(true);
  });

  it('knows chartOfAccounts and not its path word', () => {
    expect(isKnownEventType('chartOfAccounts.write.successful')).toBe(true);
    expect(isKnownEventType('accounts.write.successful')).toBe(false);
  });
});
