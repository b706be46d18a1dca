/** Conformance of the writes themselves: done once, told truly, and found again when the answer was lost. */
import { expect, test } from 'vitest';
import { differences } from '../models/differences.ts';
import { modelOfType } from '../models/read-models.ts';
import { datesWithoutTime } from './conformance-dates.ts';
import { changeOfKind, io, recordIdOf } from './conformance-run.ts';
import type { Capability, ConformanceFault, Current } from './conformance-run.ts';
import type { Connector, FindOutcome } from './contract.ts';

/** What a broken call may have left behind, and what `find` has to say about it. */
const doubts: readonly (readonly [ConformanceFault, FindOutcome['kind']])[] = [
  ['cut-before', 'absent'],
  ['error-before', 'absent'],
  ['garbage-before', 'absent'],
  ['cut-after', 'found'],
  ['error-after', 'found'],
  ['garbage-after', 'found'],
  ['truncated-after', 'found'],
];

export function testWrite(run: Current, capability: Capability, declared: Connector): void {
  const { dataType, kind } = capability;

  test('is written once, and is in the books', async () => {
    const { request, counted, countAfter } = await run().prepare(capability);
    const outcome = await run().send(capability, request);
    expect(outcome).toMatchObject({
      kind: 'written',
      changes: [
        {
          type: changeOfKind[kind].type,
          recordRef: { dataType, id: request.recordId ?? request.parentId ?? recordIdOf(outcome) },
        },
      ],
    });
    expect(await run().count(counted)).toBe(countAfter);
  });

  testReadingBack(run, capability, declared);

  test.runIf(kind === 'attach')('is listed, and downloaded byte for byte', async () => {
    const { request } = await run().prepare(capability);
    const outcome = await run().send(capability, request);
    const files = run().platform.connector.reads[dataType]?.attachments;
    const attachmentId = outcome.kind === 'written' ? (outcome.changes[0]?.attachmentId ?? '') : '';
    const { file = { name: '', contentType: '', bytes: new Uint8Array() }, recordId = '' } = request;
    const told = { id: attachmentId, name: file.name, contentType: file.contentType, fileSize: file.bytes.length };
    const session = run().session();
    expect(await files?.list(session, recordId)).toMatchObject({ kind: 'read', value: [told] });
    expect(await files?.get(session, recordId, attachmentId)).toMatchObject({ kind: 'read', value: told });
    const download = await files?.download(session, recordId, attachmentId);
    const got = download?.kind === 'read' ? download.value : undefined;
    expect({ ...got, bytes: [...(got?.bytes ?? [])] }).toEqual({ ...file, bytes: [...file.bytes] });
    const lost = await files?.get(session, recordId, run().platform.unknownRecordId);
    expect(lost).toEqual({ kind: 'read', value: undefined });
  });

  test('sent again with the same key, it is not written twice', async () => {
    const { request, counted, countAfter } = await run().prepare(capability);
    const first = await run().send(capability, request);
    const second = await run().send(capability, request);
    // What is deleted bears no mark: that it is gone is all that the second can be told.
    if (kind === 'delete' && second.kind === 'rejected') expect(second.statusCode).toBe(404);
    else expect(recordIdOf(second)).toBe(recordIdOf(first));
    expect(await run().count(counted)).toBe(countAfter);
  });
}

