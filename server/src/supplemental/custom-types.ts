/**
 * Custom data types: further lists of a platform's records that our callers have named, per integration. Which list, what
 * of each record, and what makes the record's id, each by a path into the record as the platform has it.
 */
import type { Database, Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { memberNames, parseJsonPath, valueAt, type JsonPath } from '../lib/json-path.ts';
import type { CustomDataType } from '../models/data-types.ts';
import { isMembers } from '../models/validate.ts';
import { checkNames, isShortText, refused } from './config.ts';

export interface CustomTypeConfig {
  /** The platform's own word for the list. */
  readonly dataSource: string;
  /** By the caller's name: the path of the value. */
  readonly requiredData: Readonly<Record<string, string>>;
  /** The paths of the values that make the id, one after the other. */
  readonly keyBy: readonly string[];
  /** The path of the platform's stamp; the first that leads to a text counts. */
  readonly sourceModifiedDate: readonly string[];
}

export interface CustomTypePlace {
  readonly platformKey: string;
  readonly dataType: CustomDataType;
}

const PATHS_MAX = 10;
const PATH = 'a path into a record, such as $.id or $.lines[*].sku';

/** Throws a PublicError that names what is wrong. */
export function checkCustomType(given: unknown): CustomTypeConfig {
  if (!isMembers(given)) throw refused('The configuration must be an object');
  const { dataSource, requiredData, keyBy, sourceModifiedDate } = given;
  if (!isShortText(dataSource) || dataSource.trim() === '') {
    throw refused("dataSource must be a text, the platform's own word for a list of records");
  }
  return {
    dataSource,
    requiredData: checkNames('requiredData', requiredData ?? {}, PATH, isPath),
    keyBy: checkPaths('keyBy', keyBy, 1),
    sourceModifiedDate: checkPaths('sourceModifiedDate', sourceModifiedDate ?? [], 0),
  };
}

function checkPaths(field: string, given: unknown, least: number): readonly string[] {
  if (!Array.isArray(given) || given.length < least || given.length > PATHS_MAX) {
    throw refused(`${field} must be a list of ${least} to ${PATHS_MAX} paths into a record, such as $.id`);
  }
  const paths: readonly unknown[] = given;
  return paths.map((path, index) => {
    if (typeof path !== 'string' || !isPath(path)) throw refused(`${field}[${index}] must be ${PATH}`);
    return path;
  });
}

function isPath(text: string): boolean {
  return parseJsonPath(text) !== undefined;
}

/** More than anybody needs, and few enough to be a bound. */
const TYPES_MAX = 200;

export async function storeCustomType(
  deps: { readonly db: Database; readonly clock: Clock },
  place: CustomTypePlace,
  config: CustomTypeConfig,
): Promise<void> {
  const stored = await deps.db.execute(
    'custom_type_store',
    `INSERT INTO custom_data_types (platform_key, data_type, config, changed_at)
     SELECT $1::text, $2::text, $3::jsonb, $4::timestamptz
     WHERE (SELECT count(*) FROM custom_data_types WHERE platform_key = $1 AND data_type <> $2) < ${TYPES_MAX}
     ON CONFLICT (platform_key, data_type) DO UPDATE SET config = excluded.config, changed_at = excluded.changed_at`,
    [place.platformKey, place.dataType, JSON.stringify(config), deps.clock.now()],
  );
  if (stored === 0) {
    throw new PublicError('conflict', `${place.platformKey} has ${TYPES_MAX} custom data types already`);
  }
}

export async function findCustomType(db: Queryable, place: CustomTypePlace): Promise<CustomTypeConfig | undefined> {
  const [row] = await db.query<{ config: CustomTypeConfig }>(
    'custom_type_find',
    'SELECT config FROM custom_data_types WHERE platform_key = $1 AND data_type = $2',
    [place.platformKey, place.dataType],
  );
  return row?.config;
}

/** What is to be had of each record, as the names on the way down. */
export function membersWanted({ requiredData, keyBy, sourceModifiedDate }: CustomTypeConfig) {
  return [...Object.values(requiredData), ...keyBy, ...sourceModifiedDate].map((text) => memberNames(pathOf(text)));
}

/** What is kept of a record. Without `id` where the paths of the key lead to nothing that could be one. */
export interface CustomRecord {
  readonly id?: string;
  /** By the caller's names; what the platform has not got is left out. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly sourceModifiedDate?: string;
}

const ID_LENGTH_MAX = 256;

export function customRecords(config: CustomTypeConfig): (theirs: unknown) => CustomRecord {
  const names = Object.entries(config.requiredData).map(([name, text]) => [name, pathOf(text)] as const);
  const keys = config.keyBy.map(pathOf);
  const stamps = config.sourceModifiedDate.map(pathOf);
  return (theirs) => {
    const id = idOf(keys.map((path) => valueAt(path, theirs)));
    const stamp = stamps.map((path) => valueAt(path, theirs)).find((value) => typeof value === 'string');
    const values = names.map(([name, path]) => [name, valueAt(path, theirs)] as const);
    return {
      ...(id === undefined ? {} : { id }),
      content: Object.fromEntries(values.filter(([, value]) => value !== undefined)),
      ...(stamp === undefined ? {} : { sourceModifiedDate: stamp }),
    };
  };
}

/** Several are joined so that no two keys give the same id. */
function idOf(values: readonly unknown[]): string | undefined {
  const texts = values.map((value) => (typeof value === 'number' ? String(value) : value));
  if (!texts.every((text) => typeof text === 'string' && text !== '')) return undefined;
  const id =
    texts.length === 1 ? String(texts[0]) : texts.map((text) => String(text).replace(/[\\|]/g, '\\$&')).join('|');
  return id.length > ID_LENGTH_MAX ? undefined : id;
}

/** Of a configuration that was checked. */
function pathOf(text: string): JsonPath {
  return parseJsonPath(text) ?? [];
}
