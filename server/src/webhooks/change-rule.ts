/** Registering, reading and deleting rules, and reading the alerts that they sent. */
import { PublicError } from '../errors.ts';
import { ALL_EVENT_TYPES } from '../events/event-types.ts';
import { isUuid, uuidv7 } from '../lib/ids.ts';
import type { ConsumersContext } from './change-consumer.ts';
import {
  findConsumer,
  insertConsumer,
  lockConsumers,
  markConsumerDeleted,
  selectConsumers,
} from './consumer-queries.ts';
import type { Consumer } from './consumer.ts';
import { checkedUrl, requirePublicName } from './consumer-url.ts';
import { checkedRuleType } from './rule.ts';
import { newSecret, sealSecret } from './secret.ts';

export interface RuleInput {
  readonly type: string;
  readonly companyId?: string | null | undefined;
  readonly webhook: string | undefined;
}

const RULES_MAX = 200;

export async function createRule(context: ConsumersContext, input: RuleInput): Promise<Consumer> {
  const { clock, sealer, db } = context;
  const createdAt = clock.now();
  const ruleType = checkedRuleType(input.type);
  const companyId = input.companyId ?? undefined;
  if (companyId !== undefined && !isUuid(companyId)) {
    throw new PublicError('malformed_request', 'companyId: must be the id of a company');
  }
  if (input.webhook === undefined) {
    throw new PublicError('malformed_request', 'notifiers.webhook: must be an address; this server sends no emails');
  }
  const url = checkedUrl(input.webhook, context);
  await requirePublicName(url, context);
  const rule: Consumer = {
    id: uuidv7(createdAt.getTime()),
    url,
    eventTypes: [ALL_EVENT_TYPES],
    companyTags: [],
    companyId: companyId?.toLowerCase(),
    name: undefined,
    description: undefined,
    rateLimit: undefined,
    disabled: false,
    createdAt,
    headerNames: [],
    certificate: undefined,
    previousSecretUntil: undefined,
    disabledAt: undefined,
    disabledReason: undefined,
    failingSince: undefined,
    ruleType,
  };
  await db.transaction(async (tx) => {
    await lockConsumers(tx);
    if ((await selectConsumers(tx, 'rule')).length >= RULES_MAX) {
      throw new PublicError('conflict', `There are ${RULES_MAX} rules already, which is the most`);
    }
    // Alerts are not signed; the column wants a secret of every consumer.
    const sealed = { secret: sealSecret(sealer, rule.id, newSecret()), headers: undefined, certificate: undefined };
    await insertConsumer(tx, rule, { kind: 'rule', sealed });
  });
  return rule;
}

export function listRules({ db }: Pick<ConsumersContext, 'db'>): Promise<Consumer[]> {
  return selectConsumers(db, 'rule');
}

export async function getRule({ db }: Pick<ConsumersContext, 'db'>, id: string): Promise<Consumer> {
  const rule = await findConsumer(db, 'rule', id);
  if (rule === undefined) throw new PublicError('rule_not_found', id);
  return rule;
}

export async function deleteRule({ db, clock }: Pick<ConsumersContext, 'db' | 'clock'>, id: string): Promise<void> {
  const wasThere = await markConsumerDeleted(db, { id, kind: 'rule', now: clock.now() });
  if (!wasThere) throw new PublicError('rule_not_found', id);
}
