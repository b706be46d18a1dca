/** What is kept of a company's books. */
import type { ReadDataType } from '../models/data-types.ts';

/** Beside the records of each type, what is known of the company itself. */
export type StoredDataType = ReadDataType | 'company';

/** In the shape of the data model, as a connector answers it. */
export type RecordContent = Readonly<Record<string, unknown>>;
