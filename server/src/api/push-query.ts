/** What the list of push operations can be searched and sorted by. Every name is the wire's. */
import type { PushListRequest, PushOrder } from '../push/list.ts';
import { PUSH_STATES, type PushState } from '../push/state.ts';
import type { Query } from '../query/query.ts';
import { textsNamed, type Properties } from '../query/to-sql.ts';
import { isGiven, orderOf, queryOf, whereOfQuery, type ListQuery } from './list-filter.ts';
import { STATUS_CODE_OF_STATE, STATUS_OF_STATE, type StatusWords } from './push-operation.ts';

/**
 * What is asked of a list, in the engine's words. What it says of the status alone becomes a set of states, since those
 * are found and counted without looking at each push; all else becomes SQL.
 */
export function pushFilter(asked: ListQuery, words: StatusWords): Pick<PushListRequest, 'states' | 'where' | 'order'> {
  const searched = { name: 'PushOperation', properties: PROPERTIES[words] };
  const order = isGiven(asked.orderBy) ? pushOrder(orderOf(asked.orderBy, searched)) : 'newest';
  if (!isGiven(asked.query)) return { order };
  const query = queryOf(asked.query, searched);
  const conditions = query.kind === 'all' ? query.parts : [query];
  const read = conditions.map((part) => ({ part, states: statesMeeting(part, statesByStatus(words)) }));
  const states = read.reduce<PushState[]>(
    (left, each) => left.filter((state) => each.states?.has(state) ?? true),
    [...PUSH_STATES],
  );
  const parts = read.filter((each) => each.states === undefined).map(({ part }) => part);
  return {
    order,
    states: new Set(states),
    ...(parts.length === 0 ? {} : { where: whereOfQuery({ kind: 'all', parts }, searched, 2) }),
  };
}

function pushOrder(sql: string): PushOrder {
  if (sql === `${REQUESTED_AT} DESC`) return 'newest';
  return sql === `${REQUESTED_AT} ASC` ? 'oldest' : { sql };
}

/** Absent where anything but the status is asked for, or in a way that makes no sense. */
function statesMeeting(query: Query, names: ReturnType<typeof statesByStatus>): ReadonlySet<PushState> | undefined {
  if (query.kind === 'clause') {
    const { operator } = query;
    if (query.property.toLowerCase() !== 'status') return undefined;
    if (operator === '=' || operator === '~') return new Set(textsNamed(names, operator, query.value));
    if (operator !== '!=') return undefined;
    return new Set(PUSH_STATES).difference(new Set(textsNamed(names, '=', query.value)));
  }
  const parts = query.parts.map((part) => statesMeeting(part, names));
  if (parts.length === 0 || !parts.every((part) => part !== undefined)) return undefined;
  return parts.reduce((left, right) => (query.kind === 'all' ? left.intersection(right) : left.union(right)));
}

const REQUESTED_AT = 'p.requested_at';

/** The code that is shown: only a failed push has one of its own. */
const STATUS_CODE = `CASE p.state ${PUSH_STATES.filter((state) => state !== 'failed')
  .map((state) => `WHEN '${state}' THEN ${STATUS_CODE_OF_STATE[state]}`)
  .join(' ')} ELSE coalesce(p.status_code, ${STATUS_CODE_OF_STATE.failed}) END`;

function properties(words: StatusWords): Properties {
  return {
    pushOperationKey: { type: 'uuid', column: 'p.id' },
    companyId: { type: 'uuid', column: 'p.company_id' },
    dataConnectionKey: { type: 'uuid', column: 'p.connection_id' },
    dataConnectionId: { type: 'uuid', column: 'p.connection_id' },
    dataType: { type: 'string', column: 'p.data_type' },
    status: { type: 'names', column: 'p.state', names: statesByStatus(words) },
    statusCode: { type: 'number', column: STATUS_CODE },
    requestedOnUtc: { type: 'date', column: REQUESTED_AT },
    completedOnUtc: { type: 'date', column: 'p.completed_at' },
    timeoutInMinutes: { type: 'number', column: 'p.timeout_minutes' },
    errorMessage: { type: 'string', column: 'p.error_message' },
  };
}

function statesByStatus(words: StatusWords): Record<string, PushState[]> {
  const states: Record<string, PushState[]> = {};
  for (const state of PUSH_STATES) (states[STATUS_OF_STATE[words][state]] ??= []).push(state);
  return states;
}

const PROPERTIES = { codat: properties('codat'), extended: properties('extended') } as const;
