/**
 * The builders of the API's schemas: TypeBox's types over JSON Schema that is put together here. TypeBox itself loads
 * 370 files when it is imported, for the few of its builders that are needed: a tenth of what a start costs.
 */
import type { Static, TSchema, Type as TypeBox } from 'typebox';

export type { Static, TSchema };

type Builders = Pick<
  typeof TypeBox,
  'Array' | 'Boolean' | 'Integer' | 'Number' | 'Object' | 'Optional' | 'Record' | 'String' | 'Unsafe'
>;

/** Members that may be absent. No mark in the schema itself, which is shown. */
const optional = new WeakSet<object>();

/** Also of a body that need not come. */
export function isOptional(schema: TSchema): boolean {
  return optional.has(schema);
}

/** TypeBox's types say more than is there: a schema's kind, which only TypeBox would ask for. */
const typed = <T extends TSchema>(schema: object): T => schema as T;

export const Type: Builders = {
  Array: (items, options) => typed({ type: 'array', items, ...options }),
  Boolean: (options) => typed({ type: 'boolean', ...options }),
  Integer: (options) => typed({ type: 'integer', ...options }),
  Number: (options) => typed({ type: 'number', ...options }),
  Object: (properties, options) => {
    const required = Object.entries(properties).flatMap(([name, schema]) => (isOptional(schema) ? [] : [name]));
    return typed({ type: 'object', ...(required.length > 0 && { required }), properties, ...options });
  },
  Optional: (schema) => {
    const copy = { ...schema };
    optional.add(copy);
    return typed(copy);
  },
  // Keys are any text, wherever the API has such a record.
  Record: (_key, value, options) => typed({ type: 'object', patternProperties: { '^.*$': value }, ...options }),
  String: (options) => typed({ type: 'string', ...options }),
  Unsafe: (schema) => typed({ ...schema }),
};
