/** Whether the models say what the sandbox does: bodies that they accept, thrown at it in numbers. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRun, type ConformanceRun } from '../../src/connectors/conformance-run.ts';
import type { DataType } from '../../src/models/data-types.ts';
import { bodiesOf } from '../../src/models/test-bodies.ts';
import { checkBody } from '../../src/models/validate.ts';
import { sandboxConnectorAt, startSandboxProcess, type SandboxProcess } from './sandbox-process.ts';

let sandbox: SandboxProcess;
let run: ConformanceRun;
beforeAll(async () => {
  sandbox = await startSandboxProcess();
  run = await startRun(sandbox);
});
afterAll(() => sandbox.stop());

const creates = Object.entries(sandboxConnectorAt(() => '').writes).flatMap(([dataType, { create }]) =>
  create === undefined ? [] : [[dataType, create] as const],
);

/** What depends on several fields, or on the books, no model can tell. */
const isAboutMore = (message: string) =>
  /TrackingCategoryRefs|Links\[\d+\]\.|sum of the lines|the account's own|the same as from|balance before/.test(
    message,
  );

/** Complaints about the form of a value. */
const isAboutForm = (message: string) => /must|required|member/.test(message) && !isAboutMore(message);

test.each(creates)('%s: what the model accepts, the sandbox does not refuse for its form', async (dataType, write) => {
  const live = await run.liveModel(write);
  const parent = await run.parentOf(dataType as DataType);
  await fc.assert(
    fc.asyncProperty(bodiesOf(live), async (arbitrary) => {
      const body = 'accountId' in arbitrary ? { ...arbitrary, accountId: parent.parentId } : arbitrary;
      expect(checkBody(write.model, body).errors).toEqual([]);
      const outcome = await write.send(run.session(), { pushOperationKey: randomUUID(), ...parent, body });
      expect(['written', 'rejected']).toContain(outcome.kind);
      const messages = outcome.kind === 'rejected' ? outcome.errors.map(({ message }) => message) : [];
      expect(messages.filter(isAboutForm)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
