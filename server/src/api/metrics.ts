/** GET /metrics: what this process counts, as Prometheus text. Sources that ask the database are read on each scrape. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Type } from 'typebox';
import type { Log } from '../lib/log.ts';
import { describeError } from '../lib/log.ts';
import type { ApiRoutes } from './deps.ts';

/** One measurement of another room, handed in by main. */
export interface MetricSource {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly read: () => MetricSample[] | Promise<MetricSample[]>;
}

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metrics {
  readonly observe: (request: FastifyRequest, reply: FastifyReply) => void;
  readonly text: () => Promise<string>;
}

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function makeMetrics(sources: readonly MetricSource[], log: Log): Metrics {
  const registry = new Registry();
  const durations = new Histogram({
    name: 'ledgerpost_http_request_duration_seconds',
    help: 'How long requests took, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  });
  new Gauge({
    name: 'ledgerpost_process_memory_bytes',
    help: 'Resident memory of this process',
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  for (const source of sources) registerSource(registry, source, log);

  return {
    observe: (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    },
    text: () => registry.metrics(),
  };
}

/** A source that fails leaves its values out of this scrape: the others are wanted most when something is wrong. */
function registerSource(registry: Registry, source: MetricSource, log: Log): void {
  const facts = { name: source.name, help: source.help, labelNames: [...source.labels], registers: [registry] };
  const samples = async () => {
    try {
      return await source.read();
    } catch (error) {
      log.warn('A metric could not be read', { metric: source.name, error: describeError(error) });
      return [];
    }
  };
  if (source.kind === 'gauge') {
    new Gauge({
      ...facts,
      async collect() {
        const read = await samples();
        this.reset();
        for (const { labels, value } of read) this.set(labels, value);
      },
    });
    return;
  }
  new Counter({
    ...facts,
    async collect() {
      const read = await samples();
      this.reset();
      for (const { labels, value } of read) this.inc(labels, value);
    },
  });
}

export function metricsRoute(app: ApiRoutes, metrics: Metrics): void {
  app.get(
    '/metrics',
    {
      config: { isPublic: true },
      schema: {
        tags: ['Operations'],
        operationId: 'getMetrics',
        summary: 'Measurements as Prometheus text',
        security: [],
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (_request, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text()),
  );
}
