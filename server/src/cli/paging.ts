/** Reading lists no further than a command needs. */
import type { Page } from './server-calls.ts';

export async function firstOf<Element>(pages: AsyncIterable<Page<Element>>, limit: number): Promise<Element[]> {
  const found: Element[] = [];
  for await (const { elements } of pages) {
    found.push(...elements);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