export function testReadingBack(run: Current, capability: Capability, declared: Connector): void {
  const { dataType, kind, write } = capability;
  const isRecord = kind !== 'attach' && declared.reads[dataType]?.below === undefined;
  test.runIf(isRecord)('reads back field by field as it was written', async () => {
    const { request } = await run().prepare(capability);
    const outcome = await run().send(capability, request);
    expect(outcome).not.toHaveProperty('warnings');
    const reader = run().platform.connector.reads[dataType];
    const read = await reader?.get(run().session(), recordIdOf(outcome));
    expect(read?.kind).toBe('read');
    const record = read?.kind === 'read' ? read.value : undefined;
    expect(record?.['id']).toBe(kind === 'delete' ? undefined : recordIdOf(outcome));
    expect(differences(write.model, request.body ?? {}, record ?? {})).toEqual([]);
    expect(datesWithoutTime(write.model.fields, record)).toEqual([]);
    // Or what was kept of the write would seem to have changed as soon as it is read.
    if (outcome.kind === 'written' && outcome.record !== undefined) expect(record).toEqual(outcome.record);
  });

  test.runIf(!isRecord && kind === 'create')(
    'reads back one by one, under the record that they belong to',
    async () => {
      const { request, countAfter } = await run().prepare(capability);
      const outcome = await run().send(capability, request);
      expect(outcome).not.toHaveProperty('warnings');
      const query = {
        pageSize: 100,
        ...(request.parentId === undefined ? {} : { parentId: request.parentId }),
      };
      const read = await run().platform.connector.reads[dataType]?.page(run().session(), query);
      const records = read?.kind === 'read' ? read.value.records : [];
      const { fields } = modelOfType(dataType);
      expect(records.flatMap((record) => datesWithoutTime(fields, record))).toEqual([]);
      expect(records).toHaveLength(countAfter);
      expect(new Set(records.map(({ id }) => id)).size).toBe(countAfter);
      if (outcome.kind === 'written' && outcome.below !== undefined) {
        expect(records).toEqual(expect.arrayContaining([...outcome.below]));
      }
      expect(
        differences(write.model, request.body ?? {}, outcome.kind === 'written' ? (outcome.record ?? {}) : {}),
      ).toEqual([]);
    },
  );
}

export function testTrouble(run: Current, capability: Capability): void {
  const { dataType, kind, write } = capability;

  test('is certainly not sent when the platform asks for a pause, which is passed on', async () => {
    const { request, counted, before } = await run().prepare(capability);
    await run().platform.failNextWrite('rate-limited');
    const retryAfterMs = run().platform.rateLimitPauseMs;
    expect(await run().send(capability, request)).toMatchObject({
      kind: 'not-sent',
      waitingFor: 'rate-limit',
      retryAfterMs,
    });
    expect(await run().count(counted)).toBe(before);
  });

  test('is certainly not sent when the connection is refused', async () => {
    const { request } = await run().prepare(capability);
    const nowhere = run().session(run().platform.unreachable);
    expect(await run().send(capability, request, nowhere)).toMatchObject({
      kind: 'not-sent',
      waitingFor: 'platform-offline',
    });
  });

  test('is refused as unlinked when the platform no longer takes the credentials', async () => {
    const { request, counted, before } = await run().prepare(capability);
    const { connector, badLink } = run().platform;
    const stranger = connector.open(badLink(run().link), io);
    expect(await run().send(capability, request, stranger)).toMatchObject({ kind: 'unlinked' });
    expect(await run().count(counted)).toBe(before);
  });

  test.each(doubts)('after %s it is unknown', async (fault, found) => {
    const { request, counted, before, countAfter } = await run().prepare(capability);
    await run().platform.failNextWrite(fault);
    expect(await run().send(capability, request)).toMatchObject({ kind: 'unknown' });
    expect(await run().count(counted)).toBe(found === 'found' ? countAfter : before);
  });

  test('whether it may be repeated is told, and that it can be looked up only where it can', () => {
    const repeat = write.repeatFor(run().session());
    expect(['platform-deduplicates', 'find-before-resend', 'never-resend']).toContain(repeat);
    if (repeat === 'find-before-resend') expect('find' in write).toBe(true);
  });

  test.runIf('find' in write).each(doubts)('after %s a look-up says %s', async (fault, found) => {
    const { request } = await run().prepare(capability);
    await run().platform.failNextWrite(fault);
    await run().send(capability, request);
    const type = changeOfKind[kind].type;
    const facts = found === 'found' ? { changes: [{ type, recordRef: { dataType } }] } : {};
    const outcome = await run().find(capability, request);
    expect(outcome).toMatchObject(facts);
    // A write of several steps may have been broken after its first.
    expect(outcome?.kind === 'half-done' ? 'found' : outcome?.kind).toBe(found);
  });

  test.runIf('find' in write)('a look-up that gets no answer does not say absent', async () => {
    const { request } = await run().prepare(capability);
    const nowhere = run().session(run().platform.unreachable);
    expect(await run().find(capability, request, nowhere)).toMatchObject({
      kind: 'unreachable',
      waitingFor: 'platform-offline',
    });
  });
}

export function testChangeOfRecord(run: Current, capability: Capability): void {
  test('that the platform does not have is rejected as not found', async () => {
    const { request } = await run().prepare(capability);
    const lost = { ...request, recordId: run().platform.unknownRecordId };
    expect(await run().send(capability, lost)).toMatchObject({ kind: 'rejected', statusCode: 404 });
  });
}
