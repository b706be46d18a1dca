/** Companies, their connections to platforms, and the platforms that there are. */
import type { Calls } from './calls.ts';
import type { ListRequest, Page, Stream } from './lists.ts';
import type { CallOptions, WriteCallOptions } from './transport.ts';

/** A company as events name it. */
export interface ReferenceCompany {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly links?: { readonly portal: string };
  readonly tags?: Readonly<Record<string, string>>;
}

export type ConnectionStatus = 'PendingAuth' | 'Linked' | 'Unlinked' | 'Deauthorized';

/** A company's link to a platform. */
export interface Connection {
  readonly id: string;
  readonly integrationId: string;
  /** The platform: four lower-case letters. */
  readonly integrationKey?: string;
  readonly sourceId: string;
  readonly sourceType: string;
  readonly platformName: string;
  /** Where the company links its books, in a browser and without an API key. */
  readonly linkUrl: string;
  readonly status: ConnectionStatus;
  readonly created: string;
  readonly lastSync?: string;
  readonly dataConnectionErrors?: readonly ConnectionError[] | null;
  readonly connectionInfo?: Readonly<Record<string, string>> | null;
}

export interface ConnectionError {
  readonly statusCode: string;
  readonly statusText: string;
  readonly errorMessage: string;
  readonly erroredOnUtc: string;
  readonly status?: 'Active' | 'Resolved' | null;
  readonly resolvedOnUtc?: string;
}

/** A business customer: the owner of connections. */
export interface Company extends ReferenceCompany {
  readonly redirect: string;
  readonly created?: string;
  readonly lastSync?: string;
  readonly dataConnections?: readonly Connection[];
  readonly products?: readonly string[];
}

export interface CompanyFacts {
  /** Letters, digits, blanks and `- ' , & @ . ? !`; other signs are dropped. */
  readonly name: string;
  readonly description?: string | null | undefined;
  /** Up to 10, values up to 100 characters. */
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
}

/** A platform that can be connected, and what it can do. */
export interface Integration {
  readonly key: string;
  readonly name: string;
  readonly logoUrl: string;
  readonly enabled: boolean;
  readonly sourceId?: string;
  readonly sourceType?: string;
  readonly integrationId?: string;
  readonly datatypeFeatures?: readonly {
    readonly dataType: string;
    readonly supportedFeatures: readonly { readonly featureType: string; readonly featureState: string }[];
  }[];
}

export interface Branding {
  readonly logo: Readonly<Record<string, { readonly image: { readonly src: string; readonly alt: string } }>>;
  readonly button: Readonly<Record<string, { readonly image: { readonly src: string; readonly alt: string } }>>;
  readonly sourceId: string;
}

type CompanyId = { readonly companyId: string };
type ConnectionIds = CompanyId & { readonly connectionId: string };
type CompaniesRequest = ListRequest<Company> & {
  /** A filter on tags, such as `region = uk`. */
  readonly tags?: string;
};

export function makeCompanies({ read, write, page, all }: Calls) {
  const path = (companyId: string, ...more: string[]) => ['companies', companyId, ...more];
  const withTags = (request: CompaniesRequest = {}) => ({ ...request, also: { tags: request.tags } });
  return {
    /** Creates a company. Its connections come next: `connections.create`. */
    create: (request: CompanyFacts & WriteCallOptions): Promise<Company> =>
      write('POST', ['companies'], request, factsIn(request)),
    /** Rejects with `not_found` where there is none. */
    get: (request: CompanyId & CallOptions): Promise<Company> => read(path(request.companyId), request),
    list: (request?: CompaniesRequest): Promise<Page<Company>> => page(['companies'], withTags(request)),
    stream: (request?: CompaniesRequest): Stream<Company> => all(['companies'], withTags(request)),
    /** Changes what is given; the rest stays. Null clears. */
    update: (request: CompanyId & Partial<CompanyFacts> & WriteCallOptions): Promise<Company> =>
      write('PATCH', path(request.companyId), request, factsIn(request)),
    /** Replaces the company's facts; what is left out is wiped. */
    replace: (request: CompanyId & CompanyFacts & WriteCallOptions): Promise<Company> =>
      write('PUT', path(request.companyId), request, factsIn(request)),
    /** Deletes the company with its connections and all that is kept of it. */
    delete: (request: CompanyId & WriteCallOptions): Promise<void> => write('DELETE', path(request.companyId), request),
    /** Enables a product, such as `expenses`, for the company. */
    addProduct: (request: CompanyId & { readonly productId: string } & WriteCallOptions): Promise<void> =>
      write('PUT', path(request.companyId, 'products', request.productId), request),
    removeProduct: (request: CompanyId & { readonly productId: string } & WriteCallOptions): Promise<void> =>
      write('DELETE', path(request.companyId, 'products', request.productId), request),
  };
}

