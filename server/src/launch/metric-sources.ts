/** What the rooms count, in the words of /metrics. */
import type { MetricSource } from '../api/metrics.ts';
import type { Database } from '../db/pool.ts';
import { countUnfinished } from '../push/queries.ts';
import type { Sync } from '../sync/worker.ts';
import type { Webhooks } from '../webhooks/worker.ts';

export function metricSources(
  db: Database,
  webhooks: Webhooks | undefined,
  sync: () => Sync | undefined,
): MetricSource[] {
  return [
    {
      name: 'ledgerpost_pushes_unfinished',
      help: 'Pushes that have not ended, by state',
      kind: 'gauge',
      labels: ['state'],
      read: async () => {
        const counted = await countUnfinished(db);
        return (['queued', 'sending', 'in_doubt'] as const).map((state) => ({
          labels: { state },
          value: counted.get(state) ?? 0,
        }));
      },
    },
    ...(webhooks === undefined ? [] : webhookSources(webhooks)),
    ...syncSources(sync),
  ];
}

function webhookSources(webhooks: Webhooks): MetricSource[] {
  return [
    {
      name: 'ledgerpost_webhook_messages_waiting',
      help: 'Messages that wait for a delivery attempt',
      kind: 'gauge',
      labels: [],
      read: async () => [{ labels: {}, value: await webhooks.countWaiting() }],
    },
    {
      name: 'ledgerpost_webhook_attempts_total',
      help: 'Delivery attempts of this process since its start, by outcome',
      kind: 'counter',
      labels: ['outcome'],
      read: () => {
        const { disabledConsumers: _, ...counts } = webhooks.counts();
        return Object.entries(counts).map(([outcome, value]) => ({ labels: { outcome }, value }));
      },
    },
    {
      name: 'ledgerpost_webhook_consumers_disabled_total',
      help: 'Webhook consumers that this process has disabled because they only failed, since its start',
      kind: 'counter',
      labels: [],
      read: () => [{ labels: {}, value: webhooks.counts().disabledConsumers }],
    },
  ];
}

/** Empty in a process that does not read. */
function syncSources(sync: () => Sync | undefined): MetricSource[] {
  const gauge = (name: string, help: string, of: (counts: Awaited<ReturnType<Sync['counts']>>) => number) => ({
    name,
    help,
    kind: 'gauge' as const,
    labels: [],
    read: async () => {
      const counts = await sync()?.counts();
      return counts === undefined ? [] : [{ labels: {}, value: of(counts) }];
    },
  });
  return [
    gauge('ledgerpost_datasets_waiting', 'Readings that were asked for and have no reader', ({ waiting }) => waiting),
    gauge('ledgerpost_datasets_running', 'Readings under way, at all processes', ({ running }) => running),
    gauge(
      'ledgerpost_dataset_oldest_due_seconds',
      'How long the reading that has waited longest has been due',
      ({ oldestDueSeconds }) => oldestDueSeconds,
    ),
    gauge(
      'ledgerpost_sync_lag_seconds',
      'How far the data type that is most behind its schedule is behind it',
      ({ lagSeconds }) => lagSeconds,
    ),
  ];
}
