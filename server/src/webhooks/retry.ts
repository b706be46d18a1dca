/** When a delivery that failed is tried again. */

/**
 * `attempts`: how many have been made, the failed one included. Each pause counts from the failure. Undefined once the
 * schedule is used up.
 */
export function nextAttemptAt(
  retrySeconds: readonly number[],
  { attempts, failedAt }: { readonly attempts: number; readonly failedAt: Date },
): Date | undefined {
  const pauseSeconds = retrySeconds[attempts - 1];
  return pauseSeconds === undefined ? undefined : new Date(failedAt.getTime() + pauseSeconds * 1000);
}
