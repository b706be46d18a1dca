/**
 * The connector for Tryton, an ERP that nobody here wrote: JSON-RPC over HTTP, one database a company or several companies
 * in one. It has no idempotency key; a write is known by the mark that it leaves in its record.
 */
import type { Connector, PlatformCard } from '../contract.ts';
import { authorize, linkFields, secretsOf } from './authorize.ts';
import { companyInfo } from './companions.ts';
import { trytonCustomRead } from './custom-read.ts';
import { reads, writes } from './data-types.ts';
import { trytonLink } from './link.ts';
import { makeLogins } from './logins.ts';
import { TrytonSession } from './session.ts';
import { stampOf } from './stamps.ts';

const platform: PlatformCard = {
  key: 'tryt',
  integrationId: '5d0f3a52-9c41-4a7e-8f13-6b2e7c90d4a8',
  sourceId: 'c7a1e6d4-2b58-4f09-9e3c-81f5a04b6d27',
  name: 'Tryton',
  sourceType: 'Accounting',
  linkFields,
};

/** Tryton works off what it has begun even when nobody waits for the answer. A post takes a fifth of a second. */
const LATE_COMMIT_MS = 10_000;

export function makeTrytonConnector(lateCommitMs = LATE_COMMIT_MS): Connector<TrytonSession> {
  const logins = makeLogins();
  return {
    platform,
    // Writes of one company take turns (logins.ts); with two under way, one is prepared while the other is written.
    limits: { callsInFlight: 2, callTimeoutMs: 30_000, lateCommitMs },
    writes,
    reads,
    customRead: trytonCustomRead,
    companyInfo,
    authorize: (authorization, io) => authorize(authorization, logins, io),
    secretsOf,
    open: (link, io) => new TrytonSession(trytonLink(link), io, logins),
    stampOf,
  };
}
