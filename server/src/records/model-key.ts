/** What a record's content was mapped by. Another key means that even an unchanged record may read differently. */
import { createHash } from 'node:crypto';
import { eachField } from '../models/model.ts';
import { modelOfType } from '../models/read-models.ts';
import type { ModelledDataType } from './stored-types.ts';

const keys = new Map<ModelledDataType, string>();

/** Of a connector: which mapping it reads by. */
interface Mapper {
  readonly mappingRevision?: number | undefined;
}

/** `pulled` is what the supplemental data configuration asks to be read, if anything. */
export function modelKeyOf({ mappingRevision }: Mapper, dataType: ModelledDataType, pulled?: object): string {
  const model = keys.get(dataType) ?? modelKey(dataType);
  keys.set(dataType, model);
  const mapped = mappingRevision === undefined ? model : `${model}.${mappingRevision}`;
  return pulled === undefined ? mapped : `${mapped}-${digest(JSON.stringify(pulled))}`;
}

/** Of a type that callers have configured: its configuration is all that it was mapped by. */
export function configKeyOf(config: object): string {
  return digest(JSON.stringify(config));
}

/** Of names and types alone: better wording in a description must not move all records. */
function modelKey(dataType: ModelledDataType): string {
  const facts = [...eachField(modelOfType(dataType).fields)].map(({ path, field }) => `${path} ${field.type}`);
  return digest(facts.toSorted().join('\n'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
