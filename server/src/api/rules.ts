/** /rules: alerts in the form before webhooks, and what was sent of them. */
import { Type, type Static } from 'typebox';
import { PublicError } from '../errors.ts';
import { isUuid } from '../lib/ids.ts';
import { findAlert, listAlerts, type Alert as StoredAlert } from '../webhooks/alerts.ts';
import { createRule, deleteRule, getRule, listRules } from '../webhooks/change-rule.ts';
import type { Consumer } from '../webhooks/consumer.ts';
import { answers, noContent } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { idFrom } from './path-ids.ts';
import { listParameters, pagingOf } from './query-parameters.ts';

const Rule = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    type: Type.String(),
    companyId: Type.Optional(Type.String()),
    notifiers: Type.Object({ webhook: Type.String() }),
  },
  { additionalProperties: true },
);

const nullableText = Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] }));
const RuleRequest = Type.Object({
  type: Type.String({ description: 'Such as `Push Operation Status Changed` or `Push Operation Timed Out`.' }),
  companyId: nullableText,
  notifiers: Type.Object({
    webhook: nullableText,
    emails: Type.Optional(
      Type.Unsafe<unknown>({ type: ['array', 'null'], items: { type: 'string' }, description: 'No emails are sent.' }),
    ),
  }),
});

const Alert = Type.Object(
  {
    alertId: Type.String(),
    ruleId: Type.String(),
    status: Type.String({ description: '`Sending`, `Attempting`, `Success` or `Failure`.' }),
    eventType: Type.String(),
    companyId: Type.Optional(Type.String()),
    attempts: Type.Integer(),
    createdDate: Type.String({ format: 'date-time' }),
    completedDate: Type.Optional(Type.String({ format: 'date-time' })),
    lastStatusCode: Type.Optional(Type.Integer()),
    lastError: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);

const ruleParams = Type.Object({ ruleId: Type.String() });
const paging = Type.Object({ page: listParameters.page, pageSize: listParameters.pageSize });

export function ruleRoutes(app: ApiRoutes, { db, consumers }: ApiDeps): void {
  app.get(
    '/rules',
    {
      schema: {
        tags: ['Rules'],
        operationId: 'listRules',
        summary: 'List rules',
        querystring: paging,
        response: answers({ 200: PagedList(Rule) }),
      },
    },
    async (request) => {
      const { page, pageSize } = pagingOf(request.query);
      const rules = await listRules(consumers);
      const results = rules.slice((page - 1) * pageSize, page * pageSize).map(renderRule);
      return pagedList(request.url, { results, totalResults: rules.length, page, pageSize });
    },
  );

  app.post(
    '/rules',
    {
      schema: {
        tags: ['Rules'],
        operationId: 'createRule',
        summary: 'Create a rule',
        body: RuleRequest,
        response: answers({ 200: Rule }),
      },
    },
    async (request) => {
      const { type, companyId, notifiers } = request.body;
      return renderRule(await createRule(consumers, { type, companyId, webhook: notifiers.webhook ?? undefined }));
    },
  );

  app.get(
    '/rules/:ruleId',
    {
      schema: {
        tags: ['Rules'],
        operationId: 'getRule',
        summary: 'Get a rule',
        params: ruleParams,
        response: answers({ 200: Rule }),
      },
    },
    async (request) => renderRule(await getRule(consumers, idFrom(request.params.ruleId, 'rule_not_found'))),
  );

  app.delete(
    '/rules/:ruleId',
    {
      schema: {
        tags: ['Rules'],
        operationId: 'deleteRule',
        summary: 'Delete a rule',
        params: ruleParams,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      await deleteRule(consumers, idFrom(request.params.ruleId, 'rule_not_found'));
      return reply.code(204).send();
    },
  );

  app.get(
    '/rules/alerts',
    {
      schema: {
        tags: ['Rules'],
        operationId: 'listAlerts',
        summary: 'List the alerts of all rules, newest first',
        querystring: paging,
        response: answers({ 200: PagedList(Alert) }),
      },
    },
    async (request) => {
      const asked = pagingOf(request.query);
      const { items, total, hasMore } = await listAlerts(db, { ...asked, ruleId: undefined });
      return pagedList(request.url, { results: items.map(renderAlert), totalResults: total, hasMore, ...asked });
    },
  );

  app.get(
    '/rules/:ruleId/alerts',
    {
      schema: {
        tags: ['Rules'],
        operationId: 'listAlertsOfRule',
        summary: 'List the alerts of a rule, newest first',
        params: ruleParams,
        querystring: paging,
        response: answers({ 200: PagedList(Alert) }),
      },
    },
    async (request) => {
      const asked = pagingOf(request.query);
      const { id: ruleId } = await getRule(consumers, idFrom(request.params.ruleId, 'rule_not_found'));
      const { items, total, hasMore } = await listAlerts(db, { ...asked, ruleId });
      return pagedList(request.url, { results: items.map(renderAlert), totalResults: total, hasMore, ...asked });
    },
  );

  app.get(
    '/rules/alerts/:alertId',
    {
      schema: {
        tags: ['Rules'],
        operationId: 'getAlert',
        summary: 'Get an alert',
        params: Type.Object({ alertId: Type.String() }),
        response: answers({ 200: Alert }),
      },
    },
    async (request) => {
      const { alertId } = request.params;
      const alert = isUuid(alertId) ? await findAlert(db, alertId) : undefined;
      if (alert === undefined) throw new PublicError('alert_not_found', alertId);
      return renderAlert(alert);
    },
  );
}

function renderRule({ id, ruleType, companyId, url }: Consumer): Static<typeof Rule> {
  return {
    id,
    type: ruleType ?? '',
    ...(companyId === undefined ? {} : { companyId }),
    notifiers: { webhook: url },
  };
}

function renderAlert(alert: StoredAlert): Static<typeof Alert> {
  const { companyId, completedAt, lastStatusCode, lastError } = alert;
  return {
    alertId: alert.id,
    ruleId: alert.ruleId,
    status: alert.status,
    eventType: alert.eventType,
    ...(companyId === undefined ? {} : { companyId }),
    attempts: alert.attempts,
    createdDate: alert.createdAt.toISOString(),
    ...(completedAt === undefined ? {} : { completedDate: completedAt.toISOString() }),
    ...(lastStatusCode === undefined ? {} : { lastStatusCode }),
    ...(lastError === undefined ? {} : { lastError }),
  };
}
