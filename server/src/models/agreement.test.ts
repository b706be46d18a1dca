/** JSON Schema against our own check: every model as the wire has it, before a platform adds its rules. */
import { expect, test } from 'vitest';
import { disagreement } from './test-agreement.ts';
import { allModels } from './all-models.ts';
import { parcel } from './test-model.ts';

test.each([...allModels, parcel].map((model) => [model.displayName, model] as const))(
  '%s: JSON Schema and our own check agree on any body, but for what JSON Schema cannot say',
  (_, model) => {
    expect(disagreement(model)).toBeUndefined();
  },
);
