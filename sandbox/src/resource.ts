// What a resource is: its fields, its rules and what it posts. One file in resources/ describes each.
import { checkFields, freeObject } from './fields.ts';
import type { Checked, Checking, Fields } from './fields.ts';
import type { JsonObject } from './json.ts';
import type { Refusal } from './problems.ts';
import type { StoredRecord } from './queries/records.ts';

/** A set of books as the rules see it; `company` is what `GET /books/{book}/company` answers. */
export interface Books {
  readonly no: number;
  readonly id: string;
  readonly company: JsonObject;
}

/** A write under way: looks records up, takes numbers, writes what belongs to it, in one transaction. */
export interface Writing extends Checking {
  readonly books: Books;
  /** ISO time of the sandbox's clock. */
  readonly now: string;
  find(resource: string, id: string): StoredRecord | undefined;
  /** Whether some record of the resource has this in its `reference` column. */
  isReferredTo(resource: string, reference: string): boolean;
  /** The next unused number such as `INV-0001`. */
  nextNumber(resource: string, prefix: string): string;
  /** Absent when problems stand in the way; they are then in `problems`. */
  create(resource: Resource, input: JsonObject): StoredRecord | undefined;
  update(resource: Resource, before: StoredRecord, input: JsonObject): StoredRecord | undefined;
  /** Sets members that other records move, such as an amount due, without passing the record's rules again. */
  amend(resource: string, before: StoredRecord, members: JsonObject): void;
  /** The newest record of the resource with this in its `reference` column. */
  latest(resource: string, reference: string): StoredRecord | undefined;
  /** What the record has posted to the account: base-currency cents, debit positive. */
  posted(record: StoredRecord, accountId: string): bigint;
}

export interface Reading {
  readonly books: Books;
  /** Whether some record of the resource has this in its `reference` column. */
  isReferredTo(resource: string, reference: string): boolean;
  /** The newest record of the resource with this in its `reference` column. */
  latest(resource: string, reference: string): StoredRecord | undefined;
  /** Base-currency cents, debit positive. */
  balance(accountId: string): bigint;
}

/** Stands in a posting for the account that is being written, which may have no id yet. */
export const ownAccount = 'own-account';

export interface Posting {
  /** An account, a bank account standing for its ledger account, or `ownAccount`. */
  readonly accountId: string;
  readonly date: string;
  /** Base currency, debit positive. */
  readonly cents: bigint;
  /** The member a refusal of this posting names. */
  readonly field: string;
}

/** What a resource's rules make of an input. */
export interface Entry {
  readonly members: object;
  /** Unique in the books; `field` is the member it stands in. */
  readonly number?: { readonly field: string; readonly value: string } | undefined;
  readonly reference?: string | undefined;
  readonly status?: string | undefined;
  readonly postings?: readonly Posting[];
  /** Runs once the record is stored: what it moves in other records. */
  readonly afterwards?: (stored: StoredRecord) => void;
}

export interface Resource {
  readonly path: string;
  /** Begins the ids of its records. */
  readonly prefix: string;
  /** Only documents can be deleted; and only they are shut in by a closed period as a whole. */
  readonly isDocument: boolean;
  readonly isEditable: boolean;
  readonly takesAttachments: boolean;
  prepare(input: JsonObject, writing: Writing, before: StoredRecord | undefined): Entry;
  /** The record as the input it could have come from: what a partial `PUT` is laid over. */
  readonly asInput: (body: JsonObject) => JsonObject;
  /** Why the record may be neither edited nor deleted now. */
  readonly refuseChange?: (body: JsonObject, change: 'update' | 'delete') => Refusal | undefined;
  /** Takes back, when the record is deleted, what it moved in other records. */
  readonly takeBack?: (body: JsonObject, writing: Writing) => void;
  /** Adds members that are computed at each reading. */
  readonly present?: (body: JsonObject, reading: Reading) => JsonObject;
}

interface Definition<F extends Fields> {
  readonly path: string;
  readonly prefix: string;
  readonly isDocument?: boolean;
  /** Default true. */
  readonly isEditable?: boolean;
  readonly takesAttachments?: boolean;
  readonly fields: F;
  complete(input: Checked<F>, writing: Writing, before: StoredRecord | undefined): Entry;
  readonly asInput?: (body: JsonObject) => JsonObject;
  readonly refuseChange?: (body: JsonObject, change: 'update' | 'delete') => Refusal | undefined;
  readonly takeBack?: (body: JsonObject, writing: Writing) => void;
  readonly present?: (body: JsonObject, reading: Reading) => JsonObject;
}

const customFieldsLengthMax = 20_000;

export function defineResource<F extends Fields>(definition: Definition<F>): Resource {
  const { path, prefix, refuseChange, takeBack, present } = definition;
  const fields = { ...definition.fields, customFields: freeObject(customFieldsLengthMax) };
  return {
    path,
    prefix,
    isDocument: definition.isDocument ?? false,
    isEditable: definition.isEditable ?? true,
    takesAttachments: definition.takesAttachments ?? false,
    prepare: (input, writing, before) =>
      definition.complete(checkFields<F>(fields, input, '', writing), writing, before),
    asInput: definition.asInput ?? ((body) => body),
    ...(refuseChange && { refuseChange }),
    ...(takeBack && { takeBack }),
    ...(present && { present }),
  };
}

const idDigits = 9;

export function recordId(prefix: string, seq: number): string {
  return `${prefix}_${seq.toString(36).padStart(idDigits, '0')}`;
}

/** Ids carry the row number, so that a lookup is one step. */
export function seqOfId(id: string): number | undefined {
  const digits = id.slice(id.indexOf('_') + 1);
  return /^[0-9a-z]{9}$/.test(digits) ? Number.parseInt(digits, 36) : undefined;
}
