/** Conformance of the models: what they ask for, what they offer, and what the platform says under their names. */
import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { ReadDataType } from '../models/data-types.ts';
import { renderJsonSchema } from '../models/json-schema.ts';
import { renderOptions } from '../models/options.ts';
import { checkBody } from '../models/validate.ts';
import {
  bodiesLackingOne,
  bodiesTooLong,
  exampleBody,
  minimalBodies,
  withUnknownReference,
} from './conformance-bodies.ts';
import type { Capability, Current } from './conformance-run.ts';
import type { Connector, PageQuery } from './contract.ts';

/** What the model says by itself, before any call. */
export function testDuties({ write: { model } }: Capability): void {
  test.each(bodiesLackingOne(model).map(({ itemId, body }) => [itemId, body] as const))(
    'without %s a body is refused by that name, before any call',
    (itemId, body) => {
      const { errors } = checkBody(model, body);
      expect(errors.map((error) => error.itemId)).toEqual([itemId]);
      expect(errors[0]?.message).toContain(`as ${itemId} must be provided`);
    },
  );

  const tooLong = bodiesTooLong(model).map(({ itemId, body }) => [itemId, body] as const);
  test.each(tooLong)('%s longer than its limit is refused before any call', (itemId, body) => {
    expect(checkBody(model, body).errors.map((error) => error.itemId)).toEqual([itemId]);
  });

  test('its JSON Schema accepts the example, and refuses it without any of the required fields', () => {
    const accepts = new Ajv2020({ allowUnionTypes: true, allErrors: true }).compile(renderJsonSchema(model));
    accepts(model.example);
    expect(accepts.errors ?? []).toEqual([]);
    for (const { itemId, body } of bodiesLackingOne(model)) expect(accepts(body), itemId).toBe(false);
  });

  test('its options render', () => {
    expect(Object.keys(renderOptions(model).properties ?? {})).not.toEqual([]);
  });
}

export function testModel(run: Current, capability: Capability): void {
  const { model } = capability.write;
  testDuties(capability);

  test.each(withUnknownReference(model).map(({ itemId }) => itemId))(
    'a refusal of %s by the platform names our field',
    async (itemId) => {
      const { request } = await run().prepare(capability);
      const broken = withUnknownReference(model, request.body).find((variant) => variant.itemId === itemId)?.body ?? {};
      const outcome = await run().send(capability, { ...request, body: broken });
      expect(outcome).toMatchObject({
        kind: 'rejected',
        errors: expect.arrayContaining([expect.objectContaining({ itemId })]),
      });
    },
  );
}

export function testOffer(run: Current, capability: Capability, declared: Connector): void {
  const { dataType, write } = capability;
  testRequiredAlone(run, capability);
  testIds(run, capability, declared);

  test('pages hold what the platform has, each record once', async () => {
    const { request, counted } = await run().prepare(capability);
    await run().send(capability, request);
    const parent = counted.parentId === undefined ? {} : { parentId: counted.parentId };
    const total = await run().count(counted);
    const seen = await walk(run, dataType, { pageSize: 1, ...parent });
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
  });

  test('a record that stays is met once, whatever is written while the pages are read', async () => {
    const parent = await run().parentOf(dataType);
    const add = async () => {
      const body = await exampleBody(write.model, await run().liveModel(write), run().createOne);
      return run().send(capability, { pushOperationKey: randomUUID(), ...parent, body });
    };
    await add();
    await add();
    const before = await walk(run, dataType, { pageSize: 1, ...parent });
    const during = await walk(run, dataType, { pageSize: 1, ...parent }, async (met) => {
      if (met === 1) await add();
    });
    expect(new Set(during).size).toBe(during.length);
    expect(during).toEqual(expect.arrayContaining([...before]));
  });

  test('a read of a platform that refuses connections says so', async () => {
    const nowhere = run().session(run().platform.unreachable);
    const read = await run().platform.unreachable.reads[dataType]?.page(nowhere, { pageSize: 1 });
    expect(read).toMatchObject({ kind: 'unreachable' });
  });
}

export function testRequiredAlone(run: Current, capability: Capability, choicesMax?: number): void {
  const { dataType, write } = capability;

  test('only the required fields, with any of the offered choices, are enough', async () => {
    for (const body of minimalBodies(await run().liveModel(write), choicesMax)) {
      expect(checkBody(write.model, body)).toEqual({ errors: [], warnings: [] });
      const parent = await run().parentOf(dataType);
      const outcome = await run().send(capability, { pushOperationKey: randomUUID(), ...parent, body });
      expect(outcome, JSON.stringify(body)).toMatchObject({ kind: 'written' });
    }
  });
}

export function testIds(run: Current, capability: Capability, declared: Connector): void {
  const { dataType } = capability;
  test.runIf(declared.reads[dataType]?.ids !== undefined)('its ids are those of its records', async () => {
    const { request, counted } = await run().prepare(capability);
    await run().send(capability, request);
    const parent = counted.parentId === undefined ? {} : { parentId: counted.parentId };
    const records = await walk(run, dataType, { pageSize: 2, ...parent });
    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const query = { pageSize: 2, ...parent, ...(after === undefined ? {} : { after }) };
      const read = await run().platform.connector.reads[dataType]?.ids?.(run().session(), query);
      if (read?.kind !== 'read') throw new Error(`The ids were not read: ${JSON.stringify(read)}`);
      ids.push(...read.value.ids);
      if (read.value.next === undefined) break;
      after = read.value.next;
    }
    expect(ids.toSorted()).toEqual(records.toSorted());
  });
}

/** The ids of all pages, in the order in which they are met. */
async function walk(
  run: Current,
  dataType: ReadDataType,
  query: Omit<PageQuery, 'after'>,
  between?: (met: number) => Promise<unknown>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const read = await run().platform.connector.reads[dataType]?.page(run().session(), {
      ...query,
      ...(after === undefined ? {} : { after }),
    });
    if (read?.kind !== 'read') throw new Error(`The page was not read: ${JSON.stringify(read)}`);
    ids.push(...read.value.records.map(({ id }) => String(id)));
    if (read.value.next === undefined) return ids;
    after = read.value.next;
    await between?.(ids.length);
  }
}
