/** Tryton's wizards: forms that are filled in one after the other. Every field of a form has to be there, null at least. */
import { isMembers } from '../../models/validate.ts';
import { resultOf, type CallOptions, type TrytonSession } from './session.ts';
import type { RpcAnswer } from './rpc.ts';
import type { Members } from './values.ts';

export interface WizardStep {
  /** The form that is shown, and what is filled into it beside its defaults. */
  readonly form?: string;
  readonly data?: Members;
  /** The button that is pressed. */
  readonly state: string;
}

/** Answers with the result of the last step. The wizard's own record at Tryton is deleted in any case. */
export async function runWizard(
  session: TrytonSession,
  name: string,
  steps: readonly WizardStep[],
  options: CallOptions = {},
): Promise<RpcAnswer> {
  const { isKept: _, ...asked } = options;
  const begun = await session.callMethod(`wizard.${name}.create`, [], asked);
  const [id, start] = begun.kind === 'result' && Array.isArray(begun.value) ? (begun.value as readonly unknown[]) : [];
  if (begun.kind !== 'result') return begun;
  const filled: Record<string, Members> = {};
  try {
    let answer = await session.callMethod(`wizard.${name}.execute`, [id, {}, start], asked);
    for (const [index, { form, data = {}, state }] of steps.entries()) {
      if (answer.kind !== 'result') return answer;
      if (form !== undefined) filled[form] = { ...defaultsOf(answer.value), ...data };
      const isLast = index === steps.length - 1;
      answer = await session.callMethod(`wizard.${name}.execute`, [id, filled, state], isLast ? options : asked);
    }
    return answer;
  } finally {
    // What it leaves behind is a row that Tryton clears away by itself sooner or later.
    await session.callMethod(`wizard.${name}.delete`, [id], asked);
  }
}

function defaultsOf(result: unknown): Members {
  const view = isMembers(result) && isMembers(result['view']) ? result['view'] : {};
  const fieldsView = isMembers(view['fields_view']) ? view['fields_view'] : {};
  const fields = isMembers(fieldsView['fields']) ? Object.keys(fieldsView['fields']) : [];
  const defaults = isMembers(view['defaults']) ? Object.entries(view['defaults']) : [];
  return {
    ...Object.fromEntries(fields.map((field) => [field, null])),
    ...Object.fromEntries(defaults.filter(([field]) => !field.endsWith('.'))),
  };
}

/** The id that Tryton itself gave one of its records: `['account', 'account_template_root_en']`. Throws a NoResult. */
export function ownRecordId(session: TrytonSession, module: string, name: string): Promise<number | undefined> {
  return session.known(`own record ${module}.${name}`, async () => {
    const domain = [
      ['module', '=', module],
      ['fs_id', '=', name],
    ];
    const answer = await session.call('ir.model.data', 'search_read', [domain, 0, 1, null, ['db_id']]);
    const [row] = Array.isArray(answer.kind === 'result' ? answer.value : undefined)
      ? (resultOf(answer) as readonly Members[])
      : [];
    const id = row?.['db_id'];
    return typeof id === 'number' ? id : undefined;
  });
}
