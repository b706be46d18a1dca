/** The answers that every operation shares, and references to the shapes that have a name in the contract. */
import { Type, type TSchema } from 'typebox';

/** A reference to a schema added to the server under its `$id`. */
export function ref<T = unknown>(schema: TSchema & { readonly $id?: string }) {
  if (schema.$id === undefined) throw new Error('Only a schema with an $id can be referred to');
  return Type.Unsafe<T>({ $ref: `${schema.$id}#` });
}

const Refused = Type.Unsafe({ $ref: 'ErrorMessage#', description: 'Refused; the body says why.' });

export function answers<const Answers extends Readonly<Record<number, TSchema>>>(successes: Answers) {
  return { ...successes, '4xx': Refused, '5xx': Refused };
}

export const noContent = Type.Unsafe<undefined>({ type: 'null', description: 'Done; the answer has no body.' });
