/** What a platform says it accepts, and what it says of a write that was not made. */
import type { Validation } from './errors.ts';

export interface ModelChoice {
  readonly value?: string;
  readonly type?: string;
  readonly displayName?: string;
  readonly description?: string;
}

export interface ModelRule {
  readonly field?: string;
  readonly details: string;
}

/** One field; the members of an object, or of each element of a list, stand in `properties`. */
export interface ModelField {
  readonly type: 'Array' | 'Object' | 'String' | 'Number' | 'Boolean' | 'DateTime' | 'File' | 'MultiPart';
  readonly displayName: string;
  readonly description?: string;
  readonly required: boolean;
  readonly properties?: Readonly<Record<string, ModelField>> | null;
  /** The values to choose from. */
  readonly options?: readonly ModelChoice[] | null;
  /** `warnings` fail a write that breaks them, `information` is advice. */
  readonly validation?: {
    readonly warnings?: readonly ModelRule[] | null;
    readonly information?: readonly ModelRule[] | null;
  };
}

/** The fields of a record as one platform, for one company, accepts them. */
export interface Model extends ModelField {
  /** Changes when anything about the model does. */
  readonly modelVersion?: string;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface DryRun<Row> {
  readonly dryRun: true;
  readonly dataType: string;
  /** Null: the platform could not be asked, or does not say. */
  readonly wouldSucceed: boolean | null;
  readonly statusCode?: number;
  readonly errorMessage?: string;
  readonly validation: Validation;
  /** What the platform would be sent. */
  readonly platformRequest?: { readonly method: string; readonly url: string; readonly body?: unknown };
  /** The record as the platform would have it, totals included. */
  readonly data?: Row;
}
