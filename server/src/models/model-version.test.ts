/** The version of a model: the same for the same model, and another one after any change. */
import { describe, expect, test } from 'vitest';
import { refine, refineEach } from './model.ts';
import { modelVersion } from './model-version.ts';
import { allModels } from './all-models.ts';
import { parcel } from './test-model.ts';

describe('the version of a model', () => {
  test('no two models share one', () => {
    expect(new Set(allModels.map(modelVersion)).size).toBe(allModels.length);
  });

  test('is short, and the same whenever it is asked for and in whatever order the members were written', () => {
    const { fields, ...facts } = parcel;
    const reordered = { fields: Object.fromEntries(Object.entries(fields).toReversed()), ...facts };
    expect(modelVersion(parcel)).toMatch(/^[0-9a-f]{16}$/);
    expect(modelVersion(reordered)).toBe(modelVersion(parcel));
  });

  test.each([
    ['a length', { name: { maxLength: 151 } }],
    ['a rule inside a list', { 'lines.ref.id': { maxLength: 3 } }],
    ['a choice', { colour: { options: [] } }],
    ['a description', { weight: { description: 'In kg.' } }],
  ])('changes with %s', (_, refinement) => {
    expect(modelVersion(refine(parcel, refinement))).not.toBe(modelVersion(parcel));
  });

  test("changes with the choices of a company's own books", () => {
    const live = refineEach(parcel, ({ options }) => (options === undefined ? {} : { optionsAreExamples: true }));
    expect(modelVersion(live)).not.toBe(modelVersion(parcel));
  });
});
