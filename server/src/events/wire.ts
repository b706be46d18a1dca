/**
 * How companies and connections look on the wire, inside event payloads and in the API's answers alike. It stands here,
 * on the lowest floor that needs it, and takes plain facts, so that no room above has to be known.
 */

export interface ReferenceCompanyFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface CompanyFacts extends ReferenceCompanyFacts {
  readonly createdAt: Date;
  /** Identifiers of the products that it is enabled for. */
  readonly products: readonly string[];
}

export type ConnectionStatus = 'PendingAuth' | 'Linked' | 'Unlinked' | 'Deauthorized';

/** What went wrong with a link. Times are ISO texts, since the list is stored as JSON. */
export interface ConnectionError {
  readonly statusCode: string;
  readonly statusText: string;
  readonly errorMessage: string;
  readonly erroredAt: string;
  readonly resolvedAt?: string;
}

export interface ConnectionFacts {
  readonly id: string;
  readonly status: ConnectionStatus;
  readonly linkToken: string;
  readonly info: Readonly<Record<string, string>>;
  readonly errors: readonly ConnectionError[];
  readonly createdAt: Date;
  /** When something of it was last read to its end. */
  readonly lastSyncAt?: Date | undefined;
}

/** The part of a platform's card that its connections repeat. */
export interface PlatformFacts {
  readonly key: string;
  readonly integrationId: string;
  readonly sourceId: string;
  readonly name: string;
  readonly sourceType: string;
}

/** Where a browser links this connection; whoever knows the address may do so, without an API key. */
function linkUrl(publicUrl: string, linkToken: string): string {
  return `${publicUrl}/link/${linkToken}`;
}

function companyPortalUrl(publicUrl: string, companyId: string): string {
  return `${publicUrl}/portal/companies/${companyId}`;
}

export function renderReferenceCompany(company: ReferenceCompanyFacts, publicUrl: string) {
  return {
    id: company.id,
    name: company.name,
    ...(company.description === undefined ? {} : { description: company.description }),
    links: { portal: companyPortalUrl(publicUrl, company.id) },
    tags: company.tags,
  };
}

/** A company without its `dataConnections`, which the API adds and events leave out. Absent members are left out. */
export function renderCompany(company: CompanyFacts, publicUrl: string) {
  return {
    id: company.id,
    name: company.name,
    ...(company.description === undefined ? {} : { description: company.description }),
    redirect: companyPortalUrl(publicUrl, company.id),
    created: company.createdAt.toISOString(),
    products: [...company.products],
    tags: company.tags,
    referenceSubsidiaryCompanies: [],
  };
}

export function renderConnection(connection: ConnectionFacts, platform: PlatformFacts, publicUrl: string) {
  return {
    id: connection.id,
    integrationId: platform.integrationId,
    integrationKey: platform.key,
    sourceId: platform.sourceId,
    sourceType: platform.sourceType,
    platformName: platform.name,
    linkUrl: linkUrl(publicUrl, connection.linkToken),
    status: connection.status,
    created: connection.createdAt.toISOString(),
    ...(connection.lastSyncAt === undefined ? {} : { lastSync: connection.lastSyncAt.toISOString() }),
    dataConnectionErrors: connection.errors.map(renderConnectionError),
    connectionInfo: connection.info,
  };
}

function renderConnectionError(error: ConnectionError) {
  return {
    statusCode: error.statusCode,
    statusText: error.statusText,
    errorMessage: error.errorMessage,
    erroredOnUtc: error.erroredAt,
    ...(error.resolvedAt === undefined
      ? { status: 'Active' as const }
      : { status: 'Resolved' as const, resolvedOnUtc: error.resolvedAt }),
  };
}
