/**
 * What a link takes the sandbox to remember of the requests that it was sent. The sandbox itself has an audit trail and
 * honours keys, and can be told to do neither; with a memory chosen here it stands for platforms that never did.
 */
import type { RepeatPolicy } from '../contract.ts';

export const REPEAT_OF_MEMORY = {
  searchable: 'find-before-resend',
  deduplicates: 'platform-deduplicates',
  none: 'never-resend',
} as const satisfies Record<string, RepeatPolicy>;

export type SandboxMemory = keyof typeof REPEAT_OF_MEMORY;

export const SANDBOX_MEMORIES = ['searchable', 'deduplicates', 'none'] as const satisfies readonly SandboxMemory[];

export const DEFAULT_MEMORY: SandboxMemory = 'searchable';

export function sandboxMemory(name: unknown): SandboxMemory | undefined {
  return SANDBOX_MEMORIES.find((each) => each === name);
}
