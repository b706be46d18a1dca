/** Random requests over every write route, list route and option route. */
import { writableTypes, type WritableDataType } from '../../src/models/data-types.ts';
import { bodyText, mutate, oddText, oddValue, orderText, queryText, type Random } from './fuzz-values.ts';

export interface FuzzRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Seeds {
  readonly companyId: string;
  readonly connectionId: string;
  /** A body that is taken as it stands. */
  readonly bodyOf: (dataType: WritableDataType) => unknown;
  /** Ids of records that are there, of any kind. */
  readonly recordIds: readonly string[];
}

const TYPES = Object.keys(writableTypes) as [WritableDataType, ...WritableDataType[]];

export function randomRequest(seeds: Seeds, random: Random): FuzzRequest {
  const at = random.below(100);
  if (at < 34) return createRequest(seeds, random);
  if (at < 46) return updateRequest(seeds, random);
  if (at < 52) return { method: 'DELETE', url: `${recordUrl(seeds, random)}${writeQuery(random)}` };
  if (at < 55) return attachRequest(seeds, random);
  if (at < 92) return { method: 'GET', url: listUrl(seeds, random) };
  if (at < 96) return { method: 'GET', url: dataUrl(seeds, random) };
  return { method: 'GET', url: optionsUrl(seeds, random) };
}

function connectionUrl({ companyId, connectionId }: Seeds, random: Random): string {
  if (!random.chance(0.03)) return `/companies/${companyId}/connections/${connectionId}`;
  return `/companies/${segment(random, companyId)}/connections/${segment(random, connectionId)}`;
}

/** A path segment that may be wrong. */
function segment(random: Random, right: string): string {
  return random.chance(0.5) ? right : encoded(oddText(random)) || 'none';
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).slice(0, 2_000);
}

function typeWord(random: Random): { readonly dataType: WritableDataType; readonly word: string } {
  const dataType = random.pick(TYPES);
  const word = random.chance(0.5) ? writableTypes[dataType].path : dataType;
  return { dataType, word: random.chance(0.02) ? segment(random, word) : word };
}

function idOf({ recordIds }: Seeds, random: Random): string {
  return encoded(random.chance(0.7) ? (recordIds[random.below(recordIds.length)] ?? 'x') : oddText(random)) || 'x';
}

function recordUrl(seeds: Seeds, random: Random): string {
  return `${connectionUrl(seeds, random)}/push/${typeWord(random).word}/${idOf(seeds, random)}`;
}

function mutatedBody({ bodyOf }: Seeds, dataType: WritableDataType, random: Random): string {
  let body: unknown = random.chance(0.04) ? oddValue(random) : bodyOf(dataType);
  const mutations = random.below(5);
  for (let done = 0; done < mutations; done++) body = mutate(body, random);
  return bodyText(body ?? {}, random);
}

function createRequest(seeds: Seeds, random: Random): FuzzRequest {
  const { dataType, word } = typeWord(random);
  const list =
    dataType === 'bankTransactions' && random.chance(0.9)
      ? `bankAccounts/${idOf(seeds, random)}/bankTransactions`
      : word;
  return {
    method: 'POST',
    url: `${connectionUrl(seeds, random)}/push/${list}${writeQuery(random)}`,
    body: mutatedBody(seeds, dataType, random),
    headers: writeHeaders(random),
  };
}

function updateRequest(seeds: Seeds, random: Random): FuzzRequest {
  const { dataType, word } = typeWord(random);
  return {
    method: 'PUT',
    url: `${connectionUrl(seeds, random)}/push/${word}/${idOf(seeds, random)}${writeQuery(random)}`,
    body: mutatedBody(seeds, dataType, random),
    headers: writeHeaders(random),
  };
}

function writeHeaders(random: Random): Record<string, string> {
  return {
    'content-type': random.chance(0.97) ? 'application/json' : random.pick(['text/plain', 'application/xml', 'x']),
    ...(random.chance(0.05) && {
      'idempotency-key': random.pick(['k1', 'k2', 'k'.repeat(300), ' ', `k${random.below(500)}`]),
    }),
    ...(random.chance(0.05) && { 'if-match': random.pick(['*', '"1@2026"', 'yesterday', '""', 'W/"3"']) }),
    ...(random.chance(0.05) && { 'ledgerpost-statuses': random.pick(['extended', 'codat', 'x']) }),
  };
}