/** Only what is the company's: options of the call are not sent along. */
function factsIn({ name, description, tags }: Partial<CompanyFacts>) {
  return { name, description, tags };
}

export function makeConnections({ read, write, page, all }: Calls) {
  const list = ({ companyId }: CompanyId) => ['companies', companyId, 'connections'];
  const path = (request: ConnectionIds, ...more: string[]) => [...list(request), request.connectionId, ...more];
  return {
    /** Begins as `PendingAuth`, until the company has linked it at its `linkUrl`, or `authorize` has. */
    create: (request: CompanyId & { readonly platformKey: string } & WriteCallOptions): Promise<Connection> =>
      write('POST', list(request), request, { platformKey: request.platformKey }),
    get: (request: ConnectionIds & CallOptions): Promise<Connection> => read(path(request), request),
    list: (request: CompanyId & ListRequest<Connection>): Promise<Page<Connection>> => page(list(request), request),
    stream: (request: CompanyId & ListRequest<Connection>): Stream<Connection> => all(list(request), request),
    /** Links it without a browser, with the fields that its platform asks for. Default: none. */
    authorize: (
      request: ConnectionIds & { readonly fields?: Readonly<Record<string, string>> } & WriteCallOptions,
    ): Promise<Connection> => write('PUT', path(request, 'authorization'), request, request.fields ?? {}),
    /** What was read stays readable; nothing more is read or written until it is linked again. */
    unlink: (request: ConnectionIds & WriteCallOptions): Promise<Connection> =>
      write('PATCH', path(request), request, { status: 'Unlinked' }),
    delete: (request: ConnectionIds & WriteCallOptions): Promise<void> => write('DELETE', path(request), request),
  };
}

/** Names of your own for further fields of a platform; see the server's guide on supplemental data. */
export type SupplementalConfig = Readonly<
  Record<
    string,
    {
      readonly dataSource: string;
      readonly pullData?: Readonly<Record<string, string>>;
      readonly pushData?: Readonly<Record<string, string>>;
    }
  >
>;

export function makeIntegrations({ read, page }: Calls) {
  type Key = { readonly platformKey: string };
  return {
    list: (request?: ListRequest<Integration>): Promise<Page<Integration>> => page(['integrations'], request),
    get: (request: Key & CallOptions): Promise<Integration> => read(['integrations', request.platformKey], request),
    branding: (request: Key & CallOptions): Promise<Branding> =>
      read(['integrations', request.platformKey, 'branding'], request),
  };
}

export function makeSupplementalData({ read, write }: Calls) {
  type Place = { readonly platformKey: string; readonly dataType: string };
  type Config = { readonly supplementalDataConfig: SupplementalConfig };
  const path = ({ platformKey, dataType }: Place) => [
    'integrations',
    platformKey,
    'dataTypes',
    dataType,
    'supplementalDataConfig',
  ];
  return {
    get: async (request: Place & CallOptions): Promise<SupplementalConfig> =>
      (await read<Config>(path(request), request)).supplementalDataConfig,
    /** Replaces it; `{}` resets. */
    configure: (request: Place & Config & WriteCallOptions): Promise<void> =>
      write('PUT', path(request), request, { supplementalDataConfig: request.supplementalDataConfig }),
  };
}

export interface ApiKey {
  readonly id: string;
  readonly name?: string;
  /** The key itself; only in the answer that creates it. */
  readonly apiKey?: string;
  readonly createdDate?: string;
}

export function makeApiKeys({ read, write }: Calls) {
  return {
    list: async (request?: CallOptions): Promise<readonly ApiKey[]> =>
      (await read<{ results: ApiKey[] }>(['apiKeys'], request)).results,
    /** Rejects with `conflict` where there are ten already. */
    create: (request: { readonly name?: string } & WriteCallOptions = {}): Promise<ApiKey> =>
      write('POST', ['apiKeys'], request, { name: request.name }),
    delete: (request: { readonly apiKeyId: string } & WriteCallOptions): Promise<void> =>
      write('DELETE', ['apiKeys', request.apiKeyId], request),
  };
}

export interface CorsSettings {
  /** Scheme, host and port, such as `https://app.example.com`; compared exactly. */
  readonly allowedOrigins: readonly string[];
}

export function makeCorsSettings({ read, write }: Calls) {
  return {
    get: (request?: CallOptions): Promise<CorsSettings> => read(['corsSettings'], request),
    /** Allows these and no others. */
    set: (request: CorsSettings & WriteCallOptions): Promise<CorsSettings> =>
      write('POST', ['corsSettings'], request, { allowedOrigins: request.allowedOrigins }),
  };
}
