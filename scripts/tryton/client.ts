/**
 * A bare client for Tryton that shares nothing with the connector: it sets companies up, asks the books in tests, and is
 * what the connector's speed is compared with.
 */

export type Values = Readonly<Record<string, unknown>>;

export const decimal = (text: string) => ({ __class__: 'Decimal', decimal: text });

/** `2026-11-20` */
export function date(text: string) {
  const [year, month, day] = text.split('-').map(Number);
  return { __class__: 'date', year, month, day };
}

export interface WizardStep {
  readonly form?: string;
  /** Asked when the form is shown, since the step before may have made what belongs into it. */
  readonly data?: () => Values | Promise<Values>;
  readonly state: string;
}

export class TrytonClient {
  readonly url: string;
  readonly database: string;
  context: Values = {};
  private authorization = '';

  constructor(url: string, database: string) {
    this.url = url;
    this.database = database;
  }

  async login(user: string, password: string): Promise<this> {
    const [userId, session] = (await this.post('common.db.login', [user, { password }, 'en'])) as [number, string];
    this.authorization = `Session ${Buffer.from(`${user}:${userId}:${session}`).toString('base64')}`;
    return this.reloadContext();
  }

  /** After the user's company has changed. */
  async reloadContext(): Promise<this> {
    this.context = (await this.post('model.res.user.get_preferences', [true, {}])) as Values;
    return this;
  }

  call(method: string, params: readonly unknown[], context: Values = {}): Promise<unknown> {
    return this.post(method, [...params, { ...this.context, ...context }]);
  }

  async create(model: string, values: Values): Promise<number> {
    const [id] = (await this.call(`model.${model}.create`, [[values]])) as [number];
    return id;
  }

  async write(model: string, id: number, values: Values): Promise<void> {
    await this.call(`model.${model}.write`, [[id], values]);
  }

  /** A button or another method on one record, such as `post`. */
  async press(model: string, button: string, id: number): Promise<void> {
    await this.call(`model.${model}.${button}`, [[id]]);
  }

  async search(model: string, domain: readonly unknown[] = [], fields: readonly string[] = ['rec_name']) {
    const found = await this.call(`model.${model}.search_read`, [domain, 0, null, [['id', 'ASC']], fields]);
    return found as readonly Values[];
  }

  async read(model: string, id: number, fields: readonly string[]): Promise<Values> {
    const [found = {}] = (await this.call(`model.${model}.read`, [[id], fields])) as readonly Values[];
    return found;
  }

  async count(model: string, domain: readonly unknown[] = []): Promise<number> {
    return (await this.call(`model.${model}.search_count`, [domain])) as number;
  }

  /** The id of the first record that fits. */
  async firstId(model: string, domain: readonly unknown[]): Promise<number> {
    const [found] = await this.search(model, domain, []);
    if (typeof found?.['id'] !== 'number') throw new Error(`No ${model} with ${JSON.stringify(domain)}`);
    return found['id'];
  }

  async ownRecord(module: string, name: string): Promise<number> {
    const domain = [
      ['module', '=', module],
      ['fs_id', '=', name],
    ];
    const [found] = await this.search('ir.model.data', domain, ['db_id']);
    return found?.['db_id'] as number;
  }

  async wizard(name: string, steps: readonly WizardStep[], context: Values = {}): Promise<void> {
    const [id, start] = (await this.call(`wizard.${name}.create`, [], context)) as [number, string];
    const filled: Record<string, Values> = {};
    let shown = await this.call(`wizard.${name}.execute`, [id, {}, start], context);
    for (const { form, data, state } of steps) {
      if (form !== undefined) filled[form] = { ...defaultsOf(shown), ...(await data?.()) };
      shown = await this.call(`wizard.${name}.execute`, [id, filled, state], context);
    }
    await this.call(`wizard.${name}.delete`, [id]);
  }

  private async post(method: string, params: readonly unknown[]): Promise<unknown> {
    const answer = await fetch(`${this.url}/${this.database}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.authorization === '' ? {} : { authorization: this.authorization }),
      },
      body: JSON.stringify({ id: 1, method, params }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method}: HTTP ${answer.status}: ${text.slice(0, 300)}`);
    const body = JSON.parse(text) as { readonly result?: unknown; readonly error?: unknown };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error).slice(0, 600)}`);
    return body.result;
  }
}

/** Every field of a form has to be there, null at least. */
function defaultsOf(shown: unknown): Values {
  const view = (shown as { readonly view?: View }).view;
  const empty = Object.keys(view?.fields_view?.fields ?? {}).map((name) => [name, null]);
  const defaults = Object.entries(view?.defaults ?? {}).filter(([name]) => !name.endsWith('.'));
  return Object.fromEntries([...empty, ...defaults]) as Values;
}

interface View {
  readonly fields_view?: { readonly fields?: Values };
  readonly defaults?: Values;
}
