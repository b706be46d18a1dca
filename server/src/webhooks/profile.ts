/** The profile of this installation: its name and id, which alerts of rules carry, and what clients keep beside. */
import type { Database, Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Sealer } from '../lib/seal.ts';
import { isStorableText } from '../lib/text.ts';
import type { AlertSender } from './rule.ts';

export interface Profile {
  readonly clientId: string;
  readonly name: string;
  readonly redirectUrl: string | undefined;
  readonly logoUrl: string | undefined;
  readonly iconUrl: string | undefined;
  readonly whiteListUrls: readonly string[];
  readonly confirmCompanyName: boolean;
  /** Whether alerts carry an Authorization header; its value is never shown. */
  readonly hasAlertAuthHeader: boolean;
}

export interface ProfileInput {
  readonly name: string;
  readonly redirectUrl: string;
  readonly logoUrl?: string | null | undefined;
  readonly iconUrl?: string | null | undefined;
  readonly whiteListUrls?: readonly string[] | null | undefined;
  readonly confirmCompanyName?: boolean | null | undefined;
  /** Left out: as it was, since nobody can read it back; null or empty: none. */
  readonly alertAuthHeader?: string | null | undefined;
}

interface ProfileRow {
  readonly client_id: string;
  readonly name: string;
  readonly redirect_url: string | null;
  readonly logo_url: string | null;
  readonly icon_url: string | null;
  readonly white_list_urls: string[];
  readonly confirm_company_name: boolean;
  readonly alert_auth_header_sealed: Buffer | null;
}

const SEALED_HEADER = 'alert authorization';
const TEXT_CHARS_MAX = 2_048;
const URLS_MAX = 100;

export async function getProfile(db: Queryable): Promise<Profile> {
  const row = await selectProfile(db);
  return {
    clientId: row.client_id,
    name: row.name,
    redirectUrl: row.redirect_url ?? undefined,
    logoUrl: row.logo_url ?? undefined,
    iconUrl: row.icon_url ?? undefined,
    whiteListUrls: row.white_list_urls,
    confirmCompanyName: row.confirm_company_name,
    hasAlertAuthHeader: row.alert_auth_header_sealed !== null,
  };
}

async function selectProfile(db: Queryable): Promise<ProfileRow> {
  const [row] = await db.query<ProfileRow>(
    'profile_select',
    `SELECT client_id, name, redirect_url, logo_url, icon_url, white_list_urls, confirm_company_name,
       alert_auth_header_sealed
     FROM profile`,
  );
  if (row === undefined) throw new Error('The row of profile is missing');
  return row;
}

export async function replaceProfile(
  { db, sealer }: { readonly db: Database; readonly sealer: Sealer },
  input: ProfileInput,
): Promise<Profile> {
  const { name, redirectUrl, logoUrl, iconUrl, whiteListUrls, alertAuthHeader } = input;
  const texts = { name, redirectUrl, logoUrl, iconUrl, alertAuthHeader };
  for (const [field, text] of Object.entries(texts)) requireText(field, text ?? '');
  if ((whiteListUrls ?? []).length > URLS_MAX) throw refused('whiteListUrls', `must be at most ${URLS_MAX}`);
  for (const url of whiteListUrls ?? []) requireText('whiteListUrls', url);
  if (alertAuthHeader !== null && alertAuthHeader !== undefined && !/^[\t\u0020-\u007e]*$/.test(alertAuthHeader)) {
    throw refused('alertAuthHeader', 'must be a text without line breaks');
  }
  const { client_id: clientId } = await selectProfile(db);
  await db.execute(
    'profile_replace',
    `UPDATE profile SET name = $1, redirect_url = $2, logo_url = $3, icon_url = $4, white_list_urls = $5,
       confirm_company_name = $6, alert_auth_header_sealed = CASE WHEN $7 THEN $8 ELSE alert_auth_header_sealed END`,
    [
      name,
      redirectUrl,
      logoUrl ?? null,
      iconUrl ?? null,
      whiteListUrls ?? [],
      input.confirmCompanyName ?? false,
      alertAuthHeader !== undefined,
      alertAuthHeader ? sealer.seal(SEALED_HEADER, clientId, alertAuthHeader) : null,
    ],
  );
  return getProfile(db);
}

/** What an alert is sent with. */
export async function alertSender(
  db: Queryable,
  sealer: Sealer,
): Promise<AlertSender & { readonly authorization: string | undefined }> {
  const row = await selectProfile(db);
  const sealed = row.alert_auth_header_sealed;
  return {
    clientId: row.client_id,
    clientName: row.name,
    authorization: sealed === null ? undefined : sealer.open(SEALED_HEADER, row.client_id, sealed),
  };
}

function requireText(field: string, text: string): void {
  if (text.length > TEXT_CHARS_MAX) throw refused(field, `must have at most ${TEXT_CHARS_MAX} characters`);
  if (!isStorableText(text)) throw refused(field, 'must be text without null characters');
}

function refused(field: string, rule: string): PublicError {
  return new PublicError('malformed_request', `${field}: ${rule}`);
}
