/** One finding about a body, in the vocabulary of the wire: a path, a sentence, and who says so. */
export interface ValidationItem {
  /** PascalCase dotted path of the field, such as `LineItems[0].AccountRef.Id`. */
  readonly itemId?: string;
  readonly message: string;
  /** The singular name of the model that the rule belongs to, such as `Account`. */
  readonly validatorName?: string;
}

export interface Validation {
  readonly errors: readonly ValidationItem[];
  readonly warnings: readonly ValidationItem[];
}
