/**
 * What a push would come to, without making one: the model's verdict first, then the platform's, with the request that it
 * would get. Nothing is stored here and nothing is written there.
 */
import type { Connector, PlatformRequest, PreviewOutcome, WriteKind, WriteRequest } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { Clock } from '../lib/clock.ts';
import { parseKeepingDigits } from '../models/scalar-rules.ts';
import { writableTypes, type WritableDataType } from '../models/data-types.ts';
import type { Validation } from '../models/validation.ts';
import { findStamp } from '../records/stamps.ts';
import { findConfig } from '../supplemental/config.ts';
import { checkPushBody, supplementalProperties } from './prepare.ts';
import type { AttachedFile } from './request.ts';

export interface DryRunRequest {
  readonly connectionId: string;
  readonly dataType: WritableDataType;
  readonly kind: WriteKind;
  readonly recordId?: string;
  readonly parentId?: string;
  readonly bodyText?: string;
  readonly file?: AttachedFile;
  readonly forceUpdate: boolean;
  readonly strict: boolean;
  readonly expectedStamp?: string;
}

export interface Foreseen {
  /** Undefined when the platform could not be asked, or cannot say. */
  readonly wouldSucceed: boolean | undefined;
  readonly statusCode: number | undefined;
  /** In words, where there is more to say than the validation does. */
  readonly message: string | undefined;
  readonly validation: Validation;
  /** What the platform would be sent; absent when the model already refuses. */
  readonly request: PlatformRequest | undefined;
  /** The record as the platform would have it, totals included, where it says. */
  readonly record: Readonly<Record<string, unknown>> | undefined;
}

export async function foresee(
  deps: { readonly db: Database; readonly clock: Clock },
  { connector, session }: { readonly connector: Connector; readonly session: unknown },
  wanted: DryRunRequest,
): Promise<Foreseen> {
  const write = connector.writes[wanted.dataType]?.[wanted.kind];
  if (write === undefined) throw new Error(`no ${wanted.kind} of ${wanted.dataType}`);
  const body =
    wanted.bodyText === undefined ? undefined : (parseKeepingDigits(wanted.bodyText) as Record<string, unknown>);
  const checked = checkPushBody(write, body, wanted.strict);
  const config = () => findConfig(deps.db, { platformKey: connector.platform.key, dataType: wanted.dataType });
  const supplemental = await supplementalProperties(wanted, body, config);
  const validation = { errors: [...checked.errors, ...supplemental.errors], warnings: checked.warnings };
  if (validation.errors.length > 0) return foreseen({ wouldSucceed: false, statusCode: 400, validation });
  if (write.preview === undefined) {
    return foreseen({ wouldSucceed: undefined, validation, message: 'This platform cannot be asked without writing.' });
  }
  const request: WriteRequest = {
    pushOperationKey: uuidv7(deps.clock.now().getTime()),
    ...(wanted.recordId !== undefined && { recordId: wanted.recordId }),
    ...(wanted.parentId !== undefined && { parentId: wanted.parentId }),
    ...(wanted.file !== undefined && { file: wanted.file }),
    ...(body !== undefined && { body }),
    ...(supplemental.properties !== undefined && { supplementalData: supplemental.properties }),
    ...(wanted.kind === 'update' && !wanted.forceUpdate && { expectedStamp: await stampFor(deps.db, wanted) }),
  };
  return platformForesees(await write.preview(session, request), validation, writableTypes[wanted.dataType].name);
}

/** As a push would expect it; empty when the record was never seen. */
async function stampFor(db: Database, { expectedStamp, recordId = '', connectionId, dataType }: DryRunRequest) {
  return expectedStamp ?? (await findStamp(db, { connectionId, dataType, recordId })) ?? '';
}

function platformForesees({ request, verdict }: PreviewOutcome, validation: Validation, modelName: string): Foreseen {
  switch (verdict.kind) {
    case 'would-write': {
      const warnings = [...validation.warnings, ...(verdict.warnings ?? [])];
      const record = verdict.record === undefined ? {} : { record: verdict.record };
      return foreseen({
        wouldSucceed: true,
        statusCode: 200,
        validation: { errors: [], warnings },
        request,
        ...record,
      });
    }
    case 'would-reject': {
      const errors = [...verdict.errors];
      if (errors.length === 0) errors.push({ message: verdict.message, validatorName: modelName });
      const { statusCode, message } = verdict;
      return foreseen({ wouldSucceed: false, statusCode, message, validation: { ...validation, errors }, request });
    }
    case 'cannot-tell':
    case 'unlinked':
      return foreseen({ wouldSucceed: undefined, message: verdict.reason, validation, request });
  }
}

function foreseen(facts: Partial<Foreseen> & Pick<Foreseen, 'wouldSucceed' | 'validation'>): Foreseen {
  return { statusCode: undefined, message: undefined, request: undefined, record: undefined, ...facts };
}
