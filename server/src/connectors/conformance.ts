/**
 * One suite for every connector and each of its declared capabilities, run against the real platform or a stand-in for
 * it, with faults. A connector that passes tells the engine the truth, and that is all the engine relies on.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dataTypes, isWritable, type DataType } from '../models/data-types.ts';
import { testDuties, testIds, testModel, testOffer, testRequiredAlone } from './conformance-models.ts';
import { startRun } from './conformance-run.ts';
import type { Capability, ConformancePlatform, ConformanceRun, Current } from './conformance-run.ts';
import { testPreview, testStaleUpdate } from './conformance-updates.ts';
import { testChangeOfRecord, testReadingBack, testTrouble, testWrite } from './conformance-writes.ts';
import type { Connector, WriteKind } from './contract.ts';

export interface ConformanceExtent {
  /**
   * Types of which only the models, and what is made by them, are tried: for a platform that takes its time, and whose types
   * go the same ways as one that is tried in full.
   */
  readonly inBrief?: (dataType: DataType) => boolean;
  /** Another run over the same connector tries its models, and what it offers and previews by them. */
  readonly modelsElsewhere?: true;
}

/** `declared` is any instance of the connector: the capabilities are read off it before a platform is running. */
export function describeConformance(
  declared: Connector,
  start: () => Promise<ConformancePlatform>,
  { inBrief = () => false, modelsElsewhere }: ConformanceExtent = {},
): void {
  const declaredOnes = capabilitiesOf(declared);
  const capabilities = declaredOnes.filter(({ dataType }) => !inBrief(dataType));
  const brief = declaredOnes.filter(({ dataType, kind }) => inBrief(dataType) && /^(?:create|update)$/.test(kind));
  const ofKinds = (...kinds: readonly WriteKind[]) =>
    capabilities.filter(({ kind }) => kinds.includes(kind)).map((one) => [one.dataType, one.kind, one] as const);

  describe(`the ${declared.platform.name} connector`, () => {
    let run: ConformanceRun | undefined;
    const current = () => {
      if (run === undefined) throw new Error('The platform has not started');
      return run;
    };
    beforeAll(async () => {
      run = await startRun(await start());
    });
    afterAll(async () => run?.platform.stop());
    let searched = 0;
    afterEach(() => {
      const { said, platform } = current();
      // What was said since the test before: all of it each time would be a sixth of the whole suite's work.
      const words = JSON.stringify(said.slice(searched));
      searched = said.length;
      for (const secret of platform.secrets) expect(words).not.toContain(secret);
    });

    test('tells which texts must never be shown', () => {
      const { connector, secrets } = current().platform;
      expect(connector.secretsOf(current().link)).toEqual(expect.arrayContaining([...secrets]));
    });

    const all = ofKinds('create', 'update', 'delete', 'attach');
    describe.each(all)('%s %s', (_, __, capability) => {
      testWrite(current, capability, declared);
    });
    describe.each(all)('%s %s in trouble', (_, __, capability) => {
      testTrouble(current, capability);
    });
    describe.each(ofKinds('update', 'delete', 'attach'))('%s %s of a record', (_, __, capability) => {
      testChangeOfRecord(current, capability);
    });
    describe.each(ofKinds('update'))('%s %s of a record that others change too', (_, __, capability) => {
      testStaleUpdate(current, capability);
    });
    if (modelsElsewhere === true) return;
    describe.each(all.filter(([, , { write }]) => write.preview !== undefined))(
      '%s %s: a preview',
      (_, __, capability) => {
        testPreview(current, capability);
      },
    );
    describe.each(ofKinds('create', 'update'))('%s %s: the model', (_, __, capability) => {
      testModel(current, capability);
    });
    describe.each(ofKinds('create'))('%s %s: what is offered', (_, __, capability) => {
      testOffer(current, capability, declared);
    });
    for (const capability of brief) {
      describe(`${capability.dataType} ${capability.kind} in brief`, () => {
        testInBrief(current, capability, declared);
      });
    }
  });
}

function capabilitiesOf(connector: Connector): readonly Capability[] {
  return dataTypes.filter(isWritable).flatMap((dataType) =>
    Object.entries(connector.writes[dataType] ?? {}).map(
      // Object.entries forgets the keys' type.
      ([kind, write]): Capability => ({ dataType, kind: kind as WriteKind, write }),
    ),
  );
}

/** The first and the last of many choices. */
const choicesInBriefMax = 2;

function testInBrief(run: Current, capability: Capability, declared: Connector): void {
  testDuties(capability);
  if (capability.kind !== 'create') return;
  testReadingBack(run, capability, declared);
  testRequiredAlone(run, capability, choicesInBriefMax);
  testIds(run, capability, declared);
}
