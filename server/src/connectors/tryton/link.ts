/** What a link to Tryton holds. Everything that differs between connections stands here, the two policies among them. */
import type { Link } from '../contract.ts';

/** Whether documents are left as drafts or posted once they stand. */
export const POSTING_POLICIES = ['post', 'draft'] as const;
export type PostingPolicy = (typeof POSTING_POLICIES)[number];

/** Whether Tryton's warnings are answered with "go on", or are the end of the write. */
export const WARNING_POLICIES = ['refuse', 'accept'] as const;
export type WarningPolicy = (typeof WARNING_POLICIES)[number];

export interface TrytonLink {
  /** Without a trailing slash. */
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Tryton's id of the company. */
  readonly company: number;
  readonly posting: PostingPolicy;
  readonly warnings: WarningPolicy;
}

export function trytonLink(link: Link): TrytonLink {
  const text = (name: string) => (typeof link[name] === 'string' ? link[name] : '');
  return {
    url: text('url'),
    database: text('database'),
    user: text('user'),
    password: text('password'),
    company: typeof link['company'] === 'number' ? link['company'] : 0,
    posting: POSTING_POLICIES.find((each) => each === link['posting']) ?? 'post',
    warnings: WARNING_POLICIES.find((each) => each === link['warnings']) ?? 'refuse',
  };
}
