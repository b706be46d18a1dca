/** Conformance of updates against other people's changes, and of previews. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { withUnknownReference } from './conformance-bodies.ts';
import type { Capability, Current } from './conformance-run.ts';
import type { WriteOutcome, WriteRequest } from './contract.ts';

export function testStaleUpdate(run: Current, capability: Capability): void {
  const stampOf = (outcome: WriteOutcome) => {
    const record = outcome.kind === 'written' ? outcome.record : undefined;
    const stamp = record === undefined ? undefined : run().platform.connector.stampOf?.(record);
    if (stamp === undefined) throw new Error(`No stamp: ${JSON.stringify(outcome)}`);
    return stamp;
  };
  const again = (request: WriteRequest) => ({ ...request, pushOperationKey: randomUUID() });

  test('passes with the stamp that its own last write left, and with none at all', async () => {
    const { request } = await run().prepare(capability);
    const first = await run().send(capability, request);
    const second = await run().send(capability, { ...again(request), expectedStamp: stampOf(first) });
    expect(second).toMatchObject({ kind: 'written' });
    expect(stampOf(second)).not.toBe(stampOf(first));
    expect(await run().send(capability, again(request))).toMatchObject({ kind: 'written' });
  });

  test('of a record that was never seen is rejected, and one that is not there is not found', async () => {
    const { request } = await run().prepare(capability);
    const unseen = { ...request, expectedStamp: '' };
    expect(await run().send(capability, unseen)).toMatchObject({ kind: 'rejected', statusCode: 409 });
    const lost = { ...again(unseen), recordId: run().platform.unknownRecordId };
    expect(await run().send(capability, lost)).toMatchObject({ kind: 'rejected', statusCode: 404 });
  });

  test('is rejected with the stamp of an older state, naming both dates, and changes nothing', async () => {
    const { request } = await run().prepare(capability);
    const first = await run().send(capability, request);
    const second = await run().send(capability, again(request));
    const stale = await run().send(capability, { ...again(request), expectedStamp: stampOf(first) });
    expect(stale).toMatchObject({ kind: 'rejected', statusCode: 409 });
    const message = stale.kind === 'rejected' ? stale.message : '';
    for (const outcome of [first, second]) {
      const record = outcome.kind === 'written' ? outcome.record : undefined;
      expect(message).toContain(String(record?.['sourceModifiedDate']));
    }
    const reader = run().platform.connector.reads[capability.dataType];
    const read = await reader?.get(run().session(), request.recordId ?? '');
    expect(read).toMatchObject({ value: second.kind === 'written' ? second.record : {} });
  });
}

export function testPreview(run: Current, capability: Capability): void {
  const { kind, write } = capability;
  const preview = (request: WriteRequest, over = run().session()) => run().preview(capability, request, over);

  test('shows the request without secrets, says that it would be written, and writes nothing', async () => {
    const { request, counted, before, countAfter } = await run().prepare(capability);
    const outcome = await preview(request);
    expect(outcome).toMatchObject({ verdict: { kind: 'would-write' } });
    expect(outcome?.request.path).toMatch(/^\//);
    expect(await run().count(counted)).toBe(before);
    expect(await run().send(capability, request)).toMatchObject({ kind: 'written' });
    expect(await run().count(counted)).toBe(countAfter);
  });

  const canBeBroken = kind !== 'create' || withUnknownReference(write.model).length > 0;
  test.runIf(canBeBroken)('of what the platform would refuse says so, and why', async () => {
    const { request } = await run().prepare(capability);
    const [broken] = request.body === undefined ? [] : withUnknownReference(write.model, request.body);
    const lost = { ...request, recordId: run().platform.unknownRecordId };
    const outcome = await preview(broken === undefined ? lost : { ...request, body: broken.body });
    expect(outcome).toMatchObject({ verdict: { kind: 'would-reject', message: expect.stringMatching(/\w/) } });
  });

  test('cannot tell while the platform is away, and says nothing of a refusal', async () => {
    const { request } = await run().prepare(capability);
    const outcome = await preview(request, run().session(run().platform.unreachable));
    expect(outcome).toMatchObject({ verdict: { kind: 'cannot-tell' } });
  });
}
