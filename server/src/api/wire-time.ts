/** Times as the wire writes them: UTC with seven digits of the second. */

export function wireTime(time: Date): string {
  return `${time.toISOString().slice(0, -1)}0000Z`;
}
