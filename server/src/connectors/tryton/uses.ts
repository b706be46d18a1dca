/**
 * Whether something is in use. Tryton itself would often delete it all the same, and leave the field of whatever named it
 * empty: a draft line without its party, an invoice line without its account.
 */
import type { RpcAnswer } from './rpc.ts';
import type { TrytonSession } from './session.ts';

type Place = readonly [model: string, field: string];

export const PARTY_USES: readonly Place[] = [
  ['account.move.line', 'party'],
  ['account.invoice', 'party'],
  ['purchase.purchase', 'party'],
  ['account.statement.line', 'party'],
  ['account.statement.origin', 'party'],
  // Tryton would delete the bank along with its party.
  ['bank', 'party'],
];

export const ACCOUNT_USES: readonly Place[] = [
  ['account.move.line', 'account'],
  ['account.invoice', 'account'],
  ['account.invoice.line', 'account'],
  ['account.statement.line', 'account'],
  ['account.statement.origin', 'account'],
  ['account.tax', 'invoice_account'],
  ['account.tax', 'credit_note_account'],
];

export const PRODUCT_USES: readonly Place[] = [
  ['account.invoice.line', 'product'],
  ['purchase.line', 'product'],
];

/** Throws a NoResult. */
export async function isUsed(session: TrytonSession, places: readonly Place[], id: unknown): Promise<boolean> {
  for (const [model, field] of places) {
    if ((await session.ids(model, [[field, '=', id]], { limit: 1 })).length > 0) return true;
  }
  return false;
}

/** What Tryton says where it looks itself. */
export function refusedAsUsed(what: string): RpcAnswer {
  return { kind: 'user-error', message: `${what} is in use.`, description: '', domain: null };
}
