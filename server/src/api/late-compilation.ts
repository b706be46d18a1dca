/**
 * Turns the routes' schemas into code when they are first used. All of them at once is half of what a start costs, and
 * most are never used: errors are written without them, and nobody calls every route.
 */
import makeSerializers from '@fastify/fast-json-stringify-compiler';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler, RouteOptions } from 'fastify';
import { Type, type TSchema } from 'typebox';

export function makeLateValidators(): FastifySchemaCompiler<TSchema> {
  const compile = makeCompile();
  return (route) => {
    let compiled: ValidateFunction | undefined;
    const mayBeAbsent = Type.IsOptional(route.schema);
    const validate: ReturnType<FastifySchemaCompiler<TSchema>> = (value) => {
      // A body that did not come is handed in as null.
      if (value === null && mayBeAbsent) return true;
      compiled ??= compile(route);
      const isRight = compiled(value);
      validate.errors = compiled.errors ?? null;
      return isRight;
    };
    return validate;
  };
}

/** Paths and queries are texts and have to be turned into numbers; a body says itself what its values are. */
function makeCompile() {
  const options = { strict: false, useDefaults: true, allErrors: false } as const;
  const strict = addFormats.default(new Ajv(options));
  const coercing = addFormats.default(new Ajv({ ...options, coerceTypes: true }));
  return ({ schema, httpPart }: { readonly schema: TSchema; readonly httpPart?: string }) =>
    (httpPart === 'body' ? strict : coercing).compile(schema);
}

export function makeLateSerializers(): makeSerializers.SerializerFactory {
  const serializersFor = makeSerializers();
  return (shared, options) => {
    const compile = serializersFor(shared, options);
    return (route) => {
      let serialize: makeSerializers.Serializer | undefined;
      return (value) => (serialize ??= compile(route))(value);
    };
  };
}

/** Throws for a schema that cannot be turned into code: what comes late is tried before it is published. */
export function compileAtOnce(routes: readonly RouteOptions[], shared: unknown): void {
  const compile = makeCompile();
  const compileAnswer = makeSerializers()(shared);
  for (const { method: methods, url, schema = {} } of routes) {
    const method = String(methods);
    for (const httpPart of ['body', 'querystring', 'params'] as const) {
      if (schema[httpPart] !== undefined) compile({ schema: schema[httpPart] as TSchema, httpPart });
    }
    for (const [httpStatus, answer] of Object.entries(schema.response ?? {})) {
      compileAnswer({ method, url, httpStatus, schema: answer });
    }
  }
}
