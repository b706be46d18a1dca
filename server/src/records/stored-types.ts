/** What is kept of a company's books. */
import type { CustomDataType, ReadDataType } from '../models/data-types.ts';

/** Beside the records of each type of the data model, what is known of the company itself. */
export type ModelledDataType = ReadDataType | 'company';

export type StoredDataType = ModelledDataType | CustomDataType;

/** The one record of the type `company`: the platform's own id of a company is no record's. */
export const COMPANY_RECORD_ID = 'info';

/** In the shape of the data model, as a connector answers it. */
export type RecordContent = Readonly<Record<string, unknown>>;
