/** A record as it is read. What identifies and dates it is there whatever its type, so that it need not be asked for first. */
import type { Records } from './generated/data-types.ts';
import type { ReadDataType } from './push.ts';

export type ReadRecord<D extends ReadDataType = ReadDataType> = {
  readonly [T in D]: Records[T] & {
    /** Given by the platform; an opaque text. */
    readonly id: string;
    /** When a changed version of it was last stored; UTC, ISO 8601. */
    readonly modifiedDate: string;
    readonly metadata?: {
      /** The platform no longer has it; the rest is what it was last. */
      readonly isDeleted?: boolean | null | undefined;
    } | null;
  };
}[D];
