/** Conformance of the models: what they ask for, what they offer, and what the platform says under their names. */
import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { renderJsonSchema } from '../models/json-schema.ts';
import { renderOptions } from '../models/options.ts';
import { checkBody } from '../models/validate.ts';
import { bodiesLackingOne, bodiesTooLong, minimalBodies, withUnknownReference } from './conformance-bodies.ts';
import type { Capability, Current } from './conformance-run.ts';

export function testModel(run: Current, capability: Capability): void {
  const { model } = capability.write;

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

export function testOffer(run: Current, capability: Capability): void {
  const { dataType, write } = capability;

  test('only the required fields, with any of the offered choices, are enough', async () => {
    for (const body of minimalBodies(await run().liveModel(write))) {
      expect(checkBody(write.model, body)).toEqual({ errors: [], warnings: [] });
      const parent = await run().parentOf(dataType);
      const outcome = await run().send(capability, { pushOperationKey: randomUUID(), ...parent, body });
      expect(outcome, JSON.stringify(body)).toMatchObject({ kind: 'written' });
    }
  });

  test('pages hold what the platform has, each record once', async () => {
    const { request, counted } = await run().prepare(capability);
    await run().send(capability, request);
    const parent = counted.parentId === undefined ? {} : { parentId: counted.parentId };
    const total = await run().count(counted);
    const ids = new Set<unknown>();
    for (let page = 1; page <= total; page += 1) {
      const query = { page, pageSize: 1, ...parent };
      const read = await run().platform.connector.reads[dataType]?.page(run().session(), query);
      expect(read).toMatchObject({ kind: 'read', value: { totalResults: total } });
      if (read?.kind === 'read') for (const record of read.value.records) ids.add(record['id']);
    }
    expect(ids.size).toBe(total);
  });

  test('a read of a platform that refuses connections says so', async () => {
    const nowhere = run().session(run().platform.unreachable);
    const read = await run().platform.unreachable.reads[dataType]?.page(nowhere, { page: 1, pageSize: 1 });
    expect(read).toMatchObject({ kind: 'unreachable' });
  });
}
