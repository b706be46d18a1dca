/** A tracking category alone, with the whole tree below it. */
import type { Queryable } from '../db/pool.ts';
import { lowered } from '../db/text-rules.ts';
import { makeListRecords } from '../records/list.ts';
import type { RecordContent } from '../records/stored-types.ts';
import { recordAnswers } from './record-answer.ts';

const LEVELS_MAX = 10;
const CHILDREN_MAX = 1_000;

export async function withSubCategories(
  db: Queryable,
  { companyId, connectionId }: { readonly companyId: string; readonly connectionId: string },
  category: RecordContent,
): Promise<RecordContent> {
  const listRecords = makeListRecords(db);
  const childrenOf = async (id: unknown) => {
    const rest = { sql: `r.first_ref = ${lowered('$1')} AND NOT r.is_deleted`, values: [id] };
    const { records } = await listRecords({
      companyId,
      connectionId,
      dataType: 'trackingCategories',
      filter: { rest },
      order: 'oldest-change',
      page: 1,
      pageSize: CHILDREN_MAX,
    });
    return recordAnswers(db, connectionId, records);
  };
  const withChildren = async (one: RecordContent, level: number): Promise<RecordContent> => {
    const children = level >= LEVELS_MAX ? [] : await childrenOf(one['id']);
    const subCategories = await Promise.all(children.map((child) => withChildren(child, level + 1)));
    return { ...one, subCategories };
  };
  return withChildren(category, 1);
}