function attachRequest(seeds: Seeds, random: Random): FuzzRequest {
  const part = `--b\r\ncontent-disposition: form-data; name="${random.pick(['file', 'files', ''])}"; filename="${random.pick(['a.pdf', '', 'é/..\\x'])}"\r\ncontent-type: application/pdf\r\n\r\n%PDF\r\n`;
  return {
    method: 'POST',
    url: `${recordUrl(seeds, random)}/${random.pick(['attachment', 'attachments'])}`,
    body: random.pick([`${part}--b--\r\n`, `${part}${part}--b--\r\n`, part, '', '--b', oddText(random)]),
    headers: {
      'content-type': random.pick(['multipart/form-data; boundary=b', 'multipart/form-data', 'application/json']),
    },
  };
}

function queryString(parameters: readonly (readonly [string, string] | undefined)[]): string {
  const given = parameters.filter((each) => each !== undefined).map(([name, value]) => `${name}=${encoded(value)}`);
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

function writeQuery(random: Random): string {
  const flag = () => random.pick(['true', 'false', 'false', 'maybe', '', '1']);
  return queryString([
    random.chance(0.1)
      ? ['timeoutInMinutes', random.pick(['1', '5', '0', '-1', '1.5', '1e3', 'x', '', '99999999999'])]
      : undefined,
    random.chance(0.1) ? ['allowSyncOnPushComplete', flag()] : undefined,
    random.chance(0.2) ? ['forceUpdate', flag()] : undefined,
    random.chance(0.1) ? ['strict', flag()] : undefined,
    random.chance(0.04) ? ['dryRun', flag()] : undefined,
  ]);
}

function listQuery(random: Random): string {
  const size = () => random.pick(['1', '5', '100', '0', '-1', '5001', '1e2', 'x', '', '1.5']);
  const page = () => random.pick(['1', '2', '3', '1000000000', '1000000001', '0', '-1', 'x', '99999999999999999999']);
  return queryString([
    random.chance(0.7) ? ['query', queryText(random)] : undefined,
    random.chance(0.4) ? ['orderBy', orderText(random)] : undefined,
    random.chance(0.4) ? [random.pick(['page', 'Page', 'pageNumber']), page()] : undefined,
    // The smallest by default: what is tried is what is asked, not how much is answered.
    ['pageSize', random.chance(0.6) ? '2' : size()],
    random.chance(0.05) ? ['after', oddText(random)] : undefined,
    random.chance(0.05) ? ['tags', queryText(random)] : undefined,
  ]);
}

function listUrl(seeds: Seeds, random: Random): string {
  const { companyId } = seeds;
  const list = random.pick([
    `/companies/${companyId}/push`,
    `/companies/${companyId}/push`,
    `/companies/${companyId}/push`,
    '/companies',
    '/companies',
    `/companies/${companyId}/connections`,
    '/integrations',
    '/webhooks',
    '/events',
    '/rules',
    '/rules/alerts',
    '/apiKeys',
    `/companies/${companyId}/push/${idOf(seeds, random)}`,
    `/companies/${segment(random, companyId)}/push`,
  ]);
  return `${list}${listQuery(random)}`;
}

/** Read live from the platform, so dearer than the rest. */
function dataUrl(seeds: Seeds, random: Random): string {
  const prefix = random.chance(0.5) ? `/companies/${seeds.companyId}` : connectionUrl(seeds, random);
  const record = random.chance(0.4) ? `/${idOf(seeds, random)}` : '';
  const after = random.chance(0.3) ? `&modifiedAfter=${encoded(oddText(random))}` : '';
  const filters = random.chance(0.3) ? listQuery(random) : '?pageSize=2';
  return `${prefix}/data/${typeWord(random).word}${record}${filters}${after}`;
}

function optionsUrl(seeds: Seeds, random: Random): string {
  const { word } = typeWord(random);
  const format = random.chance(0.5) ? `?format=${random.pick(['json-schema', 'codat', 'xml', '', '%00'])}` : '';
  const path = random.pick([
    `options/${word}`,
    `options/bankAccounts/${idOf(seeds, random)}/bankTransactions`,
    `dataTypes/${word}/options/${random.pick(['POST', 'PUT', 'x'])}`,
  ]);
  return `${connectionUrl(seeds, random)}/${path}${format}`;
}
