/** Tryton's warnings: it asks whether to go on. The connection's policy answers; what was accepted is told as a warning. */
import type { ValidationItem } from '../../models/validation.ts';
import type { RpcAnswer } from './rpc.ts';
import type { TrytonSession } from './session.ts';

export interface Warned {
  readonly answer: RpcAnswer;
  readonly warnings: readonly ValidationItem[];
}

/** One write may meet several warnings; more than this is a loop. */
const warningsMax = 20;

/** Makes the call, and makes it again for each warning that the link's policy accepts. */
export async function heedingWarnings(
  session: TrytonSession,
  validatorName: string,
  call: () => Promise<RpcAnswer>,
): Promise<Warned> {
  const warnings: ValidationItem[] = [];
  for (;;) {
    const answer = await call();
    const mayAccept = session.link.warnings === 'accept' && warnings.length < warningsMax;
    if (answer.kind !== 'user-warning' || !mayAccept) return { answer, warnings };
    const { userId } = await session.login();
    const accepted = await session.call('res.user.warning', 'create', [
      [{ user: userId, name: answer.name, always: false }],
    ]);
    if (accepted.kind !== 'result') return { answer, warnings };
    const message = [answer.message, answer.description].filter((part) => part !== '').join(' ');
    warnings.push({ message, validatorName });
  }
}
