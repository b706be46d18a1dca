/** A refusal of ours, in the words that the platform's refusals have. */
import { modelName, type PushModel } from '../../models/model.ts';
import type { Refusal } from './resource.ts';

/** `itemId` as `LineItems[0].Quantity`; the complaint goes on from there: "must be …". */
export function refusal(model: PushModel, itemId: string, complaint: string): Refusal {
  const name = modelName(model);
  const message = `Failed to push to ${name} as ${itemId} ${complaint}`;
  return { statusCode: 400, message, errors: [{ itemId, message, validatorName: name }] };
}
