// The last requests that reached `/books`, so that tests can count what really arrived.

export interface LoggedRequest {
  readonly n: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly books: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly reference: string | undefined;
  status: number | null;
  outcome: 'answered' | 'cut' | 'pending';
  fault?: string;
  isReplay?: boolean;
}

export interface RequestFilter {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly books?: string | undefined;
}

const keptMax = 1000;

export interface RequestLog {
  add(request: Omit<LoggedRequest, 'n' | 'status' | 'outcome'>): LoggedRequest;
  list(filter: RequestFilter): { items: LoggedRequest[]; matching: number; received: number };
  clear(): void;
}

export function openRequestLog(): RequestLog {
  let ring: (LoggedRequest | undefined)[] = [];
  let received = 0;
  return {
    add(request) {
      const logged: LoggedRequest = { n: received + 1, ...request, status: null, outcome: 'pending' };
      ring[received % keptMax] = logged;
      received += 1;
      return logged;
    },
    list({ method, path, books }) {
      const start = received % keptMax;
      const items = [...ring.slice(start), ...ring.slice(0, start)]
        .filter((one) => one !== undefined)
        .filter((one) => method === undefined || one.method === method)
        .filter((one) => path === undefined || one.path.startsWith(path))
        .filter((one) => books === undefined || one.books === books);
      return { items, matching: items.length, received };
    },
    clear() {
      ring = [];
      received = 0;
    },
  };
}
