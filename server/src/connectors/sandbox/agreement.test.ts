/** JSON Schema against our own check: the models with all the rules of the sandbox. */
import { expect, test } from 'vitest';
import { disagreement } from '../../models/test-agreement.ts';
import { makeSandboxConnector } from './connector.ts';

const writes = Object.entries(makeSandboxConnector(() => '', '').writes).flatMap(([dataType, kinds]) =>
  [kinds.create, kinds.update].flatMap((write, index) =>
    write === undefined ? [] : [[dataType, index === 0 ? 'create' : 'update', write.model] as const],
  ),
);

test.each(writes)('%s %s: JSON Schema and our own check agree on any body', (_, __, model) => {
  expect(disagreement(model)).toBeUndefined();
});
