/**
 * Supplemental data: names that our callers gave to further fields of a platform, per integration and data type. Here
 * they are checked, kept, and turned into the platform's own names for a write.
 */
import type { Database } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { DataType } from '../models/data-types.ts';
import { isMembers } from '../models/validate.ts';
import type { ValidationItem } from '../models/validation.ts';

/** By object name: where it comes from, and the platform's property behind each name, for reading and for writing. */
export type SupplementalConfig = Readonly<Record<string, SupplementalObject>>;

export interface SupplementalObject {
  readonly dataSource?: string;
  readonly pullData?: Readonly<Record<string, string>>;
  readonly pushData?: Readonly<Record<string, string>>;
}

export interface SupplementalPlace {
  readonly platformKey: string;
  readonly dataType: DataType;
}

const OBJECTS_MAX = 50;
const NAMES_MAX = 100;
const TEXT_MAX = 500;

/** Throws a PublicError that names what is wrong. */
export function checkConfig(given: unknown): SupplementalConfig {
  if (!isMembers(given)) throw refused('supplementalDataConfig must be an object');
  if (Object.keys(given).length > OBJECTS_MAX)
    throw refused(`supplementalDataConfig has at most ${OBJECTS_MAX} objects`);
  return Object.fromEntries(Object.entries(given).map(([name, object]) => [name, checkObject(name, object)]));
}

function checkObject(name: string, given: unknown): SupplementalObject {
  if (!isMembers(given)) throw refused(`${name} must be an object`);
  const { dataSource, pullData, pushData } = given;
  if (dataSource !== undefined && !isShortText(dataSource)) throw refused(`${name}.dataSource must be a text`);
  return {
    ...(dataSource !== undefined && { dataSource }),
    ...(pullData !== undefined && { pullData: checkNames(`${name}.pullData`, pullData) }),
    ...(pushData !== undefined && { pushData: checkNames(`${name}.pushData`, pushData) }),
  };
}

/** By names of the caller's own, texts that `isSound` takes; `what` says what they are. */
export function checkNames(
  path: string,
  given: unknown,
  what = 'a property of the platform',
  isSound = (text: string) => text !== '',
): Record<string, string> {
  if (!isMembers(given)) throw refused(`${path} must be an object`);
  const entries = Object.entries(given);
  if (entries.length > NAMES_MAX) throw refused(`${path} has at most ${NAMES_MAX} members`);
  return Object.fromEntries(
    entries.map(([name, property]) => {
      if (!isShortText(property) || !isSound(property)) throw refused(`${path}.${name} must be ${what}`);
      return [name, property];
    }),
  );
}

export function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_MAX;
}

export function refused(text: string): PublicError {
  return new PublicError('malformed_request', text);
}

export async function storeConfig(
  deps: { readonly db: Database; readonly clock: Clock },
  place: SupplementalPlace,
  config: SupplementalConfig,
): Promise<void> {
  await deps.db.execute(
    'supplemental_store',
    `INSERT INTO supplemental_data_configs (platform_key, data_type, config, changed_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (platform_key, data_type) DO UPDATE SET config = excluded.config, changed_at = excluded.changed_at`,
    [place.platformKey, place.dataType, JSON.stringify(config), deps.clock.now()],
  );
}

/** An integration that was never configured has an empty configuration. */
export async function findConfig(db: Database, place: SupplementalPlace): Promise<SupplementalConfig> {
  const [row] = await db.query<{ config: SupplementalConfig }>(
    'supplemental_find',
    'SELECT config FROM supplemental_data_configs WHERE platform_key = $1 AND data_type = $2',
    [place.platformKey, place.dataType],
  );
  return row?.config ?? {};
}

export interface PlatformProperties {
  /** Values by the platform's own property path, such as `BrandingTheme.Name`. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly errors: readonly ValidationItem[];
}

/**
 * The `supplementalData` of a body in the platform's names. A name that is not configured for writing is an error: the
 * whole write fails rather than lose a value.
 */
export function toPlatformProperties(
  config: SupplementalConfig,
  supplementalData: unknown,
  modelName: string,
): PlatformProperties {
  const content = isMembers(supplementalData) ? supplementalData['content'] : undefined;
  const properties: Record<string, unknown> = {};
  const errors: ValidationItem[] = [];
  for (const [objectName, values] of Object.entries(isMembers(content) ? content : {})) {
    for (const [name, value] of Object.entries(isMembers(values) ? values : {})) {
      const names = config[objectName]?.pushData ?? {};
      const property = Object.hasOwn(names, name) ? names[name] : undefined;
      if (property !== undefined) properties[property] = value;
      else errors.push(notConfigured(`SupplementalData.Content.${objectName}.${name}`, modelName));
    }
  }
  return { properties, errors };
}

function notConfigured(itemId: string, validatorName: string): ValidationItem {
  const message = `Failed to push to ${validatorName} as ${itemId} is not configured to be written.`;
  return { itemId, message, validatorName };
}
