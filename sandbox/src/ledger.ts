// The ledger: from postings to balances and the trial balance.
import { formatCents, magnitude } from './decimal.ts';
import { textAt } from './json.ts';
import type { JsonObject } from './json.ts';
import { recordId } from './resource.ts';
import type { Books, Posting } from './resource.ts';
import type { StoredRecord } from './queries/records.ts';
import type { Store } from './store.ts';

interface Finding {
  find(resource: string, id: string): StoredRecord | undefined;
}

/** A bank account stands for the ledger account that was made for it. */
export function ledgerAccountId(finding: Finding, accountId: string): string {
  if (!accountId.startsWith('bnk_')) return accountId;
  return textAt(finding.find('bank-accounts', accountId)?.body, 'accountId') ?? accountId;
}

/** One posting an account and date; what cancels out is dropped. */
export function mergePostings(postings: readonly Posting[]): Posting[] {
  const merged = new Map<string, Posting>();
  for (const posting of postings) {
    const key = `${posting.accountId} ${posting.date}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? posting : { ...known, cents: known.cents + posting.cents });
  }
  return [...merged.values()].filter((posting) => posting.cents !== 0n);
}

export function trialBalance(store: Store, books: Books): object {
  let debitTotal = 0n;
  let creditTotal = 0n;
  let postings = 0;
  const accounts = store.trialBalance(books.no).map((row) => {
    const account: JsonObject = store.record(books.no, 'accounts', row.account)?.body ?? {};
    postings += row.count;
    if (row.cents > 0n) debitTotal += row.cents;
    else creditTotal -= row.cents;
    return {
      accountId: recordId('acc', row.account),
      code: account['code'],
      name: account['name'],
      category: account['category'],
      debit: formatCents(row.cents > 0n ? row.cents : 0n),
      credit: formatCents(row.cents < 0n ? magnitude(row.cents) : 0n),
    };
  });
  return {
    accounts,
    debitTotal: formatCents(debitTotal),
    creditTotal: formatCents(creditTotal),
    difference: formatCents(debitTotal - creditTotal),
    isBalanced: debitTotal === creditTotal,
    postings,
  };
}
