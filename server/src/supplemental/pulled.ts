/** Supplemental data on reads: the platform's own properties, under the names that our callers gave them. */
import { isMembers } from '../models/validate.ts';
import type { SupplementalConfig } from './config.ts';

/** By object and name: the platform's property. */
export type Pulled = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Members = Readonly<Record<string, unknown>>;

/** What is to be read beside the data model; undefined where nothing is configured. */
export function pulledBy(config: SupplementalConfig): Pulled | undefined {
  const objects = Object.entries(config).flatMap(([name, { pullData }]) =>
    pullData === undefined ? [] : [[name, pullData] as const],
  );
  return objects.length === 0 ? undefined : Object.fromEntries(objects);
}

/** The properties that a connector is asked for. */
export function propertiesOf(pulled: Pulled | undefined): readonly string[] | undefined {
  if (pulled === undefined) return undefined;
  return [...new Set(Object.values(pulled).flatMap((names) => Object.values(names)))];
}

/** What a connector answered with those properties beside it, as callers see it. What the platform has not got is null. */
export function withPulled(record: Members, pulled: Pulled | undefined): Members {
  const { platformProperties, ...rest } = record;
  if (pulled === undefined) return platformProperties === undefined ? record : rest;
  const properties = isMembers(platformProperties) ? platformProperties : {};
  // What every object inherits, such as `constructor`, is no property of the platform.
  const valueOf = (property: string) => (Object.hasOwn(properties, property) ? (properties[property] ?? null) : null);
  const content = Object.entries(pulled).map(([object, names]) => {
    const values = Object.entries(names).map(([name, property]) => [name, valueOf(property)]);
    return [object, Object.fromEntries(values)];
  });
  return { ...rest, supplementalData: { content: Object.fromEntries(content) } };
}
