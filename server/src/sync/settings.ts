/** How often each data type is read, from when on, and in which order: for all companies, and for one of them. */
import type { Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import { dataTypes, readDataTypes, type DataType } from '../models/data-types.ts';
import type { ModelledDataType } from '../records/stored-types.ts';

export interface SyncSetting {
  readonly dataType: DataType;
  readonly fetchOnFirstLink: boolean;
  /** Hours between two readings; 0 for none by schedule. */
  readonly syncSchedule: number;
  readonly syncOrder: number;
  /** One of the two, or neither: then everything is read. */
  readonly syncFromUtc?: string;
  /** In months. */
  readonly syncFromWindow?: number;
  /** Of reports alone; kept, and of no effect. */
  readonly monthsToSync?: number;
  /** A company's own settings do not reach it. */
  readonly isLocked?: boolean;
}

export interface SyncSettings {
  readonly settings: readonly SyncSetting[];
  readonly overridesDefaults: boolean;
}

const DAILY_HOURS = 24;
const DAY_MS = 86_400_000;

/** Where the settings of all companies stand. */
const ALL_COMPANIES = '00000000-0000-0000-0000-000000000000';

/** What others refer to comes first, so that a reader who takes the types as they come finds what they name. */
const ORDER: readonly ModelledDataType[] = [
  'company',
  'chartOfAccounts',
  'bankAccounts',
  'taxRates',
  'trackingCategories',
  'paymentMethods',
  'customers',
  'suppliers',
  'items',
  'journals',
  'payments',
  'billPayments',
  'invoices',
  'bills',
];

export const storedDataTypes: readonly ModelledDataType[] = [
  ...ORDER,
  ...readDataTypes.filter((dataType) => !ORDER.includes(dataType)),
];

const DEFAULTS: readonly SyncSetting[] = storedDataTypes.map((dataType, index) => ({
  dataType,
  fetchOnFirstLink: true,
  syncSchedule: DAILY_HOURS,
  syncOrder: index,
  isLocked: false,
}));

const SCHEDULE_HOURS_MAX = 8_760;
const ORDER_MAX = 10_000;
const MONTHS_MAX = 1_200;

/** Throws a PublicError that names what is wrong. */
export function checkSettings(settings: readonly SyncSetting[]): readonly SyncSetting[] {
  for (const setting of settings) {
    const refuse = (text: string) => new PublicError('malformed_request', `settings.${setting.dataType}: ${text}`);
    if (!dataTypes.includes(setting.dataType)) throw refuse('no such data type');
    if (setting.syncSchedule > SCHEDULE_HOURS_MAX)
      throw refuse(`syncSchedule must be at most ${SCHEDULE_HOURS_MAX} hours`);
    if (setting.syncOrder > ORDER_MAX) throw refuse(`syncOrder must be at most ${ORDER_MAX}`);
    if (setting.syncFromWindow !== undefined && setting.syncFromWindow > MONTHS_MAX)
      throw refuse(`syncFromWindow must be at most ${MONTHS_MAX} months`);
    if (setting.syncFromUtc !== undefined && setting.syncFromWindow !== undefined)
      throw refuse('set one of syncFromUtc and syncFromWindow');
    if (setting.syncFromUtc !== undefined && Number.isNaN(Date.parse(setting.syncFromUtc)))
      throw refuse('syncFromUtc must be an ISO 8601 date and time');
  }
  const names = settings.map(({ dataType }) => dataType);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new PublicError('malformed_request', `settings.${twice}: given twice`);
  return settings;
}

/** Which moment a data type is read from, if not from the beginning. */
export function fromDateOf(setting: SyncSetting | undefined, now: Date): Date | undefined {
  if (setting?.syncFromUtc !== undefined) return new Date(setting.syncFromUtc);
  if (setting?.syncFromWindow === undefined) return undefined;
  return monthsBefore(now, setting.syncFromWindow);
}

/**
 * By the calendar, from the beginning of the day: a month before the 31st is the last day of its month. It never moves back
 * while time goes on, or everything would have to be read again.
 */
function monthsBefore(now: Date, months: number): Date {
  const firstOfMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
  const daysOfMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months + 1, 0)).getUTCDate();
  return new Date(firstOfMonth.getTime() + (Math.min(now.getUTCDate(), daysOfMonth) - 1) * DAY_MS);
}

interface SettingsRow {
  readonly company_id: string;
  readonly settings: readonly SyncSetting[];
  readonly overrides_defaults: boolean;
}

/** As they hold for a company; for all companies where none is named. What is not set stands as it is without settings. */
export async function syncSettings(db: Queryable, companyId = ALL_COMPANIES): Promise<SyncSettings> {
  const rows = await db.query<SettingsRow>(
    'sync_settings_find',
    'SELECT company_id, settings, overrides_defaults FROM sync_settings WHERE company_id = ANY ($1::uuid[])',
    [[ALL_COMPANIES, companyId]],
  );
  const ofAll = overlaid(
    DEFAULTS,
    rows.find((row) => row.company_id === ALL_COMPANIES),
  );
  if (companyId === ALL_COMPANIES) return ofAll;
  return overlaid(
    ofAll.settings,
    rows.find((row) => row.company_id === companyId),
  );
}

function overlaid(below: readonly SyncSetting[], row: SettingsRow | undefined): SyncSettings {
  if (row?.overrides_defaults !== true) return { settings: below, overridesDefaults: false };
  const given = new Map(row.settings.map((setting) => [setting.dataType, setting]));
  const known = below.map((setting) =>
    setting.isLocked === true ? setting : (given.get(setting.dataType) ?? setting),
  );
  const others = row.settings.filter(({ dataType }) => !below.some((setting) => setting.dataType === dataType));
  return { settings: [...known, ...others], overridesDefaults: true };
}

/** Stores settings, and moves what they change of the schedule. */
export async function storeSyncSettings(
  tx: Queryable,
  given: SyncSettings & { readonly companyId?: string; readonly now: Date },
): Promise<void> {
  const companyId = given.companyId ?? ALL_COMPANIES;
  await tx.execute(
    'sync_settings_store',
    `INSERT INTO sync_settings (company_id, settings, overrides_defaults, changed_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (company_id) DO UPDATE
     SET settings = excluded.settings, overrides_defaults = excluded.overrides_defaults, changed_at = excluded.changed_at`,
    [companyId, JSON.stringify(given.settings), given.overridesDefaults, given.now],
  );
  const { settings } = await syncSettings(tx, companyId);
  // A company with settings of its own learns of new common ones when its next reading ends.
  await tx.execute(
    'sync_settings_schedule',
    `UPDATE sync_sets s
     SET due_at = CASE WHEN i.hours > 0 THEN coalesce(s.last_success_at, clock_timestamp()) + i.hours * interval '1 hour' END
     FROM unnest($1::text[], $2::float8[]) AS i (data_type, hours)
     WHERE s.data_type = i.data_type AND (s.company_id = $3 OR ($3 = '${ALL_COMPANIES}'
       AND NOT EXISTS (SELECT 1 FROM sync_settings o WHERE o.company_id = s.company_id AND o.overrides_defaults)))`,
    [settings.map(({ dataType }) => dataType), settings.map(({ syncSchedule }) => syncSchedule), companyId],
  );
}
