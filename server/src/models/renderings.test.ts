/** The models as options and as JSON Schema, and the data types behind them. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { dataTypeFromPath, dataTypes, isWritable, writableTypes } from './data-types.ts';
import { invoices } from './invoices.ts';
import { renderJsonSchema } from './json-schema.ts';
import { eachField, modelName, refine } from './model.ts';
import { renderOptions, type PushOption } from './options.ts';
import { allModels } from './all-models.ts';
import { parcel } from './test-model.ts';
import { checkBody } from './validate.ts';

const named = [...allModels, parcel].map((model) => [model.displayName, model] as const);

function* nodesBelow(option: PushOption): Generator<PushOption> {
  for (const node of Object.values(option.properties ?? {})) {
    yield node;
    yield* nodesBelow(node);
  }
}

describe('data types', () => {
  test('there are 43, of which 18 can be written', () => {
    expect(new Set(dataTypes).size).toBe(43);
    expect(dataTypes.filter(isWritable)).toHaveLength(18);
  });

  test('a path may use the path word or the name, and nothing that objects inherit', () => {
    expect(dataTypeFromPath('accounts')).toBe('chartOfAccounts');
    expect(dataTypeFromPath('chartOfAccounts')).toBe('chartOfAccounts');
    expect(dataTypeFromPath('invoices')).toBe('invoices');
    expect(dataTypeFromPath('constructor')).toBeUndefined();
    expect(dataTypeFromPath('Invoices')).toBeUndefined();
  });

  test('no two data types share a path word or a name', () => {
    const facts = Object.values(writableTypes);
    expect(new Set(facts.map(({ path }) => path)).size).toBe(18);
    expect(new Set(facts.map(({ name }) => name)).size).toBe(18);
  });
});

describe('the options rendering', () => {
  test('a constrained field says its rule under its PascalCase name', () => {
    expect(renderOptions(parcel).properties?.['nominalCode']).toEqual({
      type: 'String',
      displayName: 'Code',
      description: '',
      required: true,
      validation: { warnings: [{ field: 'NominalCode', details: 'Max length of 10 characters.' }], information: [] },
    });
  });

  test('choices are listed, and the fields of list elements stand directly below the list', () => {
    const properties = renderOptions(parcel).properties ?? {};
    expect(properties['colour']?.options?.[0]).toEqual({
      value: 'DarkRed',
      type: 'String',
      displayName: 'Dark Red',
      required: false,
    });
    expect(Object.keys(properties['lines']?.properties ?? {})).toEqual(['amount', 'ref']);
    expect(properties['note']).not.toHaveProperty('validation');
  });

  test.each(named)('%s: no null, no missing description, nothing read-only', (_, model) => {
    const root = renderOptions(model);
    expect(root.type).toBe('Object');
    expect(root.properties).not.toHaveProperty('id');
    for (const node of nodesBelow(root)) {
      expect(node.description).toBeTypeOf('string');
      expect(node.displayName).not.toBe('');
      expect(Object.values(node)).not.toContain(null);
    }
  });
});

describe('the JSON Schema rendering', () => {
  test.each(named)('%s: compiles, and accepts the example as the validator does', (_, model) => {
    const accepts = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(
      renderJsonSchema(model),
    );
    accepts(model.example);
    expect(accepts.errors ?? []).toEqual([]);
    expect(checkBody(model, model.example)).toEqual({ errors: [], warnings: [] });
  });

  test('required, length, choice and condition refuse what the validator refuses', () => {
    const accepts = new Ajv2020({ allowUnionTypes: true }).compile(renderJsonSchema(parcel));
    const good = { nominalCode: '1', name: 'One', price: 0 };
    expect(accepts(good)).toBe(true);
    for (const bad of [
      { nominalCode: '' },
      { nominalCode: '12345678901' },
      { colour: 'Blue' },
      { isInsured: true },
      { lines: [] },
    ]) {
      expect(accepts({ ...good, ...bad })).toBe(false);
      expect(checkBody(parcel, { ...good, ...bad }).errors).not.toEqual([]);
    }
  });
});

describe('refining a model', () => {
  test('changes the named fact and leaves the base as it was', () => {
    const refined = refine(invoices, { 'lineItems.accountRef.id': { required: true } });
    expect(refined.fields['lineItems']?.fields?.['accountRef']?.fields?.['id']?.required).toBe(true);
    expect(invoices.fields['lineItems']?.fields?.['accountRef']?.fields?.['id']?.required).toBeUndefined();
  });

  test('a field that the base lacks is refused by name', () => {
    expect(() => refine(invoices, { 'lineItems.colour': { required: true } })).toThrow('no field lineItems.colour');
  });

  test('every field has a name to show, and a condition names a boolean beside it', () => {
    for (const model of allModels) {
      expect(modelName(model)).toMatch(/^[A-Z][A-Za-z]+$/);
      for (const { path, field } of eachField(model.fields)) {
        expect(field.displayName, path).not.toBe('');
        if (field.onlyWhen !== undefined) expect(model.fields[field.onlyWhen]?.type).toBe('Boolean');
      }
    }
  });
});
