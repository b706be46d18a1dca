/** What the API is handed by main.ts, and the type of the thing that routes are added to. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { CompaniesContext } from '../companies/context.ts';
import type { Config } from '../config.ts';
import type { Connector, ConnectorIO } from '../connectors/contract.ts';
import type { Connectors } from '../connectors/registry.ts';
import type { Database } from '../db/pool.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { PushEndings } from '../push/endings.ts';
import type { RequestPush } from '../push/request.ts';
import type { Settle } from '../push/settle.ts';
import type { CallGate, CallGates } from '../rates/gate.ts';
import type { Arrivals } from '../webhooks/arrivals.ts';
import type { ConsumersContext } from '../webhooks/change-consumer.ts';
import type { Health } from './health.ts';
import type { MetricSource } from './metrics.ts';

export interface ApiDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Pick<Config, 'statuses' | 'roles' | 'strict' | 'dailyQuota'>;
  readonly companies: CompaniesContext;
  readonly consumers: ConsumersContext;
  /** Events that were given their place in the feed. */
  readonly arrivals: Arrivals;
  readonly connectors: Connectors;
  readonly requestPush: RequestPush;
  /** Told after readings were asked for. */
  readonly datasetsRequested?: () => void;
  readonly endings: PushEndings;
  /** Stores what a push has come to. */
  readonly settle: Settle;
  /** The network as reads, options and linking see it. No limit is known of a connection that is only being linked. */
  readonly connectorIO: (connector: Connector, gate?: CallGate) => ConnectorIO;
  /** The platforms' limits on calls, for what is asked of them while a caller waits. */
  readonly gateFor: CallGates['gateFor'];
  /** Routes of other rooms that this server carries, such as the link page. */
  readonly pages: readonly ((app: FastifyInstance) => void)[];
  readonly health: () => Health;
  readonly metricSources: readonly MetricSource[];
}

export type ApiRoutes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
