/**
 * The HTTP server: reading requests, authentication, errors, and all routes. Everything that a single operation does
 * stands in its own file.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { PublicError } from '../errors.ts';
import { makeAllowedOrigins, type AllowedOrigins } from './allowed-origins.ts';
import { apiKeyRoutes, integrationKeyRoute } from './api-keys.ts';
import { makeAuthentication } from './authentication.ts';
import { attachmentRoutes } from './attachments.ts';
import { answerBrokenHttp, answerOddRequests } from './broken-http.ts';
import { Company, companyRoutes } from './companies.ts';
import { Connection } from './connection-answer.ts';
import { companyProductRoutes } from './company-products.ts';
import { connectionRoutes } from './connections.ts';
import { correlationIdOf, CORRELATION_HEADER } from './correlation.ts';
import { corsSettingsRoutes } from './cors-settings.ts';
import { answerCrossOrigin } from './cross-origin.ts';
import { customDataTypeRoutes } from './custom-data-types.ts';
import { dataRoutes } from './data.ts';
import { datasetRoutes } from './datasets.ts';
import { endConnectionsOnClose } from './closing.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { ErrorMessage, makeErrorHandler, publicError, sendError } from './error-answers.ts';
import { Event, eventRoutes } from './events.ts';
import { healthRoute } from './health.ts';
import { addIdempotency } from './idempotency.ts';
import { integrationRoutes } from './integrations.ts';
import { BODY_BYTES_MAX, readJsonBodies } from './json-body.ts';
import { makeKnownPaths } from './known-paths.ts';
import { makeLateSerializers, makeLateValidators } from './late-compilation.ts';
import { makeMetrics, metricsRoute } from './metrics.ts';
import { gatherOpenApi, openApiRoute } from './open-api.ts';
import { optionsRoutes } from './options.ts';
import { Links } from './paged-list.ts';
import { PullOperation } from './pull-operation.ts';
import { PushOperation } from './push-operation.ts';
import { profileRoutes } from './profile.ts';
import { pushHistoryRoutes } from './push-history.ts';
import { pushResolutionRoute } from './push-resolution.ts';
import { pushRequestRoutes } from './push-requests.ts';
import { parseQueryString } from './query-parameters.ts';
import { addQuota } from './quota.ts';
import { reportRoutes } from './reports.ts';
import { ruleRoutes } from './rules.ts';
import { supplementalDataRoutes } from './supplemental-data.ts';
import { syncSettingsRoutes } from './sync-settings.ts';
import { webhookHistoryRoutes } from './webhook-history.ts';
import { webhookRecoveryRoutes } from './webhook-recovery.ts';
import { WebhookConsumer, webhookRoutes } from './webhooks.ts';

/** Record ids are the platforms' own and may be long once percent-encoded. */
const PATH_PARAMETER_LENGTH_MAX = 2_048;
/** How long a client may take to send one whole request. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer than the idle time of common proxies, so that they are the ones to close. */
const KEEP_ALIVE_MS = 75_000;

export function makeApi(deps: ApiDeps): ApiRoutes {
  const app = makeServer(deps);
  const authentication = makeAuthentication(deps.db);
  const metrics = makeMetrics(deps.metricSources, deps.log);
  const knownPaths = makeKnownPaths();
  const quota = addQuota(app, deps);
  const origins = makeAllowedOrigins(deps.db);

  app.addHook('onRoute', (route) => knownPaths.add(route.url, [route.method].flat()));
  app.addHook('onRequest', async (request, reply) => {
    void reply.header(CORRELATION_HEADER, request.id);
    requireHost(request);
    // Before the key is asked for: a browser's question has none, and its page is to see a 401 as well.
    if (await answerCrossOrigin(origins, request, reply)) return reply;
    if (await authentication.check(request)) await quota.charge(reply);
  });
  addIdempotency(app, deps);
  app.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request, reply);
    done();
  });
  app.setNotFoundHandler((request, reply) => sendNotFound(knownPaths.methodsFor(pathOf(request)), request, reply));

  for (const schema of [ErrorMessage, Links, PushOperation, Company, Connection, WebhookConsumer, Event, PullOperation])
    app.addSchema(schema);
  gatherOpenApi(app);
  // In a plugin of their own: the document is gathered from routes that are added after it.
  void app.register(async (routes: ApiRoutes) => {
    healthRoute(routes, deps.health);
    metricsRoute(routes, metrics);
    if (deps.config.roles.has('api')) addApiRoutes(routes, deps, { forgetKeys: authentication.forget, origins });
    for (const addPages of deps.pages) addPages(routes);
  });
  return app;
}

function addApiRoutes(
  routes: ApiRoutes,
  deps: ApiDeps,
  { forgetKeys, origins }: { readonly forgetKeys: () => void; readonly origins: AllowedOrigins },
): void {
  openApiRoute(routes);
  apiKeyRoutes(routes, deps, forgetKeys);
  profileRoutes(routes, deps);
  corsSettingsRoutes(routes, origins);
  companyRoutes(routes, deps);
  companyProductRoutes(routes, deps);
  connectionRoutes(routes, deps);
  integrationRoutes(routes, deps);
  supplementalDataRoutes(routes, deps);
  optionsRoutes(routes, deps);
  void routes.register(async (pushRoutes: ApiRoutes) => pushRequestRoutes(pushRoutes, deps));
  attachmentRoutes(routes, deps);
  pushHistoryRoutes(routes, deps);
  pushResolutionRoute(routes, deps);
  datasetRoutes(routes, deps);
  syncSettingsRoutes(routes, deps);
  dataRoutes(routes, deps);
  reportRoutes(routes);
  customDataTypeRoutes(routes, deps);
  webhookRoutes(routes, deps);
  integrationKeyRoute(routes, deps, forgetKeys);
  webhookHistoryRoutes(routes, deps);
  webhookRecoveryRoutes(routes, deps);
  eventRoutes(routes, deps);
  ruleRoutes(routes, deps);
}

function makeServer({ log }: ApiDeps): ApiRoutes {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    schemaController: { compilersFactory: { buildSerializer: makeLateSerializers() } },
    genReqId: correlationIdOf,
    requestIdHeader: false,
    routerOptions: {
      maxParamLength: PATH_PARAMETER_LENGTH_MAX,
      ignoreTrailingSlash: true,
      querystringParser: parseQueryString,
    },
    frameworkErrors: (error, request, reply) => void sendError(publicError(error), request, reply),
    clientErrorHandler: answerBrokenHttp,
    // Node would answer without a body; requireHost below says what is missing.
    http: { requireHostHeader: false },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setErrorHandler(makeErrorHandler(log));
  app.setValidatorCompiler(makeLateValidators());
  readJsonBodies(app);
  answerOddRequests(app.server);
  endConnectionsOnClose(app);
  return app;
}

function requireHost({ headers, raw }: FastifyRequest): void {
  if (headers.host !== undefined || raw.httpVersion === '1.0') return;
  throw new PublicError('malformed_request', 'Header Host is missing');
}

function sendNotFound(methods: readonly string[], request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (methods.length === 0) return sendError(new PublicError('not_found'), request, reply);
  void reply.header('allow', methods.join(', '));
  const text = `${request.method} is not allowed here; allowed are ${methods.join(', ')}`;
  return sendError(new PublicError('method_not_allowed', text), request, reply);
}

function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0] ?? '';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
