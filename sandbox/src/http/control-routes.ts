// `/control`: telling the sandbox to misbehave, and asking what reached it.
import type { FastifyInstance } from 'fastify';
import { checkControlChange } from './control-settings.ts';
import type { Control } from './control.ts';
import type { RequestLog } from './request-log.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../problems.ts';

interface LogQuery {
  method?: string;
  path?: string;
  books?: string;
}

export function addControlRoutes(app: FastifyInstance, control: Control, log: RequestLog): void {
  app.get('/control', () => control.describe());
  app.put('/control', (request) => {
    control.change(checkControlChange(bodyOf(request.body)));
    return control.describe();
  });
  app.delete('/control', () => {
    control.reset();
    return control.describe();
  });
  app.post('/control/faults', (request, reply) => {
    const [fault] = checkControlChange({ faults: [bodyOf(request.body)] }).faults ?? [];
    if (fault !== undefined) control.addFault(fault);
    reply.code(201);
    return control.describe();
  });
  app.delete('/control/faults', () => {
    control.change({ faults: [] });
    return control.describe();
  });
  app.get<{ Querystring: LogQuery }>('/control/requests', (request) => log.list(request.query));
  app.delete('/control/requests', () => {
    log.clear();
    return log.list({});
  });
}

function bodyOf(body: unknown): JsonObject {
  if (isObject(body)) return body;
  throw new Refusal('bad_body', 'the body must be a JSON object');
}
